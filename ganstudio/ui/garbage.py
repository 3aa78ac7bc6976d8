"""Where Python's cyclic garbage is collected: in the thread of the window, and in no other.

Python collects in whichever thread happens to allocate the object that fills the youngest generation. A widget is
almost always part of a cycle, through its slots; where the session's or the renderer's thread finds such a widget
unused, Qt deletes it there while the window's thread goes through its widgets, and the program ends with a
segmentation fault. The training thread is spared the pauses, too.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 250  # between two looks at how much there is; a collection of the young takes well under a millisecond


class GarbageCollector(QObject):
    """Collects in this object's thread, as often as Python would; while it lives, Python itself does not.

    Parameters
    ----------
    parent
        Whose end is the end of this; the application, as a rule.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(collect_if_due)
        self._timer.start()


def collect_if_due() -> None:
    """Collect the oldest generation that has outgrown its threshold, with those younger than it, if any has."""
    due = [count > threshold > 0 for count, threshold in zip(gc.get_count(), gc.get_threshold(), strict=True)]
    if any(due):
        gc.collect(max(generation for generation, is_due in enumerate(due) if is_due))
