"""``ganstudio sample``: points from a trained generator, in data units, or images."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ganstudio.commands import models
from ganstudio.commands.console import CommandError, say
from ganstudio.engine import atomic, checkpoint
from ganstudio.engine.device import random_generator
from ganstudio.engine.distributions.images import as_pixels
from ganstudio.engine.game import called
from ganstudio.engine.latent.model_file import ModelFileError, open_model
from ganstudio.engine.latent.models import LatentModel
from ganstudio.engine.trainer import IMAGES_AT_ONCE, Trainer

FORMATS = (".npy", ".csv", ".png")
BLOCK = 65_536  # points at once
GAP_PX = 2  # between the images of a sheet
ZOOM = 2
STREAM = 100  # of random numbers: apart from those that training uses


def run(arguments: argparse.Namespace) -> int:
    """Draw the points and write them."""
    output: Path = arguments.output
    if output.suffix.lower() not in FORMATS:
        raise CommandError(f"-o {output}: its ending must be one of {', '.join(FORMATS)}")
    if not output.parent.is_dir():
        raise CommandError(f"-o {output}: there is no folder {output.parent}")
    file = models.found(arguments.checkpoint)
    try:
        trainer = checkpoint.load(file, arguments.device)
    except checkpoint.CheckpointError as error:
        return _sample_model(_model(file, error), arguments)
    generator = "raw" if arguments.raw else "averaged"
    if trainer.data.layout == "images":
        kind = "images"
        _write_images(output, pictures(trainer, arguments.count, arguments.seed, raw=arguments.raw))
    else:
        kind = "points"
        _write_points(output, trainer, drawn(trainer, arguments.count, arguments.seed, raw=arguments.raw), generator)
    say(f"{output}: {arguments.count} {kind} of the {generator} generator at iteration {trainer.step}")
    return 0


def _model(path: Path, refused: checkpoint.CheckpointError) -> LatentModel:
    """Return the model of a file that is no saved run; if it is no model either, say what it is not."""
    try:
        return open_model(path)
    except ModelFileError:
        raise CommandError(str(refused)) from refused


def _sample_model(model: LatentModel, arguments: argparse.Namespace) -> int:
    output: Path = arguments.output
    if arguments.raw:
        raise CommandError("--raw: a model file has the averaged generator alone")
    if not model.is_image:
        raise CommandError(f"{arguments.checkpoint}: a model of points; its saved run can be sampled from")
    z = model.prior.sample(arguments.count, random_generator(torch.device("cpu"), arguments.seed, STREAM))
    _write_images(output, _images(model, z))
    say(f"{output}: {arguments.count} images of {model.title or 'the model'} at iteration {model.step}")
    return 0


def _images(model: LatentModel, z: torch.Tensor) -> NDArray[np.uint8]:
    y = one_hot_in_turn(len(z), model.classes) if model.classes else None
    blocks = []
    with torch.no_grad():
        for start in range(0, len(z), IMAGES_AT_ONCE):
            part = slice(start, start + IMAGES_AT_ONCE)
            blocks.append(as_pixels(called(model.G, z[part], None if y is None else y[part])))
    return np.concatenate(blocks)


def one_hot_in_turn(count: int, classes: int) -> torch.Tensor:
    """Return the weights (count, classes) of all classes in turn."""
    return torch.nn.functional.one_hot(torch.arange(count) % classes, classes).float()


def _write_points(output: Path, trainer: Trainer, points: NDArray[np.float32], generator: str) -> None:
    if output.suffix.lower() == ".npy":
        with atomic.replacing(output) as file:
            np.save(file, points)
    elif output.suffix.lower() == ".csv":
        with atomic.replacing(output) as file:
            names = ("x", "y")[: points.shape[1]]
            np.savetxt(file, points, fmt="%.9g", delimiter=",", header=",".join(names), comments="")
    else:
        from ganstudio.commands import picture

        picture.write_points(output, trainer, points, "raw" if generator == "raw" else "ema")


def _write_images(output: Path, images: NDArray[np.uint8]) -> None:
    if output.suffix.lower() == ".csv":
        raise CommandError(f"-o {output}: images go into a .npy, or as a sheet into a .png")
    with atomic.replacing(output) as file:
        if output.suffix.lower() == ".npy":
            np.save(file, images)
        else:
            from PIL import Image

            Image.fromarray(sheet(images)).save(file, "PNG")


def sheet(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return images (n, H, W, C) beside and below each other, every pixel four: (height, width, 3)."""
    across = math.ceil(math.sqrt(len(images)))
    down = math.ceil(len(images) / across)
    pitch = [ZOOM * size + GAP_PX for size in images.shape[1:3]]
    made = np.full((down * pitch[0] - GAP_PX, across * pitch[1] - GAP_PX, 3), 128, np.uint8)
    for index, image in enumerate(images.repeat(ZOOM, 1).repeat(ZOOM, 2)):
        top, left = (index // across) * pitch[0], (index % across) * pitch[1]
        made[top : top + image.shape[0], left : left + image.shape[1]] = image  # grey to all three
    return made


def pictures(trainer: Trainer, count: int, seed: int, *, raw: bool) -> NDArray[np.uint8]:
    """Return generated images (count, H, W, C), of all classes in turn; they depend on the seed and the state alone."""
    generator = random_generator(trainer.device, seed, STREAM)
    z = trainer.config.prior.sample(count, generator)
    y = None
    if trainer.classes:
        y = one_hot_in_turn(count, trainer.classes).to(trainer.device)
    return trainer.images(trainer.G if raw else trainer.ema, z, y)


def drawn(trainer: Trainer, count: int, seed: int, *, raw: bool) -> NDArray[np.float32]:
    """Return generated points (count, d) in data units; they depend on the seed and the state alone."""
    generator = random_generator(trainer.device, seed, STREAM)
    net = trainer.G if raw else trainer.ema
    blocks = []
    for start in range(0, count, BLOCK):
        z = trainer.config.prior.sample(min(BLOCK, count - start), generator)
        blocks.append(trainer.generated(net, z).astype(np.float32))
    return np.concatenate(blocks)
