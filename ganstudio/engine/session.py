"""The one background thread that owns a trainer: commands in, snapshots and events out."""

from __future__ import annotations

import queue
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable

from ganstudio.engine import checkpoint
from ganstudio.engine import messages as m
from ganstudio.engine.config import RunConfig
from ganstudio.engine.latent.live import weights_of
from ganstudio.engine.latent.snapshots import SnapshotRing
from ganstudio.engine.mailbox import Mailbox
from ganstudio.engine.observer import Observer
from ganstudio.engine.params import ConfigError
from ganstudio.engine.snapshot import GeneratorChoice, Snapshot
from ganstudio.engine.step_builder import StepBuilder
from ganstudio.engine.trainer import DivergenceError, Trainer

LOOKING_SHARE = 0.08  # of the thread's time at most, while it trains
LONGEST_WAIT_S = 0.25  # between two looks, however long one took: the first one of a run prepares things
RATE_WINDOW_S = 1.0  # over which steps per second are measured
CALL_S = 0.016  # how long one call of a compiled step may take: commands are obeyed and snapshots made in between
WAIT_S = 0.05  # between two looks at what is waited for


class Session:
    """Trains in a thread of its own, paused at first.

    Nothing outside the thread touches the trainer. Commands are obeyed in order, between two steps; while paused the
    thread sleeps in the queue. A snapshot is made only after the last one was taken from :attr:`mailbox`.

    Parameters
    ----------
    config
        Of the first run. If it cannot be built, a :class:`~ganstudio.engine.messages.Failed` event says why and the
        session waits for a :class:`~ganstudio.engine.messages.Reset`.
    """

    def __init__(self, config: RunConfig) -> None:
        self.mailbox: Mailbox[Snapshot] = Mailbox()
        self.weights = SnapshotRing()  # the run's past, while somebody follows it
        self._commands: queue.SimpleQueue[m.Command] = queue.SimpleQueue()
        self._events: queue.SimpleQueue[m.Event] = queue.SimpleQueue()
        self._waiting_since = 0.0
        self._worker = _Worker(self._commands, self._events, self.mailbox, self.weights)
        self.send(m.Reset(config))
        self._thread = threading.Thread(target=self._worker.work, name="ganstudio-session", daemon=True)
        self._thread.start()

    def send(self, command: m.Command) -> None:
        """Queue a command; never blocks."""
        if self._commands.empty():
            self._waiting_since = time.perf_counter()
        self._commands.put(command)

    @property
    def waiting_s(self) -> float:
        """For how many seconds a command has waited for the end of the present step; 0 if none waits."""
        return 0.0 if self._commands.empty() else time.perf_counter() - self._waiting_since

    def events(self) -> list[m.Event]:
        """Return the events since the last call, in order."""
        found = []
        while True:
            try:
                found.append(self._events.get_nowait())
            except queue.Empty:
                return found

    def close(self, timeout_s: float = 5.0) -> bool:
        """End the thread after its present step; return whether it has ended."""
        self.send(m.Stop())
        self._thread.join(timeout_s)
        return not self._thread.is_alive()


