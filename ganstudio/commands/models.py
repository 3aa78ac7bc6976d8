"""``ganstudio models``: the trained models that are shipped, and how each of them is made."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from ganstudio import paths
from ganstudio.commands import results
from ganstudio.commands.console import CommandError, note, say
from ganstudio.commands.experiments import adjusted
from ganstudio.engine import atomic, presets

SUFFIX = ".gan.safetensors"
CLASSIFIER = "classifier"
SHOWN = ("metric/confident", "metric/frechet", "metric/asked_class", "metric/swd", "metric/coverage")


def run(arguments: argparse.Namespace) -> int:
    """List the models, or make one."""
    return _list() if arguments.action == "list" else _make(arguments)


def folder() -> Path:
    """Return the folder of the shipped models."""
    return paths.resources() / "models"


def found(name_or_path: Path) -> Path:
    """Return the file of the shipped model of that name, or the path as it is."""
    shipped = folder() / f"{name_or_path.name}{SUFFIX}"
    return shipped if name_or_path.name == str(name_or_path) and shipped.is_file() else name_or_path


def _list() -> int:
    for file in sorted(folder().glob(f"*{SUFFIX}")):
        name = file.name.removesuffix(SUFFIX)
        say(f"{name:<18} {file.stat().st_size / 1e6:4.1f} MB  {_figures(statement(file))}")
    return 0


def statement(file: Path) -> dict[str, Any]:
    """Return what was written beside a model when it was made; empty if nothing was."""
    beside = file.with_name(file.name.removesuffix(SUFFIX) + ".json")
    try:
        found = json.loads(beside.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _figures(said: dict[str, Any]) -> str:
    final = said.get("final", {})
    parts = [f"{name.removeprefix('metric/')} {final[name]:.3g}" for name in SHOWN if final.get(name) is not None]
    return ", ".join([f"iteration {said.get('steps', '?')}", *parts])


def _make(arguments: argparse.Namespace) -> int:
    if arguments.name == CLASSIFIER:
        return _make_classifier(arguments.output)
    from ganstudio.commands.train import play
    from ganstudio.engine.latent import model_file
    from ganstudio.engine.latent.live import weights_of
    from ganstudio.engine.trainer import Trainer

    preset = presets.find(arguments.name)
    config = adjusted(preset.config(), arguments.settings, training__steps=arguments.steps, run__seed=arguments.seed)
    target = arguments.output or folder() / f"{preset.name}{SUFFIX}"
    if not target.name.endswith(SUFFIX):
        raise CommandError(f"-o {target}: a model's file ends with {SUFFIX}")
    trainer = Trainer(config)
    outcome = play(trainer, config.training.steps, preset.name)
    if outcome.ended != "finished":
        note(f"{outcome.ended} at iteration {trainer.step}: no model was written")
        return 1
    made = results.record(
        trainer, preset=preset.name, outcome=outcome.ended, steps_trained=outcome.steps, seconds=outcome.seconds
    )
    model_file.save(target, weights_of(trainer))
    beside = target.with_name(target.name.removesuffix(SUFFIX) + ".json")
    atomic.write(beside, results.as_json({key: made[key] for key in STATED}))
    say(f"{target}: {target.stat().st_size / 1e6:.1f} MB, {_figures(made)}")
    return 0


STATED = ("preset", "steps", "seconds", "seed", "device", "finished_at", "final", "floors", "versions")


def _make_classifier(output: Path | None) -> int:
    from ganstudio.engine.quality.training import Epoch, train_classifier

    def told(epoch: Epoch) -> None:
        note(f"epoch {epoch.number} of {epoch.of}: {epoch.loss:.4f}")

    said = train_classifier(output, on_epoch=told)
    say(f"the classifier's accuracy on held-out digits is {said['held_out']['accuracy']:.4f}")
    return 0
