"""Finding, making and using compiled steps: a program at hand is used at once, and whatever fails leaves eager ones."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ganstudio.engine import step_builder
from ganstudio.engine.config import replaced
from ganstudio.engine.step_builder import StepBuilder
from ganstudio.engine.trainer import Trainer
from tests.engine.configs import small


@pytest.fixture(autouse=True)
def _compiling_allowed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(step_builder.SWITCH)
    monkeypatch.setattr("ganstudio.paths.user_cache", lambda: tmp_path)


@pytest.fixture
def builder() -> Iterator[StepBuilder]:
    made = StepBuilder()
    yield made
    made.close()


def waited(builder: StepBuilder, trainer: Trainer) -> None:
    """Look until the process has ended."""
    assert builder._process is not None
    builder._process.wait(60)
    builder._look_again_at = 0.0
    assert builder.poll(trainer)


def instead(monkeypatch: pytest.MonkeyPatch, script: str) -> list[list[str]]:
    """Have another script run in place of the compiler; return what it is called with."""
    calls: list[list[str]] = []
    real = subprocess.Popen

    def started(command: list[str], **how: object) -> subprocess.Popen:
        calls.append(command)
        return real([sys.executable, "-c", script, command[-1]], **how)  # type: ignore[call-overload]

    monkeypatch.setattr(step_builder.subprocess, "Popen", started)
    return calls


def test_a_run_begins_eager_while_its_program_is_made(builder: StepBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    instead(monkeypatch, "import sys; sys.stdin.read()")
    trainer = Trainer(small())
    builder.follow(trainer)
    assert builder.execution == "compiling"
    assert not builder.is_waited_for
    assert trainer.compiled is None


def test_a_run_that_is_to_be_compiled_waits_for_its_program(
    builder: StepBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    instead(monkeypatch, "import sys; sys.stdin.read()")
    builder.follow(Trainer(small(run__execution="compiled")))
    assert builder.is_waited_for


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("import sys; sys.stdin.read(); sys.exit('CppCompileError: no such header')", "no such header"),
        ("import sys; sys.stdin.read(); sys.exit(7)", "code 7"),
        ("import sys; sys.stdin.read()", "code 0"),  # it said that all went well, and left nothing
        ("import sys; sys.stdin.read(); open(sys.argv[1], 'w').write('no library')", "code 0"),
    ],
)
def test_a_compiler_that_fails_leaves_the_run_eager_and_says_why(
    builder: StepBuilder, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    calls = instead(monkeypatch, script)
    trainer = Trainer(small())
    builder.follow(trainer)
    waited(builder, trainer)
    assert builder.execution == "eager"
    assert said in builder.reason
    assert not builder.is_waited_for
    trainer.iterate()
    builder.follow(Trainer(small()))
    assert len(calls) == 1  # what has failed is not tried again and again
    assert said in builder.reason


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"run__execution": "eager"}, "chosen"),
        ({"penalty__name": "r1", "training__penalty_every": 4}, "penalty"),
    ],
)
def test_what_is_not_compiled_says_why(builder: StepBuilder, values: dict[str, object], said: str) -> None:
    builder.follow(Trainer(small(**values)))
    assert builder.execution == "eager"
    assert said in builder.reason


def test_a_machine_without_a_compiler_trains_eagerly(builder: StepBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_builder, "compiler_path", lambda: None)
    builder.follow(Trainer(small()))
    assert builder.execution == "eager"
    assert "C++ compiler" in builder.reason


def test_a_folder_that_others_can_write_to_is_not_used(builder: StepBuilder, tmp_path: Path) -> None:
    (tmp_path / "steps").mkdir()
    (tmp_path / "steps").chmod(0o777)
    builder.follow(Trainer(small()))
    assert builder.execution == "eager"
    assert "others could put code there" in builder.reason


def test_the_switch_in_the_environment_is_obeyed(builder: StepBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(step_builder.SWITCH, "0")
    builder.follow(Trainer(small()))
    assert builder.execution == "eager"
    assert step_builder.SWITCH in builder.reason


def test_another_structure_ends_the_compiler_at_work(builder: StepBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = instead(monkeypatch, "import sys, time; sys.stdin.read(); time.sleep(600)")
    trainer = Trainer(small())
    builder.follow(trainer)
    first = builder._process
    assert first is not None
    trainer.tune(replaced(trainer.config, "training.d_steps", 3))
    builder.follow(trainer)
    assert builder._process is first  # a slider's number needs no other program
    trainer.tune(replaced(trainer.config, "loss.name", "hinge"))
    builder.follow(trainer)
    assert first.poll() is not None
    assert len(calls) == 2


def test_a_compiler_that_does_not_listen_is_ended_all_the_same(
    builder: StepBuilder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    deaf = (
        "import signal, sys, threading; signal.signal(signal.SIGTERM, signal.SIG_IGN); sys.stdin.read(); "
        "open(sys.argv[1] + '.deaf', 'w').close(); threading.Event().wait()"
    )
    instead(monkeypatch, deaf)
    builder.follow(Trainer(small()))
    process = builder._process
    assert process is not None
    while not list((tmp_path / "steps").glob("*.deaf")):
        assert process.poll() is None
    builder.close()
    assert process.returncode is not None


def test_libraries_are_named_by_what_they_depend_on(monkeypatch: pytest.MonkeyPatch) -> None:
    base = step_builder.library_key(small())
    assert step_builder.library_key(small(training__batch_size=20, d_optimizer__lr=0.5)) == base
    assert step_builder.library_key(small(loss__name="hinge")) != base
    monkeypatch.setattr(step_builder, "training_threads", lambda: 2)
    assert step_builder.library_key(small()) != base


def test_only_the_latest_libraries_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_builder, "KEPT_LIBRARIES", 2)
    for index in range(4):
        file = tmp_path / f"{index}.so"
        file.touch()
        os.utime(file, (index, index))
    step_builder._tidy(tmp_path / "3.so")
    assert sorted(file.name for file in tmp_path.glob("*.so")) == ["2.so", "3.so"]


@pytest.mark.slow
def test_a_program_is_made_by_another_process_swapped_in_and_found_again(builder: StepBuilder) -> None:
    trainer = Trainer(small())
    builder.follow(trainer)
    trainer.iterate()
    builder.wait(trainer)
    assert builder.execution == "compiled", builder.reason
    builder.note(trainer)
    assert [(event.step, event.text) for event in trainer.history.events] == [(1, "compiled step")]
    trainer.advance(30)
    assert trainer.step > 2
    again = Trainer(small(d_optimizer__lr=0.01))
    builder.follow(again)
    assert again.compiled is not None  # at once
