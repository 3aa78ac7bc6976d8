"""How often frames are drawn, by what they cost."""

from __future__ import annotations

import dataclasses

import pytest

from ganstudio.engine.config import replaced
from ganstudio.engine.snapshot import Execution, Snapshot
from ganstudio.ui.frame_pace import CALM_MS, JUDGED_FRAMES, FramePace
from tests.ui.views import snapshots


class Clock:
    """The processor time of a thread in which every frame costs as much as it is told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def moment(*, running: bool = True, limit: float = 0.0, execution: Execution = "eager") -> Snapshot:
    snapshot = snapshots.line(running=running)
    config = replaced(snapshot.config, "run.speed_limit", limit)
    return dataclasses.replace(snapshot, config=config, execution=execution)


def after_many_frames(cost_ms: float, snapshot: Snapshot, pace: FramePace | None = None) -> int:
    clock = Clock()
    pace = pace or FramePace(clock)
    pace._clock, pace._last = clock, None
    for _ in range(3 * JUDGED_FRAMES):
        interval = pace.note(snapshot)
        clock.now += cost_ms / 1e3
    return interval


@pytest.mark.parametrize(("cost_ms", "interval"), [(1.0, 33), (3.2, 33), (4.5, 50), (6.0, 66), (40.0, 66)])
def test_the_eager_step_at_full_speed_gets_frames_that_take_little_of_a_core(cost_ms: float, interval: int) -> None:
    assert after_many_frames(cost_ms, moment()) == interval


@pytest.mark.parametrize(("cost_ms", "interval"), [(1.0, 33), (6.0, 33), (9.0, 50), (15.0, 66)])
def test_the_compiled_step_needs_no_lock_and_leaves_more_to_frames(cost_ms: float, interval: int) -> None:
    assert after_many_frames(cost_ms, moment(execution="compiled")) == interval


@pytest.mark.parametrize(("cost_ms", "interval"), [(3.0, 16), (6.0, 33), (12.0, 50)])
def test_a_run_of_limited_speed_is_shown_sixty_times_a_second_where_frames_are_cheap(
    cost_ms: float, interval: int
) -> None:
    assert after_many_frames(cost_ms, moment(limit=100)) == interval


def test_a_pause_ends_any_hurry_and_any_saving() -> None:
    for cost, before in ((1.0, moment(limit=100)), (30.0, moment())):
        pace = FramePace()
        assert after_many_frames(cost, before, pace) != CALM_MS
        assert pace.note(moment(running=False)) == CALM_MS


def test_frames_come_faster_again_only_when_they_are_clearly_cheaper() -> None:
    pace = FramePace()
    assert after_many_frames(4.5, moment(), pace) == 50
    assert after_many_frames(3.0, moment(), pace) == 50
    assert after_many_frames(2.4, moment(), pace) == 33


def test_one_costly_frame_changes_nothing() -> None:
    clock = Clock()
    pace = FramePace(clock)
    for frame in range(3 * JUDGED_FRAMES):
        pace.note(moment())
        clock.now += 0.1 if frame % JUDGED_FRAMES == 3 else 0.002
    assert pace.interval_ms == CALM_MS
