"""The tab *Grid*: many samples at once, sorted by what one is looking for."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from ganstudio.engine.latent.bookmarks import Bookmark
from ganstudio.engine.latent.renderer import Lane
from ganstudio.engine.latent.view_state import ViewState
from ganstudio.ui.eliding_label import ElidingLabel
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.explorer_mime import carry
from ganstudio.ui.latent.grid_canvas_sheet import GridSheet
from ganstudio.ui.latent.heat_tint import SCORE_LEGEND, Legend, spread
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.image_picture import whole_image

Array = NDArray[np.float32]
CHUNK = 64
SHOW_MS = 250  # between two looks at a bank that grows
SORTS = {  # title, what the first ones are, whether small values come first, words for the value
    "drawn": ("As drawn", "", True, ""),
    "score": ("D's score", "most real to D first", False, "logit"),
    "typical": ("Typicality", "most typical first", True, "distance to 5 nearest"),
    "nearest": ("Distance to training", "nearest to a training image first", True, "distance"),
}
TIPS = {
    "drawn": "In the order in which they were drawn from the prior",
    "score": "D's logit of each sample, with the weights that made it",
    "typical": (
        "Mean distance to the 5 nearest other samples, in the features of D's last layer: small where there is company"
    ),
    "nearest": "Root mean square difference of pixels to the nearest training image, as a share of black to white",
}


class GridCanvas(QWidget):
    """Shows the bank's samples; a click goes to one."""

    def __init__(self, explorer: Explorer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explorer = explorer
        self.sheet = GridSheet(explorer.palette)
        self.sort, self.classes = QComboBox(), QComboBox()
        self.reverse = QToolButton()
        self.tinted = QCheckBox("Tint")
        self.words = ElidingLabel()
        self._values: dict[str, Array] = {}  # of the bank's samples, as far as they are known
        self._values_of: object = None  # the bank
        self._chosen: Array | None = None
        self._turn = 0  # among typical samples
        self._show_soon = QTimer(self, singleShot=True, interval=SHOW_MS)
        self._show_soon.timeout.connect(self._show)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        for name, (title, *_) in SORTS.items():
            self.sort.addItem(title, name)
            self.sort.setItemData(self.sort.count() - 1, TIPS[name], Qt.ItemDataRole.ToolTipRole)
        self.sort.setAccessibleName("Sort by")
        self.classes.setAccessibleName("Class")
        self.reverse.setText("Reverse")
        self.reverse.setCheckable(True)
        self.reverse.setToolTip("The other end first")
        self.words.setProperty("muted", True)
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(QLabel("Sort by"))
        self.tinted.setToolTip("Tint every picture by what they are sorted by")
        for widget in (self.sort, self.reverse, self.tinted, self.classes):
            bar.addWidget(widget)
        bar.addWidget(self.words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(bar)
        layout.addWidget(self.sheet, 1)

    def _connect(self) -> None:
        explorer = self._explorer
        self.sort.activated.connect(lambda _index: self._sort_anew())
        self.reverse.toggled.connect(lambda _on: self._show())
        self.tinted.toggled.connect(lambda _on: self._show())
        self.classes.activated.connect(lambda _index: self._show())
        explorer.bank_changed.connect(self._show_later)
        explorer.neighbours_changed.connect(self._show_later)
        explorer.model_changed.connect(lambda _model: self._offer())
        explorer.place_changed.connect(self._show_place)
        self.sheet.chosen.connect(self._go)
        self.sheet.menu_asked.connect(self._open_menu)
        self.sheet.carried.connect(self._carry)
        self._offer()

    def _offer(self) -> None:
        model = self._explorer.model
        names = () if model is None else model.class_names
        shown = tuple(self.classes.itemText(index) for index in range(1, self.classes.count()))
        if shown != names:
            self.classes.clear()
            self.classes.addItem("All classes", -1)
            for index, name in enumerate(names):
                self.classes.addItem(name, index)
        self.classes.setVisible(bool(names))
        has_d = model is None or model.D is not None
        self.sort.model().item(1).setEnabled(has_d)  # type: ignore[attr-defined]

    # -- what is shown ------------------------------------------------------------------------------------------------

    def _show_later(self) -> None:
        if self.isVisible() and not self._show_soon.isActive():
            self._show_soon.start()

    def _sort_anew(self) -> None:
        self.sort.setToolTip(TIPS[self.sort.currentData()])
        self._show()

    def _show(self) -> None:
        bank, model = self._explorer.bank, self._explorer.model
        if bank is None or model is None or not model.is_image or not self.isVisible() or bank.size == 0:
            return
        if bank is not self._values_of:
            self._values, self._values_of = {}, bank
        name = str(self.sort.currentData())
        _, says, rising, words = SORTS[name]
        numbers = np.arange(bank.size)
        wanted = self.classes.currentData()
        if bank.classes is not None and wanted is not None and wanted >= 0:
            numbers = numbers[bank.classes[: bank.size].argmax(1)[numbers] == wanted]
        values = self._known(name, bank.size)
        order = numbers
        if values is not None:
            key = values[numbers] if rising else -values[numbers]
            order = numbers[np.argsort(key, kind="stable")]  # nan, not known yet, comes last
        if self.reverse.isChecked():
            order = order[::-1]
        self.sheet.set_pictures(bank.images, np.ascontiguousarray(order), values, words)
        self._tint(name, values)
        self._say(len(order), says, values)

    def _tint(self, name: str, values: Array | None) -> None:
        self.tinted.setEnabled(name != "drawn")
        if values is None or not self.tinted.isChecked():
            self.sheet.set_tint(None, None)
            return
        if name == "score":
            order = np.argsort(np.argsort(values)) / max(len(values) - 1, 1)
            self.sheet.set_tint(order.astype(np.float32), SCORE_LEGEND)
            return
        shares, low, high = spread(values)
        self.sheet.set_tint(shares, Legend(SORTS[name][0], f"{low:.3g}", f"{high:.3g}", signed=False))

    def _say(self, count: int, says: str, values: Array | None) -> None:
        bank, model = self._explorer.bank, self._explorer.model
        if bank is None or model is None:
            return
        parts = [f"{count} samples"]
        if bank.model is not model and bank.model.step != model.step:
            parts.append(f"of step {bank.model.step}")
        if not bank.is_full:
            parts.append(f"of {bank.capacity}, more to come")
        if values is not None and np.isnan(values).any() and self.sort.currentData() != "score":
            parts.append(f"{round(100 * float(np.isfinite(values).mean()))} % sorted")
        elif says and not self.reverse.isChecked():
            parts.append(says)
        self.words.setText(", ".join(parts))

    def _known(self, name: str, size: int) -> Array | None:
        """Return the values (size,) that the order is by, nan where they are not known yet; have them computed."""
        bank = self._explorer.bank
        if bank is None or name == "drawn":
            return None
        if name == "score":
            return bank.logits[:size]
        known = self._values.get(name)
        have = 0 if known is None else len(known)
        done = 0 if known is None else int(np.isfinite(known).sum())
        # Typicality is relative to all of the bank: computed when that is full.
        stale = done < size if name == "nearest" else bank.is_full and done < size
        if stale and not self._explorer.queue.is_busy(Lane.BACKGROUND, "grid"):
            self._compute(name, have)
        if known is None:
            return np.full(size, np.nan, np.float32)
        return np.concatenate((known[:size], np.full(max(0, size - have), np.nan, np.float32)))

    def _compute(self, name: str, start: int) -> None:
        bank, index = self._explorer.bank, self._explorer.nearest
        if bank is None or (name == "nearest" and index is None):
            return
        if name == "nearest" and bank.images.shape[1:] != index.samples.shape[1:]:  # type: ignore[union-attr]
            return
        size = bank.size

        def make() -> Iterator[object]:
            from ganstudio.engine.latent.typicality import typicalities

            if name == "nearest":
                for first in range(start, size, CHUNK):
                    near = index.query(bank.images[first : min(first + CHUNK, size)], 1)  # type: ignore[union-attr]
                    yield near.distances[:, 0]
            else:
                yield from typicalities(bank.features, bank.features)

        def take(part: object) -> None:
            if self._values_of is bank:
                values = np.asarray(part, np.float32)
                self._values[name] = np.concatenate((self._values.get(name, values[:0]), values))
                self._show_later()

        if name != "nearest":
            self._values.pop(name, None)
        self._explorer.submit(Lane.BACKGROUND, make, "grid", take, on_finished=self._show_later)

    # -- the hand -----------------------------------------------------------------------------------------------------

    def state_of(self, number: int) -> ViewState | None:
        """Return the state of a sample."""
        bank, state = self._explorer.bank, self._explorer.state
        if bank is None or number >= bank.size or bank.model.dim != state.dim:
            return None
        weights = None if bank.classes is None else bank.classes[number]
        return dataclasses.replace(state, g=bank.g[number], class_weights=weights, offsets=())

    def _go(self, number: int) -> None:
        state = self.state_of(number)
        if state is not None:
            self._chosen = state.g
            self._explorer.set_state(state)

    def _show_place(self, state: ViewState) -> None:
        if self._chosen is None or not np.array_equal(state.g, self._chosen):
            self._chosen = None
            self.sheet.set_current(-1)

    def next_typical(self) -> None:
        """Go to the next of the samples that are most typical."""
        bank = self._explorer.bank
        if bank is None or bank.size < 8:
            self._explorer.noticed.emit("The bank of samples is being filled: try again in a moment")
            return
        size = min(bank.size, 1024)

        def make() -> Iterator[object]:
            from ganstudio.engine.latent.typicality import typicality

            yield typicality(bank.features[:size], bank.features[:size])

        def take(values: object) -> None:
            order = np.argsort(np.asarray(values), kind="stable")[: size // 2]  # the better half, in the order drawn
            order = np.sort(order)
            here = np.flatnonzero((bank.g[order] == self._explorer.state.g).all(1))
            at = int(here[0]) + 1 if len(here) else self._turn
            self._turn = at + 1
            self.sheet.set_current(int(order[at % len(order)]))
            self._go(int(order[at % len(order)]))
            self.sheet.reveal_current()

        self._explorer.submit(Lane.TILES, make, "typical", take)

    def step(self, across: int, down: int) -> None:
        """Choose the sample so many places to the right and down."""
        self.sheet.step(across, down)

    def _bookmark(self, number: int) -> Bookmark | None:
        state, bank = self.state_of(number), self._explorer.bank
        return None if state is None or bank is None else Bookmark("", state, np.array(bank.images[number]))

    def _open_menu(self, number: int, place: QPointF) -> None:
        mark = self._bookmark(number)
        if mark is None:
            return
        menu = QMenu(self)
        menu.addAction("Go there", lambda: self._go(number))
        menu.addAction("Bookmark", lambda: self._explorer.keep(mark))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place.toPoint())

    def _carry(self, number: int) -> None:
        mark = self._bookmark(number)
        if mark is not None and mark.thumbnail is not None:
            carry(self, [mark], whole_image(mark.thumbnail))

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self.sheet.set_palette(palette)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._explorer.want_bank()
        self._explorer.references.watch(self, True)
        self._explorer.want_neighbours()
        self._show_soon.start()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._explorer.references.watch(self, False)
        self._show_soon.stop()
        self._explorer.cancel(Lane.BACKGROUND, "grid")
