"""The adversarial algorithm: Algorithm 1 of Goodfellow et al. 2014, with k discriminator steps per generator step.

No thread, no clock, no window: a trainer is a state and functions that move it on.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ganstudio.engine import config as configs
from ganstudio.engine.config import Change, RunConfig
from ganstudio.engine.device import prepare_thread, random_generator, resolve
from ganstudio.engine.history import Event, History
from ganstudio.engine.metrics import Panel

SCALARS = ("loss/d", "loss/g", "score/real", "score/fake", "grad_norm/d", "grad_norm/g")
ROWS_KEPT_BACK = 64  # scalars stay on the device for so many rows: reading them is a sync point
KEEP_EVERY = 256  # iterations between two copies of a finite state
MEASURED_COUNT = 4_096  # generated points of the metrics that run along
FINAL_COUNT = 20_000  # and of a final evaluation
DRAG_STEPS = 200  # iterations within which changes of one setting count as one
RATE_FLOOR = 0.01  # of the cosine schedule


class DivergenceError(Exception):
    """A loss was not finite: at iteration ``step``."""

    def __init__(self, step: int) -> None:
        super().__init__(f"a loss was not finite at iteration {step}")
        self.step = step


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """A run as a value: every tensor that determines its future, by name, on the CPU or the run's device."""

    tensors: Mapping[str, Tensor]
    step: int
    d_updates: int
    g_updates: int


