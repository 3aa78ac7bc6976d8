"""``ganstudio train``: a run without a window, written to a folder."""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ganstudio.commands import results
from ganstudio.commands.console import CommandError, note, say
from ganstudio.commands.experiments import adjusted
from ganstudio.commands.interrupts import Interrupts
from ganstudio.commands.progress import Progress
from ganstudio.engine import checkpoint, config, presets
from ganstudio.engine.step_builder import StepBuilder
from ganstudio.engine.trainer import DivergenceError, Trainer

SUMMARY = ("metric/jsd", "metric/modes", "metric/high_quality", "loss/d", "loss/g")
EXIT_CODES = {"finished": 0, "diverged": 3, "interrupted": 130}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended, after how many iterations and seconds of this call."""

    ended: Literal["finished", "diverged", "interrupted"]
    steps: int
    seconds: float
    diverged_at: int | None = None


def run(arguments: argparse.Namespace) -> int:
    """Train, write the results, and say where they are."""
    _check_folder(arguments.out, arguments.force)
    trainer, name = _trainer(arguments)
    arguments.out.mkdir(parents=True, exist_ok=True)
    goal = trainer.config.training.steps
    if trainer.step >= goal:
        note(f"The checkpoint is at iteration {trainer.step} of {goal}: nothing to train. More: --steps N.")
    outcome = play(trainer, goal, name)
    if outcome.ended == "interrupted":
        note(f"Interrupted at iteration {trainer.step}: saving what there is.")
    elif outcome.ended == "diverged":
        note(f"A loss was not finite at iteration {outcome.diverged_at}: saving the state of iteration {trainer.step}.")
    record = results.record(
        trainer,
        preset=name,
        outcome=outcome.ended,
        diverged_at=outcome.diverged_at,
        steps_trained=outcome.steps,
        seconds=outcome.seconds,
    )
    whole = results.write(arguments.out, trainer, record)
    say(f"{trainer.step} iterations, {record['steps_per_s'] or 0:.0f} a second: {_in_short(record)}")
    say(f"Results are in {arguments.out}")
    return EXIT_CODES[outcome.ended] or int(not whole)


def play(trainer: Trainer, goal: int, title: str) -> Outcome:
    """Train until ``goal`` iterations are done, a loss is not finite, or Ctrl+C."""
    first = trainer.step
    with Interrupts() as interrupts, Progress(title, first, goal) as progress:
        builder = StepBuilder()
        start = time.perf_counter()
        try:
            builder.follow(trainer)
            if builder.is_waited_for:
                note("Compiling the step: half a minute, once for nets, loss and optimisers such as these ...")
                builder.wait(trainer, lambda: interrupts.asked)
            while trainer.step < goal and not interrupts.asked:
                if builder.poll(trainer):
                    builder.note(trainer)
                trainer.advance(goal - trainer.step)
                progress.show(trainer)
            trainer.flush()
        except DivergenceError as divergence:
            seconds = time.perf_counter() - start
            return Outcome("diverged", divergence.step - first, seconds, divergence.step)
        finally:
            builder.close()
        seconds = time.perf_counter() - start
    return Outcome("finished" if trainer.step >= goal else "interrupted", trainer.step - first, seconds)


def _check_folder(folder: Path, force: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise CommandError(f"--out {folder} is a file, not a folder")
    if folder.is_dir() and not os.access(folder, os.W_OK):  # found out now, not after hours of training
        raise CommandError(f"--out {folder} cannot be written to: choose another folder", code=1)
    if folder.is_dir() and not force and any(folder.iterdir()):
        raise CommandError(f"--out {folder} is not empty: choose another folder, or write into it with --force")


def _trainer(arguments: argparse.Namespace) -> tuple[Trainer, str]:
    """Return a new trainer, or one from a checkpoint with the live settings changed as asked; and its name."""
    values = {
        "training__steps": arguments.steps,
        "run__seed": arguments.seed,
        "run__device": arguments.device,
    }
    preset = presets.find(arguments.preset) if arguments.preset is not None else None
    if arguments.resume is None:
        if preset is None:
            raise CommandError("name a preset (ganstudio presets list), or go on from a checkpoint with --resume")
        return Trainer(adjusted(preset.config(), arguments.settings, **values)), preset.name
    try:
        trainer = checkpoint.load(arguments.resume, values.pop("run__device"))
    except checkpoint.CheckpointError as error:
        raise CommandError(str(error)) from error
    running = trainer.config
    base = running
    if preset is not None:
        base = config.replaced(preset.config(), "run.device", running.run.device)
        if arguments.seed is None:
            base = config.replaced(base, "run.seed", running.run.seed)
    wanted = adjusted(base, arguments.settings, **values)
    fixed = [change.path for change in config.changes(running, wanted) if not change.live]
    if fixed:
        raise CommandError(f"{arguments.resume} cannot go on with another {', '.join(fixed)}: that takes a new run")
    trainer.tune(wanted)
    return trainer, preset.name if preset is not None else arguments.resume.name.removesuffix(checkpoint.SUFFIX)


def _in_short(record: results.Record) -> str:
    final = record["final"]
    shown = (
        name for name in ("metric/jsd", "metric/modes", "metric/high_quality", "loss/d", "loss/g") if name in final
    )
    return ", ".join(f"{name} {final[name]:.4g}" for name in shown if final[name] is not None)