class _Worker:
    """What the thread does; lives in the thread alone."""

    def __init__(
        self,
        commands: queue.SimpleQueue[m.Command],
        events: queue.SimpleQueue[m.Event],
        mailbox: Mailbox[Snapshot],
        weights: SnapshotRing,
    ) -> None:
        self._commands, self._events, self._mailbox, self._weights = commands, events, mailbox, weights
        self._keep_every_s: float | None = None
        self._keep_again_at = 0.0
        self._kept: tuple[int, int, int] | None = None  # run and updates of the players when weights were last kept
        self._trainer: Trainer | None = None
        self._observer: Observer | None = None
        self._run = 0
        self._running = False
        self._goal: int | None = None  # the iteration to pause at
        self._probes: frozenset[str] = frozenset()
        self._choice: GeneratorChoice = "ema"
        self._stale = True  # something changed since the last snapshot
        self._is_new = False  # a run began and was not shown yet
        self._look_again_at = 0.0
        self._former: Trainer | None = None  # whose place the present one took
        self._letter: Snapshot | None = None  # made and not yet handed over
        self._next_step_at = 0.0
        self._pace: deque[tuple[float, int]] = deque()
        self._stopping = False
        self._builder = StepBuilder()
        self._handlers: dict[type, Callable[..., None]] = {
            m.Reset: self._reset,
            m.Tune: self._tune,
            m.Advance: self._advance,
            m.StepD: self._step_d,
            m.StepG: self._step_g,
            m.Pause: self._pause,
            m.Watch: self._watch,
            m.Save: self._save,
            m.Load: self._load,
            m.GoBack: self._go_back,
            m.Follow: self._follow,
            m.Stop: self._stop,
        }

    def work(self) -> None:
        """Obey and train until stopped."""
        try:
            self._work()
        finally:
            self._builder.close()

    def _work(self) -> None:
        while not self._stopping:
            self._obey_waiting()
            if self._trainer is not None and self._builder.poll(self._trainer):
                self._note_execution(self._trainer)
            if self._is_new:  # show it before the first step, which may take long
                self._is_new, self._look_again_at = False, 0.0
                self._guarded(self._deliver)
            if self._running and not self._stopping and time.perf_counter() >= self._next_step_at:
                if self._builder.is_waited_for:
                    self._next_step_at = time.perf_counter() + WAIT_S
                else:
                    self._guarded(self._one_step)
            self._guarded(self._deliver)
            self._guarded(self._keep_weights)

    # -- commands -----------------------------------------------------------------------------------------------------

    def _obey_waiting(self) -> None:
        """Obey what is queued; sleep while there is nothing to do."""
        while not self._stopping:
            try:
                command = self._commands.get(block=self._patience_s() != 0, timeout=self._patience_s())
            except queue.Empty:
                return
            self._guarded(lambda command=command: self._handlers[type(command)](command), command)  # type: ignore[misc]

    def _patience_s(self) -> float | None:
        """How long to wait for a command: 0 while training, None (for ever) while paused with all of it shown."""
        if self._running:
            return max(0.0, min(WAIT_S, self._next_step_at - time.perf_counter()))
        if self._stale:
            return 0.0
        return 2 * WAIT_S if self._builder.execution == "compiling" else None

    def _reset(self, command: m.Reset) -> None:
        trainer = Trainer(command.config)  # raises before anything is given up
        self._take_over(trainer)

    def _take_over(self, trainer: Trainer) -> None:
        if self._trainer is not None and self._trainer.step > 0:
            self._former = self._trainer
        elif trainer is self._former:  # gone back to, from a run that had not begun
            self._former = None
        self._trainer, self._observer = trainer, Observer(trainer)
        self._builder.follow(trainer)
        self._run += 1
        self._goal = None
        self._pace.clear()
        self._next_step_at = 0.0
        self._stale = True
        self._events.put(m.Started(self._run, trainer.config, self._former.step if self._former else 0))
        self._is_new = True

    def _tune(self, command: m.Tune) -> None:
        if self._trainer is None:
            return
        for change in self._trainer.tune(command.config):
            self._events.put(m.ParameterChanged(self._trainer.step, change.path, change.old, change.new))
        before = self._builder.execution
        self._builder.follow(self._trainer)
        if self._builder.execution != before:
            self._note_execution(self._trainer)
        self._next_step_at = min(self._next_step_at, time.perf_counter() + self._interval_s())
        self._stale = True

    def _advance(self, command: m.Advance) -> None:
        if self._trainer is not None:
            self._goal = None if command.steps is None else self._trainer.step + command.steps
            self._next_step_at = 0.0
            self._set_running(True)

    def _step_d(self, command: m.StepD) -> None:
        self._single(lambda trainer: trainer.step_discriminator())

    def _step_g(self, command: m.StepG) -> None:
        self._single(lambda trainer: trainer.step_generator())

    def _single(self, update: Callable[[Trainer], None]) -> None:
        self._set_running(False)
        if self._trainer is not None:
            self._checked(self._trainer, update)
            self._checked(self._trainer, Trainer.flush)

    def _pause(self, command: m.Pause) -> None:
        self._set_running(False)

    def _watch(self, command: m.Watch) -> None:
        self._probes, self._choice = command.probes, command.generator
        self._stale = True

    def _save(self, command: m.Save) -> None:
        if self._trainer is None:
            raise ConfigError("run", "none", "one that could be built: there is nothing to save yet")
        checkpoint.save(command.path, self._trainer)
        self._events.put(m.Saved(command.path))

    def _load(self, command: m.Load) -> None:
        trainer = checkpoint.load(command.path)
        self._set_running(False)
        self._take_over(trainer)

    def _go_back(self, command: m.GoBack) -> None:
        if self._former is None:
            raise ConfigError("run", "none", "one that was trained before the present one")
        self._set_running(False)
        self._take_over(self._former)

    def _follow(self, command: m.Follow) -> None:
        self._keep_every_s, self._keep_again_at = command.every_s, 0.0
        self._stale = True

    def _stop(self, command: m.Stop) -> None:
        self._stopping = True

    # -- training -----------------------------------------------------------------------------------------------------

    def _one_step(self) -> None:
        if self._trainer is None:
            self._set_running(False)
            return
        now = time.perf_counter()
        limit = self._at_once()
        self._checked(self._trainer, lambda trainer: trainer.advance(limit, self._post))
        self._post()
        self._next_step_at = max(now, self._next_step_at) + self._interval_s()
        self._stale = True
        self._pace.append((now, self._trainer.step))
        while len(self._pace) > 2 and self._pace[0][0] < now - RATE_WINDOW_S:
            self._pace.popleft()
        if self._goal is not None and self._trainer.step >= self._goal:
            self._checked(self._trainer, Trainer.flush)
            self._set_running(False)

    def _at_once(self) -> int:
        """Return how many iterations one call may do: one where they can be followed by eye."""
        if self._trainer is None or self._trainer.compiled is None or self._interval_s() > 0:
            return 1
        limit = max(1, int(CALL_S * self._steps_per_s()))
        return limit if self._goal is None else min(limit, self._goal - self._trainer.step)

    def _note_execution(self, trainer: Trainer) -> None:
        """Record at which iteration the way of carrying them out changed."""
        self._builder.note(trainer)
        self._pace.clear()
        self._stale = True

    def _checked(self, trainer: Trainer, update: Callable[[Trainer], None]) -> None:
        """Run an update; a divergence is an outcome, not a fault."""
        self._stale = True
        try:
            update(trainer)
        except DivergenceError as divergence:
            self._set_running(False)
            self._events.put(m.Diverged(divergence.step, trainer.step))

    def _interval_s(self) -> float:
        limit = self._trainer.config.run.speed_limit if self._trainer is not None else 0.0
        return 1 / limit if limit > 0 else 0.0

    def _set_running(self, running: bool) -> None:
        if running != self._running:
            self._running = running
            self._stale = True
            self._pace.clear()
            self._events.put(m.RunningChanged(running))

    def _guarded(self, work: Callable[[], None], command: m.Command | None = None) -> None:
        """Do something; whatever it raises becomes an event, and the session lives on."""
        try:
            work()
        except (ConfigError, checkpoint.CheckpointError, OSError) as error:
            if command is None:
                self._set_running(False)  # the next step would fail as this one did
            self._events.put(m.Failed(_said(error), "", command))
        except Exception as error:  # noqa: BLE001 - the one place where a worker's error becomes data
            self._set_running(False)
            self._events.put(m.Failed(str(error) or type(error).__name__, traceback.format_exc(), command))

    # -- snapshots ----------------------------------------------------------------------------------------------------

    def _deliver(self) -> None:
        """Make a snapshot if there is something new: while training, when it is wanted and time for looking is left."""
        if self._trainer is None or self._observer is None or not self._stale:
            return
        start = time.perf_counter()
        if self._running and (not self._mailbox.wanted or start < self._look_again_at):
            return
        self._checked(self._trainer, Trainer.flush)
        self._stale = False  # first: if looking fails, it is not done again until something changes
        self._letter = self._snapshot(self._observer)
        if not self._running or self._trainer.compiled is None or self._interval_s() > 0:
            self._post()
        now = time.perf_counter()
        self._look_again_at = now + min(LONGEST_WAIT_S, (now - start) * (1 / LOOKING_SHARE - 1))

    def _post(self) -> None:
        """Hand over the snapshot that was made.

        While a compiled step does the iterations, that is when it is about to begin and needs no lock of Python's: the
        window then paints while nobody waits for it.
        """
        letter, self._letter = self._letter, None
        if letter is not None:
            self._mailbox.put(letter)

    def _keep_weights(self) -> None:
        """Copy the nets for whoever explores them: on time while training, and the last ones when paused."""
        trainer = self._trainer
        if trainer is None or self._keep_every_s is None:
            return
        now = time.perf_counter()
        if now < self._keep_again_at and self._running:
            return
        moment = (self._run, trainer.d_updates, trainer.g_updates)
        if moment == self._kept:
            return
        self._kept, self._keep_again_at = moment, now + self._keep_every_s
        self._weights.add(weights_of(trainer, self._run))

    def _snapshot(self, observer: Observer) -> Snapshot:
        return observer.snapshot(
            self._probes,
            self._choice,
            run=self._run,
            running=self._running,
            steps_per_s=self._steps_per_s(),
            execution=self._builder.execution,
            execution_reason=self._builder.reason,
        )

    def _steps_per_s(self) -> float:
        if len(self._pace) < 2:
            return 0.0
        (start, first), (end, last) = self._pace[0], self._pace[-1]
        return (last - first) / (end - start) if end > start else 0.0


def _said(error: Exception) -> str:
    """Return what a person can do something about, without the number that the system has for it."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error) or type(error).__name__
