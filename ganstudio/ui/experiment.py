"""The experiment in the window: what is set, what runs, what the preset says, and the way back."""

from __future__ import annotations

import dataclasses
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from ganstudio.engine import messages as m
from ganstudio.engine.compatibility import fitted
from ganstudio.engine.config import Change, RunConfig, changes, param_at, parts, replaced, tuned, value_at
from ganstudio.engine.params import params_of

MERGE_S = 1.0  # edits of one setting within this time are one step back
TUNE_INTERVAL_MS = 40  # while a slider is dragged
MOST_UNDO = 200
MOST_LEFT = 8  # runs whose titles are known still


@dataclass(frozen=True, slots=True)
class State:
    """A point in the history of edits: the settings, and the preset they are compared with.

    ``begun`` counts the runs that a preset, a seed or a checkpoint began: to go back over such a border begins one too.
    """

    config: RunConfig
    reference: RunConfig
    title: str
    begun: int = 0


class Experiment(QObject):
    """The one model behind the controls. Live edits go to the session at once, any other waits for a reset.

    Parameters
    ----------
    config, reference, title
        The settings, those of the preset they came from, and its title.
    send
        Takes commands to the session.

    Signals
    -------
    config_changed
        The settings, or what they are compared with, are others now.
    loaded
        A preset, or pasted settings, were taken over.
    pending_changed
        Other changes wait for a reset: a tuple of :class:`Change`.
    """

    config_changed = Signal()
    loaded = Signal()
    pending_changed = Signal(object)

    def __init__(
        self,
        config: RunConfig,
        send: Callable[[m.Command], None],
        *,
        reference: RunConfig | None = None,
        title: str = "",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._send = send
        self._state = State(config, reference or config, title)
        self.running = config
        self._awaited = [config]  # runs that were asked for and have not begun
        self._unsure = False  # the session refused something: believe the next snapshot
        self._seen: RunConfig | None = None
        self._loading: Path | None = None
        self._left: list[tuple[RunConfig, State]] = []  # runs whose place others took, and what was shown of them
        self._returning = False
        self._begun = 0
        self._undo: list[State] = []
        self._redo: list[State] = []
        self._last_edit: tuple[str, float] = ("", 0.0)
        self._pending: tuple[Change, ...] = ()
        self._tune_timer = QTimer(self, singleShot=True, interval=TUNE_INTERVAL_MS)
        self._tune_timer.timeout.connect(self._send_late_tune)
        self._tune_late = False

    @property
    def config(self) -> RunConfig:
        """The settings as edited."""
        return self._state.config

    @property
    def reference(self) -> RunConfig:
        """The preset's settings."""
        return self._state.reference

    @property
    def title(self) -> str:
        """The title of the preset, or of where the settings came from."""
        return self._state.title

    @property
    def pending(self) -> tuple[Change, ...]:
        """What waits for a reset."""
        return self._pending

    @property
    def is_changed(self) -> bool:
        """Whether anything differs from the preset."""
        return self.config != self.reference

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """Whether there is an edit to put back."""
        return bool(self._redo)

    # -- edits --------------------------------------------------------------------------------------------------------

    def edit(self, path: str, value: object) -> None:
        """Set one value.

        Raises
        ------
        ConfigError
            If it is not allowed; nothing changes.
        """
        self._take(dataclasses.replace(self._state, config=replaced(self.config, path, value)), path)

    def edit_many(self, values: dict[str, object]) -> None:
        """Set some values as one edit."""
        config = self.config
        for path, value in values.items():
            config = replaced(config, path, value)
        self._take(dataclasses.replace(self._state, config=config))

    def exchange(self, section: str, entry: Any) -> None:
        """Put an entry (a distribution, a loss) in place of the one of that part."""
        self._take(dataclasses.replace(self._state, config=dataclasses.replace(self.config, **{section: entry})))

    def preset_value(self, path: str) -> Any:
        """Return the preset's value of a setting, or its default where the preset has another entry there."""
        section, _, name = path.partition(".")
        ours, theirs = getattr(self.config, section), getattr(self.reference, section)
        if name == "name" or type(ours) is type(theirs):
            return value_at(self.reference, path)
        return param_at(self.config, path).default

    def differs(self, path: str) -> bool:
        """Whether a setting has another value than the preset's."""
        return bool(value_at(self.config, path) != self.preset_value(path))

    def revert(self, path: str) -> None:
        """Put back the preset's value of one setting; for an entry, with the settings that the preset gives it."""
        section, _, name = path.partition(".")
        if parts()[section] is not None and name == "name":
            self.exchange(section, getattr(self.reference, section))
        else:
            self.edit(path, self.preset_value(path))

    def undo(self) -> None:
        """Take the last edit back."""
        if self._undo:
            self._redo.append(self._state)
            self._go_to(self._undo.pop())

    def redo(self) -> None:
        """Put back what was taken back last."""
        if self._redo:
            self._undo.append(self._state)
            self._go_to(self._redo.pop())

    def _take(self, state: State, path: str = "") -> None:
        """Make ``state`` the present one, as one step of the history or, in one drag of a slider, as part of one."""
        state = dataclasses.replace(state, config=fitted(state.config))
        if state == self._state:
            return
        now = time.monotonic()
        merges = path and self._last_edit[0] == path and now - self._last_edit[1] < MERGE_S and self._undo
        if not merges:
            self._undo.append(self._state)
            del self._undo[:-MOST_UNDO]
        self._redo.clear()
        self._last_edit = (path, now)
        self._state = state
        self._apply()

    def _go_to(self, state: State) -> None:
        """Go to a state of the history; one from before a preset or a seed was chosen begins a new run, as that did."""
        other = state.begun != self._state.begun
        if other:
            self._leave()
        self._state = state
        self._last_edit = ("", 0.0)
        if other:
            self._begin()
        else:
            self._apply()

    # -- the session --------------------------------------------------------------------------------------------------

    def load(self, config: RunConfig, title: str, *, reference: RunConfig | None = None) -> None:
        """Take over a preset, or pasted settings, and begin a run with them."""
        self._leave()
        self._undo.append(self._state)
        self._redo.clear()
        self._last_edit = ("", 0.0)
        self._state = State(config, reference or config, title, self._next_run())
        self.loaded.emit()
        self._begin()

    def _next_run(self) -> int:
        self._begun += 1
        return self._begun

    def reset(self) -> None:
        """Begin a new run with the settings as they are, the seed included."""
        self._leave()
        self._begin()

    def _leave(self) -> None:
        self._left.append((self.running, self._state))
        del self._left[:-MOST_LEFT]

    def _begin(self) -> None:
        self._awaited.append(self.config)
        self._tune_late = False
        self.running = self.config
        self._send(m.Reset(self.config))
        self._changed()

    def new_seed(self, seed: int | None = None) -> None:
        """Begin a new run with another seed: this one, or one drawn."""
        if seed is None:
            seed = random.SystemRandom().randrange(100_000)  # short enough to be read aloud
        self._leave()
        config = replaced(self.config, "run.seed", seed)
        if config != self.config:
            self._take(dataclasses.replace(self._state, config=config, begun=self._next_run()))
        self._begin()

    def discard_pending(self) -> None:
        """Put back what runs in place of what waits for a reset."""
        self._take(dataclasses.replace(self._state, config=self.running))

    def load_checkpoint(self, path: Path) -> None:
        """Go on from a checkpoint; its settings are taken over when the session has read it."""
        self._loading = path
        self._send(m.Load(path))

    def go_back(self) -> None:
        """Go on with the run that the present one took the place of, where it stood."""
        if not self._awaited:
            self._leave()
            self._returning = True
            self._send(m.GoBack())

    def saw_started(self, config: RunConfig) -> None:
        """Learn that a run began: one that was asked for here, one from a checkpoint, or the one before."""
        if config in self._awaited:
            del self._awaited[: self._awaited.index(config) + 1]  # those before it could not be built
            return
        returning, self._returning = self._returning, False
        title = self._loading.name.removesuffix(".safetensors").removesuffix(".gan") if self._loading else self.title
        self._loading = None
        if self._awaited:
            return  # a run asked for after the checkpoint takes its place
        self._undo.append(self._state)
        if not returning:
            self._leave()
        known = (state for left, state in reversed(self._left) if returning and left == config)
        self._state = dataclasses.replace(
            next(known, State(config, config, title)), config=config, begun=self._next_run()
        )
        self.running = config
        self._changed()

    def saw_snapshot(self, config: RunConfig) -> None:
        """Learn from a snapshot what runs."""
        self._seen = config
        if self._unsure:
            self._unsure = False
            self.running = config
            self._changed()

    def saw_failure(self, command: m.Command | None) -> None:
        """Learn that the session could not obey a command, or that a step failed."""
        if isinstance(command, m.Load | m.GoBack):
            self._loading, self._returning = None, False
            self._apply()  # what was edited meanwhile
            return
        if isinstance(command, m.Reset) and command.config in self._awaited:
            del self._awaited[: self._awaited.index(command.config) + 1]
        if isinstance(command, m.Reset | m.Tune) and not self._awaited:
            self._unsure = True  # what runs is what snapshots say
            if self._seen is not None:
                self.running = self._seen
                self._changed()

    def _apply(self) -> None:
        wanted = tuned(self.running, self.config)
        if wanted != self.running and self._loading is None:  # a run that is read has settings of its own
            self.running = wanted
            if self._tune_timer.isActive():
                self._tune_late = True
            else:
                self._send(m.Tune(wanted))
                self._tune_timer.start()
        self._changed()

    def _send_late_tune(self) -> None:
        if self._tune_late:
            self._tune_late = False
            self._send(m.Tune(self.running))
            self._tune_timer.start()

    def _changed(self) -> None:
        self.config_changed.emit()
        pending = changes(self.running, self.config)
        if pending != self._pending:
            self._pending = pending
            self.pending_changed.emit(pending)


def described(change: Change, config: RunConfig) -> str:
    """Return a change in words, as "Width 64 → 128"."""
    section, _, name = change.path.partition(".")
    declared = parts()[section]
    if name == "name" and declared is not None:
        title = declared.title
        old, new = (declared.registry.get(str(value)).title for value in (change.old, change.new))
        return f"{title} {old} → {new}"
    known = params_of(getattr(config, section))
    title = known[name].title if name in known else name
    old, new = (f"{value:g}" if isinstance(value, float) else str(value) for value in (change.old, change.new))
    return f"{title} {old} → {new}" if len(old) + len(new) < 60 else f"{title} changed"
