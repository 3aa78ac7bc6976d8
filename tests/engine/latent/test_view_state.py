"""The state: a value whose text form loses nothing, and undo."""

from __future__ import annotations

import base64
import json
import math
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ganstudio.engine.latent.undo import UNDO_STEPS, StateHistory
from ganstudio.engine.latent.view_state import MapView, Offset, ViewState, ViewStateError, one_hot, retracted
from ganstudio.engine.latent.view_text import (
    LARGEST_TEXT,
    LINK,
    from_json,
    from_link,
    to_json,
    to_link,
    to_mapping,
)

RNG = np.random.default_rng(0)


def full() -> ViewState:
    """Return a state in which every field is used, with numbers that decimals cannot hold."""
    dim = 7
    g = RNG.standard_normal(dim).astype(np.float32)
    g[0], g[1] = np.float32(1e-42), np.float32(-0.0)
    return ViewState(
        g=g,
        class_weights=np.array([0.1, 0.2, 0.7], np.float32),
        offsets=(Offset("local 1", RNG.standard_normal(dim), 0.1), Offset("sefa 2", np.eye(dim)[3], -1 / 3)),
        on_shell=False,
        tau=1.7,
        psi=0.9,
        seed=2**40 + 1,
        model="0123abcd",
        step=12_340,
        style=RNG.standard_normal(dim),
        style_from=3,
        map=MapView(
            mode="anchors",
            centre=(0.1, -1e9),
            zoom=96.5,
            origin=RNG.standard_normal(dim),
            axes=RNG.standard_normal((2, dim)),
            flat=True,
            anchors=RNG.standard_normal((4, dim)),
        ),
    )


def test_a_state_and_its_text_are_the_same_bit_for_bit() -> None:
    state = full()
    back = from_json(to_json(state))
    assert back == state
    assert back.g.tobytes() == state.g.tobytes()
    assert np.signbit(back.g[1])
    assert back.offsets[0].vector.tobytes() == state.offsets[0].vector.tobytes()
    assert to_json(state).isascii()


def test_a_plain_state_survives_too_with_no_truncation_at_all() -> None:
    state = ViewState(g=[0.5])
    assert state.tau == math.inf
    assert from_json(to_json(state)) == state


def test_a_link_leads_to_the_same_state() -> None:
    state = full()
    assert from_link(f"  {to_link(state)}\n") == state


def test_states_are_equal_when_every_bit_is_and_can_be_keys() -> None:
    state = full()
    twin = from_json(to_json(state))
    assert hash(twin) == hash(state)
    assert replace(state, psi=0.8) != state
    assert replace(state, g=np.nextafter(state.g, 9, dtype=np.float32)) != state
    assert state != "a state"


def test_a_state_shares_nothing_with_the_arrays_that_it_was_made_from() -> None:
    g = np.ones(4, np.float32)
    state = ViewState(g=g)
    g[:] = 7
    assert state.g.tolist() == [1, 1, 1, 1]
    with pytest.raises(ValueError, match="read-only"):
        state.g[0] = 2


def test_offsets_move_the_point_and_stay_on_the_shell_if_they_are_to() -> None:
    state = ViewState(g=RNG.standard_normal(8)).with_offset("a", np.eye(8)[0], 2.0).with_offset("b", np.eye(8)[1], -1.0)
    length = np.linalg.norm(state.g)
    assert np.linalg.norm(state.point()) == pytest.approx(length, rel=1e-6)
    off = replace(state, on_shell=False)
    assert off.point() - off.g == pytest.approx(np.array([2, -1, 0, 0, 0, 0, 0, 0]), abs=1e-6)
    assert state.settled().point() == pytest.approx(state.point())
    assert state.settled().offsets == ()


def test_without_offsets_the_point_is_g_itself() -> None:
    state = ViewState(g=RNG.standard_normal(5))
    assert state.point().tobytes() == state.g.tobytes()
    moved = state.with_offset("a", np.eye(5)[2], 1.0)
    assert moved.with_offset("a", np.eye(5)[2], 0.0) == state


def test_a_slider_keeps_its_place_when_it_moves_again() -> None:
    state = ViewState(g=np.ones(3)).with_offset("a", np.eye(3)[0], 1).with_offset("b", np.eye(3)[1], 1)
    assert [item.name for item in state.with_offset("a", np.eye(3)[0], 2).offsets] == ["a", "b"]


def test_the_middle_of_the_space_has_no_shell_to_stay_on() -> None:
    state = ViewState(g=np.zeros(3)).with_offset("a", np.eye(3)[0], 2.0)
    assert np.isfinite(state.point()).all()
    assert np.linalg.norm(state.point()) == 0
    assert np.isfinite(retracted(np.zeros((2, 3)), 1.0)).all()


