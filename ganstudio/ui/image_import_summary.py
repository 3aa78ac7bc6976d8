"""What was read of a person's images: how many, of which classes, what they look like, and what was passed over."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ganstudio.ui.clamped_text import ClampedText
from ganstudio.ui.eliding_label import ElidingLabel
from ganstudio.ui.image_import import ImageSummary
from ganstudio.ui.image_import_classes import ImageImportClasses
from ganstudio.ui.image_import_tiles import ImageImportTiles
from ganstudio.ui.numerals import thousands
from ganstudio.ui.palette import Palette

MEAN_SIDE = 96
TILE_SIDE = 40
MEAN_TIP = "The mean of all images, pixel by pixel, those held out included."
TILES_TIP = "Some of the images as the nets will see them, of every class its share."


class ImageImportSummary(QWidget):
    """Shows an :class:`ImageSummary`."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.facts, self.notes = ElidingLabel(), QLabel(), ClampedText(3)
        self.mean = ImageImportTiles(palette, MEAN_SIDE)
        self.tiles = ImageImportTiles(palette, TILE_SIDE)
        self.classes = ImageImportClasses(palette)
        self.no_classes = _muted("No classes: there are no labels and no sub-folders.")
        self.skipped_title = QLabel()
        self.skipped = QTreeWidget()
        self._arrange()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        for part in (self.mean, self.tiles, self.classes):
            part.set_palette(palette)

    def show_summary(self, summary: ImageSummary) -> None:
        """Show what was read."""
        images = summary.image_set
        self.title.setText(images.title)
        self.title.setToolTip(images.title)
        self.facts.setText(facts_of(summary))
        self.notes.set_text(" ".join(images.notes))
        self.notes.setVisible(bool(images.notes))
        self.mean.show_images(summary.mean[None])
        self.mean.setAccessibleName("Mean image")
        self.tiles.show_images(summary.examples)
        self.classes.setVisible(bool(images.classes))
        self.no_classes.setVisible(not images.classes)
        self.classes.show_classes(images.class_names if images.classes else (), images.class_counts)
        self._show_skipped(summary)

    def _show_skipped(self, summary: ImageSummary) -> None:
        images = summary.image_set
        self.skipped.clear()
        rows = [QTreeWidgetItem([item.name, item.reason]) for item in images.skipped]
        for row, item in zip(rows, images.skipped, strict=True):
            row.setToolTip(0, item.name)
            row.setToolTip(1, item.reason)
        self.skipped.addTopLevelItems(rows)
        listed = f", the first {len(images.skipped):,} listed" if len(images.skipped) < images.skipped_count else ""
        self.skipped_title.setText(f"Passed over: {thousands(images.skipped_count)}{listed}")
        for part in (self.skipped, self.skipped_title):
            part.setVisible(bool(images.skipped_count))

    def _arrange(self) -> None:
        large = QFont(self.font())
        large.setPointSizeF(1.25 * large.pointSizeF())
        large.setWeight(QFont.Weight.DemiBold)
        self.title.setFont(large)
        self.facts.setWordWrap(True)
        self.facts.setToolTip(
            "A tenth of every class is held out: training never sees it, measurements compare with it."
        )
        self.notes.setProperty("muted", True)
        self.mean.setToolTip(MEAN_TIP)
        self.mean.setFixedSize(MEAN_SIDE + 34, MEAN_SIDE + 34)
        self.tiles.setToolTip(TILES_TIP)
        words = QVBoxLayout()
        words.setSpacing(4)
        for part in (self.title, self.facts, self.notes):
            words.addWidget(part)
        words.addStretch(1)
        mean = QVBoxLayout()
        mean.setSpacing(3)
        mean.addWidget(_muted("Mean image"))
        mean.addWidget(self.mean)
        mean.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(18)
        top.addLayout(words, 1)
        top.addLayout(mean)
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addLayout(top)
        left.addWidget(_muted("Images"))
        left.addWidget(self.tiles, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(20)
        layout.addLayout(left, 3)
        layout.addLayout(self._side(), 2)

    def _side(self) -> QVBoxLayout:
        scroll = QScrollArea()
        scroll.setWidget(self.classes)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.viewport().setAutoFillBackground(False)
        scroll.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.no_classes.setWordWrap(True)
        self.skipped.setColumnCount(2)
        self.skipped.setHeaderHidden(True)
        self.skipped.setRootIsDecorated(False)
        self.skipped.setUniformRowHeights(True)
        self.skipped.setSelectionMode(QTreeWidget.SelectionMode.ExtendedSelection)
        self.skipped.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.skipped.setAccessibleName("Files that were passed over, and why")
        self.skipped.header().setStretchLastSection(True)
        self.skipped.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.skipped.header().resizeSection(0, 9 * self.fontMetrics().height())
        side = QVBoxLayout()
        side.setSpacing(6)
        side.addWidget(_muted("Classes"))
        side.addWidget(self.no_classes)
        side.addWidget(scroll, 3)
        side.addWidget(self.skipped_title)
        side.addWidget(self.skipped, 2)
        self.skipped_title.setProperty("tone", "warning")
        return side


def facts_of(summary: ImageSummary) -> str:
    """Return how many images there are, how they look to nets and how they are divided, in a sentence or two."""
    images = summary.image_set
    channels, height, width = images.shape
    color = "grey" if channels == 1 else "RGB"
    train, held_out = images.split()
    classes = f", {images.classes} classes" if images.classes else ""
    return (
        f"{thousands(len(images))} images, {width} × {height} {color}{classes}.\n"
        f"{thousands(len(train))} to train with, {thousands(len(held_out))} held out."
    )


def _muted(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("muted", True)
    return label
