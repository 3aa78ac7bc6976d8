"""The window in which a person draws the data."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ganstudio.engine.distributions import Distribution, distributions
from ganstudio.engine.params import ConfigError, params_of
from ganstudio.ui.density_canvas import DensityCanvas
from ganstudio.ui.drawing_canvas import DrawingCanvas
from ganstudio.ui.drawing_preview import SAMPLES, DrawingPreview
from ganstudio.ui.number_edit import NumberEdit
from ganstudio.ui.numerals import thousands
from ganstudio.ui.palette import Palette
from ganstudio.ui.points_canvas import PointsCanvas
from ganstudio.ui.slider import Slider

PREVIEW_INTERVAL_MS = 90
BRUSH_PX = (4, 80)
SPRAY = (1, 30)


class DrawingDialog(QDialog):
    """Draw a density on the line, or paint points in the plane.

    Parameters
    ----------
    distribution
        The drawn distribution to begin with, of one dimension (``drawn_1d``) or of two (``drawn_2d``).

    Notes
    -----
    :attr:`distribution` is the one that was handed over until the drawing is accepted.
    """

    def __init__(self, distribution: Any, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._distribution = distribution
        self.canvas: DrawingCanvas = (DensityCanvas if distribution.dim == 1 else PointsCanvas)(distribution, palette)
        self._first = self.canvas.drawing
        self.preview = DrawingPreview(palette)
        self.undo_button, self.redo_button = _button("&Undo", "Ctrl+Z"), _button("&Redo", "Ctrl+Shift+Z")
        self.clear_button, self.eraser_button = _button("&Clear", ""), _button("&Eraser", "E")
        self.start_from = QComboBox()
        self.summary, self.reason = QLabel(), QLabel()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._preview_timer = QTimer(self)
        self._preview_timer.setSingleShot(True)
        self._preview_timer.timeout.connect(self._show_preview)
        self.setWindowTitle("Draw the density" if distribution.dim == 1 else "Paint the points")
        self._arrange()
        self._connect()
        self._follow_drawing()
        self._show_preview()
        self.canvas.setFocus()

    @property
    def distribution(self) -> Any:
        """The accepted drawing as a distribution; before that, the one to begin with."""
        return self._distribution

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self.canvas.set_palette(palette)
        self.preview.set_palette(palette)

    # -- building -----------------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        tools = QHBoxLayout()
        for button in (self.eraser_button, self.undo_button, self.redo_button, self.clear_button):
            tools.addWidget(button)
        if isinstance(self.canvas, DensityCanvas):
            self.smooth_button = _button("&Smooth", "")
            self.smooth_button.clicked.connect(self.canvas.smooth)
            tools.addWidget(self.smooth_button)
        tools.addStretch(1)
        tools.addWidget(self._start_box())
        side = QVBoxLayout()
        seen = thousands(SAMPLES[self._distribution.dim])
        side.addWidget(_muted(f"What training sees: {seen} samples"))
        side.addWidget(self.preview)
        side.addLayout(self._settings())
        side.addStretch(1)
        self.summary.setWordWrap(True)
        self.summary.setProperty("muted", True)
        side.addWidget(self.summary)
        middle = QHBoxLayout()
        middle.setSpacing(14)
        middle.addWidget(self.canvas, 1)
        middle.addLayout(side)
        self.preview.setFixedWidth(self.preview.sizeHint().width())
        bottom = QHBoxLayout()
        self.reason.setProperty("tone", "warning")
        bottom.addWidget(self.reason, 1)
        bottom.addWidget(self.buttons)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        for part in (tools, middle, bottom):
            layout.addLayout(part, 1 if part is middle else 0)
        self.resize(920, 600)

    def _start_box(self) -> QComboBox:
        self.start_from.setPlaceholderText("Start from…")
        self.start_from.setAccessibleName("Start from another distribution")
        self.start_from.setToolTip("Replace the drawing by one of these; undo brings it back.")
        for entry in distributions:
            # Entries with a drawing or a file of their own hold nothing until the person gives it to them.
            if any(declared.editor in ("drawing", "file") for declared in params_of(entry).values()):
                continue
            if entry().layout == self._distribution.layout:
                self.start_from.addItem(entry.title or entry.name, entry.name)
        self.start_from.setCurrentIndex(-1)
        self.start_from.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        return self.start_from

    def _settings(self) -> QFormLayout:
        form = QFormLayout()
        self.brush = Slider(BRUSH_PX[1] - BRUSH_PX[0])
        self.brush.setAccessibleName("Brush")
        self.brush.setValue(round(self.canvas.brush_px) - BRUSH_PX[0])
        self.brush.valueChanged.connect(self._set_brush)
        form.addRow("Eraser size" if self._distribution.dim == 1 else "Brush size", self.brush)
        if isinstance(self.canvas, DensityCanvas):
            self.low, self.high = self._number("low"), self._number("high")
            form.addRow("Left edge", self.low)
            form.addRow("Right edge", self.high)
        else:
            self.spray = Slider(SPRAY[1] - SPRAY[0])
            self.spray.setAccessibleName("Spray density")
            self.spray.setToolTip("Points that one touch of the brush leaves.")
            self.spray.setValue(self.canvas.spray - SPRAY[0])  # type: ignore[attr-defined]
            self.spray.valueChanged.connect(self._set_spray)
            form.addRow("Spray density", self.spray)
            self.half_width = self._number("half_width")
            form.addRow("Canvas ±", self.half_width)
        self.grid = QCheckBox("&Grid")
        self.grid.setChecked(self.canvas.grid)
        self.grid.toggled.connect(self.canvas.set_grid)
        form.addRow(self.grid)
        return form

    def _number(self, name: str) -> NumberEdit:
        """Return the editor of one of the distribution's own numbers."""
        declared = params_of(self._distribution)[name]
        edit = NumberEdit(declared)
        edit.setToolTip(declared.help)
        edit.setAccessibleName(declared.title)
        edit.value_edited.connect(self._set_extent)
        edit.rejected.connect(self.reason.setText)
        edit.accepted.connect(lambda: self.reason.setText(self.canvas.problem))
        return edit

    def _connect(self) -> None:
        self.canvas.changed.connect(self._follow_drawing)
        self.undo_button.clicked.connect(self.canvas.undo)
        self.redo_button.clicked.connect(self.canvas.redo)
        self.clear_button.clicked.connect(self.canvas.clear)
        self.eraser_button.setCheckable(True)
        self.eraser_button.toggled.connect(self._set_eraser)
        self.start_from.activated.connect(self._start)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        for keys, button in (
            (QKeySequence(Qt.Modifier.CTRL | Qt.Key.Key_Z), self.undo_button),
            (QKeySequence(Qt.Modifier.CTRL | Qt.Modifier.SHIFT | Qt.Key.Key_Z), self.redo_button),
            (QKeySequence(Qt.Modifier.CTRL | Qt.Key.Key_Y), self.redo_button),
            (QKeySequence(Qt.Key.Key_E), self.eraser_button),
        ):
            QShortcut(keys, self, button.click)

    # -- following ----------------------------------------------------------------------------------------------------

    def _follow_drawing(self) -> None:
        canvas = self.canvas
        self.undo_button.setEnabled(canvas.can_undo)
        self.redo_button.setEnabled(canvas.can_redo)
        self.summary.setText(canvas.summary())
        self.reason.setText(canvas.problem)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not canvas.problem)
        for edit, value in self._extent_editors():
            edit.show_value(value)
        if not self._preview_timer.isActive():
            self._preview_timer.start(PREVIEW_INTERVAL_MS)

    def _extent_editors(self) -> list[tuple[NumberEdit, float]]:
        drawing = self.canvas.drawing
        if isinstance(self.canvas, DensityCanvas):
            return [(self.low, drawing.low), (self.high, drawing.high)]
        return [(self.half_width, drawing.half_width)]

    def _drawn(self) -> Any:
        """Return the distribution as it is drawn now; the very one to begin with if nothing was changed."""
        if self.canvas.drawing is self._first:
            return self._distribution
        return self.canvas.applied_to(self._distribution)

    def _show_preview(self) -> None:
        try:
            self.preview.show_distribution(None if self.canvas.problem else self._drawn())
        except ConfigError as error:  # a canvas wider than the distribution allows
            self.reason.setText(str(error))
            self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(False)

    def _set_brush(self, position: int) -> None:
        self.canvas.brush_px = float(position + BRUSH_PX[0])

    def _set_spray(self, position: int) -> None:
        if isinstance(self.canvas, PointsCanvas):
            self.canvas.spray = position + SPRAY[0]

    def _set_eraser(self, eraser: bool) -> None:
        self.canvas.eraser = eraser
        self.canvas.update()

    def _set_extent(self) -> None:
        if isinstance(self.canvas, DensityCanvas):
            self.canvas.set_interval(self.low.value, self.high.value)
        elif isinstance(self.canvas, PointsCanvas):
            self.canvas.set_half_width(self.half_width.value)
        self._follow_drawing()  # puts back a value that makes no interval

    def _start(self, index: int) -> None:
        entry: type[Distribution] = distributions.get(self.start_from.itemData(index))
        self.canvas.put(self.canvas.taken_from(entry()))
        self.start_from.setCurrentIndex(-1)

    @override
    def accept(self) -> None:
        """Take the drawing over and close."""
        if not self.canvas.problem:
            self._distribution = self._drawn()
            super().accept()


def _button(text: str, keys: str) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    if keys:
        button.setToolTip(keys)
    return button


def _muted(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("muted", True)
    return label
