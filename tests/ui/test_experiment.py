"""The experiment: what an edit sends, what waits, and the way back."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ganstudio.engine import messages as m
from ganstudio.engine.config import RunConfig, replaced, value_at
from ganstudio.engine.params import ConfigError
from ganstudio.ui.experiment import Experiment, described
from tests.engine.configs import small


class Bench:
    """An experiment, and what it sent."""

    def __init__(self, config: RunConfig) -> None:
        self.sent: list[m.Command] = []
        self.experiment = Experiment(config, self.sent.append, title="Small")
        self.experiment.saw_started(config)


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(small())


def test_a_live_edit_is_sent_at_once(bench: Bench) -> None:
    bench.experiment.edit("training.d_steps", 5)
    assert bench.sent == [m.Tune(replaced(small(), "training.d_steps", 5))]
    assert bench.experiment.pending == ()


def test_any_other_edit_waits_and_a_live_one_beside_it_does_not(bench: Bench) -> None:
    bench.experiment.edit("generator.width", 16)
    assert bench.sent == []
    assert [change.path for change in bench.experiment.pending] == ["generator.width"]
    bench.experiment.edit("training.d_steps", 5)
    assert bench.sent == [m.Tune(replaced(small(), "training.d_steps", 5))]


def test_reset_applies_what_waits_and_keeps_the_seed(bench: Bench) -> None:
    bench.experiment.edit("run.seed", 7)
    bench.experiment.edit("generator.width", 16)
    bench.experiment.reset()
    assert bench.sent == [m.Reset(small(run__seed=7, generator__width=16))]
    assert bench.experiment.pending == ()


def test_what_waits_can_be_discarded(bench: Bench) -> None:
    bench.experiment.edit("generator.width", 16)
    bench.experiment.discard_pending()
    assert bench.experiment.config == small()
    assert bench.sent == []


def test_a_dragged_slider_sends_a_few_tunes_the_last_one_included(bench: Bench, qtbot: QtBot) -> None:
    for position in range(1, 51):
        bench.experiment.edit("d_optimizer.lr", position / 1000)
    last = m.Tune(replaced(small(), "d_optimizer.lr", 0.05))
    qtbot.waitUntil(lambda: bool(bench.sent) and bench.sent[-1] == last)
    assert len(bench.sent) < 10


def test_a_drag_is_one_step_of_undo_and_edits_of_two_settings_are_two(bench: Bench) -> None:
    experiment = bench.experiment
    for k in (2, 3, 4):
        experiment.edit("training.d_steps", k)
    experiment.edit("training.g_steps", 2)
    experiment.undo()
    assert experiment.config == small(training__d_steps=4)
    experiment.undo()
    assert experiment.config == small()
    assert not experiment.can_undo
    experiment.redo()
    experiment.redo()
    assert experiment.config == small(training__d_steps=4, training__g_steps=2)
    assert not experiment.can_redo


def test_undo_of_a_live_edit_is_sent_too(bench: Bench, qtbot: QtBot) -> None:
    bench.experiment.edit("training.d_steps", 5)
    bench.experiment.undo()
    qtbot.waitUntil(lambda: bench.sent[-1] == m.Tune(small()))


def test_a_new_edit_forgets_what_was_undone(bench: Bench) -> None:
    bench.experiment.edit("training.d_steps", 5)
    bench.experiment.undo()
    bench.experiment.edit("training.g_steps", 2)
    assert not bench.experiment.can_redo


def test_a_refused_value_changes_nothing(bench: Bench) -> None:
    with pytest.raises(ConfigError, match="1 to 20"):
        bench.experiment.edit("training.d_steps", 99)
    assert bench.experiment.config == small()
    assert bench.sent == []
    assert not bench.experiment.can_undo


def test_a_new_seed_begins_a_run_that_differs_in_nothing_else(bench: Bench) -> None:
    bench.experiment.new_seed()
    (reset,) = bench.sent
    assert isinstance(reset, m.Reset)
    assert replaced(reset.config, "run.seed", 0) == small()
    bench.experiment.new_seed(12)
    assert value_at(bench.experiment.config, "run.seed") == 12


def test_loading_a_preset_resets_and_undo_brings_the_other_back(bench: Bench) -> None:
    other = small(loss__name="hinge", generator__width=16)
    bench.experiment.edit("training.d_steps", 5)
    bench.experiment.load(other, "Other")
    assert bench.sent[-1] == m.Reset(other)
    assert (bench.experiment.title, bench.experiment.is_changed) == ("Other", False)
    bench.experiment.undo()
    assert bench.sent[-1] == m.Reset(small(training__d_steps=5))
    assert (bench.experiment.title, bench.experiment.is_changed) == ("Small", True)


def test_the_presets_value_of_an_exchanged_entrys_setting_is_its_default(bench: Bench) -> None:
    experiment = bench.experiment
    experiment.edit("loss.name", "wasserstein_clip")
    assert experiment.differs("loss.name")
    assert experiment.preset_value("loss.clip") == 0.01
    assert not experiment.differs("loss.clip")
    experiment.revert("loss.name")
    assert experiment.config == small()


def test_a_checkpoint_brings_its_settings_and_its_name(bench: Bench, tmp_path: Path) -> None:
    saved = small(loss__name="hinge")
    bench.experiment.load_checkpoint(tmp_path / "tuesday.safetensors")
    assert bench.sent == [m.Load(tmp_path / "tuesday.safetensors")]
    bench.experiment.saw_started(saved)
    assert (bench.experiment.config, bench.experiment.title) == (saved, "tuesday")
    assert not bench.experiment.is_changed


def test_edits_made_while_a_reset_is_on_its_way_stay(bench: Bench) -> None:
    bench.experiment.edit("generator.width", 16)
    bench.experiment.reset()
    bench.experiment.edit("training.d_steps", 5)
    bench.experiment.saw_started(small(generator__width=16))
    assert bench.experiment.config == small(generator__width=16, training__d_steps=5)
    assert bench.experiment.pending == ()


def test_after_a_refused_reset_its_changes_wait_again(bench: Bench) -> None:
    bench.experiment.saw_snapshot(small())
    bench.experiment.edit("run.device", "cuda:9")
    bench.experiment.reset()
    bench.experiment.saw_failure(m.Reset(bench.experiment.config))
    assert [change.path for change in bench.experiment.pending] == ["run.device"]
    assert bench.experiment.config.run.device == "cuda:9"


def test_a_run_that_begins_after_another_failure_is_not_taken_for_a_checkpoint(bench: Bench) -> None:
    bench.experiment.saw_snapshot(small())
    bench.experiment.edit("generator.width", 16)
    bench.experiment.reset()
    bench.experiment.saw_failure(m.Save(Path("x")))  # of a command sent before
    bench.experiment.reset()
    bench.experiment.saw_started(bench.experiment.config)
    bench.experiment.saw_started(bench.experiment.config)
    assert bench.experiment.reference == small()
    assert bench.experiment.title == "Small"


def test_changes_are_described_in_the_words_of_the_form(bench: Bench) -> None:
    bench.experiment.edit("generator.width", 16)
    bench.experiment.edit("prior.name", "uniform")
    words = [described(change, bench.experiment.config) for change in bench.experiment.pending]
    assert "Width 8 → 16" in words
    assert "Latent prior Normal → Uniform" in words


def test_of_two_resets_a_refused_first_one_leaves_the_second(bench: Bench) -> None:
    bench.experiment.saw_snapshot(small())
    refused = replaced(small(), "run.device", "cuda:9")
    bench.experiment.load(refused, "Refused")
    bench.experiment.load(small(loss__name="hinge"), "Hinge")
    bench.experiment.saw_failure(m.Reset(refused))
    bench.experiment.saw_started(small(loss__name="hinge"))
    assert bench.experiment.running == bench.experiment.config == small(loss__name="hinge")
    assert bench.experiment.title == "Hinge"


def test_a_reset_after_a_checkpoint_takes_its_place(bench: Bench, tmp_path: Path) -> None:
    bench.experiment.load_checkpoint(tmp_path / "tuesday.gan.safetensors")
    bench.experiment.reset()
    bench.experiment.saw_started(small(loss__name="hinge"))
    bench.experiment.saw_started(small())
    assert (bench.experiment.config, bench.experiment.title) == (small(), "Small")


def test_what_is_edited_while_a_checkpoint_is_read_is_sent_if_it_cannot_be(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "broken.gan.safetensors"
    bench.experiment.load_checkpoint(path)
    bench.experiment.edit("training.d_steps", 5)
    assert bench.sent == [m.Load(path)]
    bench.experiment.saw_failure(m.Load(path))
    assert bench.sent[-1] == m.Tune(small(training__d_steps=5))


def test_undo_of_a_new_seed_begins_a_run_with_the_old_one_and_leaves_nothing_waiting(bench: Bench) -> None:
    experiment = bench.experiment
    experiment.new_seed(7)
    experiment.undo()
    assert bench.sent == [m.Reset(small(run__seed=7)), m.Reset(small())]
    assert experiment.pending == ()
    experiment.redo()
    assert bench.sent[-1] == m.Reset(small(run__seed=7))
    assert experiment.pending == ()


def test_undo_of_a_preset_that_was_chosen_a_second_time_leaves_nothing_waiting(bench: Bench) -> None:
    experiment = bench.experiment
    experiment.load(small(), "Small")
    experiment.edit("generator.width", 16)
    experiment.reset()
    experiment.load(small(), "Small")
    experiment.undo()
    assert experiment.config == small(generator__width=16)
    assert bench.sent[-1] == m.Reset(experiment.config)
    assert experiment.pending == ()


def test_an_edit_that_waits_still_waits_after_undo_and_redo(bench: Bench) -> None:
    experiment = bench.experiment
    experiment.edit("generator.width", 16)
    experiment.undo()
    experiment.redo()
    assert [change.path for change in experiment.pending] == ["generator.width"]
    assert bench.sent == []


def test_a_seed_that_is_typed_again_begins_the_same_run_again(bench: Bench) -> None:
    bench.experiment.new_seed(small().run.seed)
    assert bench.sent == [m.Reset(small())]
    assert not bench.experiment.can_undo
