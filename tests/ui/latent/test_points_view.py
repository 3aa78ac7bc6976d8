"""The latent square and its image under G, linked."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from ganstudio.engine.latent.models import LatentModel
from ganstudio.engine.latent.square import PriorSquare
from ganstudio.ui.latent.points_sample import PointsSample, points_sample
from ganstudio.ui.latent.points_view import PointsView
from ganstudio.ui.palette import ThemeName, palette
from tests.ui.latent.explorers import digits_model, explorer_of, hosted, points_model, until


def line_name() -> str:
    """Return the name of some data on a line."""
    from ganstudio.engine.distributions import distributions

    return next(name for name in distributions.names() if distributions.get(name)().layout == "line")


def made(model: LatentModel) -> PointsSample:
    *_, found = points_sample(model)
    assert found is not None
    return found


@pytest.mark.parametrize("dim", [1, 2])
def test_between_the_lattice_points_it_is_as_between_g_s_own(dim: int) -> None:
    model = points_model(dim=dim)
    sample, square = made(model), PriorSquare(dim)
    for u, v in ((0.21, 0.77), (0.5, 0.5), (0.83, 0.12)):
        exact = model.render(square.at(np.array([u]), np.array([v])))[0]
        assert sample.place(u, v) == pytest.approx(exact, abs=0.02 * float(sample.image.points.std()))


def test_on_a_line_there_are_densities_and_quantiles() -> None:
    sample = made(points_model(line_name(), dim=1))
    for kind in ("real", "fake"):
        edges, heights = sample.histogram(kind)
        assert (heights * np.diff(edges)).sum() <= 1 + 1e-9
    levels, quantiles = sample.quantiles()
    assert (np.diff(quantiles) >= 0).all()
    assert (levels[0], levels[-1]) == pytest.approx((0.5 / 201, 200.5 / 201))


@pytest.mark.parametrize(("data", "dim"), [("ring8", 2), ("ring8", 1), ("ring8", 5), ("line", 1), ("line", 2)])
def test_every_kind_is_painted_and_marks_the_present_place(qtbot: QtBot, data: str, dim: int) -> None:
    with explorer_of(points_model(line_name() if data == "line" else data, dim)) as explorer:
        view = PointsView(explorer)
        host = hosted(qtbot, view, 700, 400)
        until(qtbot, lambda: view.sample is not None and explorer.picture is not None)
        until(qtbot, lambda: view.plane._here is not None and view.square._here is not None)
        assert explorer.picture is not None
        assert view.plane._here is not None
        assert view.plane._here[1] == pytest.approx(float(explorer.picture.shown[-1]))
        themes: tuple[ThemeName, ...] = ("dark", "light")
        for theme in themes:
            view.set_palette(palette(theme))
            image = host.grab().toImage()
            assert len({image.pixel(x, y) for x in range(0, 700, 2) for y in range(40, 360, 8)}) > 8


def test_a_press_in_the_square_goes_there_and_a_drag_is_one_step(qtbot: QtBot) -> None:
    with explorer_of(points_model()) as explorer:
        view = PointsView(explorer)
        _host = hosted(qtbot, view, 700, 400)
        until(qtbot, lambda: view.sample is not None)
        before, square = explorer.state, view.square.view()
        start = QPoint(round(float(square.px(0.25))), round(float(square.py(0.75))))
        qtbot.mousePress(view.square, Qt.MouseButton.LeftButton, pos=start)
        for step in (8, 16):
            qtbot.mouseMove(view.square, start + QPoint(step, 0))
        qtbot.mouseRelease(view.square, Qt.MouseButton.LeftButton, pos=start)
        u, v = square.data(start.x() + 16, start.y())
        assert explorer.state.g == pytest.approx(PriorSquare(2).at(np.array([u]), np.array([1 - v]))[0], abs=1e-5)
        assert view.square._here == pytest.approx((u, v), abs=1e-5)
        explorer.undo()
        assert explorer.state == before


def test_pointing_at_z_shows_x_and_back(qtbot: QtBot) -> None:
    with explorer_of(points_model()) as explorer:
        view = PointsView(explorer)
        _host = hosted(qtbot, view, 700, 400)
        until(qtbot, lambda: view.sample is not None)
        assert view.sample is not None
        view.square.pointed.emit((0.3, 0.6))
        (x,) = view.plane._hints
        assert x == pytest.approx(view.sample.place(0.3, 0.4))
        view.plane.pointed.emit(x)
        found = view.sample.place(view.square._hints[0][0], 1 - view.square._hints[0][1])
        assert found == pytest.approx(x, abs=0.1 * float(view.sample.image.points.std()))
        view.plane.pointed.emit(None)
        assert view.square._hints == ()
        view.plane.picked.emit(x, False)
        assert explorer.picture is not None or explorer.queue.is_pulling
        wanted = view.sample.place(*_place(explorer.state.g))
        assert wanted == pytest.approx(x, abs=0.1 * float(view.sample.image.points.std()))


def _place(g: np.ndarray) -> tuple[float, float]:
    x, y = PriorSquare(2).locate(g[None])
    return float(x[0]), float(y[0])


def test_a_new_snapshot_is_shown_without_an_empty_moment(qtbot: QtBot) -> None:
    first = points_model()
    with explorer_of(first) as explorer:
        view = PointsView(explorer)
        _host = hosted(qtbot, view, 700, 400)
        until(qtbot, lambda: view.sample is not None)
        before = view.sample
        explorer.set_model(first.with_weights(first.weights))
        assert view.sample is before
        until(qtbot, lambda: view.sample is not before)
        assert view.sample is not None
        assert before is not None
        assert view.sample.real is before.real


def test_images_are_not_for_this_view_and_hidden_it_asks_for_nothing(qtbot: QtBot) -> None:
    with explorer_of(digits_model()) as explorer:
        view = PointsView(explorer)
        _host = hosted(qtbot, view)
        assert "images" in view.square.message
    with explorer_of(points_model(), active=False) as explorer:
        view = PointsView(explorer)
        _host = hosted(qtbot, view)
        assert not explorer.queue.is_pulling
