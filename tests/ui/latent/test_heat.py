"""Numbers over the map's and the grid's pictures as a tint."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from ganstudio.engine.latent.sensitivity import sensitivities
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.grid_canvas import GridCanvas
from ganstudio.ui.latent.heat_tint import spread, tint
from ganstudio.ui.latent.map_canvas import MapCanvas
from ganstudio.ui.palette import palette
from tests.ui.latent.explorers import digits_model, explorer_of, hosted, until
from tests.ui.latent.explorers import small_bank as small_bank


@pytest.fixture
def explorer(small_bank: None) -> Iterator[Explorer]:
    with explorer_of(digits_model()) as made:
        yield made


def test_a_signed_tint_has_ds_two_colours_and_none_in_the_middle() -> None:
    colors = palette("dark")
    image = tint(np.array([[0.0, 0.5, 1.0, np.nan]], np.float32), colors, signed=True)
    found = [image.pixelColor(x, 0) for x in range(4)]
    assert found[0].name() == QColor(colors.score_low).name()
    assert found[2].name() == QColor(colors.score_high).name()
    assert [color.alpha() > 0 for color in found] == [True, False, True, False]


def test_a_plain_tint_grows_from_nothing_between_the_outer_percentiles() -> None:
    shares, low, high = spread(np.append(np.arange(101), np.nan).astype(np.float32))
    assert (low, high) == (5, 95)
    assert np.isnan(shares[-1])
    image = tint(shares[None], palette("dark"), signed=False)
    alphas = [image.pixelColor(x, 0).alpha() for x in (0, 5, 50, 95, 100, 101)]
    assert alphas[0] == alphas[1] == alphas[-1] == 0
    assert 0 < alphas[2] < alphas[3] == alphas[4]


@pytest.mark.parametrize("kind", ["score", "nearest", "jacobian"])
def test_every_tile_of_the_map_gets_its_number(explorer: Explorer, qtbot: QtBot, kind: str) -> None:
    canvas, model = MapCanvas(explorer), explorer.model
    host = hosted(qtbot, canvas, 420, 320)
    surface, heat = canvas.surface, canvas.surface.heat
    assert heat.shown(explorer.palette) is None
    canvas.heat.setCurrentIndex(canvas.heat.findData(kind))
    canvas.heat.activated.emit(canvas.heat.currentIndex())
    until(qtbot, lambda: len(surface.tiles.keys) > 0 and all(heat.words(key) for key in surface.tiles.keys))
    shown = heat.shown(explorer.palette)
    assert shown is not None
    assert (shown[0].height(), shown[0].width()) == surface.tiles.atlas.state.shape
    key = surface.tiles.keys[3]
    picture = surface.tiles.cache.get(key)
    assert model is not None
    assert surface.places is not None
    assert picture is not None
    if kind == "score":
        assert explorer.scores is not None
        wanted = explorer.scores.ranks(model.judged(picture[None]))[0]
    elif kind == "nearest":
        assert explorer.nearest is not None
        wanted = explorer.nearest.query(picture[None], 1).distances[0, 0]
    else:
        wanted = sensitivities(model, surface.places.latent(*key.centre)[0][None])[0]
    assert heat._values[key] == pytest.approx(wanted, rel=1e-3, abs=2e-2 if kind == "score" else 0)
    surface.grab()
    host.close()


def test_no_heat_asks_for_nothing(explorer: Explorer, qtbot: QtBot) -> None:
    canvas = MapCanvas(explorer)
    host = hosted(qtbot, canvas, 420, 320)
    until(qtbot, lambda: canvas.surface.tiles.progress[0] > 0)
    canvas.surface.heat.later()
    assert not canvas.surface.heat._soon.isActive()
    host.close()


def test_the_grid_is_tinted_by_what_it_is_sorted_by(explorer: Explorer, qtbot: QtBot) -> None:
    canvas = GridCanvas(explorer)
    host = hosted(qtbot, canvas, 600, 400)
    until(qtbot, lambda: canvas.sheet.count == 128)
    assert not canvas.tinted.isEnabled()
    canvas.sort.setCurrentIndex(canvas.sort.findData("score"))
    canvas.sort.activated.emit(canvas.sort.currentIndex())
    canvas.tinted.setChecked(True)
    assert canvas.sheet._tint is not None
    shares, _ = canvas.sheet._tint
    assert explorer.bank is not None
    assert int(shares.argmax()) == int(explorer.bank.logits[:128].argmax())
    canvas.sheet.grab()
    canvas.tinted.setChecked(False)
    assert canvas.sheet._tint is None
    host.close()
