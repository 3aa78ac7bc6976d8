"""Hand-made snapshots for tests of views: no trainer, no thread, every array known."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from ganstudio.engine import config as configs
from ganstudio.engine.history import History
from ganstudio.engine.snapshot import (
    Arrows,
    Density,
    Field,
    LatentGrid,
    ModeCounts,
    ProbeResult,
    Samples,
    Score,
    Snapshot,
    Threads,
)

LOSS_NAMES = ("loss/d", "loss/g", "score/real", "score/fake", "grad_norm/d", "grad_norm/g")
METRIC_NAMES = ("metric/jsd", "metric/w1", "metric/modes", "metric/high_quality", "metric/reverse_kl")
LINE = ((-4.0, 4.0),)
PLANE = ((-1.5, 1.5), (-1.5, 1.5))


def history(steps: int = 500, every: int = 100, *, critic: bool = False) -> History:
    """Return a history of ``steps`` iterations that falls towards the equilibrium, with metrics now and then."""
    made = History()
    at = np.arange(1, steps + 1)
    fall = np.exp(-at / 150.0)
    noise = np.random.default_rng(0).normal(0, 0.03, (6, steps))
    values = np.stack([1.386 - fall, 0.693 + 2 * fall, 0.5 + 0.4 * fall, 0.5 - 0.4 * fall, 0.3 + fall, 0.2 + fall])
    if critic:
        values[:4] = np.stack([-2 * fall, fall, 3 + fall, 3 - fall])
    made.table(LOSS_NAMES).append(at, (values + noise * fall).T.astype(np.float32))
    seldom = at[every - 1 :: every]
    some = np.exp(-seldom / 150.0)
    rows = np.stack([0.6 * some, 1.5 * some, np.round(2 - some), 0.98 - 0.5 * some, 0.5 * some], axis=1)
    for suffix, factor in (("", 1.0), ("_raw", 1.2)):
        names = tuple(name + suffix for name in METRIC_NAMES)
        made.table(names).append(seldom, (rows * factor).astype(np.float32))
    return made


def bell(x: np.ndarray, mean: float, sd: float) -> np.ndarray:
    """Return the density of N(mean, sd²)."""
    return np.exp(-0.5 * ((x - mean) / sd) ** 2) / (sd * np.sqrt(2 * np.pi))


def density(fake_sd: float = 0.8, fake_mean: float = 0.6, outside: tuple[int, int] = (0, 0), n: int = 400) -> Density:
    """Return two Gaussians at ±2 as the data, and one Gaussian as the generator's density."""
    x = np.linspace(*LINE[0], n)
    p_data = 0.5 * bell(x, -2, 0.5) + 0.5 * bell(x, 2, 0.5)
    p_g = bell(x, fake_mean, fake_sd)
    return Density(x=f32(x), p_data=f32(p_data), p_g=f32(p_g), exact=True, count=4096, outside=outside)


def score(made: Density, *, critic: bool = False, gain: float = 1.0) -> Score:
    """Return a smooth D that lags behind D*, or a critic's score."""
    x, p, q = (np.asarray(part, np.float64) for part in (made.x, made.p_data, made.p_g))
    supported = p + q > 1e-3 * p.max()
    optimal = p / (p + q + 1e-12)
    if critic:
        return Score(x=f32(x), score=f32(gain * (3 + 1.5 * np.cos(1.5 * x))), optimal=None, supported=supported)
    learnt = 1 / (1 + np.exp(-0.7 * np.clip(np.log((p + 1e-4) / (q + 1e-4)), -6, 6)))
    return Score(x=f32(x), score=f32(learnt), optimal=f32(np.where(supported, optimal, np.nan)), supported=supported)


def threads(push: float = 1.0, n: int = 64, mean: float = 0.6, sd: float = 0.8) -> Threads:
    """Return the threads of a monotone G; every point is pushed away from the middle by up to ``push``."""
    u = (np.arange(n) + 0.5) / n
    z = np.sqrt(2) * _erfinv(2 * u - 1)
    x = mean + sd * np.tanh(z) * 1.3
    return Threads(z=f32(z), x=f32(x), push=f32(push * np.sin(1.5 * x)), scale=2.06, z_dim=1)


def _erfinv(y: np.ndarray) -> np.ndarray:
    from scipy.special import erfinv

    return np.asarray(erfinv(y))


def line(
    *,
    critic: bool = False,
    collapsed: bool = False,
    push: float = 1.0,
    outside: tuple[int, int] = (0, 0),
    **changed: Any,
) -> Snapshot:
    """Return a snapshot of 1-D training; ``changed`` are fields of the snapshot itself."""
    where = {"fake_mean": 2.1, "fake_sd": 0.045} if collapsed else {}
    p = density(outside=outside, **where)
    t = threads(push, **({"mean": 2.1, "sd": 0.04} if collapsed else {}))
    probes: Mapping[str, ProbeResult] = {"density": p, "score": score(p, critic=critic), "threads": t}
    return _snapshot(1, probes, critic=critic, **changed)


