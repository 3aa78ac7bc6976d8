"""Sliders along the directions that matter, each with what one will see along it."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ganstudio.engine.latent.view_state import ViewState
from ganstudio.ui.latent.attribute_choice import AttributeChoice
from ganstudio.ui.latent.direction_finder import Choice, DirectionFinder
from ganstudio.ui.latent.direction_row import DirectionRow, steps_text
from ganstudio.ui.latent.direction_sources import MOST_SLIDERS, REACH, SOURCES, Filmstrip, Found, SourceName
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.thumbnail_pictures import as_images
from ganstudio.ui.latent.thumbnails import RING
from ganstudio.ui.palette import Palette

EFFECT_TIP = (
    "One step is the length along the direction that changes the picture by 0.15 root mean square, of a range from −1 "
    "to 1,\nmeasured at this place with all sliders at zero: so all sliders feel alike."
)


class DirectionsPanel(QWidget):
    """At most eight sliders along directions that are found in one of five ways.

    A slider adds a multiple of its direction to g; with "stay on shell" the sum is brought back to ‖g‖. Directions are
    those at g itself, not at where the sliders lead, so that they stay what they are while one is moved; *settle* makes
    the present place the new origin. While the page is hidden nothing is computed.

    Parameters
    ----------
    explorer
        Whose state the sliders move. It is told which directions are shown.
    """

    def __init__(self, explorer: Explorer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explorer = explorer
        self.source, self.layer = QComboBox(), QComboBox()
        self.attribute = AttributeChoice(explorer.palette)
        self.on_shell = QCheckBox("Stay on shell")
        self.reset_button, self.settle_button = QPushButton("Reset"), QPushButton("Settle")
        self.note, self.others = QLabel(), QLabel()
        self.rows = [DirectionRow(explorer.palette) for _ in range(MOST_SLIDERS)]
        self.finder = DirectionFinder(explorer, lambda: self.is_wanted, self)
        self._last: ViewState | None = None  # what the last move of a slider led to
        self._moved_row = -1
        self._followed: tuple[object, ...] = ()
        self._build()
        self._connect()
        self._follow_state(explorer.state)
        self._show_found()

    # -- building -----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        for name, source in SOURCES.items():
            self.source.addItem(source.title, name)
            self.source.setItemData(self.source.count() - 1, source.tip, Qt.ItemDataRole.ToolTipRole)
        self.source.setAccessibleName("Source of directions")
        self.layer.setAccessibleName("Layer")
        self.layer.setToolTip("The layer whose activations are analysed.")
        for box in (self.source, self.layer):
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(10)
        self.on_shell.setToolTip(
            "Bring g back to its own length after every move: draws of the prior nearly all have the same length,\n"
            "and a straight line leaves it. Switch it off to see what lies outside."
        )
        self.reset_button.setToolTip("All sliders to zero (0)")
        self.settle_button.setToolTip(
            "Make this place the new origin: the same picture, all sliders at zero.\n"
            "Local directions are then found anew."
        )
        for label in (self.note, self.others):
            label.setWordWrap(True)
            label.setVisible(False)
        self.note.setProperty("tone", "warning")
        self.others.setProperty("muted", True)
        head, tools = QVBoxLayout(), QHBoxLayout()
        head.setContentsMargins(round(RING), 0, round(RING), 0)
        head.setSpacing(5)
        tools.setSpacing(6)
        tools.addWidget(self.on_shell, 1)
        tools.addWidget(self.settle_button)
        tools.addWidget(self.reset_button)
        for part in (self.source, self.layer):
            head.addWidget(part)
        head.addWidget(self.attribute)
        head.addLayout(tools)
        head.addWidget(self.note)
        head.addWidget(self.others)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 0, 6)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self._scrolled(), 1)

    def _scrolled(self) -> QScrollArea:
        body, area = QWidget(), QScrollArea()
        body.setObjectName("panel")
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(2)
        for row in self.rows:
            column.addWidget(row)
        column.addStretch(1)
        area.setObjectName("panel")
        area.setWidget(body)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setMinimumWidth(220)
        return area

    def _connect(self) -> None:
        explorer, finder = self._explorer, self.finder
        explorer.state_changed.connect(self._follow_state)
        explorer.model_changed.connect(finder.renew)
        explorer.bank_changed.connect(self._follow_bank)
        explorer.neighbours_changed.connect(self._follow_bank)
        explorer.active_changed.connect(self._follow_active)
        finder.groups.changed.connect(self._offer_groups)
        finder.found_changed.connect(self._show_found)
        finder.strip_made.connect(self._take_strip)
        finder.said.connect(self._say)
        self.source.activated.connect(self._choose_source)
        self.layer.activated.connect(self._choose)
        self.attribute.changed.connect(self._choose)
        self.on_shell.toggled.connect(self._set_on_shell)
        self.reset_button.clicked.connect(self.reset)
        self.settle_button.clicked.connect(self.settle)
        for index, row in enumerate(self.rows):
            row.moved.connect(lambda steps, merge, index=index: self._move(index, steps, merge=merge))
            row.activated.connect(lambda index=index: self._activate(index))

    # -- what others may ask for --------------------------------------------------------------------------------------

    @property
    def source_name(self) -> SourceName:
        """How directions are found."""
        return cast(SourceName, self.source.currentData())

    def set_source(self, name: SourceName) -> None:
        """Find directions in another way."""
        index = self.source.findData(name)
        if index >= 0 and index != self.source.currentIndex():
            self.source.setCurrentIndex(index)
            self._choose_source()

    def reset(self) -> None:
        """Put all sliders to zero."""
        if self._explorer.state.offsets:
            self._explorer.change(offsets=())

    def settle(self) -> None:
        """Make the present place the new origin."""
        if self._explorer.state.offsets:
            self._explorer.set_state(self._explorer.state.settled())

    def nudge(self, steps: float) -> None:
        """Move the slider that was used last by so many steps of equal effect."""
        index = self.finder.first
        wanted = min(max(self.rows[index].steps + steps, -REACH), REACH)
        self._move(index, wanted, merge=True)

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self.attribute.set_palette(palette)
        for row in self.rows:
            row.set_palette(palette)
        model = self._explorer.model
        if model is not None and not model.is_image:
            self.finder.repaint()  # pictures of points are painted in the palette's colours

    def _choose_source(self) -> None:
        self.layer.clear()
        self._choose()
        if self.source_name == "attribute":
            self._offer_groups()
        self._show_found()

    # -- following ----------------------------------------------------------------------------------------------------

    @property
    def is_wanted(self) -> bool:
        """Whether somebody sees it."""
        return self.isVisible() and self._explorer.is_active and self._explorer.model is not None

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.finder.refresh()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.finder.give_up()

    def _follow_active(self, active: bool) -> None:
        if active:
            self.finder.refresh()
        else:
            self.finder.give_up()

    def _follow_state(self, state: ViewState) -> None:
        self.finder.later()
        if (state.offsets, state.on_shell) == self._followed:
            return
        self._followed = state.offsets, state.on_shell
        self.on_shell.blockSignals(True)
        self.on_shell.setChecked(state.on_shell)
        self.on_shell.blockSignals(False)
        self.reset_button.setEnabled(bool(state.offsets))
        self.settle_button.setEnabled(bool(state.offsets))
        self._show_steps()

    def _follow_bank(self) -> None:
        if self.source_name in ("mean_jacobian", "attribute"):
            self.finder.refresh()

    # -- what comes ---------------------------------------------------------------------------------------------------

    def _choose(self) -> None:
        ahead, behind = self.attribute.chosen
        self.source.setToolTip(SOURCES[self.source_name].tip)
        self.finder.choose(
            Choice(self.source_name, str(self.layer.currentData() or ""), ahead, behind, self.attribute.method.value)
        )

    def _offer_groups(self) -> None:
        """Offer the groups that there are now; a choice may come about by it."""
        groups = self.finder.groups
        self.attribute.set_groups({name: len(latents) for name, latents in groups.groups.items()}, groups.hint)
        if self.source_name == "attribute":
            self._choose()

    def _offer_layers(self, found: Found) -> None:
        names = [self.layer.itemData(index) for index in range(self.layer.count())]
        if found.layers and names != [name for name, _ in found.layers]:
            self.layer.clear()
            for name, kind in found.layers:
                self.layer.addItem(f"{name}: {kind}", name)
        if found.layers:
            self.layer.setCurrentIndex(self.layer.findData(found.layer))

    def _take_strip(self, strip: Filmstrip) -> None:
        model = self._explorer.model
        if model is not None:
            row = self.rows[strip.index]
            row.set_ready(True)
            row.set_images(list(as_images(model, strip.pictures, self._explorer.palette)))
            self._show_steps()

    # -- showing ------------------------------------------------------------------------------------------------------

    def _show_found(self) -> None:
        found, source = self.finder.found, self.source_name
        if found is not None:
            self._offer_layers(found)
        self.layer.setVisible(source == "activations" and self.layer.count() > 0)
        self.attribute.setVisible(source == "attribute")
        count = 0 if found is None else found.directions.count
        for index, row in enumerate(self.rows):
            row.setVisible(index < count)
            if found is None or index >= count:
                row.set_ready(False)
                row.set_images([None] * row.strip.count)
            else:
                _describe(row, found, index)
        self._show_steps()

    def _say(self, text: str) -> None:
        shown = text[:1].upper() + text[1:]
        self.note.setText(shown)
        self.note.setVisible(bool(shown))

    def _show_steps(self) -> None:
        state, found = self._explorer.state, self.finder.found
        amounts = {offset.name: offset.amount for offset in state.offsets}
        names = () if found is None else found.offset_names(state)
        for row, name, sigma in zip(self.rows, names, self.finder.sigma, strict=False):
            amount = amounts.pop(name, 0.0)
            tip = f"{amount:+.3g} of g along it; one step is {sigma:.3g}.\n{EFFECT_TIP}" if sigma else EFFECT_TIP
            row.set_steps(amount / sigma if sigma else 0.0, tip)
        rest = ", ".join(f"{name} {steps_text(amount)}" for name, amount in amounts.items())
        self.others.setVisible(bool(rest))
        self.others.setText(f"Also moved: {rest}" if rest else "")
        self.others.setToolTip("Sliders of other directions, in units of g; Reset takes them back too." if rest else "")

    # -- the hand -----------------------------------------------------------------------------------------------------

    def _activate(self, index: int) -> None:
        self.finder.first = index

    def _move(self, index: int, steps: float, *, merge: bool) -> None:
        found, sigma, state = self.finder.found, self.finder.sigma[index], self._explorer.state
        if found is None or sigma is None or found.directions.vectors.shape[1] != state.dim:
            return
        self._activate(index)
        goes_on = merge and self._moved_row == index and self._last is state
        amount = 0.0 if abs(steps) < 0.005 else steps * sigma
        moved = state.with_offset(found.offset_names(state)[index], found.directions.vectors[index], amount)
        self._explorer.set_state(moved, merge=goes_on)
        self._moved_row, self._last = index, self._explorer.state

    def _set_on_shell(self, on_shell: bool) -> None:
        self._explorer.change(on_shell=on_shell)


def _describe(row: DirectionRow, found: Found, index: int) -> None:
    directions = found.directions
    weight = f"{directions.weight_title}: {directions.weights[index]:.4g}" if directions.weight_title else ""
    row.set_title(directions.names[index], f"{SOURCES[found.request.source].tip}\n{weight}".strip())
    share = None if directions.share is None else float(directions.share[index])
    row.share.set_share(share, f"{found.estimator}\n{weight}".strip())
