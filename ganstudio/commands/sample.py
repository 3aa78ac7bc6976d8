"""``ganstudio sample``: points from a trained generator, in data units."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganstudio.commands.console import CommandError, say
from ganstudio.engine import atomic, checkpoint
from ganstudio.engine.device import random_generator
from ganstudio.engine.trainer import Trainer

FORMATS = (".npy", ".csv", ".png")
BLOCK = 65_536  # points at once
STREAM = 100  # of random numbers: apart from those that training uses


def run(arguments: argparse.Namespace) -> int:
    """Draw the points and write them."""
    output: Path = arguments.output
    if output.suffix.lower() not in FORMATS:
        raise CommandError(f"-o {output}: its ending must be one of {', '.join(FORMATS)}")
    if not output.parent.is_dir():
        raise CommandError(f"-o {output}: there is no folder {output.parent}")
    try:
        trainer = checkpoint.load(arguments.checkpoint, arguments.device)
    except checkpoint.CheckpointError as error:
        raise CommandError(str(error)) from error
    points = drawn(trainer, arguments.count, arguments.seed, raw=arguments.raw)
    if output.suffix.lower() == ".npy":
        with atomic.replacing(output) as file:
            np.save(file, points)
    elif output.suffix.lower() == ".csv":
        with atomic.replacing(output) as file:
            names = ("x", "y")[: points.shape[1]]
            np.savetxt(file, points, fmt="%.9g", delimiter=",", header=",".join(names), comments="")
    else:
        from ganstudio.commands import picture

        picture.write_points(output, trainer, points, "raw" if arguments.raw else "ema")
    generator = "raw" if arguments.raw else "averaged"
    say(f"{output}: {len(points)} points of the {generator} generator at iteration {trainer.step}")
    return 0


def drawn(trainer: Trainer, count: int, seed: int, *, raw: bool) -> NDArray[np.float32]:
    """Return generated points (count, d) in data units; they depend on the seed and the state alone."""
    generator = random_generator(trainer.device, seed, STREAM)
    net = trainer.G if raw else trainer.ema
    blocks = []
    for start in range(0, count, BLOCK):
        z = trainer.config.prior.sample(min(BLOCK, count - start), generator)
        blocks.append(trainer.generated(net, z).astype(np.float32))
    return np.concatenate(blocks)
