"""Where the sheets and the strip of the image stage go, and what that depends on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QFont, QFontMetricsF

from ganstudio.engine.snapshot import RealSheet, Sheet, Strip
from ganstudio.ui.views.image_growth import HEIGHT as LADDER_HEIGHT
from ganstudio.ui.views.image_plan import Panel, Plan, Wanted, plan
from ganstudio.ui.views.image_strip import StripPlan, strip_plan
from ganstudio.ui.views.image_words import class_name

TITLE = 1.5  # lines of text above a panel
BELOW_STRIP = 1.4  # lines of text for its iterations
DIVIDE = 1.6  # lines of text between generated and real images
LEGIBLE = 2.6  # lines of text: a tile that can be seen well
SIDE = 0.3  # lines of text at the edges
LONGEST_NAME = 6.0  # lines of text for a class's name
AFTER_NAME = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """A stage's size in logical pixels, its type, and what beside tiles needs room."""

    width: int
    height: int
    ratio: float
    em: float
    font: QFont
    with_bar: bool
    with_ladder: bool

    def room(self) -> QRect:
        """Return where tiles may go, in device pixels: below the ladder and the titles."""
        top = self.pixels(TITLE + (LADDER_HEIGHT + 0.5 if self.with_ladder else 0.0))
        side = self.pixels(SIDE)
        width, height = round(self.width * self.ratio), round(self.height * self.ratio)
        return QRect(side, top, width - 2 * side, height - top - side)

    def pixels(self, lines: float) -> int:
        """Return so many lines of text in device pixels."""
        return round(lines * self.em * self.ratio)


@dataclass(frozen=True, slots=True, eq=False)
class Arrangement:
    """Where everything is, and for what it was worked out."""

    key: tuple[object, ...]
    sheet: Plan
    strip: StripPlan | None

    @property
    def panels(self) -> tuple[Panel, ...]:
        """Every panel, the strip's last."""
        return (*self.sheet.panels, self.strip.panel) if self.strip else self.sheet.panels


def arrangement_key(
    space: Space, sheet: Sheet | None, reals: RealSheet | None, strip: Strip | None
) -> tuple[object, ...]:
    """Return everything that an arrangement depends on."""
    parts = [None if one is None else (one.images.shape, _bytes(one.classes)) for one in (sheet, reals)]
    return space, *parts, None if strip is None else strip.images.shape


def arranged(
    key: tuple[object, ...], space: Space, sheet: Sheet | None, reals: RealSheet | None, strip: Strip | None
) -> Arrangement:
    """Return where the sheets that are wanted go, above a strip if there is one."""
    room, strip_at = space.room(), None
    some = sheet or reals
    if strip is not None:
        strip_at = strip_plan(room.adjusted(0, 0, 0, -space.pixels(BELOW_STRIP)), strip)
        if strip_at is not None and some is not None:
            room.setBottom(strip_at.panel.top - space.pixels(TITLE + 0.3))
    if some is None:
        return Arrangement(key, Plan((), ()), strip_at)
    by_class = sheet is not None and sheet.classes is not None
    wanted = Wanted(
        height=some.images.shape[1],
        width=some.images.shape[2],
        fake=0 if sheet is None else len(sheet.images),
        real=0 if reals is None else len(reals.images),
        fake_classes=sheet.classes if by_class and sheet is not None else None,
        real_classes=reals.classes if by_class and reals is not None else None,
        with_bar=space.with_bar,
        label=_label_room(space, some) if by_class else 0,
        divide=space.pixels(DIVIDE),
        legible=space.pixels(LEGIBLE),
    )
    return Arrangement(key, plan(room, wanted), strip_at)


def _label_room(space: Space, sheet: Sheet | RealSheet) -> int:
    """Return the width of the longest class's name, within reason, in device pixels."""
    metrics = QFontMetricsF(space.font)
    labels = np.unique(sheet.classes).tolist() if sheet.classes is not None else []
    widths = [metrics.horizontalAdvance(class_name(sheet.class_names, label)) for label in labels]
    return round((min(max(widths, default=0.0), LONGEST_NAME * space.em) + AFTER_NAME * space.em) * space.ratio)


def _bytes(classes: np.ndarray | None) -> bytes | None:
    return None if classes is None else classes.tobytes()