@pytest.mark.parametrize(
    "make",
    [
        lambda: ViewState(g=[]),
        lambda: ViewState(g=[[1.0]]),
        lambda: ViewState(g=[math.nan]),
        lambda: ViewState(g=["a"]),
        lambda: ViewState(g=[1.0], class_weights=[0.5, 0.6]),
        lambda: ViewState(g=[1.0], class_weights=[1.5, -0.5]),
        lambda: ViewState(g=[1.0], tau=0.0),
        lambda: ViewState(g=[1.0], tau=math.nan),
        lambda: ViewState(g=[1.0], psi=-1.0),
        lambda: ViewState(g=[1.0], style=[1.0, 2.0]),
        lambda: ViewState(g=[1.0, 2.0], offsets=(Offset("a", [1.0], 1.0),)),
        lambda: ViewState(g=[1.0, 2.0], map=MapView(origin=[1.0])),
        lambda: ViewState(g=[1.0], offsets=tuple(Offset(str(i), [1.0], 1.0) for i in range(65))),
        lambda: MapView(mode="globe"),  # type: ignore[arg-type]
        lambda: MapView(zoom=0),
        lambda: MapView(anchors=np.ones((5, 2))),
        lambda: MapView(axes=np.ones((3, 2))),
        lambda: MapView(origin=np.ones((3, 2))),
        lambda: Offset("a", [1.0], math.inf),
    ],
)
def test_what_is_no_place_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ViewStateError):
        make()


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    document = to_mapping(full())
    change(document)
    return json.dumps(document)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        "{}",
        "[" * 100_000,
        changed(lambda d: d.update(format="other")),
        changed(lambda d: d.update(version=99)),
        changed(lambda d: d.update(version=True)),
        changed(lambda d: d.update(g=None)),
        changed(lambda d: d.update(g={"f32": "AAAA", "shape": [1]})),
        changed(lambda d: d.update(g={"f32": "AACAPwAAgD8=", "shape": [3]})),
        changed(lambda d: d.update(g={"f32": "AACAPwAAgD8=", "shape": [10**30]})),
        changed(lambda d: d.update(g={"f32": "not base64 ", "shape": [1]})),
        changed(lambda d: d.update(g={"f32": base64.b64encode(b"\0\0\xc0\x7f").decode(), "shape": [1]})),
        changed(lambda d: d.update(offsets=[["a"]])),
        changed(lambda d: d.update(offsets=[[1, None, 2]])),
        changed(lambda d: d.update(tau="wide")),
        changed(lambda d: d.update(psi=10**400)),
        changed(lambda d: d.update(seed=1.5)),
        changed(lambda d: d["map"].update(centre=[1])),
        changed(lambda d: d["map"].update(mode="globe")),
        changed(lambda d: d.pop("map")),
    ],
)
def test_a_text_that_is_no_state_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(ViewStateError, match=r"\w"):
        from_json(text)


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org",
        LINK,
        LINK + "%%%",
        LINK + base64.urlsafe_b64encode(b"not zlib").decode(),
        LINK + base64.urlsafe_b64encode(zlib.compress(b"\xff\xfe")).decode(),
        LINK + base64.urlsafe_b64encode(zlib.compress(b" " * (LARGEST_TEXT + 1))).decode(),
        to_link(ViewState(g=[1.0]))[:-8],
    ],
)
def test_a_link_that_is_none_is_refused(link: str) -> None:
    with pytest.raises(ViewStateError):
        from_link(link)


def test_undo_and_redo_go_back_and_forth_and_a_new_gesture_forgets_the_future() -> None:
    a, b, c = (ViewState(g=[float(index)]) for index in range(3))
    history = StateHistory(a).pushed(b).pushed(c)
    assert not StateHistory(a).can_undo
    back = history.undone()
    assert back.present == b
    assert back.can_redo
    assert back.redone().present == c
    assert back.undone().undone().present == a
    assert not back.pushed(ViewState(g=[9.0])).can_redo
    assert history.redone() is history
    assert history.pushed(c) is history


def test_a_drag_is_one_gesture() -> None:
    a = ViewState(g=[0.0])
    history = StateHistory(a).pushed(ViewState(g=[1.0]))
    for position in (1.1, 1.2, 1.3):
        history = history.pushed(ViewState(g=[position]), merge=True)
    assert history.present.g[0] == np.float32(1.3)
    assert history.undone().present == a


def test_undo_has_an_end() -> None:
    history = StateHistory(ViewState(g=[0.0]))
    for index in range(UNDO_STEPS + 50):
        history = history.pushed(ViewState(g=[index + 1.0]))
    assert len(history.past) == UNDO_STEPS


def test_one_class_has_all_the_weight() -> None:
    assert one_hot(2, 4).tolist() == [0, 0, 1, 0]
