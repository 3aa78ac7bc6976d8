"""What the benchmark says of a start."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ganstudio import app
from ganstudio.bench import start
from ganstudio.bench.start import Taken
from ganstudio.engine.config import RunConfig


def test_every_start_is_compared_with_the_import_measured_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[str] = []
    alone = iter([Taken(1.0, 0.9), Taken(4.0, 1.1), Taken(1.2, 1.0)])
    whole = iter([Taken(2.2, 2.0), Taken(9.0, 2.4), Taken(2.5, 2.3)])

    def started(preset: Path, folder: Path) -> dict[str, Taken]:
        turns.append("start")
        assert "version = " in preset.read_text("utf-8")
        return dict.fromkeys(start.NAMES, Taken(0.3, 0.2)) | {"thousand_steps": next(whole)}

    monkeypatch.setattr(start, "_start", started)
    monkeypatch.setattr(start, "_import_torch", lambda: turns.append("torch") or next(alone))
    found = {item.name: item for item in start.measure(RunConfig(), quick=True)}
    assert turns == 3 * ["torch", "start"]
    assert found["import torch, by itself"].value == 1.2
    assert found["first paint (splash)"].kept
    assert found["first step seen, of the processors"].value == 0.2
    less = found["1,000 steps seen, less torch's import"]
    assert (less.value, less.low, less.high) == pytest.approx((1.3, 1.2, 5.0))
    assert less.kept
    assert found["1,000 steps seen, less torch's import, of the processors"].value == pytest.approx(1.3)


def test_times_are_counted_from_before_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import json, os, sys, time; from pathlib import Path; "
        f"Path(os.environ[{app.MILESTONES!r}]).write_text(json.dumps({{'window': [time.time(), 0.25]}})); "
        "assert sys.argv[1].endswith('preset.toml')"
    )
    monkeypatch.setattr(start, "CODE", code)
    taken = start._start(tmp_path / "preset.toml", tmp_path)
    assert taken["window"].clock > 0
    assert taken["window"].processor == 0.25


@pytest.mark.parametrize(
    ("code", "said"), [("import sys; sys.exit('no display')", "no display"), ("", "did not start")]
)
def test_a_start_that_fails_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, said: str) -> None:
    monkeypatch.setattr(start, "CODE", code)
    with pytest.raises(RuntimeError, match=said):
        start._start(tmp_path / "preset.toml", tmp_path)


def test_the_import_by_itself_is_measured_by_clock_and_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "TORCH", start.TORCH.replace("import torch", "import json"))
    taken = start._import_torch()
    assert taken.processor >= 0
    assert taken.clock >= 0
    assert json.loads(start._run(["import sys; print(len(sys.argv))"], {})) == 1
