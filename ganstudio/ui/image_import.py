"""Reading a person's images in a thread of its own, so that the window never waits for it."""

from __future__ import annotations

import threading
import traceback
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from ganstudio.engine.images import ImageSet, ScanSettings
from ganstudio.engine.images.problems import ScanCancelled
from ganstudio.engine.images.scanning import scan
from ganstudio.engine.params import ConfigError

LOOK_INTERVAL_MS = 40
THREAD = "ganstudio-images"
EXAMPLES = 160


@dataclass(frozen=True, slots=True, eq=False)
class ImageSummary:
    """What a person sees of a set: the set, its mean image (H, W, C) and some of its images (n, H, W, C)."""

    image_set: ImageSet
    mean: NDArray[np.uint8]
    examples: NDArray[np.uint8]


def summary_of(image_set: ImageSet) -> ImageSummary:
    """Return what there is to see of a set; of every class its share of the examples."""
    few = image_set.split(EXAMPLES).train
    return ImageSummary(image_set, image_set.mean_image(), np.array(few.images[:EXAMPLES]))


class _Job:
    """One reading. The thread writes each of these once or counts them up; the window only looks."""

    def __init__(self, path: str, settings: ScanSettings) -> None:
        self.path, self.settings = path, settings
        self.progress = (0, 0)
        self.unwanted = threading.Event()
        self.summary: ImageSummary | None = None
        self.error = ""
        self.details = ""
        self.over = threading.Event()

    def run(self) -> None:
        try:
            self.summary = summary_of(scan(self.path, self.settings, self._note, self.unwanted.is_set))
        except ScanCancelled:
            pass
        except ConfigError as error:
            self.error = f"Allowed is {error.allowed}."
        except Exception as error:  # noqa: BLE001 - whatever it is, the window must hear that the thread is over
            self.error, self.details = f"{type(error).__name__}: {error}", traceback.format_exc()
        finally:
            self.over.set()

    def _note(self, done: int, total: int) -> None:
        self.progress = (done, total)


class ImageImport(QObject):
    """Reads images in the background, one source at a time; a new one takes the place of the one being read.

    The thread emits no signal: a timer looks how far it is.

    Signals
    -------
    started
        Something is being read.
    progressed
        How many pictures are done, and of how many; 0 of all while files are being found.
    finished
        The :class:`ImageSummary` of what was read.
    failed
        Why it cannot be used, and a traceback if it is this program's fault.
    cancelled
        The reading ended because the person wished so.
    """

    started = Signal()
    progressed = Signal(int, int)
    finished = Signal(object)
    failed = Signal(str, str)
    cancelled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job: _Job | None = None
        self._told = (-1, -1)
        self._timer = QTimer(self, interval=LOOK_INTERVAL_MS)
        self._timer.timeout.connect(self._look)

    @property
    def is_busy(self) -> bool:
        """Whether something is being read."""
        return self._job is not None

    def start(self, path: str, settings: ScanSettings) -> None:
        """Read this source; whatever is being read is not wanted any more."""
        self._drop()
        self._job = _Job(path, settings)
        self._told = (-1, -1)
        threading.Thread(target=self._job.run, name=THREAD, daemon=True).start()
        self._timer.start()
        self.started.emit()

    def cancel(self) -> None:
        """Stop reading."""
        if self._drop():
            self.cancelled.emit()

    def _drop(self) -> bool:
        """Leave the present thread to itself: it ends with the picture at hand. Return whether there was one."""
        job, self._job = self._job, None
        self._timer.stop()
        if job is not None:
            job.unwanted.set()
        return job is not None

    def _look(self) -> None:
        job = self._job
        if job is None:
            return
        if job.over.is_set():
            self._drop()
            self._tell(job)
        elif job.progress != self._told:
            self._told = job.progress
            self.progressed.emit(*job.progress)

    def _tell(self, job: _Job) -> None:
        if job.summary is not None:
            self.finished.emit(job.summary)
        else:
            self.failed.emit(job.error, job.details)
