"""The keys of the page *Latent*: they act only while it is shown."""

from __future__ import annotations

from collections.abc import Mapping

from ganstudio.ui.actions import Declared

GROUP = "Latent page"
CLASS_KEYS = 9

LATENT_ACTIONS: Mapping[str, Declared] = {
    "latent_random": Declared("Random place", ("R",), GROUP, "Go to another draw of the prior"),
    "latent_step": Declared("Step on the map, by arrow", ("Right",), GROUP, "Shift: 5 tiles, Ctrl: a fifth"),
    "latent_zoom": Declared("Zoom the map", ("+", "-"), GROUP, "Nearer or farther; Home shows all of it"),
    "latent_typical": Declared("Next typical sample", ("N",), GROUP, "Go to a sample from where there are many"),
    "latent_bookmark": Declared("Bookmark", ("B",), GROUP, "Keep this place on the shelf", "bookmark"),
    "latent_reset": Declared("Reset sliders", ("0",), GROUP, "Put every direction's slider to zero"),
    "latent_play": Declared("Play or pause the walk", ("Space",), GROUP, "Play the walk"),
    "latent_record": Declared("Record the walk…", ("V",), GROUP, "Write the walk as a film"),
    "latent_invert": Declared("Find a picture…", ("I",), GROUP, "Look for the latent that shows a picture"),
    "latent_compare": Declared("Compare", ("C",), GROUP, "Two ways, two models or two snapshots side by side"),
    "latent_follow": Declared("Follow the run", ("F",), GROUP, "Show the run's newest snapshot as it comes"),
    "latent_earlier": Declared("Earlier snapshot", ("[",), GROUP, "The same latents, earlier in the training"),
    "latent_later": Declared("Later snapshot", ("]",), GROUP, "The same latents, later in the training"),
    "latent_save": Declared("Save picture…", ("S",), GROUP, "Save the picture, with its place in it", "save"),
    "latent_copy_link": Declared("Copy link", ("Ctrl+Shift+C",), GROUP, "Copy this place as text"),
    "latent_paste_link": Declared("Go to link", ("Ctrl+Shift+V",), GROUP, "Go to the place on the clipboard"),
    "latent_undo": Declared("Undo", ("Ctrl+Z",), GROUP, "Go back before the last gesture", "undo"),
    "latent_redo": Declared("Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), GROUP, "Take the gesture again", "redo"),
    **{
        f"latent_class_{key}": Declared(
            "Class 1 to 9" if key == 1 else f"Class {key}", (str(key),), GROUP, "Ask for this class"
        )
        for key in range(1, CLASS_KEYS + 1)
    },
}
# Their keys come to the page as presses: a slider or a list that has the focus needs them for itself.
BY_PRESS = ("latent_step", "latent_zoom")
REPEATED = ("latent_earlier", "latent_later", "latent_undo", "latent_redo", "latent_random", "latent_typical")
UNLISTED = tuple(f"latent_class_{key}" for key in range(2, CLASS_KEYS + 1))  # one row of the sheet says it all
FOLLOW_S, HIDDEN_FOLLOW_S = 0.25, 1.0  # between two snapshots of the run, while the page is shown and not