class Trainer:
    """A generator G and a discriminator D that play their game.

    Parameters
    ----------
    config
        Determines the run: equal configs give equal runs, bit for bit on the CPU.

    Raises
    ------
    ConfigError
        If the device does not exist here or the data cannot be read.
    """

    def __init__(self, config: RunConfig) -> None:
        prepare_thread()
        self.config = config
        self.device = resolve(config.run.device)
        self.data = config.data.opened()  # the file may change or vanish while this trains
        self.data_dim = self.data.dim
        self.standardize(*(self.data.moments() if config.training.standardize else (np.zeros(self.data_dim), 1.0)))
        seed = config.run.seed
        shape = (self.data_dim,)
        cpu = torch.device("cpu")
        self.G = config.generator.build(config.prior.dim, shape, random_generator(cpu, seed, 0)).to(self.device)
        self.D = config.discriminator.build(shape, random_generator(cpu, seed, 1)).to(self.device)
        self.ema = copy.deepcopy(self.G).requires_grad_(False)
        self.generators = {
            name: random_generator(self.device, seed, 2 + index) for index, name in enumerate(("data", "z", "noise"))
        }
        self._g_parameters: list[Tensor] = list(self.G.parameters())
        self._d_parameters: list[Tensor] = list(self.D.parameters())
        self._ema_parameters: list[Tensor] = list(self.ema.parameters())
        self.d_optimizer = config.d_optimizer.build(self._d_parameters)
        self.g_optimizer = config.g_optimizer.build(self._g_parameters)
        self.step = self.d_updates = self.g_updates = 0
        self.history = History()
        self._table = self.history.table(SCALARS)
        self._rows = torch.zeros(ROWS_KEPT_BACK, len(SCALARS), device=self.device)
        self._row_updates: list[tuple[int, int, int]] = []
        nothing = torch.full((), math.nan, device=self.device)
        self._scalars = dict.fromkeys(SCALARS, nothing)
        self.panel = Panel(self.data, random_generator(cpu, seed, 5))
        self.floors = self.panel.floors(MEASURED_COUNT)
        self._last_change: tuple[str, object, int] = ("", None, 0)
        self._kept = self.state()

    def standardize(self, mean: NDArray[np.float64], scale: float) -> None:
        """Have the nets see the data less ``mean`` (d,), divided by ``scale``."""
        self.mean, self.scale = mean, scale
        self._shift = torch.tensor(mean, dtype=torch.float32, device=self.device)

    # -- the algorithm ------------------------------------------------------------------------------------------------

    def iterate(self) -> None:
        """Do one iteration: k updates of D, then those of G. Before the first one, one warm-up update of D instead.

        Raises
        ------
        DivergenceError
            If a loss was not finite; the state is then again the last one kept.
        """
        self._forget_abandoned_rows()
        training = self.config.training
        if self.d_updates < training.d_pretrain and self.step == 0:
            self._update_discriminator()
            self._record()
            return
        for _ in range(training.d_steps):
            self._update_discriminator()
        for _ in range(training.g_steps):
            self._update_generator()
        self.step += 1
        self._record()
        if self.step % training.metrics_every == 0:
            self._record_metrics()
        if self.step % KEEP_EVERY == 0:
            self.flush()
            self._kept = self.state()

    def step_discriminator(self) -> None:
        """Update D once, by itself; the iteration count stays."""
        self._forget_abandoned_rows()
        self._update_discriminator()
        self._record()

    def step_generator(self) -> None:
        """Update G once, by itself; the iteration count stays."""
        self._forget_abandoned_rows()
        self._update_generator()
        self._record()

    def _update_discriminator(self) -> None:
        loss, count = self.config.loss, self.config.training.batch_size
        real = self._noisy(self._real(count))  # (B, d)
        with torch.no_grad():
            fake = self._noisy(self.G(self._z(count)))  # (B, d)
        logits = self.D(torch.cat((real, fake)))  # (2B, 1)
        real_logits, fake_logits = logits[:count], logits[count:]
        objective = game = loss.discriminator(real_logits, fake_logits)
        for term in (
            loss.regularization(self.D, real, fake, self.generators["noise"]),
            self.config.penalty(self.D, real, fake),
        ):
            if term is not None:
                objective = objective + term
        gradients = torch.autograd.grad(objective, self._d_parameters)
        _descend(self.d_optimizer, self._d_parameters, gradients, self._rate(self.config.d_optimizer.lr))
        loss.constrain(self._d_parameters)
        self.d_updates += 1
        with torch.no_grad():
            self._scalars |= {
                "loss/d": game.detach(),
                "score/real": loss.score(real_logits).mean(),
                "score/fake": loss.score(fake_logits).mean(),
                "grad_norm/d": torch.nn.utils.get_total_norm(gradients),
            }

    def _update_generator(self) -> None:
        loss, count = self.config.loss, self.config.training.batch_size
        fake_logits = self.D(self._noisy(self.G(self._z(count))))  # (B, 1)
        real_logits = fake_logits[:0]
        if loss.needs_real_for_generator:
            with torch.no_grad():
                real_logits = self.D(self._noisy(self._real(count)))
        objective = loss.generator(real_logits, fake_logits)
        gradients = torch.autograd.grad(objective, self._g_parameters)
        _descend(self.g_optimizer, self._g_parameters, gradients, self._rate(self.config.g_optimizer.lr))
        self.g_updates += 1
        self._average()
        self._scalars |= {
            "loss/g": objective.detach(),
            "grad_norm/g": torch.nn.utils.get_total_norm(gradients),
        }

    def _real(self, count: int) -> Tensor:
        points = self.data.sample(count, self.generators["data"])
        return points.sub_(self._shift).div_(self.scale) if self.config.training.standardize else points

    def _z(self, count: int) -> Tensor:
        return self.config.prior.sample(count, self.generators["z"])

    def _noisy(self, points: Tensor) -> Tensor:
        sd = self.config.training.instance_noise
        if sd == 0:
            return points
        # In units of the data's standard deviation, which is 1 only for standardised data.
        sd *= 1.0 if self.config.training.standardize else self._data_scale()
        noise = torch.randn(points.shape, generator=self.generators["noise"], device=self.device)
        return points + sd * noise

    def _data_scale(self) -> float:
        return self.data.moments()[1]

    def _average(self) -> None:
        # Warm-up: the first updates are averaged evenly, so that the random start is forgotten at once.
        decay = min(self.config.training.ema_decay, 1 - 1 / self.g_updates)
        with torch.no_grad():
            torch._foreach_lerp_(self._ema_parameters, self._g_parameters, 1 - decay)

    def _rate(self, rate: float) -> float:
        training = self.config.training
        if training.lr_schedule == "constant":
            return rate
        done = min(1.0, self.step / training.steps)
        return rate * (RATE_FLOOR + (1 - RATE_FLOOR) * 0.5 * (1 + math.cos(math.pi * done)))

    # -- what is recorded ---------------------------------------------------------------------------------------------

    def _record(self) -> None:
        torch.stack(tuple(self._scalars.values()), out=self._rows[len(self._row_updates)])
        self._row_updates.append((self.step, self.d_updates, self.g_updates))
        if len(self._row_updates) == ROWS_KEPT_BACK:
            self.flush()

    def flush(self) -> None:
        """Bring the newest scalars into the history.

        Raises
        ------
        DivergenceError
            If a loss among them is not finite. What came after it is dropped, and the last finite state restored.
        """
        count = len(self._row_updates)
        if count == 0:
            return
        rows = np.array(self._row_updates, np.int64)  # (rows, 3): iterations, updates of D, updates of G
        values = self._rows[:count].cpu().numpy().copy()  # the one sync point of a step
        self._row_updates.clear()
        expected = rows[:, [2 if name.endswith("/g") else 1 for name in SCALARS]] > 0
        broken = np.flatnonzero((~np.isfinite(values) & expected).any(axis=1))
        if len(broken):
            end = int(broken[0]) + 1
            self._table.append(rows[:end, 0], values[:end])
            self.restore(self._kept)
            raise DivergenceError(int(rows[end - 1, 0]))
        self._table.append(rows[:, 0], values)

    def _record_metrics(self) -> None:
        self.flush()
        values = self.evaluate(MEASURED_COUNT)
        table = self.history.table(tuple(values))
        table.append(np.array([self.step]), np.array([list(values.values())], np.float32))

    def evaluate(self, count: int = FINAL_COUNT) -> dict[str, float]:
        """Return every metric of the averaged generator, and with the suffix ``_raw`` those of the raw one.

        The latents depend on the seed and the step alone: looking never changes a run.
        """
        generator = random_generator(self.device, self.config.run.seed, 6, self.step)
        z = self.config.prior.sample(count, generator)
        averaged = self.panel.measure(self.generated(self.ema, z))
        raw = self.panel.measure(self.generated(self.G, z))
        return averaged | {f"{name}_raw": value for name, value in raw.items()}

    def generated(self, G: nn.Module, z: Tensor) -> NDArray[np.float64]:
        """Return G(z) in data units: (n, dim) -> (n, d)."""
        with torch.no_grad():
            return G(z).cpu().double().numpy() * self.scale + self.mean

    # -- settings and state -------------------------------------------------------------------------------------------

    def tune(self, config: RunConfig) -> tuple[Change, ...]:
        """Take over a config that differs in live settings only; they act from the next update on.

        Returns
        -------
        The changes, which are also put into the history's events.

        Raises
        ------
        ValueError
            If a setting differs that needs a reset; nothing is changed then.
        """
        changed = configs.changes(self.config, config)
        fixed = [change.path for change in changed if not change.live]
        if fixed:
            raise ValueError(f"only on reset: {', '.join(fixed)}")
        old, self.config = self.config, config
        if config.d_optimizer.name != old.d_optimizer.name:
            self.d_optimizer = config.d_optimizer.build(self._d_parameters)
        if config.g_optimizer.name != old.g_optimizer.name:
            self.g_optimizer = config.g_optimizer.build(self._g_parameters)
        config.d_optimizer.tune(self.d_optimizer)
        config.g_optimizer.tune(self.g_optimizer)
        for change in changed:
            self._mark(change)
        return changed

    def _mark(self, change: Change) -> None:
        """Put a change into the history's events; one of a setting that has just been changed goes on with that event.

        A slider that is dragged makes many changes, and one event: where it began, from what, and to what at last.
        """
        path, first, last_step = self._last_change
        if self.history.events and path == change.path and self.step - last_step <= DRAG_STEPS:
            began = self.history.events[-1].step
            change = replace(change, old=first)
            self.history.events[-1] = Event(began, _described(change))
        else:
            self.history.events.append(Event(self.step, _described(change)))
        self._last_change = (change.path, change.old, self.step)

    def state(self) -> State:
        """Return a copy of everything that determines the run's future."""
        tensors = {name: tensor.detach().clone() for name, tensor in self._live_tensors()}
        tensors |= {f"rng.{name}": generator.get_state() for name, generator in self.generators.items()}
        return State(tensors, self.step, self.d_updates, self.g_updates)

    def restore(self, state: State) -> None:
        """Go back to a state of this trainer, or of an equal one. The history stays as it is until the next step."""
        parameters = dict(self._named_parameters())
        with torch.no_grad():
            for name, parameter in parameters.items():
                parameter.copy_(state.tensors[name])
        for player, optimizer in self._optimizers().items():
            _restore_optimizer(optimizer, player, state.tensors)
        for name, generator in self.generators.items():
            generator.set_state(state.tensors[f"rng.{name}"].cpu())
        self.step, self.d_updates, self.g_updates = state.step, state.d_updates, state.g_updates
        self._row_updates.clear()
        self._kept = state

    def adopt(self, history: History) -> None:
        """Go on with a history read from a checkpoint."""
        self.history = history
        self._table = history.table(SCALARS)
        for column, value in history.last().items():
            if column in self._scalars:
                self._scalars[column] = torch.full((), value, device=self.device)

    def _forget_abandoned_rows(self) -> None:
        """After a restored state, drop what lies ahead of it; whoever reads the old history keeps it whole."""
        length = len(self._table)
        if length and int(self._table.rows(length - 1)[0][0]) > self.step:
            self.adopt(self.history.until(self.step))

    def _optimizers(self) -> dict[str, torch.optim.Optimizer]:
        return {"d_optimizer": self.d_optimizer, "g_optimizer": self.g_optimizer}

    def _named_parameters(self) -> Iterable[tuple[str, Tensor]]:
        for prefix, net in (("G", self.G), ("D", self.D), ("ema", self.ema)):
            for name, parameter in net.named_parameters():
                yield f"{prefix}.{name}", parameter

    def _live_tensors(self) -> Iterable[tuple[str, Tensor]]:
        yield from self._named_parameters()
        for player, optimizer in self._optimizers().items():
            for index, parameter in enumerate(optimizer.param_groups[0]["params"]):
                for key, value in optimizer.state.get(parameter, {}).items():
                    if isinstance(value, Tensor):
                        yield f"{player}.{index}.{key}", value


def _descend(
    optimizer: torch.optim.Optimizer, parameters: Sequence[Tensor], gradients: Sequence[Tensor], rate: float
) -> None:
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = gradient
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.step()


def _restore_optimizer(optimizer: torch.optim.Optimizer, player: str, tensors: Mapping[str, Tensor]) -> None:
    optimizer.state.clear()
    for index, parameter in enumerate(optimizer.param_groups[0]["params"]):
        prefix = f"{player}.{index}."
        held = {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
        if held:
            optimizer.state[parameter] = {key: tensor.clone() for key, tensor in held.items()}


def _described(change: Change) -> str:
    """Return a change in as few words as a chart's marker has room for: "k 1→5"."""
    section, _, name = change.path.partition(".")
    player = {"d_optimizer": " D", "g_optimizer": " G"}.get(section, "")
    label = {"d_steps": "k", "lr": "lr", "name": section.removeprefix("d_").removeprefix("g_")}.get(
        name, name.replace("_", " ")
    )
    return f"{label}{player} {_short(change.old)}→{_short(change.new)}"


def _short(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value).replace("_", " ")
