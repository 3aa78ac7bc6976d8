"""A slider with an editable number beside it, or the number alone where a slider would serve nobody."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.engine.params import Param
from ganstudio.ui.editors import Editor
from ganstudio.ui.number_edit import NumberEdit
from ganstudio.ui.scales import scale_of
from ganstudio.ui.slider import Slider


class NumberEditor(Editor):
    """Edits an int or a float."""

    def __init__(self, declared: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._declared = declared
        self._scale = scale_of(declared)
        self.number = NumberEdit(declared)
        self.slider: Slider | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        if self._scale is not None:
            self.slider = Slider(self._scale.positions)
            self.slider.setAccessibleName(declared.title)
            self.slider.valueChanged.connect(self._slid)
            self.slider.double_clicked.connect(self.preset_asked)
            layout.addWidget(self.slider, 1)
            layout.addWidget(self.number)
            self.number.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        else:
            layout.addWidget(self.number, 1)
        self.setFocusProxy(self.slider or self.number)
        self.number.setAccessibleName(declared.title)
        self.number.value_edited.connect(self._typed)
        self.number.rejected.connect(self.rejected)
        self.number.accepted.connect(self.accepted)

    @override
    def show_value(self, value: Any) -> None:
        self.number.show_value(value)
        if self.slider is not None and self._scale is not None:
            position = round(self._scale.share(float(value)) * self.slider.maximum())
            with QSignalBlocker(self.slider):  # here, and only here, the loop from model to control and back is cut
                self.slider.setValue(position)

    @override
    def set_mark(self, value: Any) -> None:
        if self.slider is not None and self._scale is not None:
            self.slider.set_mark(None if value is None else self._scale.share(float(value)))

    def _slid(self, position: int) -> None:
        if self.slider is None or self._scale is None:
            return
        value = self._declared.checked(self._declared.title, self._scale.value(position / self.slider.maximum()))
        self.number.setModified(False)
        self.number.show_value(value)
        self.edited.emit(value)

    def _typed(self, value: float) -> None:
        self.show_value(value)
        self.edited.emit(value)
