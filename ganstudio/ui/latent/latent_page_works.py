"""What the page's keys do."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

from ganstudio.ui.latent.latent_actions import CLASS_KEYS

if TYPE_CHECKING:
    from ganstudio.ui.latent.latent_page import LatentPage


def works_of(page: LatentPage) -> dict[str, Callable[[], object]]:
    """Return what each action of :mod:`latent_actions` does on a page."""
    explorer = page.explorer
    work: dict[str, Callable[[], object]] = {
        "latent_random": explorer.randomize,
        "latent_step": lambda: page.map.step(1, 0),
        "latent_zoom": lambda: page.map.surface.motion.zoom(1),
        "latent_typical": page.grid.next_typical,
        "latent_bookmark": explorer.add_bookmark,
        "latent_reset": page.reset,
        "latent_play": page.play,
        "latent_record": page.record,
        "latent_invert": page.files.invert,
        "latent_compare": lambda: page.tabs.set_value("compare"),
        "latent_follow": lambda: explorer.follow(not (explorer.is_following and explorer.path is None)),
        "latent_earlier": lambda: explorer.step_snapshot(-1),
        "latent_later": lambda: explorer.step_snapshot(1),
        "latent_save": page.files.choose_and_save_picture,
        "latent_copy_link": page.files.copy_link,
        "latent_paste_link": page.files.paste_link,
        "latent_undo": explorer.undo,
        "latent_redo": explorer.redo,
    }
    for key in range(1, CLASS_KEYS + 1):
        work[f"latent_class_{key}"] = functools.partial(page.classes.choose_by_key, key)
    return work
