"""From an image to a latent: which g comes nearest to showing it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from ganstudio.engine.latent.bank import Bank
from ganstudio.engine.latent.models import LatentModel
from ganstudio.engine.latent.noise import samples

Array = NDArray[np.float32]

STEPS = 200
STARTS = 8
RATE = 0.08
BETAS = (0.9, 0.99)
TAIL = 0.25  # of the steps, over which the rate falls to zero by a cosine
PRIOR_WEIGHT = 1e-4  # of ‖g‖²/d beside the squared error: keeps an undecided g on the prior's scale
COARSE_SIDE = 8
NOT_REPRESENTABLE = 0.95  # quantile of the training images' own errors above which an image counts as out of reach


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Progress:
    """The candidates after ``step`` of ``steps`` steps, the best first.

    ``g`` (k, d); ``errors`` (k,), the mean squared difference of pixels, of a range from −1 to 1; ``pictures`` (k, …)
    as they are looked at; ``classes`` (k,), each one's class, or None. Each is the best place of its own search so
    far, so errors never rise.
    """

    step: int
    steps: int
    g: Array
    errors: Array
    pictures: NDArray
    classes: NDArray[np.int64] | None

    @property
    def is_done(self) -> bool:
        """Whether this is the last one."""
        return self.step == self.steps


def inverted(
    model: LatentModel,
    target: NDArray,
    bank: Bank | None = None,
    *,
    starts: int | None = None,
    steps: int = STEPS,
    every: int = 5,
    class_weights: Array | None = None,
    seed: int = 0,
) -> Iterator[Progress | None]:
    """Search latents whose samples look like ``target``; yield the candidates every few steps, and at the end.

    In between it yields None after every step, so that it can be interrupted.

    Adam on all candidates in one batch, on the squared error of pixels at full size and at 8 × 8. It begins at the
    nearest samples of the bank; without one (or with one that is still empty) at draws of the prior. A model with
    classes searches in every class at once, unless ``class_weights`` (K,) are given. To stop, close the iterator.

    Parameters
    ----------
    target
        (H, W, C) uint8 of the model's own size, or a point (dim,).
    starts
        Candidates; of each class, where classes are searched. By default 8, or as many of each class as come to 8.

    References
    ----------
    Zhu et al. 2016, "Generative visual manipulation on the natural image manifold", arXiv:1609.03552, section 3.1;
    Creswell and Bharath 2016, arXiv:1611.05644.

    Raises
    ------
    ValueError
        If the target is not a sample of the model's shape.
    """
    goal = _target(model, target)
    return _candidates(model, goal, *_starts(model, goal, bank, starts, class_weights, seed), steps, every)


def _candidates(
    model: LatentModel, goal: Tensor, g: Tensor, y: Tensor | None, steps: int, every: int
) -> Iterator[Progress | None]:
    for found in _search(model, goal, g, y, steps):
        due = found.step % every == 0 or found.step == steps
        yield _progress(model, found, steps, y) if due else None


def reference_errors(
    model: LatentModel,
    pictures: NDArray,
    labels: NDArray[np.int64] | None = None,
    bank: Bank | None = None,
    *,
    steps: int = STEPS,
    starts: int | None = None,
    at_once: int = 1,
    seed: int = 0,
) -> Iterator[Array | None]:
    """Yield, longer and longer, the errors that the same search leaves on training images (n, …).

    The last one is what :func:`quantile` compares an image's error with; so ``steps`` and ``starts`` are to be those
    of that image's search. A model with classes searches in each image's own class. Between two results it yields
    None, often, so that it can be interrupted.
    """
    errors = np.zeros(0, np.float32)
    for first in range(0, len(pictures), at_once):
        goals = [_target(model, picture) for picture in pictures[first : first + at_once]]
        weights = None
        if model.classes and labels is not None:
            weights = np.eye(model.classes, dtype=np.float32)[labels[first : first + at_once]]
        begun = [
            _starts(model, goal, bank, starts, None if weights is None else weights[index], seed)
            for index, goal in enumerate(goals)
        ]
        counts = [len(g) for g, _ in begun]
        goal = torch.cat([one.expand(count, *one.shape[1:]) for one, count in zip(goals, counts, strict=True)])
        y = torch.cat([y for _, y in begun if y is not None]) if begun[0][1] is not None else None
        last = None
        for last in _search(model, goal, torch.cat([g for g, _ in begun]), y, steps):  # noqa: B007 - used after it
            yield None
        if last is not None:
            parts = last.errors.split(counts)
            errors = np.append(errors, [float(part.min()) for part in parts]).astype(np.float32)
            yield errors


def quantile(error: float, references: Array) -> float:
    """Return the share of the training images that are matched better than with ``error``; nan if there are none."""
    return float((np.asarray(references) < error).mean()) if len(references) else math.nan


def is_representable(error: float, references: Array) -> bool:
    """Return whether the error is not beyond 95 % of those of the training images."""
    share = quantile(error, references)
    return not share > NOT_REPRESENTABLE


def _target(model: LatentModel, target: NDArray) -> Tensor:
    picture = np.asarray(target)
    wanted = (*model.shape[1:], model.shape[0]) if model.is_image else model.shape
    if picture.shape != wanted or (model.is_image and picture.dtype != np.uint8):
        raise ValueError(f"the target is {picture.dtype} {picture.shape}; this model makes samples {wanted}")
    return model.seen(picture[None])


def _starts(
    model: LatentModel, goal: Tensor, bank: Bank | None, starts: int | None, class_weights: Array | None, seed: int
) -> tuple[Tensor, Tensor | None]:
    """Return where to begin, (n, d), and the class weights (n, K) or None."""
    if not model.classes or class_weights is not None:
        starts = STARTS if starts is None else starts
        g = _nearest(model, goal, bank, starts, None, seed)
        y = None if class_weights is None else torch.tensor(class_weights).expand(len(g), -1)
        return g, y
    starts = max(1, STARTS // model.classes) if starts is None else starts
    parts = [_nearest(model, goal, bank, starts, label, seed) for label in range(model.classes)]
    labels = torch.arange(model.classes).repeat_interleave(starts)
    return torch.cat(parts), F.one_hot(labels, model.classes).float()


def _nearest(model: LatentModel, goal: Tensor, bank: Bank | None, starts: int, label: int | None, seed: int) -> Tensor:
    """Return the latents of the bank's samples nearest to the goal, of one class or any; draws where they run out."""
    g = torch.from_numpy(samples(seed, starts, model.dim, start=2_000_000 + 1_000 * (label or 0)))
    if bank is None or bank.size == 0 or bank.model.dim != model.dim:
        return g
    size = bank.size
    rows = np.arange(size)
    if label is not None and bank.classes is not None:
        rows = np.flatnonzero(bank.classes[:size].argmax(1) == label)
    if len(rows) == 0 or bank.images.shape[1:] != model.shown(goal).shape[1:]:
        return g
    pictures = bank.images[rows]
    distance = np.concatenate(
        [_loss(model.seen(pictures[start : start + 256]), goal).numpy() for start in range(0, len(rows), 256)]
    )
    best = np.argsort(distance, kind="stable")[:starts]
    g[: len(best)] = torch.tensor(bank.g[rows[best]])
    return g


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    step: int
    g: Tensor  # (n, d), the best place of each search so far
    errors: Tensor  # (n,)


