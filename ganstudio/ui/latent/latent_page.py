"""The page *Latent*: walking through what a model has learnt, even while it is still learning."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ganstudio.ui.eliding_label import ElidingLabel
from ganstudio.ui.latent.arithmetic_bar import ArithmeticBar
from ganstudio.ui.latent.class_strip import ClassStrip
from ganstudio.ui.latent.compare_view import CompareView
from ganstudio.ui.latent.directions_panel import DirectionsPanel
from ganstudio.ui.latent.embed_view import EmbedView
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.explorer_mime import bookmarks_of
from ganstudio.ui.latent.grid_canvas import GridCanvas
from ganstudio.ui.latent.inspector import Inspector
from ganstudio.ui.latent.latent_actions import FOLLOW_S, HIDDEN_FOLLOW_S
from ganstudio.ui.latent.latent_page_canvases import LatentPageCanvases
from ganstudio.ui.latent.latent_page_files import LatentPageFiles
from ganstudio.ui.latent.latent_page_head import LatentPageHead
from ganstudio.ui.latent.latent_page_works import works_of
from ganstudio.ui.latent.map_canvas import MapCanvas
from ganstudio.ui.latent.points_view import PointsView
from ganstudio.ui.latent.shelf import Shelf
from ganstudio.ui.latent.source_bar import SourceBar
from ganstudio.ui.latent.style_strip import StyleStrip
from ganstudio.ui.latent.walk_view import WalkView
from ganstudio.ui.palette import Palette

if TYPE_CHECKING:
    from ganstudio.engine.latent.models import LatentModel
    from ganstudio.engine.latent.snapshots import SnapshotRing
    from ganstudio.engine.latent.view_state import ViewState

SPLIT = (300, 836, 304)  # the inspector has room for four times 64 pixels
NARROW_EM = 78  # heights of a line; the words of the buttons need about 76
NARROW_SPLIT = (270, 526, 304)
HIGH_EM = 46  # of the page, from which there is room for the wells
ARITHMETIC_KEY = "latent/arithmetic"
STATUS_MS = 250  # texts change four times a second at most
STATUS_ORDER = ("busy", "model", "render", "tiles", "train", "device")
NO_MODEL = "There is no model to explore yet.\nIt appears here as soon as a run begins, or open one."


class LatentPage(QWidget):
    """All parts around one :class:`Explorer`. Hidden, it costs nothing.

    Parameters
    ----------
    palette
        The colours.
    settings
        Remembers files, the tab and the widths.

    Signals
    -------
    follow_asked
        The session is to keep a snapshot every so many seconds.
    """

    follow_asked = Signal(float)

    def __init__(self, palette: Palette, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.explorer = explorer = Explorer(palette, settings, self)
        self.source = SourceBar(explorer)
        self.classes, self.styles = ClassStrip(explorer), StyleStrip(explorer)
        self.directions = DirectionsPanel(explorer)
        self.map, self.grid = MapCanvas(explorer), GridCanvas(explorer)
        self.walk, self.compare = WalkView(explorer), CompareView(explorer)
        self.embed, self.points = EmbedView(explorer), PointsView(explorer)
        self.inspector, self.shelf = Inspector(explorer), Shelf(explorer)
        self.arithmetic = ArithmeticBar(explorer)
        self.head = LatentPageHead(palette)
        self.tabs = self.head.tabs
        self.status = ElidingLabel()
        self.files = LatentPageFiles(self, explorer, self.shelf, settings)
        self.canvases: dict[str, QWidget] = {
            "map": self.map,
            "grid": self.grid,
            "walk": self.walk,
            "compare": self.compare,
            "embed": self.embed,
        }
        self._pages, self._stack = QStackedWidget(), LatentPageCanvases()
        self._split_afresh = True
        self._is_narrow: bool | None = None  # for which the width was shared
        self._status_soon = QTimer(self, singleShot=True, interval=STATUS_MS)
        self._status_soon.timeout.connect(self._show_status)
        self._lay_out()
        self._fit_panels()
        self._connect()
        self._restore()
        self.set_palette(palette)
        self._take_model(None)

    # -- making it ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAcceptDrops(True)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        for index, (widget, stretch) in enumerate(((self._left(), 0), (self._centre(), 1), (self.inspector, 0))):
            self.splitter.addWidget(widget)
            self.splitter.setStretchFactor(index, stretch)
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.splitter, 1)
        rows.addWidget(self._bottom())
        self._pages.addWidget(self._empty())
        self._pages.addWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.source)
        layout.addWidget(self._pages, 1)
        self.message_place = QVBoxLayout()
        layout.addLayout(self.message_place)
        self.status.setProperty("muted", True)
        self.status.setContentsMargins(10, 2, 10, 3)
        layout.addWidget(self.status)

    def _left(self) -> QWidget:
        scroll = QScrollArea()
        scroll.setObjectName("panel")
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.directions)
        self._left_scroll = scroll
        return scroll

    def _centre(self) -> QWidget:
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(6)
        column.addWidget(self.classes)
        column.addWidget(self.head)
        for canvas in (*self.canvases.values(), self.points):
            self._stack.addWidget(canvas)
        column.addWidget(self._stack, 1)
        column.addWidget(self.styles)
        return centre

    def _bottom(self) -> QWidget:
        bottom = QFrame()
        bottom.setObjectName("footer")
        column = QVBoxLayout(bottom)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.shelf)
        column.addWidget(self.arithmetic)
        return bottom

    def _empty(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.addStretch(1)
        words = QLabel(NO_MODEL, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        words.setProperty("muted", True)
        self.open_button = QPushButton("Open model…")
        self.open_button.clicked.connect(self.source.choose_file)
        column.addWidget(words)
        column.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        return page

    def _connect(self) -> None:
        explorer = self.explorer
        explorer.model_changed.connect(self._take_model)
        explorer.status_changed.connect(self._status_later)
        self.source.open_asked.connect(self.source.choose_file)
        self.tabs.chosen.connect(self.show_tab)
        self.head.find_button.clicked.connect(lambda: self.files.invert())
        self.head.export_button.clicked.connect(lambda: self.walk.open_export("sheet"))
        self.shelf.arithmetic.clicked.connect(self._want_arithmetic)
        self.map.path_drawn.connect(self._walk_along)
        self.inspector.wheeled.connect(self.directions.nudge)
        self.embed.real_chosen.connect(self.files.invert_picture)

    def works(self) -> dict[str, Callable[[], object]]:
        """Return what the keys of :mod:`latent_actions` do."""
        return works_of(self)

    # -- what is shown ------------------------------------------------------------------------------------------------

    def set_ring(self, ring: SnapshotRing | None) -> None:
        """Take the run's snapshots."""
        if ring is not self.explorer.ring:
            self.explorer.set_ring(ring)

    def _take_model(self, model: LatentModel | None) -> None:
        self._pages.setCurrentIndex(0 if model is None else 1)
        if model is None:
            return
        self.head.setVisible(model.is_image)
        self.shelf.arithmetic.setVisible(model.is_image)
        self._show_arithmetic()
        self._stack.setCurrentWidget(self.canvases[self.tabs.value] if model.is_image else self.points)
        self.explorer.report("device", "on the CPU")

    def _show_arithmetic(self) -> None:
        """Show the wells if they are wanted: by the person, or else where the window is high."""
        model, wanted = self.explorer.model, self._settings.value(ARITHMETIC_KEY)
        shown = self.height() >= HIGH_EM * self.fontMetrics().height() if wanted is None else str(wanted) == "true"
        shown = shown and model is not None and model.is_image
        self.shelf.arithmetic.setChecked(shown)
        self.arithmetic.setVisible(shown)

    def _want_arithmetic(self, wanted: bool) -> None:
        self._settings.setValue(ARITHMETIC_KEY, "true" if wanted else "false")
        self._show_arithmetic()

    def show_tab(self, name: str) -> None:
        """Show one of the canvases."""
        model = self.explorer.model
        if model is None or model.is_image:
            self._stack.setCurrentWidget(self.canvases[name])
        self._settings.setValue("latent/tab", name)

    def _walk_along(self, states: list[ViewState]) -> None:
        self.walk.take_path(states)
        self.tabs.set_value("walk")

    def reset(self) -> None:
        """Put the sliders back; where they are, ask for the class on the key 0."""
        if self.explorer.state.offsets:
            self.directions.reset()
        else:
            self.classes.choose_by_key(0)

    def play(self) -> None:
        """Play or pause the walk."""
        self.tabs.set_value("walk")
        self.walk.toggle_play()

    def record(self) -> None:
        """Save the walk as a film."""
        self.tabs.set_value("walk")
        self.walk.export_wanted.emit()

    def show_rate(self, text: str) -> None:
        """Say how fast the run trains."""
        self.explorer.report("train", text)

    def _status_later(self) -> None:
        if not self._status_soon.isActive() and self.isVisible():
            self._status_soon.start()

    def _show_status(self) -> None:
        status = self.explorer.status
        known = [status[part] for part in STATUS_ORDER if status.get(part)]
        others = [text for part, text in status.items() if part not in STATUS_ORDER and text]
        self.status.setText("   ·   ".join(known + others))

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self.explorer.set_palette(palette)
        parts = (self.source, self.head, self.directions, self.inspector, self.shelf, self.arithmetic, self.classes)
        for part in (*parts, self.points, *self.canvases.values()):
            part.set_palette(palette)  # type: ignore[attr-defined]
        self.styles.set_palette(palette)

    def close_workers(self) -> None:
        """End the threads; remember the widths."""
        self._settings.setValue("latent/splitter", self.splitter.saveState())
        self.explorer.close()

    def _restore(self) -> None:
        name = str(self._settings.value("latent/tab", "map"))
        self.tabs.set_value(name)
        self.show_tab(self.tabs.value)
        known = self._settings.value("latent/splitter")
        if known is not None and self.splitter.restoreState(known):
            self._split_afresh = False

    # -- dropping -----------------------------------------------------------------------------------------------------

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        mime = event.mimeData()
        if mime.hasUrls() or mime.hasImage() or bookmarks_of(mime):
            event.acceptProposedAction()
        else:
            event.ignore()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.dropped(event.mimeData())

    def dropped(self, mime: QMimeData) -> None:
        """Open what was dropped: a model, bookmarks, a picture, a place."""
        marks = bookmarks_of(mime)
        if marks:
            self.explorer.restore(marks[0].state)
        else:
            self.files.open([Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()])

    # -- keys and Qt --------------------------------------------------------------------------------------------------

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        key = Qt.Key(event.key())
        by = {keys.Key_Left: (-1, 0), keys.Key_Right: (1, 0), keys.Key_Up: (0, -1), keys.Key_Down: (0, 1)}.get(key)
        on_map = self._stack.currentWidget() is self.map
        if by is not None and on_map:
            factor = 1.0
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                factor = 5.0
            elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                factor = 0.2
            self.map.step(factor * by[0], factor * by[1])
        elif by is not None and self._stack.currentWidget() is self.grid:
            self.grid.step(*by)
        elif key in (keys.Key_Plus, keys.Key_Equal, keys.Key_Minus) and on_map:
            self.map.surface.motion.zoom(-1 if key == keys.Key_Minus else 1)
        elif key == keys.Key_Home and on_map:
            self.map.surface.motion.fit()
        else:
            super().keyPressEvent(event)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.explorer.set_active(True)
        self.follow_asked.emit(FOLLOW_S)
        self._share_width()
        self._status_later()
        self.setFocus()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._status_soon.stop()
        self.explorer.set_active(False)
        self.follow_asked.emit(HIDDEN_FOLLOW_S)

    @override
    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        QTimer.singleShot(0, self, self._share_width)

    def _share_width(self) -> None:
        narrow = self.width() < NARROW_EM * self.fontMetrics().height()
        if not self.isVisible() or narrow == self._is_narrow:
            return
        self._is_narrow = narrow
        self._show_arithmetic()
        self.head.set_narrow(narrow)
        if self._split_afresh:
            self.splitter.setSizes(list(NARROW_SPLIT if narrow else SPLIT))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            QTimer.singleShot(0, self, self._fit_panels)

    def _fit_panels(self) -> None:
        """Keep the panels at the sides as wide as what is in them needs, in letters of any size."""
        scroll = self._left_scroll
        scroll.setMinimumWidth(
            self.directions.minimumSizeHint().width() + scroll.verticalScrollBar().sizeHint().width()
        )
        self.inspector.fit_width()
        self._share_width()

    @override
    def sizeHint(self) -> QSize:
        return QSize(1200, 760)