def ring() -> np.ndarray:
    """Return the centres of eight modes on the unit circle, (8, 2)."""
    angle = 2 * np.pi * np.arange(8) / 8
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def samples(*, collapsed: bool = False, outside: tuple[int, int, int, int] = (0, 0, 0, 0), n: int = 512) -> Samples:
    """Return 512 real points of the ring, and as many generated ones on five of its modes, or on one."""
    rng = np.random.default_rng(1)
    centres = ring()
    real = centres[rng.integers(0, 8, n)] + 0.03 * rng.normal(size=(n, 2))
    modes = np.zeros(n, int) if collapsed else rng.choice([0, 1, 2, 4, 5], n)
    spread = 0.02 if collapsed else 0.07
    fake = centres[modes] * (1 if collapsed else 0.93) + spread * rng.normal(size=(n, 2))
    bridges = 0 if collapsed else 60
    fake[:bridges] *= rng.random((bridges, 1))
    return Samples(real=f32(real), fake=f32(fake), outside=outside)


def field(cells: int = 48, *, critic: bool = False) -> Field:
    """Return D over the plane: high near the modes that the generator misses."""
    at = -1.5 + 3 * (np.arange(cells) + 0.5) / cells
    x, y = np.meshgrid(at, at)
    weight = np.array([-1, -0.6, -1.2, 3, -0.8, -1, 3, 2.5])
    logit = sum(w * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / 0.18) for w, (cx, cy) in zip(weight, ring(), strict=True))
    logit = logit - 0.4 * np.exp(-(x**2 + y**2) / 0.3)
    return Field(extent=PLANE, score=f32(5 * logit if critic else 1 / (1 + np.exp(-logit))))


def latent_grid(n: int = 24) -> LatentGrid:
    """Return a square lattice that is bent towards the ring."""
    at = np.linspace(-1, 1, n)
    u, v = np.meshgrid(at, at)
    r, angle = np.hypot(u, v), np.arctan2(v, u)
    r = np.tanh(2.5 * r)
    return LatentGrid(points=f32(np.stack([r * np.cos(angle), r * np.sin(angle)], axis=-1)), z_dim=2)


def arrows(push: float = 1.0, n: int = 160) -> Arrows:
    """Return pushes of length ``push``, along the circle."""
    base = samples().fake[-n:]
    turn = np.stack([-base[:, 1], base[:, 0]], axis=1)
    return Arrows(base=base, push=f32(push * turn / np.linalg.norm(turn, axis=1, keepdims=True)), scale=0.71)


def modes(*, collapsed: bool = False) -> ModeCounts:
    """Return what eight modes get: five of them something, or one of them all."""
    shares = np.zeros(8) if collapsed else np.array([0.2, 0.16, 0.12, 0, 0.18, 0.15, 0, 0])
    if collapsed:
        shares[0] = 0.99
    radii = np.full((8, 2), 0.09)
    return ModeCounts(centres=f32(ring()), radii=f32(radii), shares=f32(shares), captured=shares > 0, count=512)


def plane(
    *,
    critic: bool = False,
    collapsed: bool = False,
    push: float = 1.0,
    outside: tuple[int, int, int, int] = (0, 0, 0, 0),
    **changed: Any,
) -> Snapshot:
    """Return a snapshot of training on the ring of 8; ``changed`` are fields of the snapshot itself."""
    probes: Mapping[str, ProbeResult] = {
        "samples": samples(collapsed=collapsed, outside=outside),
        "field": field(critic=critic),
        "latent_grid": latent_grid(),
        "arrows": arrows(push),
        "modes": modes(collapsed=collapsed),
    }
    return _snapshot(2, probes, critic=critic, **changed)


def with_probe(snapshot: Snapshot, name: str, **changed: Any) -> Snapshot:
    """Return a copy in which some arrays of one probe's result are others."""
    result = dataclasses.replace(snapshot.probes[name], **changed)
    return dataclasses.replace(snapshot, probes={**snapshot.probes, name: result})


def without_probes(snapshot: Snapshot) -> Snapshot:
    """Return a copy for which nothing was watched."""
    return dataclasses.replace(snapshot, probes={})


def _snapshot(dim: int, probes: Mapping[str, ProbeResult], *, critic: bool, **changed: Any) -> Snapshot:
    loss = "wasserstein_gp" if critic else "non_saturating"
    config = configs.from_mapping({"data": {"name": "two_gaussians" if dim == 1 else "ring8"}, "loss": {"name": loss}})
    fields: dict[str, Any] = {
        "run": 1,
        "step": 500,
        "d_updates": 500,
        "g_updates": 500,
        "config": config,
        "history": history(critic=critic),
        "floors": {"metric/jsd": 0.004, "metric/w1": 0.05, "metric/high_quality": 0.9889 if dim == 2 else 0.9973}
        | {"metric/modes": 8.0 if dim == 2 else 2.0},
        "equilibrium": {} if critic else {"loss/d": 1.3863, "loss/g": 0.6931},
        "score_title": "critic D(x)" if critic else "D(x)",
        "neutral": 0.0 if critic else 0.5,
        "is_critic": critic,
        "data_dim": dim,
        "layout": "line" if dim == 1 else "plane",
        "extent": LINE if dim == 1 else PLANE,
        "generator": "ema",
        "steps_per_s": 900.0,
        "running": True,
        "device": "cpu",
        "probes": probes,
    }
    return Snapshot(**(fields | changed))


def f32(values: np.ndarray) -> np.ndarray:
    """Return the values as float32."""
    return np.asarray(values, np.float32)
