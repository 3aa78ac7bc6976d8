"""Real and generated samples in one plane."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ganstudio.engine.latent.bank import Bank
from ganstudio.engine.latent.embed import Embedding
from ganstudio.ui.latent import embed_sample
from ganstudio.ui.latent.embed_canvas import EmbedCanvas
from ganstudio.ui.latent.embed_sample import EmbedSample, cells_of, embedded
from ganstudio.ui.latent.embed_view import EmbedView
from ganstudio.ui.palette import palette
from tests.ui.latent.explorers import digits_model, explorer_of, hosted, points_model, small_bank, until

__all__ = ["small_bank"]


def hand_made() -> EmbedSample:
    """Return real samples at both ends of a line and generated ones at the left end only."""
    left, right = np.tile([0.1, 0.5], (4, 1)), np.tile([0.9, 0.5], (4, 1))
    real = np.concatenate((left, right)).astype(np.float32)
    images = np.arange(8, dtype=np.uint8)[:, None, None, None] * np.ones((1, 4, 4, 1), np.uint8)
    return EmbedSample(
        space="pixels",
        axes_of="both",
        embedding=Embedding(np.zeros(16, np.float32), np.eye(16, dtype=np.float32)[:2], (0.6, 0.3)),
        fake=left.astype(np.float32),
        real=real,
        other=real,
        fake_images=images[:4],
        real_images=images,
        g=np.eye(4, dtype=np.float32),
        classes=None,
        extent=((0.0, 1.0), (0.0, 1.0)),
        step=12,
    )


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embed_sample, "SAMPLES", 64)


def test_a_hole_is_a_cell_with_real_samples_and_no_generated_one() -> None:
    cells = cells_of(hand_made(), 2, 1)
    assert cells.holes.tolist() == [[False, True]]
    assert (cells.counted, cells.by_chance) == (2, 0)
    assert cells.fake[0, 0] >= 0
    assert cells.fake[0, 1] == -1
    assert cells.real[0, 1] >= 4


def test_as_many_other_real_samples_tell_how_many_holes_chance_makes() -> None:
    made = hand_made()
    alone = EmbedSample(**{name: getattr(made, name) for name in made.__slots__} | {"other": made.other[:4]})
    assert cells_of(alone, 2, 1).by_chance == 1


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("space", ["pixels", "features"])
def test_both_kinds_are_projected_with_the_same_axes(space: str) -> None:
    bank = Bank(digits_model(), capacity=64)
    list(bank.fill())
    *waits, made = embedded(bank, space=space)  # type: ignore[arg-type]
    assert set(waits) == {None}
    assert made is not None
    assert made.fake.shape == made.real.shape == made.other.shape == (64, 2)
    if space == "pixels":
        assert made.embedding.project(made.fake_images) == pytest.approx(made.fake, abs=1e-4)
        assert made.embedding.project(made.real_images) == pytest.approx(made.real, abs=1e-4)
    else:
        assert made.embedding.project(bank.features) == pytest.approx(made.fake, abs=1e-4)


@pytest.mark.usefixtures("few")
def test_axes_of_real_samples_alone_do_not_move_with_g() -> None:
    axes = []
    for seed in (0, 5):
        bank = Bank(digits_model(seed=seed), capacity=64)
        list(bank.fill())
        *_, made = embedded(bank, axes_of="real")
        assert made is not None
        axes.append(made.embedding.axes)
    assert np.array_equal(axes[0], axes[1])


@pytest.mark.usefixtures("few")
def test_axes_do_not_flip_from_one_snapshot_to_the_next() -> None:
    bank = Bank(digits_model(), capacity=64)
    list(bank.fill())
    *_, made = embedded(bank)
    assert made is not None
    turned = Embedding(made.embedding.mean, -made.embedding.axes, made.embedding.explained)
    *_, again = embedded(bank, before=turned)
    assert again is not None
    assert again.embedding.axes == pytest.approx(turned.axes)


def test_points_can_be_projected_too() -> None:
    bank = Bank(points_model(), capacity=16)
    list(bank.fill())
    *_, made = embedded(bank)
    assert made is not None
    assert made.fake.shape == (16, 2)


def test_a_click_on_a_thumbnail_and_on_a_hole_say_which(qtbot: QtBot) -> None:
    canvas = EmbedCanvas(palette("light"))
    qtbot.addWidget(canvas)
    canvas.resize(220, 120)
    canvas.show_sample(hand_made())
    canvas.set_cell(50)
    canvas.show()
    cells = canvas.cells
    assert cells is not None
    seat, hole = np.argwhere(cells.fake >= 0)[0], np.argwhere(cells.holes)[0]
    with qtbot.waitSignal(canvas.fake_clicked) as fake:
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=canvas.cell_rect(*seat).center().toPoint())
    with qtbot.waitSignal(canvas.real_clicked) as real:
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=canvas.cell_rect(*hole).center().toPoint())
    assert fake.args[0] < 4
    assert real.args[0] >= 4


@pytest.mark.usefixtures("small_bank", "few")
def test_the_view_shows_the_bank_and_goes_where_one_clicks(qtbot: QtBot) -> None:
    with explorer_of(digits_model()) as explorer:
        view = EmbedView(explorer)
        _host = hosted(qtbot, view, 500, 400)
        until(qtbot, lambda: view.sample is not None and len(view.sample.fake) == 64)
        assert view.sample is not None
        assert "cells with 3 or more real samples" in view.words.text()
        view.canvas.fake_clicked.emit(5)
        assert np.array_equal(explorer.state.g, view.sample.g[5])
        with qtbot.waitSignal(view.real_chosen) as chosen:
            view.canvas.real_clicked.emit(3)
        assert np.array_equal(chosen.args[0], view.sample.real_images[3])
        view.space.set_value("features")
        until(qtbot, lambda: view.sample is not None and view.sample.space == "features")
        view.set_palette(palette("light"))
        assert not view.grab().isNull()


@pytest.mark.usefixtures("small_bank")
def test_hidden_it_asks_for_nothing(qtbot: QtBot) -> None:
    with explorer_of(digits_model()) as explorer:
        view = EmbedView(explorer)
        qtbot.addWidget(view)
        until(qtbot, lambda: not explorer.queue.is_pulling)
        explorer.bank_changed.emit()
        assert not explorer.queue.is_pulling
        assert explorer.bank is None
        assert view.sample is None
