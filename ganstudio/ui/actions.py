"""Every action of the window: title, shortcut, icon and tool tip, said once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from ganstudio.ui.icons import icon


@dataclass(frozen=True, slots=True)
class Declared:
    """One action."""

    title: str
    keys: tuple[str, ...]
    group: str
    help: str
    icon: str = ""
    checkable: bool = False


ACTIONS: Mapping[str, Declared] = {
    "run": Declared("Run", ("Space",), "Run", "Train, or pause after the present step", "run"),
    "step_d": Declared("D step", ("D",), "Run", "One update of the discriminator alone; pauses"),
    "step_g": Declared("G step", ("G",), "Run", "One update of the generator alone; pauses"),
    "iterate": Declared("One iteration", ("N",), "Run", "k updates of D, then those of G; pauses", "step"),
    "advance_10": Declared("10 iterations", (), "Run", "Train for 10 iterations and pause", "advance"),
    "advance_100": Declared("100 iterations", ("Shift+N",), "Run", "Train for 100 iterations and pause", "advance"),
    "advance_1000": Declared("1000 iterations", (), "Run", "Train for 1000 iterations and pause", "advance"),
    "advance": Declared("Advance by…", ("Ctrl+N",), "Run", "Train for so many iterations and pause", "advance"),
    "reset": Declared("Reset", ("R",), "Run", "Begin again with these settings and the same seed", "reset"),
    "new_seed": Declared("New seed", ("S",), "Run", "Begin again with another seed and the same settings", "seed"),
    "go_back": Declared(
        "Back to the run before",
        ("Ctrl+Shift+R",),
        "Run",
        "Go on with the run whose place the present one took, where it stood; the two change places",
    ),
    "faster": Declared("Faster", ("]",), "Run", "Raise the speed limit"),
    "slower": Declared("Slower", ("[",), "Run", "Lower the speed limit"),
    "presets": Declared("Presets…", ("Ctrl+P",), "Experiment", "Choose an experiment", "gallery"),
    "open": Declared("Open…", ("Ctrl+O",), "Experiment", "Open a preset, a saved run or a file of points", "open"),
    "save": Declared("Save run…", ("Ctrl+S",), "Experiment", "Save the run: go on from it later, bit for bit", "save"),
    "save_preset": Declared("Save as preset…", ("Ctrl+Shift+S",), "Experiment", "Save the settings as a preset file"),
    "copy": Declared("Copy experiment", ("Ctrl+C",), "Experiment", "Copy all settings as text", "copy"),
    "paste": Declared("Paste experiment", ("Ctrl+V",), "Experiment", "Take over settings copied as text", "paste"),
    "undo": Declared("Undo", ("Ctrl+Z",), "Experiment", "Take the last edit of a setting back", "undo"),
    "redo": Declared("Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "Experiment", "Put the edit back", "redo"),
    "export_picture": Declared("Export picture…", ("Ctrl+E",), "Experiment", "Save a picture of the window", "export"),
    "export_history": Declared("Export history…", ("Ctrl+Shift+E",), "Experiment", "Save every scalar as CSV"),
    "page_train": Declared("Train", ("Ctrl+1",), "View", "The experiment and its training"),
    "page_latent": Declared("Latent", ("Ctrl+2",), "View", "Walk through what the generator has learnt"),
    "presenter": Declared(
        "Presenter mode", ("P",), "View", "Larger type and no controls, for a projector", "presenter", True
    ),
    "fullscreen": Declared("Full screen", ("F11",), "View", "Fill the screen", "fullscreen", True),
    "larger": Declared("Larger type", ("Ctrl++", "Ctrl+="), "View", "Enlarge all type"),
    "smaller": Declared("Smaller type", ("Ctrl+-",), "View", "Make all type smaller"),
    "normal_size": Declared("Normal type", ("Ctrl+0",), "View", "Bring type back to its normal size"),
    "dark": Declared("Dark theme", (), "View", "Light on dark", "dark", True),
    "light": Declared("Light theme", (), "View", "Dark on light", "light", True),
    "system": Declared("Theme of the system", (), "View", "Dark or light, as the system has it", "system", True),
    "shortcuts": Declared("Keyboard shortcuts", ("F1",), "Help", "Show every shortcut", "keyboard"),
    "about": Declared("About GAN Studio", (), "Help", "Versions, device and licence", "info"),
    "quit": Declared("Quit", ("Ctrl+Q",), "Help", "End the program"),
}


PRESET_KEYS = 9
# What the keys of the Train page do; on another page they mean something else, or nothing.
TRAIN_KEYS = (
    *("run", "step_d", "step_g", "iterate", "advance_100", "advance", "reset", "new_seed", "go_back"),
    *("faster", "slower", "undo", "redo", *(f"preset_{number}" for number in range(1, PRESET_KEYS + 1))),
)
KEYS = "keys"  # the property with an action's shortcuts, whether they are in force or not


REPEATED = ("step_d", "step_g", "iterate", "faster", "slower", "larger", "smaller")


def make_actions(
    window: QWidget, actions: Mapping[str, Declared] = ACTIONS, repeated: Collection[str] = REPEATED
) -> dict[str, QAction]:
    """Return the window's actions by name; their shortcuts work wherever the focus is, but not while text is typed."""
    made = {}
    for name, declared in actions.items():
        action = QAction(declared.title, window, checkable=declared.checkable)
        action.setObjectName(name)
        action.setProperty("group", declared.group)
        action.setShortcuts([QKeySequence(keys) for keys in declared.keys])
        action.setProperty(KEYS, list(declared.keys))
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setAutoRepeat(name in repeated)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{declared.help} ({keys})" if keys else declared.help)
        window.addAction(action)
        made[name] = action
    return made


def make_preset_actions(window: QWidget, titles: Sequence[str]) -> list[QAction]:
    """Return actions for the first presets, with the keys 1 to 9."""
    made = []
    for number, title in enumerate(titles[:PRESET_KEYS], start=1):
        action = QAction(title, window)
        action.setObjectName(f"preset_{number}")
        action.setProperty("group", "Presets")
        action.setShortcut(QKeySequence(str(number)))
        action.setProperty(KEYS, [str(number)])
        action.setAutoRepeat(False)
        action.setToolTip(f"Open this preset and train ({number})")
        window.addAction(action)
        made.append(action)
    return made


def shortcuts_of(action: QAction) -> list[QKeySequence]:
    """Return an action's shortcuts, whether they are in force on the page that is shown or not."""
    return [QKeySequence(keys) for keys in action.property(KEYS) or ()] or action.shortcuts()


def listen(actions: Mapping[str, QAction], names: Collection[str], listening: bool) -> None:
    """Put the shortcuts of some actions in force, or out of it."""
    for name in names:
        if name in actions:
            actions[name].setShortcuts(shortcuts_of(actions[name]) if listening else [])


def tint(actions: Mapping[str, QAction], color: str) -> None:
    """Give the actions their icons in a theme's colour."""
    for name, declared in ACTIONS.items():
        if declared.icon:
            actions[name].setIcon(icon(declared.icon, color))
