"""The settings that belong to no family: how the game is played, and what identifies a repetition."""

from __future__ import annotations

from dataclasses import dataclass

from ganstudio.engine.params import Settings, param


@dataclass(frozen=True, kw_only=True, slots=True)
class Training(Settings):
    """How the game is played."""

    d_steps: int = param(
        1,
        "Discriminator updates per iteration. More of them bring D nearer to its optimum before G moves; "
        "Wasserstein critics want about five.",
        title="k, D steps",
        symbol="k",
        bounds=(1, 20),
        live=True,
    )
    g_steps: int = param(
        1,
        "Generator updates per iteration. Above one, G outruns a D that has not caught up: a way into mode collapse.",
        title="G steps",
        bounds=(1, 10),
        live=True,
    )
    batch_size: int = param(
        128,
        "Real and generated points in one update. Larger batches give less noisy gradients and slower steps.",
        symbol="m",
        bounds=(2, 8192),
        scale="log",
        live=True,
    )
    ema_decay: float = param(
        0.99,
        "Decay of the exponential moving average of the generator's weights. Nearer to 1 the averaged "
        "generator is calmer and lags more; 0 switches averaging off.",
        title="EMA decay",
        symbol="β",
        bounds=(0.0, 0.9999),
        live=True,
    )
    instance_noise: float = param(
        0.0,
        "Standard deviation of the Gaussian noise added to everything that D sees, in units of the data's "
        "standard deviation. It makes disjoint supports overlap.",
        symbol="σ",
        bounds=(0.0, 2.0),
        live=True,
    )
    penalty_every: int = param(
        1,
        "Updates of D between two that add its penalty, then as many times as strong: lazy regularisation (Karras et "
        "al. 2020), which saves time where the penalty is costly.",
        title="Penalty every",
        unit="updates",
        bounds=(1, 64),
        scale="log",
        live=True,
    )
    augment: str = param(
        "none",
        "Random changes, the same kind for real and generated images, before D sees them (DiffAugment, Zhao et al. "
        "2020): a D that cannot learn a small set by heart. Images only.",
        title="DiffAugment",
        choices=("none", "translation", "translation_cutout", "colour_translation_cutout"),
        live=True,
    )
    mirror: bool = param(
        False,
        "Show D each real image mirrored left to right half of the time: twice the data, where a mirrored image is "
        "one of them still. Images only.",
        title="Mirror images",
        live=True,
    )
    lr_schedule: str = param(
        "constant",
        "What becomes of the learning rates: constant, or cosine decay to 1 % at the planned number of iterations.",
        title="Schedule",
        choices=("constant", "cosine"),
        live=True,
    )
    steps: int = param(
        3000,
        "Planned iterations: where `ganstudio train` ends and the cosine schedule reaches its floor. "
        "The window goes on after it.",
        title="Run length",
        bounds=(1, 100_000_000),
        scale="log",
        live=True,
    )
    d_pretrain: int = param(
        0,
        "Discriminator updates before the first iteration, with G frozen. A D that is already certain is "
        "what starves a saturating generator.",
        title="D warm-up",
        bounds=(0, 10_000),
    )
    standardize: bool = param(
        True,
        "Shift and scale the data to mean 0 and standard deviation 1 for the nets; everything is shown in data units. "
        "Off, the nets see the data as they are.",
        title="Standardise",
    )
    metrics_every: int = param(
        100,
        "Iterations between two evaluations of the divergences and mode counts.",
        title="Evaluate every",
        bounds=(1, 100_000),
        unit="iterations",
        scale="log",
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Run(Settings):
    """What identifies a repetition rather than an experiment."""

    seed: int = param(
        0, "Seed of every random generator. Equal settings and seed give an equal run.", bounds=(0, 2**31 - 1)
    )
    device: str = param(
        "auto",
        "Where the nets live: auto, cpu, cuda, cuda:N or mps. auto takes cuda, then mps, then cpu.",
        title="Device",
    )
    precision: str = param(
        "auto",
        "What products and convolutions are computed in. bfloat16 has 8 bits of mantissa and on some processors half "
        "the cost; weights, gradients' sums, losses and optimisers stay float32. auto takes it for images, where the "
        "processor has instructions for it.",
        choices=("auto", "float32", "bfloat16"),
    )
    execution: str = param(
        "auto",
        "How an iteration is carried out: eager, operation by operation; compiled, as one program, several times "
        "faster for small nets; auto begins eager and goes over to the program when it is ready. Eager and compiled "
        "runs can each be repeated bit for bit; auto notes the iteration at which it changed.",
        choices=("auto", "eager", "compiled"),
        live=True,
    )
    speed_limit: float = param(
        0.0,
        "Most iterations per second; 0 is as fast as it goes. At one per second every update can be followed by eye.",
        title="Speed limit",
        unit="iterations/s",
        bounds=(0.0, 1e6),
        scale="log",
        live=True,
    )
