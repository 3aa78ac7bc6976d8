"""The window's look: one flat style from the palette, dark, light or as the system has it, at any size of type."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from ganstudio import paths
from ganstudio.ui.palette import Palette, ThemeName, palette

ThemeChoice = Literal["system", "dark", "light"]
CHOICES: tuple[ThemeChoice, ...] = get_args(ThemeChoice)
MINIMUM_POINTS = 10.0  # the smallest type that is still read from the third row
PRESENTER_SCALE = 1.4


class Theme(QObject):
    """What the window looks like now; the one place that changes the application's style.

    Signals
    -------
    changed
        A new :class:`Palette` is in force, or the size of type changed.
    """

    changed = Signal(object)

    def __init__(self, choice: ThemeChoice = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choice = choice
        self.scale = 1.0
        self._base_points = max(MINIMUM_POINTS, base_points())
        self._applied: tuple[ThemeName, float] | None = None
        self._told: tuple[ThemeName, float] | None = None
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)

    @property
    def name(self) -> ThemeName:
        """The theme in force, dark or light."""
        return resolved(self.choice)

    @property
    def palette(self) -> Palette:
        """The palette in force."""
        return palette(self.name)

    def apply(self, *, styled: bool = True) -> None:
        """Bring the application's style up to date.

        Parameters
        ----------
        styled
            False leaves the style sheet for another call, after a window is built: with a sheet in force every widget
            is gone through whenever it is put into another one, and building the window takes twice the time.
        """
        app = QApplication.instance()
        wanted = (self.name, self.scale)
        if not isinstance(app, QApplication) or self._applied == wanted:
            return
        points = self._base_points * self.scale
        if styled:
            self._applied = wanted
            apply(app, self.name, points)
        else:
            take_colors(app, self.name, points)
        if self._told != wanted:
            self._told = wanted
            self.changed.emit(self.palette)

    def set_choice(self, choice: ThemeChoice) -> None:
        """Take the dark or the light theme, or the system's."""
        self.choice = choice
        self.apply()

    def set_scale(self, scale: float) -> None:
        """Enlarge or shrink all type; 1 is the normal size."""
        self.scale = min(max(scale, 0.7), 2.5)
        self.apply()

    def _follow_system(self, scheme: Qt.ColorScheme) -> None:
        if self.choice == "system":
            self.apply()


def resolved(choice: ThemeChoice) -> ThemeName:
    """Return the theme that a choice means; dark where the system does not say."""
    if choice == "system":
        return "light" if QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light else "dark"
    return choice


_base: list[float] = []


def base_points() -> float:
    """Return the system's own size of type, in points, as it was before this program changed it."""
    if not _base:
        font = QGuiApplication.font()
        _base.append(font.pointSizeF() if font.pointSizeF() > 0 else MINIMUM_POINTS)
    return _base[0]


def apply(app: QApplication, theme: ThemeName, points: float) -> Palette:
    """Give the application a theme's colours and type of ``points`` points; return the theme's palette."""
    take_colors(app, theme, points)
    app.setStyleSheet(stylesheet(palette(theme), theme))
    return palette(theme)


def take_colors(app: QApplication, theme: ThemeName, points: float) -> None:
    """Give the application a theme's colours and type, but for what only a style sheet can say."""
    font = QFont(app.font())
    font.setPointSizeF(points)
    app.setFont(font)
    if app.style().objectName().lower() != "fusion":
        app.setStyle("Fusion")
    app.setPalette(qt_palette(palette(theme)))


def tabular(font: QFont) -> QFont:
    """Return the font with digits of equal width, so that changing numbers do not wobble."""
    made = QFont(font)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def qt_palette(colors: Palette) -> QPalette:
    """Return a theme's colours in Qt's roles."""
    roles = QPalette.ColorRole
    made = QPalette()
    for role, color in {
        roles.Window: colors.window,
        roles.WindowText: colors.text,
        roles.Base: colors.surface,
        roles.AlternateBase: colors.raised,
        roles.Text: colors.text,
        roles.PlaceholderText: colors.muted,
        roles.Button: colors.raised,
        roles.ButtonText: colors.text,
        roles.BrightText: colors.error,
        roles.Link: colors.accent,
        roles.Highlight: colors.accent,
        roles.HighlightedText: colors.on_accent,
        roles.ToolTipBase: colors.raised,
        roles.ToolTipText: colors.text,
        roles.Mid: colors.border,
        roles.Dark: colors.border,
        roles.Light: colors.raised,
    }.items():
        made.setColor(role, QColor(color))
    faint = mixed(colors.muted, colors.window, 0.55)
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(faint))
    return made


@lru_cache(maxsize=256)
def mixed(first: str, second: str, share: float) -> str:
    """Return the colour with ``share`` of ``first`` and the rest of ``second``."""
    a, b = QColor(first), QColor(second)
    red, green, blue = (
        share * x + (1 - share) * y for x, y in ((a.redF(), b.redF()), (a.greenF(), b.greenF()), (a.blueF(), b.blueF()))
    )
    return QColor.fromRgbF(red, green, blue).name()


def _image(name: str) -> str:
    return Path(paths.resources() / "icons" / f"{name}.svg").as_posix()


def stylesheet(colors: Palette, theme: ThemeName) -> str:
    """Return the style sheet of a theme. Sizes of type are the application font's; only spacing is in pixels."""
    faint = mixed(colors.muted, colors.window, 0.55)
    hover = mixed(colors.raised, colors.text, 0.88)
    values = {
        "faint": faint,
        "hover": hover,
        "soft": mixed(colors.accent, colors.surface, 0.22),
        "chevron": _image(f"chevron_{theme}"),
        "tick": _image(f"tick_{theme}"),
        **{name: getattr(colors, name) for name in ("window", "surface", "raised", "border", "text", "muted")},
        **{name: getattr(colors, name) for name in ("accent", "on_accent", "warning", "error")},
    }
    text = (paths.resources() / "style.qss").read_text(encoding="utf-8")
    for name, value in values.items():
        text = (
            text.replace(f"@{name};", f"{value};").replace(f"@{name})", f"{value})").replace(f"@{name} ", f"{value} ")
        )
    return text
