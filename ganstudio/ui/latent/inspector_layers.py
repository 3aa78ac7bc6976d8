"""Inside G: what each layer gives out for the latent in hand, how its values spread, and the picture's frequencies."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, QTimer
from PySide6.QtGui import QColor, QHideEvent, QImage, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QLabel, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from ganstudio.engine.latent.renderer import Lane
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.thumbnail_pictures import paint_image
from ganstudio.ui.palette import Palette
from ganstudio.ui.theme import mixed
from ganstudio.ui.views.color_map import diverging

if TYPE_CHECKING:
    from ganstudio.engine.latent.layers import Activation

Floats = NDArray[np.float32]
SETTLE_MS = 120  # after the last move, before the layers are looked at
MOST_CHANNELS = 64
BINS = 48


class InspectorLayers(QWidget):
    """Works only while it is in sight."""

    def __init__(self, explorer: Explorer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explorer, self._palette = explorer, explorer.palette
        self._found: Sequence[Activation] = ()
        self._spectrum: Floats | None = None
        self.layer = QComboBox()
        self.channels, self.values, self.frequencies = _Field(), _Histogram(), _Field()
        self._channel_words, self._value_words = QLabel(), QLabel()
        self._lay_out()
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._ask)
        explorer.picture_changed.connect(lambda _picture: self._wait())
        self.layer.activated.connect(lambda _index: self._show())
        self.set_palette(explorer.palette)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        frequencies = QLabel("Frequencies of the picture (log power)")
        frequencies.setToolTip(
            "Zero in the middle, half the sampling rate at the edges. Peaks at the edges are the checkerboard that "
            "transposed convolutions leave (Odena et al. 2016)"
        )
        for label in (self._channel_words, self._value_words, frequencies):
            label.setProperty("muted", True)
            label.setWordWrap(True)
        self.layer.setAccessibleName("Layer of the generator")
        self.layer.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        widgets = (self.layer, self._channel_words, self.channels, self._value_words, self.values)
        for widget in (*widgets, frequencies, self.frequencies):
            layout.addWidget(widget)

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.values.take_palette(palette)
        self._show()

    def _wait(self) -> None:
        if self.isVisible():
            self._settle.start()

    def _ask(self) -> None:
        model, picture, state = self._explorer.model, self._explorer.picture, self._explorer.state
        if model is None or picture is None or not model.is_image or not self.isVisible():
            return

        def make() -> Iterator[object]:
            import torch

            from ganstudio.engine.latent.layers import activations, spectrum

            y = None if state.class_weights is None else torch.tensor(state.class_weights)
            yield activations(model, picture.g, y), spectrum(picture.shown)

        self._explorer.submit(Lane.TILES, make, "layers", self._take)

    def _take(self, found: object) -> None:
        self._found, self._spectrum = found  # type: ignore[misc]
        names = [f"{one.name}  {one.kind}  {_size(one.values)}" for one in self._found]
        if [self.layer.itemText(index) for index in range(self.layer.count())] != names:
            chosen = self.layer.currentIndex()
            self.layer.clear()
            self.layer.addItems(names)
            spatial = [index for index, one in enumerate(self._found) if one.values.shape[1] > 1]
            self.layer.setCurrentIndex(chosen if 0 <= chosen < len(names) else (spatial or [0])[0])
        self._show()

    def _show(self) -> None:
        table = diverging(self._palette)
        index = self.layer.currentIndex()
        if 0 <= index < len(self._found):
            values = self._found[index].values
            most = float(np.abs(values).max()) or 1.0
            shown = min(len(values), MOST_CHANNELS)
            flat = values.shape[1:] == (1, 1)
            more = "" if flat or shown == len(values) else f", the first {shown} of {len(values)}"
            self._channel_words.setText(f"Channels{more}: violet −{most:.3g}, teal {most:.3g}")
            self.channels.set_image(_colored(mosaic(values), most, table, self._palette))
            zero = float((values == 0).mean())
            self._value_words.setText(
                f"Values: mean {values.mean():.3g}, s.d. {values.std():.3g}"
                + (f", {100 * zero:.0f} % exactly zero" if zero > 0 else "")
            )
            self.values.set_values(values)
        if self._spectrum is not None:
            top = float(self._spectrum.max()) or 1.0
            self.frequencies.set_image(_colored(self._spectrum, top, table, self._palette))

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._wait()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._settle.stop()


def mosaic(values: Floats) -> Floats:
    """Return channels (C, H, W) side by side, a pixel apart (nan); features (C, 1, 1) in rows."""
    count = min(len(values), MOST_CHANNELS) if values.shape[1:] != (1, 1) else len(values)
    columns = math.ceil(math.sqrt(count * (2 if values.shape[1:] == (1, 1) else 1)))
    rows = math.ceil(count / columns)
    height, width = values.shape[1:]
    gap = 1 if (height, width) != (1, 1) else 0
    made = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap), np.nan, np.float32)
    for index in range(count):
        row, column = divmod(index, columns)
        top, left = row * (height + gap), column * (width + gap)
        made[top : top + height, left : left + width] = values[index]
    return made


def _colored(values: Floats, most: float, table: NDArray[np.uint32], palette: Palette) -> QImage:
    level = np.clip(np.rint((np.nan_to_num(values) / most + 1) * 127.5), 0, 255).astype(np.uint8)
    pixels = np.ascontiguousarray(table[level])
    pixels[np.isnan(values)] = QColor(palette.surface).rgb()
    height, width = values.shape
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def _size(values: Floats) -> str:
    count, height, width = values.shape
    return f"{count}" if (height, width) == (1, 1) else f"{count}×{height}×{width}"


class _Field(QWidget):
    """A field of numbers as an image, as large as the width allows."""

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_image(self, image: QImage) -> None:
        resized = image.size() != self._image.size()
        self._image = image
        if resized:
            self.updateGeometry()
        self.update()

    @override
    def heightForWidth(self, width: int) -> int:
        if self._image.isNull():
            return 8
        return max(8, min(round(width * self._image.height() / self._image.width()), 280))

    @override
    def sizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(200))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image.isNull():
            return
        with QPainter(self) as painter:
            scale = min(self.width() / self._image.width(), self.height() / self._image.height())
            if scale >= 1:
                width, height = self._image.width() * scale, self._image.height() * scale
                painter.drawImage(QRectF(0, 0, width, height), self._image)
            else:
                paint_image(painter, QRectF(self.rect()), self._image)


class _Histogram(QWidget):
    """How values spread, with zero marked."""

    def __init__(self) -> None:
        super().__init__()
        self._palette: Palette | None = None
        self._counts: NDArray[np.float64] = np.zeros(0)
        self._zero = 0.5
        self.setFixedHeight(44)

    def take_palette(self, palette: Palette) -> None:
        self._palette = palette
        self.update()

    def set_values(self, values: Floats) -> None:
        most = float(np.abs(values).max()) or 1.0
        low = min(float(values.min()), 0.0)
        high = max(float(values.max()), 0.0)
        high = high if high > low else low + most
        counts, _ = np.histogram(values, BINS, (low, high))
        self._counts = np.sqrt(counts / max(counts.max(), 1))
        self._zero = -low / (high - low)
        self.setToolTip(f"Histogram of all values from {low:.3g} to {high:.3g}; heights as square roots")
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._palette is None or not len(self._counts):
            return
        with QPainter(self) as painter:
            colors = self._palette
            width, base = self.width() / BINS, self.height() - 1.0
            color = QColor(mixed(colors.g, colors.surface, 0.75))
            for index, share in enumerate(self._counts.tolist()):
                height = share * (base - 2)
                painter.fillRect(QRectF(index * width, base - height, max(width - 1, 1), height), color)
            painter.setPen(QColor(colors.muted))
            x = round(self._zero * self.width())
            painter.drawLine(x, 0, x, self.height())
