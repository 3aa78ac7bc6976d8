from __future__ import annotations

import subprocess
import sys

from PySide6.QtGui import QColor

from ganstudio.ui.palette import palette
from ganstudio.ui.splash import Splash


def test_importing_it_imports_little():
    heavy = "{'torch', 'numpy', 'superqt', 'scipy', 'PySide6.QtSvg'}"
    code = f"import sys, ganstudio.ui.splash; sys.exit(', '.join({heavy} & set(sys.modules)) or None)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr


def test_it_says_that_the_program_is_starting(qtbot):
    splash = Splash(palette("dark"))
    qtbot.addWidget(splash)
    assert splash.windowTitle() == "GAN Studio"
    assert splash.accessibleName() == "GAN Studio is starting"


def test_it_has_the_themes_colours_and_is_on_the_screen(qtbot):
    for theme in ("dark", "light"):
        splash = Splash(palette(theme))
        qtbot.addWidget(splash)
        image = splash.grab().toImage()
        assert image.pixelColor(10, 10) == QColor(palette(theme).window)
        assert splash.screen().availableGeometry().contains(splash.geometry())