def _search(model: LatentModel, goal: Tensor, start: Tensor, y: Tensor | None, steps: int) -> Iterator[_Found]:
    """Yield the searches' state after every step; ``goal`` is one sample for all (1, …), or one each (n, …)."""
    g = start.clone().requires_grad_(True)
    optimizer = torch.optim.Adam([g], lr=RATE, betas=BETAS)
    best, least = start.clone(), torch.full((len(start),), math.inf)
    for step in range(steps + 1):
        with torch.enable_grad():
            made = model.images(g, y)
            losses = _loss(made, goal) + PRIOR_WEIGHT * g.square().mean(1)
            (gradient,) = torch.autograd.grad(losses.sum(), g)
        error = (made.detach() - goal).flatten(1).square().mean(1).nan_to_num(math.inf)
        best = torch.where((error < least)[:, None], g.detach(), best)
        least = torch.minimum(error, least)
        yield _Found(step, best, least)
        if step < steps:
            optimizer.param_groups[0]["lr"] = RATE * _share(step / steps)
            g.grad = gradient.nan_to_num()
            optimizer.step()


def _share(done: float) -> float:
    """Return the part of the rate that is left when ``done`` of the steps are."""
    return 1.0 if done < 1 - TAIL else 0.5 * (1 + math.cos(math.pi * (done - (1 - TAIL)) / TAIL))


def _loss(made: Tensor, goal: Tensor) -> Tensor:
    """Return the squared error of each sample (n,), at full size and, of larger images, at 8 × 8 as well."""
    difference = made - goal
    loss = difference.flatten(1).square().mean(1)
    if difference.ndim == 4 and min(difference.shape[2:]) > COARSE_SIDE:
        coarse = F.adaptive_avg_pool2d(difference, COARSE_SIDE)
        loss = loss + coarse.flatten(1).square().mean(1)
    return loss


def _progress(model: LatentModel, found: _Found, steps: int, y: Tensor | None) -> Progress:
    order = torch.argsort(found.errors, stable=True)
    weights = None if y is None else y[order]
    with torch.inference_mode():
        pictures = model.shown(model.images(found.g[order], weights))
    return Progress(
        step=found.step,
        steps=steps,
        g=found.g[order].numpy(),
        errors=found.errors[order].numpy(),
        pictures=pictures,
        classes=None if weights is None else weights.argmax(1).numpy(),
    )
