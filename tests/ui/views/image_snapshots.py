"""Hand-made snapshots of image models: real images of the shipped sets, and spoilt ones as the generator's."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from ganstudio import paths
from ganstudio.engine.history import History
from ganstudio.engine.snapshot import Growth, ProbeResult, RealSheet, Saliency, Sheet, Snapshot, Strip
from tests.ui.views import snapshots

DIGITS = tuple(str(digit) for digit in range(10))
EMOJI = ("smileys", "people", "animals", "food", "travel", "activities", "objects", "flags")
STEP = 1_200


@cache
def real_set(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return images (n, H, W, C) and labels (n,) of "mnist10k" or "emoji32"."""
    with np.load(paths.resources() / "datasets" / f"{name}.npz") as file:
        images, labels = file["images"], file["labels"].astype(np.int64)
    return images.reshape(*images.shape[:3], -1), labels


def spoilt(images: np.ndarray, amount: float = 0.35, seed: int = 0) -> np.ndarray:
    """Return images mixed with shifted ones and noise, as a generator in training makes them."""
    rng = np.random.default_rng(seed)
    moved = np.roll(images, (2, -2), axis=(1, 2)).astype(float)
    mixed = (1 - amount) * images + amount * moved + 255 * 0.1 * amount * rng.normal(size=images.shape)
    return np.clip(mixed, 0, 255).astype(np.uint8)


def images(
    name: str = "mnist10k",
    *,
    count: int = 64,
    conditional: bool = False,
    factor: int = 1,
    critic: bool = False,
    growth: Growth | None = None,
    probes: tuple[str, ...] = ("sheet", "real_sheet", "saliency", "strip", "growth"),
    **changed: Any,
) -> Snapshot:
    """Return a snapshot of training on a shipped set; ``factor`` enlarges its images."""
    pictures, labels = real_set(name)
    names = DIGITS if name == "mnist10k" else EMOJI
    classes = None
    if conditional:
        chosen = np.concatenate([np.flatnonzero(labels == one)[:8] for one in np.unique(labels)])
        classes = labels[chosen]
    else:
        chosen = np.arange(count)
    real = pictures[chosen].repeat(factor, 1).repeat(factor, 2)
    fake = spoilt(real)
    if growth is not None:
        step = real.shape[1] // growth.resolution
        fake = fake[:, ::step, ::step].repeat(step, 1).repeat(step, 2)
    rng = np.random.default_rng(3)
    scores = rng.normal(0, 2.5, len(fake)) if critic else rng.beta(1.2, 1.8, len(fake))
    steps = np.full(len(fake), changed.get("step", STEP))
    sheet = Sheet(images=fake, scores=snapshots.f32(scores), steps=steps, classes=classes, class_names=names)
    found: dict[str, ProbeResult] = {
        "sheet": sheet,
        "real_sheet": RealSheet(
            images=real,
            scores=snapshots.f32(np.clip(scores + 0.3, None, None if critic else 1)),
            classes=labels[chosen],
            class_names=names,
        ),
        "saliency": saliency(fake),
        "strip": strip(real),
    }
    if growth is not None:
        found["growth"] = growth
    return snapshot({name: found[name] for name in probes if name in found}, critic=critic, **changed)


def saliency(images: np.ndarray) -> Saliency:
    """Return a gradient that is strong at the images' edges."""
    grey = images.astype(float).mean(axis=-1) / 255
    signed = grey - np.roll(grey, 1, axis=2) + 0.1 * (grey - 0.3)
    return Saliency(magnitude=snapshots.f32(np.abs(signed)), signed=snapshots.f32(signed))


def strip(real: np.ndarray, frames: int = 18, tiles: int = 6) -> Strip:
    """Return frames that get clearer, six latents each."""
    made = np.stack([spoilt(real[:tiles], 0.95 * (1 - at / frames), seed=at) for at in range(frames)])
    steps = np.unique(np.concatenate([[0], np.rint(2 ** (np.arange(frames + 6) / 2)).astype(np.int64)]))[:frames]
    return Strip(images=made, steps=steps, tiles=np.arange(tiles))


def snapshot(probes: Mapping[str, ProbeResult], *, critic: bool = False, **changed: Any) -> Snapshot:
    """Return a snapshot with these results."""
    plain = snapshots.plane(critic=critic)
    fields: dict[str, Any] = {
        "step": STEP,
        "layout": "images",
        "data_dim": 784,
        "extent": (),
        "floors": FLOORS,
        "steps_per_s": 11.0,
        "probes": probes,
    }
    return dataclasses.replace(plain, **(fields | changed))


FLOORS = {
    "metric/frechet": 3.2,
    "metric/swd": 0.011,
    "metric/digit_score": 9.6,
    "metric/confident": 0.931,
    "metric/classes_found": 10.0,
    "metric/class_kl": 0.002,
    "metric/asked_class": 0.98,
    "metric/precision": 0.95,
    "metric/recall": 0.95,
    "metric/density": 1.0,
    "metric/coverage": 0.97,
    "metric/duplicates": 0.0,
    **{f"metric/class_share_{digit}": 0.1 + 0.004 * (digit - 4.5) for digit in range(10)},
}


def history(steps: int = 1_200, every: int = 50) -> History:
    """Return a history with the losses, D on held-out images, and every metric of images falling towards its floor."""
    made = History()
    plain = snapshots.history(steps)
    rows = plain.tables[0].rows()
    made.table(snapshots.LOSS_NAMES).append(*rows)
    seldom = np.arange(every, steps + 1, every)
    far = np.exp(-seldom / 400.0)
    held_out = 0.5 + 0.4 * np.exp(-seldom / 150.0) - 0.15 * (1 - far)
    scores = np.stack([0.5 + 0.4 * np.exp(-seldom / 150.0), held_out], 1)
    made.table(("score/train", "score/held_out")).append(seldom, snapshots.f32(scores))
    worse = {"metric/frechet": 60.0, "metric/swd": 0.2, "metric/class_kl": 1.2, "metric/duplicates": 3.0}
    for suffix, factor in (("", 1.0), ("_raw", 1.15)):
        columns = {}
        for name, floor in FLOORS.items():
            columns[name] = floor + factor * worse[name] * far if name in worse else floor * (1 - 0.7 * factor * far)
        for digit in range(10):
            spread = 0.12 * np.sin(2.1 * digit) * (far + 0.25)
            columns[f"metric/class_share_{digit}"] = np.maximum(FLOORS[f"metric/class_share_{digit}"] + spread, 0)
        table = made.table(tuple(name + suffix for name in columns))
        table.append(seldom, snapshots.f32(np.stack(list(columns.values()), axis=1)))
    return made
