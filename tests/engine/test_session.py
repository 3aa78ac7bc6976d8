"""The session's thread: commands in, snapshots and events out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from ganstudio.engine import messages as m
from ganstudio.engine.compiled import GraphedStep, Step
from ganstudio.engine.config import RunConfig, replaced
from ganstudio.engine.mailbox import Mailbox
from ganstudio.engine.session import Session
from ganstudio.engine.snapshot import Snapshot
from ganstudio.engine.step_builder import StepBuilder
from ganstudio.engine.trainer import Trainer
from tests.engine.configs import small
from tests.engine.test_compiled import graphed
from tests.engine.test_trainer import assert_equal_histories, run

T = TypeVar("T")
ALL_1D = frozenset({"density", "score", "threads"})


class Client:
    """The other end of a session: keeps its events and its newest snapshot."""

    def __init__(self, config: RunConfig) -> None:
        self.session = Session(config)
        self.send = self.session.send
        self.events: list[m.Event] = []
        self.newest: Snapshot | None = None

    def until(self, condition: Callable[[], T], timeout_s: float = 60.0) -> T:
        deadline = time.monotonic() + timeout_s
        pause = threading.Event()
        while time.monotonic() < deadline:
            self.events += self.session.events()
            self.newest = self.session.mailbox.take() or self.newest
            result = condition()
            if result:
                return result
            pause.wait(0.002)
        raise AssertionError(f"not within {timeout_s} s; events: {self.events[-5:]}")

    def event(self, kind: type[T]) -> T:
        return self.until(lambda: next((event for event in self.events if isinstance(event, kind)), None))  # type: ignore[return-value]

    def snapshot_at(self, step: int) -> Snapshot:
        self.until(lambda: self.newest is not None and self.newest.step >= step and not self.newest.running)
        assert self.newest is not None
        return self.newest


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(small())
    yield made
    assert made.session.close()


def test_it_starts_paused_and_shows_the_untrained_run(client: Client) -> None:
    client.send(m.Watch(ALL_1D))
    client.until(lambda: client.newest is not None and set(client.newest.probes) == ALL_1D)
    snapshot = client.newest
    assert snapshot is not None
    assert (snapshot.step, snapshot.running, snapshot.run) == (0, False, 1)
    assert snapshot.config == small()


def test_it_advances_so_many_iterations_and_pauses(client: Client) -> None:
    client.send(m.Advance(37))
    assert client.snapshot_at(37).step == 37
    assert [event.running for event in client.events if isinstance(event, m.RunningChanged)] == [True, False]


@pytest.mark.parametrize("choice", ["ema", "raw"])
def test_watched_paused_and_unwatched_runs_are_equal_bit_for_bit(client: Client, choice: str) -> None:
    client.send(m.Watch(ALL_1D, choice))  # type: ignore[arg-type]
    for _ in range(5):
        client.send(m.Advance(None))
        client.until(lambda: client.newest is not None and client.newest.running)
        client.send(m.Pause())
        client.until(lambda: client.newest is not None and not client.newest.running)
    assert client.newest is not None
    client.send(m.Advance(100))
    snapshot = client.snapshot_at(client.newest.step + 100)
    assert_equal_histories(snapshot.history, run(small(), snapshot.step).history)


def test_saved_and_loaded_it_goes_on_bit_for_bit(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "run.gan.safetensors"
    client.send(m.Advance(45))
    client.snapshot_at(45)
    client.send(m.Save(path))
    client.event(m.Saved)
    client.send(m.Advance(13))
    client.snapshot_at(58)
    client.send(m.Load(path))
    client.until(lambda: client.newest is not None and client.newest.run == 2)
    client.send(m.Advance(30))
    snapshot = client.snapshot_at(75)
    assert_equal_histories(snapshot.history, run(small(), 75).history)


def test_commands_are_obeyed_in_order_and_none_is_lost(client: Client) -> None:
    for _ in range(40):
        client.send(m.StepD())
        client.send(m.StepG())
    client.until(lambda: client.newest is not None and client.newest.g_updates == 40)
    assert client.newest is not None
    expected = Trainer(small())
    for _ in range(40):
        expected.step_discriminator()
        expected.step_generator()
    expected.flush()
    assert client.newest.d_updates == 40
    assert_equal_histories(client.newest.history, expected.history)


def test_a_live_change_acts_at_the_next_step_and_is_an_event(client: Client) -> None:
    tuned = replaced(small(), "training.d_steps", 3)
    client.send(m.Advance(10))
    client.snapshot_at(10)
    client.send(m.Tune(tuned))
    client.send(m.Advance(1))
    snapshot = client.snapshot_at(11)
    assert snapshot.d_updates == 13
    assert client.event(m.ParameterChanged) == m.ParameterChanged(10, "training.d_steps", 1, 3)
    assert [(event.step, event.text) for event in snapshot.history.events] == [(10, "k 1→3")]


def test_a_change_that_needs_a_reset_fails_and_the_run_stays(client: Client) -> None:
    client.send(m.Tune(replaced(small(), "generator.width", 9)))
    assert "generator.width" in client.event(m.Failed).message
    client.send(m.Advance(1))
    assert client.snapshot_at(1).config == small()


def test_reset_starts_a_new_run_and_keeps_running(client: Client) -> None:
    client.send(m.Advance(None))
    client.until(lambda: client.newest is not None and client.newest.step > 3)
    client.send(m.Reset(small(run__seed=4)))
    client.until(lambda: client.newest is not None and client.newest.run == 2 and client.newest.step > 0)
    assert client.newest is not None
    assert client.newest.running
    assert client.newest.config.run.seed == 4


def test_a_config_that_cannot_be_built_fails_and_the_run_stays(client: Client) -> None:
    client.send(m.Advance(5))
    client.snapshot_at(5)
    client.send(m.Reset(small(run__device="cuda:77")))
    assert "cuda:77" in client.event(m.Failed).message
    client.send(m.Advance(5))
    assert client.snapshot_at(10).run == 1


def test_a_first_config_that_cannot_be_built_leaves_a_session_that_can_be_reset() -> None:
    client = Client(small(run__device="cuda:77"))
    client.event(m.Failed)
    client.send(m.Advance(1))
    client.send(m.StepD())
    client.send(m.Reset(small()))
    client.event(m.Started)
    client.send(m.Advance(2))
    assert client.snapshot_at(2).step == 2
    assert client.session.close()


def test_an_exception_in_a_step_becomes_an_event_and_the_session_lives(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.until(lambda: client.newest)
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "iterate", lambda self: 1 / 0)
        client.send(m.Advance(None))
        failed = client.event(m.Failed)
    assert "division" in failed.message
    assert "ZeroDivisionError" in failed.traceback
    client.send(m.Advance(3))
    assert client.snapshot_at(3).step == 3


def test_a_full_disk_is_told_and_the_earlier_file_stays(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.gan.safetensors"
    client.send(m.Save(path))
    client.event(m.Saved)
    before = path.read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        client.send(m.Save(path))
        assert "No space left" in client.event(m.Failed).message
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_divergence_pauses_and_is_told_with_what_was_kept() -> None:
    rate = {"d_optimizer__lr": 1.0, "g_optimizer__lr": 1.0}
    config = small(loss__name="wasserstein", d_optimizer__name="sgd", g_optimizer__name="sgd", **rate)
    client = Client(config)
    client.send(m.Advance(None))
    diverged = client.event(m.Diverged)
    assert diverged.kept % 256 == 0
    assert diverged.kept < diverged.step
    client.until(lambda: client.newest is not None and not client.newest.running)
    assert client.newest is not None
    assert client.newest.step == diverged.kept
    client.send(m.Tune(replaced(replaced(config, "d_optimizer.lr", 1e-4), "g_optimizer.lr", 1e-4)))
    client.send(m.Advance(5))
    snapshot = client.snapshot_at(diverged.kept + 5)
    assert np.isfinite(snapshot.history.series("loss/d")[1]).all()
    assert client.session.close()


def test_a_speed_limit_holds_the_pace_and_pausing_does_not_wait_for_it(client: Client) -> None:
    client.send(m.Tune(replaced(small(), "run.speed_limit", 1.0)))
    client.send(m.Advance(None))
    client.until(lambda: client.newest is not None and client.newest.step == 1)
    client.send(m.Pause())
    client.until(lambda: client.newest is not None and not client.newest.running, timeout_s=0.9)
    assert client.newest is not None
    assert client.newest.step == 1


def test_a_snapshot_is_made_only_after_the_last_one_was_taken(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.until(lambda: client.newest)
    made = []
    original = client.session.mailbox.put
    monkeypatch.setattr(client.session.mailbox, "put", lambda item: (made.append(item), original(item)))
    client.session.mailbox.put(client.newest)  # not taken: nothing more is wanted
    client.send(m.Advance(None))
    time_is_up = threading.Event()
    threading.Timer(0.3, time_is_up.set).start()
    time_is_up.wait()
    assert len(made) == 1
    client.send(m.Pause())
    client.until(lambda: client.newest is not None and client.newest.step > 0 and not client.newest.running)


def test_snapshots_are_frozen_while_training_goes_on(client: Client) -> None:
    client.send(m.Watch(ALL_1D))
    client.send(m.Advance(None))
    client.until(lambda: client.newest is not None and "score" in client.newest.probes and client.newest.step > 2)
    first = client.newest
    assert first is not None
    score = first.probes["score"].score.copy()  # type: ignore[union-attr]
    client.until(lambda: client.newest is not None and client.newest.step > first.step + 50)
    np.testing.assert_array_equal(first.probes["score"].score, score)  # type: ignore[union-attr]


def test_paused_the_thread_sleeps_in_the_queue(client: Client) -> None:
    client.until(lambda: client.newest)
    client.send(m.Pause())
    client.until(lambda: client.session._commands.empty())
    assert client.session._worker._patience_s() is None


def test_close_in_mid_run_ends_the_thread() -> None:
    client = Client(small())
    client.send(m.Advance(None))
    client.until(lambda: client.newest is not None and client.newest.running)
    assert client.session.close(timeout_s=1.0)
    assert not any(thread.name == "ganstudio-session" for thread in threading.enumerate())


def test_a_refused_command_is_told_without_a_traceback_and_the_run_goes_on(client: Client, tmp_path: Path) -> None:
    client.send(m.Advance(None))
    client.until(lambda: client.newest is not None and client.newest.running)
    for command, says in (
        (m.Reset(small(run__device="cuda:77")), "cuda:77"),
        (m.Load(tmp_path / "none.gan.safetensors"), "none.gan.safetensors: No such file"),
        (m.Save(tmp_path / "nowhere" / "run.gan.safetensors"), "run.gan.safetensors: No such file"),
    ):
        client.events.clear()
        client.send(command)
        failed = client.event(m.Failed)
        assert says in failed.message
        assert "Errno" not in failed.message
        assert (failed.traceback, failed.command) == ("", command)
    assert client.newest is not None
    step = client.newest.step
    client.until(lambda: client.newest is not None and client.newest.running and client.newest.step > step)


def test_a_run_goes_on_when_its_file_of_points_vanishes_and_a_reset_says_so(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("1\n2\n3\n", "utf-8")
    client = Client(small(data__name="points", data__file=str(file)))
    client.send(m.Advance(3))
    client.snapshot_at(3)
    file.unlink()
    client.send(m.Advance(3))
    client.snapshot_at(6)
    client.send(m.Reset(small(data__name="points", data__file=str(file))))
    assert "there is none of this name" in client.event(m.Failed).message
    client.send(m.Advance(1))
    assert client.snapshot_at(7).run == 1
    assert client.session.close()


def test_after_a_failed_step_the_pause_is_shown(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.send(m.Advance(None))
    client.until(lambda: client.newest is not None and client.newest.running)
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "iterate", lambda self: 1 / 0)
        client.event(m.Failed)
        client.until(lambda: client.newest is not None and not client.newest.running)


def test_a_new_run_is_shown_before_its_first_step_and_a_command_that_waits_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go_on = threading.Event()
    iterate = Trainer.iterate
    monkeypatch.setattr(Trainer, "iterate", lambda self: (go_on.wait(60.0), iterate(self)))
    client = Client(small())
    client.send(m.Advance(1))
    client.until(lambda: client.newest is not None and client.newest.step == 0)
    client.until(lambda: client.session._commands.empty())
    assert client.session.waiting_s == 0
    client.send(m.Pause())
    client.until(lambda: client.session.waiting_s > 0.05)
    go_on.set()
    client.until(lambda: client.session.waiting_s == 0)
    assert client.session.close()


def test_going_back_goes_on_where_the_run_before_stood_and_there_and_back_again(client: Client) -> None:
    client.send(m.Advance(3))
    client.snapshot_at(3)
    other = replaced(small(), "run.seed", 5)
    client.send(m.Reset(other))
    client.send(m.Reset(other))  # one that has not begun is nothing to go back to
    client.send(m.Advance(2))
    client.until(lambda: client.newest is not None and (client.newest.run, client.newest.step) == (3, 2))
    client.send(m.GoBack())
    client.send(m.Advance(1))
    back = client.until(
        lambda: client.newest if client.newest and (client.newest.run, client.newest.step) == (4, 4) else None
    )
    assert_equal_histories(back.history, run(small(), 4).history)
    client.send(m.GoBack())
    client.until(lambda: client.newest is not None and (client.newest.run, client.newest.step) == (5, 2))
    assert client.newest is not None
    assert client.newest.config == other
    assert [event.former for event in client.events if isinstance(event, m.Started)] == [0, 3, 3, 2, 4]


def test_from_a_run_that_has_not_begun_one_goes_back_once(client: Client) -> None:
    client.send(m.Advance(3))
    client.snapshot_at(3)
    client.send(m.Reset(replaced(small(), "run.seed", 5)))
    client.send(m.GoBack())
    client.until(lambda: client.newest is not None and (client.newest.run, client.newest.step) == (3, 3))
    assert [event.former for event in client.events if isinstance(event, m.Started)] == [0, 3, 0]


def test_with_no_run_before_going_back_is_refused(client: Client) -> None:
    client.send(m.GoBack())
    assert "before the present one" in client.event(m.Failed).message


def test_a_snapshot_is_handed_over_when_a_compiled_step_has_all_that_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def noted(owner: type, name: str, word: str) -> None:
        original = getattr(owner, name)

        def note(self: object, *given: object) -> object:
            result = original(self, *given)
            done.append(word)
            return result

        monkeypatch.setattr(owner, name, note)

    monkeypatch.setattr(StepBuilder, "follow", lambda self, trainer: trainer.use(graphed(trainer)))
    monkeypatch.setattr(StepBuilder, "poll", lambda self, trainer: False)
    noted(Step, "_drawn", "drawn")
    noted(GraphedStep, "_played", "played")
    client = Client(small())
    client.until(lambda: client.newest)
    noted(Mailbox, "put", "handed over")
    client.send(m.Advance(None))
    client.until(lambda: done.count("handed over") >= 5)
    assert client.session.close()
    last = max(index for index, word in enumerate(done) if word == "played")
    played = done[done.index("drawn") : last + 1]
    around = {(played[i - 1], played[i + 1]) for i, word in enumerate(played) if word == "handed over"}
    assert around == {("drawn", "played")}
