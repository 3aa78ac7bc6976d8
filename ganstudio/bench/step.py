"""Iterations per second without a window: our compiled step, our eager one, and loops written by hand, in turns."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry
from typing_extensions import override

from ganstudio.bench.figures import Figure, figure
from ganstudio.bench.plain_loop import PlainLoop
from ganstudio.engine.config import RunConfig, replaced
from ganstudio.engine.device import prepare_thread
from ganstudio.engine.step_builder import StepBuilder
from ganstudio.engine.trainer import Trainer

WARM_UP = 100  # iterations before anything is timed
AT_ONCE = 128  # iterations asked of a compiled step in one call


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One experiment, and how many times as fast as the hand-written eager loop ours has to be."""

    title: str
    settings: tuple[tuple[str, object], ...]
    wanted: float
    is_wide: bool = False  # enough for matrix products to take the time


def _nets(width: int, depth: int, batch: int) -> tuple[tuple[str, object], ...]:
    return (
        ("data.name", "ring8"),
        ("prior.dim", 2),
        *((f"{player}.{name}", value) for player in ("generator", "discriminator") for name, value in
          (("width", width), ("depth", depth))),
        ("training.batch_size", batch),
        ("training.metrics_every", 100_000),
    )  # fmt: skip


SMALL, LARGE = _nets(16, 1, 150), _nets(128, 2, 256)
GP = (("loss.name", "wasserstein_gp"), ("training.d_steps", 5))
R1 = (("penalty.name", "r1"),)
CASES = (
    Case(title="2-16-2, batch 150", settings=SMALL, wanted=6.0),
    Case(title="2-128-128-2, batch 256", settings=LARGE, wanted=2.0, is_wide=True),
    Case(title="2-16-2, WGAN-GP, k = 5", settings=SMALL + GP, wanted=3.0),
    Case(title="2-128-128-2, WGAN-GP, k = 5", settings=LARGE + GP, wanted=3.0, is_wide=True),
    Case(title="2-16-2, R1", settings=SMALL + R1, wanted=3.0),
    Case(title="2-128-128-2, R1", settings=LARGE + R1, wanted=3.0, is_wide=True),
)


def measure(config: RunConfig, *, quick: bool) -> list[Figure]:
    """Return the figures of every case; a quick measurement leaves out the large nets' and the user's own compiling."""
    prepare_thread()
    found: list[Figure] = []
    for case in CASES[:1] if quick else CASES:
        found += _measured(case, repetitions=5, seconds=0.5 if quick else 1.5, is_quick=quick)
    return found


def _measured(case: Case, *, repetitions: int, seconds: float, is_quick: bool) -> list[Figure]:
    config = RunConfig()
    for path, value in case.settings:
        config = replaced(config, path, value)
    eager, compiled, builder = Trainer(replaced(config, "run.execution", "eager")), Trainer(config), StepBuilder()
    start = time.perf_counter()
    builder.follow(compiled)
    builder.wait(compiled)
    made_s = time.perf_counter() - start
    runners: dict[str, Callable[[float], float]] = {
        "eager": lambda seconds: rate(eager, seconds),
        "plain loop": PlainLoop(config).run,
    }
    if compiled.compiled is not None:
        runners["compiled"] = lambda seconds: rate(compiled, seconds)
    if not is_quick and not config.loss.needs_share and config.penalty.name == "none":  # second gradients it cannot
        runners["plain loop, torch.compile"] = PlainLoop(config, is_compiled=True).run
    for run in runners.values():
        run(0.2)
    rates: dict[str, list[float]] = {name: [] for name in runners}
    for repetition in range(repetitions):
        # In turns, forwards and backwards: a machine's speed drifts.
        order = list(runners) if repetition % 2 else list(reversed(runners))
        for name in order:
            rates[name].append(runners[name](seconds))
    found = [figure(f"{case.title}: {name}", "it/s", values) for name, values in rates.items()]
    plain = rates["plain loop"]
    if "compiled" in rates:
        found.append(
            figure(f"{case.title}: compiled / plain", "×", _ratios(rates["compiled"], plain), at_least=case.wanted)
        )
        found.append(figure(f"{case.title}: compiling, if not kept from before", "s", [made_s]))
    found.append(figure(f"{case.title}: eager / plain", "×", _ratios(rates["eager"], plain), at_least=1.2))
    if case.is_wide and "compiled" in rates:
        limit = [product_rate() / operations(eager) for _ in range(repetitions)]
        found.append(figure(f"{case.title}: arithmetic limit", "it/s", limit))
        shares = _ratios(rates["compiled"], limit)
        least = 0.5 if case.settings == LARGE else None
        found.append(figure(f"{case.title}: compiled / arithmetic limit", "×", shares, at_least=least))
    builder.close()
    return found


def _ratios(ours: list[float], theirs: list[float]) -> list[float]:
    return [a / b for a, b in zip(ours, theirs, strict=True)]


def rate(trainer: Trainer, seconds: float) -> float:
    """Train for so long; return iterations per second."""
    first = trainer.step
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        trainer.advance(AT_ONCE)
    return (trainer.step - first) / (time.perf_counter() - start)


def operations(trainer: Trainer) -> int:
    """Return the floating-point operations of the matrix products of one eager iteration, second gradients included."""
    with _Products() as products:
        trainer.iterate()
    return products.operations


class _Products(TorchDispatchMode):
    """Counts the operations of what is called while it is entered, by torch's own formulas."""

    def __init__(self) -> None:
        super().__init__()
        self.operations = 0

    @override
    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        count = flop_registry.get(func.overloadpacket)
        if count is not None:
            self.operations += count(*args, **(kwargs or {}), out_val=result)
        return result


def product_rate(size: int = 768, repetitions: int = 5) -> float:
    """Return the floating-point operations per second of a large matrix product on one core."""
    a, b = torch.rand(size, size), torch.rand(size, size)
    seconds = []
    for _ in range(repetitions):
        start = time.perf_counter()
        torch.mm(a, b)
        seconds.append(time.perf_counter() - start)
    return 2.0 * size**3 / statistics.median(seconds)
