"""One slot, latest wins."""

from __future__ import annotations

import threading

from ganstudio.engine.mailbox import Mailbox


def test_an_empty_mailbox_asks_for_something_and_gives_nothing() -> None:
    mailbox: Mailbox[int] = Mailbox()
    assert mailbox.wanted
    assert mailbox.take() is None
    assert mailbox.wanted


def test_the_latest_wins() -> None:
    mailbox: Mailbox[int] = Mailbox()
    mailbox.put(1)
    mailbox.put(2)
    assert mailbox.take() == 2
    assert mailbox.take() is None


def test_nothing_is_wanted_until_the_last_one_was_taken() -> None:
    mailbox: Mailbox[int] = Mailbox()
    mailbox.put(1)
    assert not mailbox.wanted
    mailbox.take()
    assert mailbox.wanted


def test_a_reader_can_take_one_and_ask_for_the_next_later() -> None:
    mailbox: Mailbox[int] = Mailbox()
    mailbox.put(1)
    assert mailbox.take(ask=False) == 1
    assert not mailbox.wanted
    mailbox.ask()
    assert mailbox.wanted


def test_a_reader_sees_ever_newer_items_while_another_thread_writes() -> None:
    mailbox: Mailbox[int] = Mailbox()
    last = 20_000

    def write() -> None:
        for item in range(1, last + 1):
            mailbox.put(item)

    writer = threading.Thread(target=write)
    writer.start()
    taken: list[int] = []
    while not taken or taken[-1] < last:
        item = mailbox.take()
        if item is not None:
            taken.append(item)
    writer.join()
    assert taken == sorted(set(taken))
