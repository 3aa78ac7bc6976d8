"""Style mixing by layer."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from ganstudio.engine.latent.models import StyleMix
from ganstudio.ui.latent.style_strip import StyleStrip
from tests.ui.latent.explorers import digits_model, explorer_of, hosted, until


def is_full(strip: StyleStrip) -> bool:
    return strip.strip.count > 0 and all(image is not None for image in strip.strip.images)


def test_the_strip_is_hidden_for_a_model_without_styles(qtbot: QtBot) -> None:
    with explorer_of(digits_model()) as explorer:
        strip = StyleStrip(explorer)
        _host = hosted(qtbot, strip)
        assert not strip.isVisible()
        assert strip.strip.count == 0


def test_each_picture_takes_the_other_style_from_its_layer_on(qtbot: QtBot) -> None:
    model = digits_model("style")
    with explorer_of(model) as explorer:
        strip = StyleStrip(explorer)
        _host = hosted(qtbot, strip)
        other = np.linspace(-1, 1, model.dim).astype(np.float32)
        strip.offer(other)
        until(qtbot, lambda: is_full(strip))
        until(qtbot, lambda: not explorer.queue.is_pulling)
        g = explorer.state.point()[None]
        shown = [image for image in strip.strip.images if image is not None]
        for layer in (0, 2):
            wanted = model.render(g, style=StyleMix(other, layer))[0]
            assert np.array_equal(shown[layer], wanted)
        assert np.array_equal(shown[-1], model.render(g)[0])


def test_a_click_takes_a_mixture_and_off_gives_it_back(qtbot: QtBot) -> None:
    model = digits_model("style")
    with explorer_of(model) as explorer:
        strip = StyleStrip(explorer)
        _host = hosted(qtbot, strip)
        strip.strip.clicked.emit(2)
        assert explorer.state.style is not None
        assert explorer.state.style_from == 2
        assert strip.words.text() == f"layers 3 to {model.style_layers} from the other latent"
        strip.random_button.click()
        assert explorer.state.style is not None
        assert strip.strip.selected == 2
        strip.off_button.click()
        assert explorer.state.style is None
        assert strip.strip.selected == model.style_layers


def test_the_present_place_can_lend_its_style(qtbot: QtBot) -> None:
    with explorer_of(digits_model("style")) as explorer:
        strip = StyleStrip(explorer)
        _host = hosted(qtbot, strip)
        place = explorer.state.point()
        strip.take_button.click()
        explorer.set_seed(9)
        strip.strip.clicked.emit(1)
        assert explorer.state.style is not None
        assert np.array_equal(explorer.state.style, place)


def test_hidden_it_asks_for_nothing(qtbot: QtBot) -> None:
    with explorer_of(digits_model("style"), active=False) as explorer:
        strip = StyleStrip(explorer)
        _host = hosted(qtbot, strip)
        explorer.set_seed(4)
        assert not explorer.queue.is_pulling
        assert strip.strip.images[0] is None
