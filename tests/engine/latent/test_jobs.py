"""What the window asks for, end to end through the worker."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from ganstudio.engine.latent import jobs
from ganstudio.engine.latent.bank import Bank
from ganstudio.engine.latent.class_grid import ClassGrid
from ganstudio.engine.latent.coordinates import truncated
from ganstudio.engine.latent.directions.local import Local, local
from ganstudio.engine.latent.inversion import Progress, inverted
from ganstudio.engine.latent.lattice import Lattice
from ganstudio.engine.latent.models import opened
from ganstudio.engine.latent.renderer import Finished, Lane, Rendered, Renderer
from ganstudio.engine.latent.scores import ScoreReference
from ganstudio.engine.latent.tiles import View, centres, visible
from ganstudio.engine.latent.view_state import ViewState
from ganstudio.engine.latent.walk import Retiming, Walk
from tests.engine.latent.nets import config, copied, linear, perceptron

RNG = np.random.default_rng(8)


@pytest.fixture
def renderer() -> Iterator[Renderer]:
    with Renderer() as worker:
        yield worker


def results(renderer: Renderer, ticket: int) -> list[object]:
    found: list[object] = []
    while True:
        assert renderer.wait(20.0)
        for event in renderer.take():
            assert isinstance(event, Rendered | Finished), event
            if isinstance(event, Rendered):
                found.append(event.value)
            elif event.ticket == ticket:
                return found


def state(dim: int = 6, **known: object) -> ViewState:
    return ViewState(g=RNG.standard_normal(dim).astype(np.float32), **known)  # type: ignore[arg-type]


def test_a_picture_comes_at_once_and_again_with_its_score(renderer: Renderer) -> None:
    mine, here = perceptron(), state(tau=1.5)
    first, second = results(renderer, renderer.submit(Lane.FOCUS, lambda: jobs.picture(mine, here)))
    assert isinstance(first, jobs.Picture)
    assert isinstance(second, jobs.Picture)
    assert math.isnan(first.logit)
    assert second.logit == pytest.approx(float(mine.judged(second.shown[None])[0]), abs=0.05)
    assert np.array_equal(first.shown, mine.render(here.g[None], tau=1.5)[0])
    assert first.length < np.linalg.norm(here.g)
    assert first.z == pytest.approx(truncated(mine.z(_tensor(here.g)), 1.5)[0].numpy(), abs=1e-6)


def _tensor(g: np.ndarray) -> object:
    import torch

    return torch.tensor(g)[None]


def test_a_picture_heeds_offsets_and_needs_no_discriminator(renderer: Renderer) -> None:
    mine = linear()
    here = state().with_offset("a", np.eye(6)[1], 1.0)
    (only,) = results(renderer, renderer.submit(Lane.FOCUS, lambda: jobs.picture(mine, here)))
    assert isinstance(only, jobs.Picture)
    assert np.array_equal(only.shown, mine.render(here.point()[None])[0])
    assert only.g.tobytes() == here.point().tobytes()


def test_the_maps_tiles_come_from_the_middle_outwards_and_show_what_lies_there(renderer: Renderer) -> None:
    mine, here = perceptron(), state(seed=4)
    surface = Lattice(here.seed, 6)
    keys = visible(View(0, 0, 8, 96, 96), "map", 8)
    ticket = renderer.submit(Lane.TILES, lambda: jobs.tiles(mine, surface, keys, here))
    batches = results(renderer, ticket)
    assert [key for batch in batches for key in batch.keys] == keys  # type: ignore[attr-defined]
    made = np.concatenate([batch.pictures for batch in batches])  # type: ignore[attr-defined]
    assert np.abs(made.astype(int) - mine.render(surface.at(*centres(keys)))).max() <= 1
    assert len(made) == 144


def test_tiles_of_the_class_grid_have_their_classes() -> None:
    mine, here = perceptron(classes=3), state(class_weights=[1, 0, 0])
    grid = ClassGrid(0, 6, 3)
    keys = visible(View(1.5, 1, 8, 24, 16), "map", 8)
    (batch,) = jobs.tiles(mine, grid, keys, here)
    x, y = centres(keys)
    assert np.array_equal(batch.pictures, mine.render(grid.at(x, y), grid.class_weights(x, y)))


def test_local_directions_keep_their_order_while_one_moves(renderer: Renderer) -> None:
    mine, here = perceptron(smooth=True), state()
    (first,) = results(renderer, renderer.submit(Lane.BACKGROUND, lambda: jobs.local_directions(mine, here)))
    assert isinstance(first, Local)
    turned = replace(first.directions, vectors=-first.directions.vectors[::-1])
    near = replace(here, g=here.g + np.float32(0.01))
    (second,) = results(renderer, renderer.submit(Lane.BACKGROUND, lambda: jobs.local_directions(mine, near, turned)))
    assert isinstance(second, Local)
    assert ((second.directions.vectors * turned.vectors).sum(1) > 0.5).all()


def test_scores_are_ranked_among_the_bank_and_real_images() -> None:
    mine = perceptron()
    bank = Bank(mine, capacity=64)
    list(bank.fill())
    reals = RNG.integers(0, 256, (40, 8, 8, 1), dtype=np.uint8)
    *waits, reference = jobs.score_reference(mine, bank, reals)
    assert waits == [None] * 3
    assert isinstance(reference, ScoreReference)
    assert reference.reals == pytest.approx(np.sort(mine.judged(reals)), rel=1e-5)
    assert reference.rank(float(bank.logits.max())).among_fakes > 0.95
    *_, none = jobs.score_reference(mine, bank, reals[:0])
    assert none is not None
    assert len(none.reals) == 0


def test_filmstrips_begin_with_the_slider_that_is_moved(renderer: Renderer) -> None:
    mine, here = perceptron(smooth=True), state()
    found = local(mine.generator(), here.g).directions.top(4)
    strips = results(renderer, renderer.submit(Lane.TILES, lambda: jobs.strips(mine, here, found, first=2)))
    assert [strip.index for strip in strips] == [2, 0, 1, 3]  # type: ignore[attr-defined]
    middle = strips[0].pictures[3]  # type: ignore[attr-defined]
    assert np.abs(middle.astype(int) - mine.render(here.g[None])[0]).max() <= 1
    assert all(strip.sigma > 0 for strip in strips)  # type: ignore[attr-defined]


def test_a_walk_is_retimed_and_its_frames_are_made_one_by_one() -> None:
    mine, here = perceptron(), state()
    walk = Walk(np.stack([state().g for _ in range(3)]), closed=True)
    *waits, retiming = jobs.retimed(mine, walk, here)
    assert set(waits) == {None}
    assert isinstance(retiming, Retiming)
    frames = list(jobs.frames(mine, walk, 30, retiming=retiming, state=here))
    assert len(frames) == 30
    assert np.abs(frames[0].astype(int) - mine.render(walk.keys[:1])[0]).max() <= 1
    plain = list(jobs.frames(mine, walk, 30))

    def unevenness(pictures: list[np.ndarray]) -> float:
        steps = np.linalg.norm(np.diff(np.stack(pictures).reshape(30, -1).astype(float), axis=0), axis=1)
        return float(steps.std() / steps.mean())

    assert unevenness(frames) < unevenness(plain)


def test_a_walk_through_classes_mixes_them() -> None:
    mine = perceptron(classes=2)
    walk = Walk(np.stack([state().g] * 2), classes=np.eye(2, dtype=np.float32))
    frames = list(jobs.frames(mine, walk, 3))
    assert np.array_equal(frames[1], mine.render(walk.keys[:1], np.array([0.5, 0.5], np.float32))[0])


def test_a_search_and_a_bank_go_on_while_pictures_are_dragged(renderer: Renderer) -> None:
    mine = perceptron()
    bank = Bank(mine, capacity=512)
    target = mine.render(state().g[None])[0]
    renderer.submit(Lane.BACKGROUND, bank.fill, "bank")
    search = renderer.submit(Lane.BACKGROUND, lambda: inverted(mine, target, bank, steps=30), "inversion")
    shown, asked, done, progress = 0, 0, False, []
    while asked < 400 and not done:
        asked += 1
        renderer.submit(Lane.FOCUS, lambda: jobs.picture(mine, state()))
        assert renderer.wait(20.0)
        for event in renderer.take():
            assert isinstance(event, Rendered | Finished), event
            shown += isinstance(event, Rendered) and event.lane is Lane.FOCUS and event.index == 0
            done |= isinstance(event, Finished) and event.ticket == search
            if isinstance(event, Rendered) and isinstance(event.value, Progress):
                progress.append(event.value)
    if not done:
        progress += [value for value in results(renderer, search) if isinstance(value, Progress)]
    assert shown >= asked / 2
    assert progress[-1].is_done
    assert progress[-1].errors[0] < progress[0].errors[0]


def test_what_g_ate_is_told_for_files() -> None:
    mine = opened(copied(config(prior="uniform")))
    g = RNG.standard_normal((4, 5)).astype(np.float32)
    z = jobs.latents(mine, g)
    assert (np.abs(z) < 1).all()
    assert np.array_equal(jobs.latents(mine, g, tau=math.inf, psi=1.0), z)
    assert np.abs(jobs.latents(mine, g, psi=0.5)).max() < np.abs(z).max()


def test_a_style_is_mixed_into_pictures_and_batches() -> None:
    mine = opened(copied(config("style")))
    here = state(5, style=RNG.standard_normal(5), style_from=0)
    first, *_ = jobs.picture(mine, here)
    assert np.array_equal(first.shown, mine.render(here.style[None])[0])  # type: ignore[index]
    (batch,) = jobs.pictures(mine, here.g[None], state=replace(here, psi=0.5))
    assert np.array_equal(batch.pictures, mine.render(here.style[None], psi=0.5))  # type: ignore[index]
