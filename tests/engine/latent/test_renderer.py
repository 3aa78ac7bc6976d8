"""The worker: the latest wins, something is always shown, nothing that happens in a job stops it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from ganstudio.engine.latent.renderer import Failed, Finished, Lane, Rendered, Renderer, RenderEvent

TIMEOUT_S = 10.0


@pytest.fixture
def renderer() -> Iterator[Renderer]:
    worker = Renderer(prepare=lambda: None)
    yield worker
    assert worker.close(TIMEOUT_S)


class Gate:
    """A job that stops before each of its yields until it is let through."""

    def __init__(self, *values: object) -> None:
        self.values = values
        self.begun = threading.Event()
        self.closed = threading.Event()
        self._gates = [threading.Event() for _ in range(len(values) + 1)]
        self._reached = [threading.Event() for _ in range(len(values) + 1)]

    def __call__(self) -> Iterator[object]:
        self.begun.set()
        try:
            for index, value in enumerate(self.values):
                self._reached[index].set()
                assert self._gates[index].wait(TIMEOUT_S)
                yield value
            self._reached[-1].set()
            assert self._gates[-1].wait(TIMEOUT_S)
        finally:
            self.closed.set()

    def reached(self, index: int) -> None:
        assert self._reached[index].wait(TIMEOUT_S)

    def let(self, index: int) -> None:
        self._gates[index].set()

    def let_all(self) -> None:
        for gate in self._gates:
            gate.set()


def gathered(renderer: Renderer, until: Callable[[list[RenderEvent]], bool]) -> list[RenderEvent]:
    events: list[RenderEvent] = []
    while not until(events):
        assert renderer.wait(TIMEOUT_S), f"nothing more came after {events}"
        events += renderer.take()
    return events


def finished(ticket: int) -> Callable[[list[RenderEvent]], bool]:
    return lambda events: any(isinstance(event, Finished) and event.ticket == ticket for event in events)


def values(events: list[RenderEvent]) -> list[object]:
    return [event.value for event in events if isinstance(event, Rendered)]


def test_results_come_in_order_with_the_end_after_them(renderer: Renderer) -> None:
    ticket = renderer.submit(Lane.FOCUS, lambda: iter(["coarse", "fine"]))
    events = gathered(renderer, finished(ticket))
    assert values(events) == ["coarse", "fine"]
    assert [event.index for event in events if isinstance(event, Rendered)] == [0, 1]
    assert isinstance(events[-1], Finished)
    assert {event.ticket for event in events} == {ticket}
    assert renderer.take() == []


def test_of_the_jobs_that_wait_only_the_latest_is_done(renderer: Renderer) -> None:
    first = Gate("first")
    renderer.submit(Lane.FOCUS, first)
    first.reached(0)
    for index in range(50):
        last = renderer.submit(Lane.FOCUS, lambda index=index: iter([index]))
    first.let_all()
    assert values(gathered(renderer, finished(last))) == ["first", 49]


def test_a_newer_job_stops_the_refining_of_an_older_one(renderer: Renderer) -> None:
    old = Gate("coarse", "fine", "finest")
    renderer.submit(Lane.FOCUS, old)
    old.let(0)
    old.reached(1)  # its coarse result is out, it computes the fine one
    new = renderer.submit(Lane.FOCUS, lambda: iter(["new"]))
    old.let(1)
    shown = values(gathered(renderer, finished(new)))
    assert "finest" not in shown
    assert shown[0] == "coarse"
    assert shown[-1] == "new"
    assert old.closed.wait(TIMEOUT_S)


def test_the_first_result_is_always_delivered_so_that_a_drag_is_not_blind(renderer: Renderer) -> None:
    shown: list[object] = []
    for position in range(20):
        gate = Gate(position, "fine")
        renderer.submit(Lane.FOCUS, gate)
        gate.reached(0)  # begun, nothing delivered yet
        following = Gate(f"after {position}")
        ticket = renderer.submit(Lane.FOCUS, following)  # the mouse has moved on
        gate.let_all()
        following.let_all()
        shown += values(gathered(renderer, finished(ticket)))
    assert [value for value in shown if isinstance(value, int)] == list(range(20))
    assert "fine" not in shown


def test_more_urgent_lanes_go_first_and_the_others_go_on_afterwards(renderer: Renderer) -> None:
    background = Gate("b0", "b1")
    slow = renderer.submit(Lane.BACKGROUND, background)
    background.reached(0)
    renderer.submit(Lane.TILES, lambda: iter(["t0", "t1"]))
    renderer.submit(Lane.FOCUS, lambda: iter(["f0", "f1"]))
    background.let_all()
    assert values(gathered(renderer, finished(slow))) == ["b0", "f0", "f1", "t0", "t1", "b1"]


def test_a_stream_of_urgent_jobs_starves_nobody_that_is_as_urgent(renderer: Renderer) -> None:
    hold = Gate("hold")
    renderer.submit(Lane.FOCUS, hold)
    hold.reached(0)
    tickets = [
        renderer.submit(Lane.BACKGROUND, lambda name=name: iter([f"{name}{k}" for k in range(3)]), name)
        for name in ("bank", "index", "pca")
    ]
    hold.let_all()
    seen: set[int] = set()

    def all_done(events: list[RenderEvent]) -> bool:
        seen.update(event.ticket for event in events if isinstance(event, Finished))
        return seen >= set(tickets)

    shown = values(gathered(renderer, all_done))[1:]
    assert sorted(map(str, shown[:3])) == ["bank0", "index0", "pca0"]  # in turns, not one after the other
    assert len(shown) == 9


def test_slots_of_a_lane_do_not_replace_each_other(renderer: Renderer) -> None:
    hold = Gate("hold")
    renderer.submit(Lane.FOCUS, hold)
    hold.reached(0)
    renderer.submit(Lane.BACKGROUND, lambda: iter(["old bank"]), "bank")
    renderer.submit(Lane.BACKGROUND, lambda: iter(["pca"]), "pca")
    bank = renderer.submit(Lane.BACKGROUND, lambda: iter(["new bank"]), "bank")
    hold.let_all()
    assert sorted(map(str, values(gathered(renderer, finished(bank))))) == ["hold", "new bank", "pca"]


def test_a_yield_of_none_is_only_a_place_to_interrupt(renderer: Renderer) -> None:
    ticket = renderer.submit(Lane.BACKGROUND, lambda: iter([None, None, "result", None]))
    events = gathered(renderer, finished(ticket))
    assert values(events) == ["result"]
    assert [event.index for event in events if isinstance(event, Rendered)] == [0]


def test_an_exception_is_an_event_and_the_worker_lives_on(renderer: Renderer) -> None:
    def broken() -> Iterator[object]:
        yield "before"
        raise RuntimeError("no such direction")

    renderer.submit(Lane.FOCUS, broken)
    events = gathered(renderer, lambda events: any(isinstance(event, Failed) for event in events))
    failure = events[-1]
    assert isinstance(failure, Failed)
    assert failure.message == "no such direction"
    assert "RuntimeError" in failure.details
    assert values(events) == ["before"]
    ticket = renderer.submit(Lane.FOCUS, lambda: iter([1]))
    assert values(gathered(renderer, finished(ticket))) == [1]


def test_a_job_that_cannot_even_begin_fails_alone(renderer: Renderer) -> None:
    renderer.submit(Lane.FOCUS, lambda: 1 / 0)  # type: ignore[arg-type, return-value]
    events = gathered(renderer, bool)
    assert isinstance(events[0], Failed)
    assert "division" in events[0].message


def test_an_error_without_words_is_named_by_its_kind(renderer: Renderer) -> None:
    def silent() -> Iterator[object]:
        raise KeyError
        yield

    renderer.submit(Lane.FOCUS, silent)
    (failure,) = gathered(renderer, bool)
    assert isinstance(failure, Failed)
    assert failure.message == "KeyError"


def test_an_error_while_closing_is_told_too(renderer: Renderer) -> None:
    begun = threading.Event()

    def stubborn() -> Iterator[object]:
        try:
            while True:
                begun.set()
                yield None
        finally:
            raise OSError("cannot close")

    renderer.submit(Lane.BACKGROUND, stubborn)
    assert begun.wait(TIMEOUT_S)
    renderer.submit(Lane.BACKGROUND, lambda: iter(()))
    events = gathered(renderer, lambda events: any(isinstance(event, Failed) for event in events))
    assert any(isinstance(event, Failed) and event.message == "cannot close" for event in events)


def test_what_was_cancelled_is_never_heard_of_again(renderer: Renderer) -> None:
    gate = Gate("first", "second")
    renderer.submit(Lane.TILES, gate, "map")
    gate.reached(0)
    renderer.submit(Lane.TILES, lambda: iter(["waiting"]), "map")
    renderer.cancel(Lane.TILES, "map")
    gate.let_all()
    assert gate.closed.wait(TIMEOUT_S)
    ticket = renderer.submit(Lane.FOCUS, lambda: iter(["other"]))
    assert values(gathered(renderer, finished(ticket))) == ["other"]
    assert not renderer.is_busy(Lane.TILES)


def test_cancelling_takes_back_results_that_nobody_has_taken(renderer: Renderer) -> None:
    renderer.submit(Lane.TILES, lambda: iter(["old"]))
    assert renderer.wait(TIMEOUT_S)
    renderer.cancel(Lane.TILES)
    assert values(renderer.take()) == []


def test_results_of_an_older_generation_are_dropped(renderer: Renderer) -> None:
    tiles, search = Gate("stale tile"), Gate("candidate")
    renderer.submit(Lane.BACKGROUND, search, "inversion")
    search.reached(0)
    renderer.submit(Lane.TILES, tiles)
    renderer.submit(Lane.FOCUS, lambda: iter(["stale focus"]))
    assert renderer.new_generation() == 1
    ticket = renderer.submit(Lane.FOCUS, lambda: iter(["fresh"]))
    tiles.let_all()
    search.let_all()
    events = gathered(renderer, lambda events: {"fresh", "candidate"} <= set(values(events)))
    assert set(values(events)) == {"fresh", "candidate"}  # the search keeps its own model
    fresh = next(event for event in events if event.ticket == ticket)
    assert fresh.generation == renderer.generation == 1


def test_a_result_computed_while_the_generation_changes_is_dropped(renderer: Renderer) -> None:
    gate = Gate("stale")
    renderer.submit(Lane.FOCUS, gate)
    gate.reached(0)
    renderer.new_generation()
    gate.let_all()
    ticket = renderer.submit(Lane.FOCUS, lambda: iter(["fresh"]))
    assert values(gathered(renderer, finished(ticket))) == ["fresh"]


def test_it_says_whether_it_is_busy(renderer: Renderer) -> None:
    gate = Gate("one")
    ticket = renderer.submit(Lane.BACKGROUND, gate, "bank")
    gate.reached(0)
    assert renderer.is_busy(Lane.BACKGROUND)
    assert renderer.is_busy(Lane.BACKGROUND, "bank")
    assert not renderer.is_busy(Lane.BACKGROUND, "pca")
    assert not renderer.is_busy(Lane.FOCUS)
    assert renderer.busy_s > 0
    gate.let_all()
    gathered(renderer, finished(ticket))
    assert not renderer.is_busy(Lane.BACKGROUND)


def test_closing_joins_the_thread_and_closes_what_is_open() -> None:
    worker = Renderer(prepare=lambda: None)
    gate = Gate("one", "two")
    worker.submit(Lane.BACKGROUND, gate)
    gate.let(0)
    gate.reached(1)
    gate.let(1)
    assert worker.close(TIMEOUT_S)
    assert gate.closed.is_set()
    assert worker.take() == []
    worker.submit(Lane.FOCUS, lambda: iter([1]))  # nobody is there any more, and nothing happens
    assert not worker.is_busy(Lane.FOCUS)
    assert worker.close(TIMEOUT_S)


def test_an_idle_worker_closes_at_once_and_twice() -> None:
    with Renderer(prepare=lambda: None) as worker:
        pass
    assert worker.close(TIMEOUT_S)
    assert not any(thread.name == "ganstudio-render" for thread in threading.enumerate())


def test_a_worker_that_cannot_be_prepared_says_so_and_works() -> None:
    def refuse() -> None:
        raise OSError("no threads here")

    with Renderer(prepare=refuse) as worker:
        assert isinstance(gathered(worker, bool)[0], Failed)
        ticket = worker.submit(Lane.FOCUS, lambda: iter(["works"]))
        assert values(gathered(worker, finished(ticket))) == ["works"]


def test_by_default_its_thread_is_prepared_as_one_that_trains() -> None:
    import torch

    with Renderer() as worker:
        ticket = worker.submit(Lane.FOCUS, lambda: iter([torch.get_num_threads()]))
        assert values(gathered(worker, finished(ticket))) == [1]
