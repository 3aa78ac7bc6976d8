"""Events in order, of which only the newest stay in memory."""

from __future__ import annotations

import pytest

from ganstudio.engine import event_log
from ganstudio.engine.event_log import Event, EventLog
from ganstudio.engine.spill import SpillFile


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "BLOCK", 4)


def events(count: int) -> list[Event]:
    return [Event(10 * index, f"lr D 0.{index}→“ü”") for index in range(count)]


def log_of(count: int, file: SpillFile | None = None) -> EventLog:
    log = EventLog(file)
    log.extend(events(count))
    return log


@pytest.mark.parametrize("count", [0, 1, 4, 7, 8, 9, 31, 32, 33])
def test_a_log_reads_as_the_list_of_its_events(count: int) -> None:
    log, wanted = log_of(count), events(count)
    assert (len(log), list(log)) == (count, wanted)
    assert log == wanted
    assert log[-1:] == wanted[-1:]
    assert log[-6:] == wanted[-6:]
    assert log[5:12] == wanted[5:12]
    assert log[::-3] == wanted[::-3]
    assert [log[index] for index in range(count)] == wanted
    assert [log[-1 - index] for index in range(count)] == wanted[::-1]
    assert bool(log) == bool(wanted)


@pytest.mark.parametrize("index", [3, -4])
def test_an_event_that_there_is_not_is_an_index_error(index: int) -> None:
    with pytest.raises(IndexError):
        log_of(3)[index]


@pytest.mark.parametrize("count", [1, 8, 30])
def test_the_newest_event_can_be_replaced_and_no_other(count: int) -> None:
    log = log_of(count)
    log[-1] = Event(7, "other")
    log[count - 1] = Event(8, "another")
    assert log == [*events(count)[:-1], Event(8, "another")]
    if count > 1:
        with pytest.raises(IndexError, match="newest"):
            log[0] = Event(0, "history is not rewritten")


def test_logs_differ_by_length_and_by_any_event() -> None:
    assert log_of(30) == log_of(30)
    assert log_of(30) != log_of(29)
    assert log_of(1) != [Event(0, "something else")]
    assert log_of(0) != 5


def test_older_events_leave_memory() -> None:
    file = SpillFile()
    log = log_of(1000, file)
    assert file.size > 990 * len(events(1)[0].text)
    assert len(log._parts[1]) < 2 * event_log.BLOCK


def test_a_copy_up_to_a_step_goes_its_own_way() -> None:
    log = log_of(50)
    copy = log.until(205)
    assert copy == events(21)
    copy.append(Event(206, "new"))
    assert log == events(50)
    assert len(copy) == 22


def test_what_finds_no_room_on_the_disk_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: SpillFile, *buffers: bytes) -> int:
        raise OSError(28, "No space left on device")

    file = SpillFile()
    with monkeypatch.context() as broken:
        broken.setattr(SpillFile, "write", full)
        log = log_of(50, file)
        assert log == events(50)
    for event in events(60)[50:]:
        log.append(event)
    assert log == events(60)
    assert len(log._parts[1]) < 2 * event_log.BLOCK  # room was made as soon as there was some
