"""The time in a walk that is played."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal


class WalkPlayer(QObject):
    """A position from 0 to 1 that goes on with the clock, so that a slow machine leaves out frames, not seconds.

    Signals
    -------
    moved
        The position is another one.
    playing_changed
        Begun or stopped.
    """

    moved = Signal(float)
    playing_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.duration_s = 2.0
        self.loop = True
        self.position = 0.0
        self._from = 0.0
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self.set_fps(25)

    @property
    def playing(self) -> bool:
        """Whether it goes on."""
        return self._timer.isActive()

    def set_fps(self, fps: float) -> None:
        """Set how often it moves."""
        self._timer.setInterval(max(10, round(1000 / max(fps, 1.0))))

    def set_duration(self, seconds: float) -> None:
        """Set how long the way from 0 to 1 takes; the position stays."""
        if seconds != self.duration_s:
            self.duration_s = max(seconds, 0.05)
            self._restart()

    def play(self) -> None:
        """Go on, from the beginning if it is at its end."""
        if self.playing:
            return
        if self.position >= 1 and not self.loop:
            self._go(0.0)
        self._restart()
        self._timer.start()
        self.playing_changed.emit(True)

    def pause(self) -> None:
        """Stop."""
        if self.playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def toggle(self) -> None:
        """Play or pause."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def seek(self, position: float) -> None:
        """Go to a position from 0 to 1."""
        self._go(min(max(position, 0.0), 1.0))
        self._restart()

    def advance(self, seconds: float) -> None:
        """Let so much time pass."""
        position = self._from + seconds / self.duration_s
        if position < 1:
            self._go(position)
        elif self.loop:
            self._go(position % 1.0)
        else:
            self._go(1.0)
            self.pause()

    def _tick(self) -> None:
        self.advance(self._clock.elapsed() / 1000)

    def _restart(self) -> None:
        self._from = self.position
        self._clock.restart()

    def _go(self, position: float) -> None:
        if position != self.position:
            self.position = position
            self.moved.emit(position)
