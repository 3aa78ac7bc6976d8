"""The adversarial algorithm: Algorithm 1 of Goodfellow et al. 2014, with k discriminator steps per generator step.

No thread, no clock, no window: a trainer is a state and functions that move it on.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ganstudio.engine import augmentation
from ganstudio.engine import config as configs
from ganstudio.engine.compiled import Step
from ganstudio.engine.config import Change, RunConfig
from ganstudio.engine.device import precision, prepare_thread, random_generator, resolve
from ganstudio.engine.distributions import Distribution
from ganstudio.engine.distributions.images import ImageDistribution, as_pixels, as_tensor
from ganstudio.engine.game import Rules, called, discriminator_turn, generator_turn, total_norm
from ganstudio.engine.history import Event, History
from ganstudio.engine.image_panel import MEASURED_IMAGES, ImagePanel
from ganstudio.engine.metrics import Panel
from ganstudio.engine.models import discriminators, generators
from ganstudio.engine.params import ConfigError
from ganstudio.engine.player import Player, named_tensors
from ganstudio.engine.supply import Supply
from ganstudio.engine.tracing import RATE_FLOOR, Playing

NOTHING = nullcontext()
SCALARS = ("loss/d", "loss/g", "score/real", "score/fake", "grad_norm/d", "grad_norm/g")
ROWS_KEPT_BACK = 256  # scalars stay on the device for so many rows: reading them is a sync point
KEEP_EVERY = 256  # iterations between two copies of a finite state
MEASURED_COUNT = 4_096  # generated points of the metrics that run along
FINAL_COUNT = 20_000  # and of a final evaluation
JUDGED_IMAGES = 256  # real ones of each kind, for D's scores
IMAGES_AT_ONCE = 128  # that G makes in one forward
DRAG_STEPS = 200  # iterations within which changes of one setting count as one


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
        self.classes = _classes(config, self.data)
        _check_live(config, self.data)
        seed = config.run.seed
        cpu = torch.device("cpu")
        shape = self.data.shape
        self.generators = {
            name: random_generator(self.device, seed, 2 + index) for index, name in enumerate(("data", "z", "noise"))
        }
        self.supply = Supply(self.data, self.generators, self.device, self.classes)
        self.standardize(*(self.data.moments() if config.training.standardize else (np.zeros(self.data_dim), 1.0)))
        G = config.generator.build(config.prior.dim, shape, random_generator(cpu, seed, 0), self.classes)
        D = config.discriminator.build(shape, random_generator(cpu, seed, 1), self.classes)
        is_image = self.data.layout == "images"
        self.G, self.D = G.to(self.device), D.to(self.device)
        if is_image:  # what convolutions are fastest with
            for net in (self.G, self.D):
                net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.precision = precision(config.run.precision, self.device, is_image)
        self.ema = copy.deepcopy(self.G).requires_grad_(False).eval()
        self._g, self._d = Player(self.G, config.g_optimizer), Player(self.D, config.d_optimizer)
        self._ema_parameters: list[Tensor] = list(self.ema.parameters())
        self._g_buffers, self._ema_buffers = list(self.G.buffers()), list(self.ema.buffers())
        self._d_buffers = list(self.D.buffers())
        self.step = 0
        self.compiled: Step | None = None
        self.history = History()
        self._table = self.history.table(SCALARS)
        self._rows = torch.zeros(ROWS_KEPT_BACK, len(SCALARS), device=self.device)
        self._row_updates: list[tuple[int, int, int]] = []
        self._scalars = dict.fromkeys(SCALARS, torch.full((), math.nan, device=self.device))
        self._grows = config.generator.grows
        self._stage: tuple[int, float] | None = None
        self._separate_batches = bool(getattr(self.D, "separate_batches", False))
        if self._grows:
            self.supply.prepare = self.D.prepare  # type: ignore[assignment]
            self._grow()
        self.panel = (
            ImagePanel(self.data, seed)
            if isinstance(self.data, ImageDistribution)
            else Panel(self.data, random_generator(cpu, seed, 5))
        )
        self.floors: Mapping[str, float] = {}  # what the metrics read for real data; known with the first evaluation
        self._last_change: tuple[str, object, int] = ("", None, 0)
        self._kept = self.state()

    @property
    def d_updates(self) -> int:
        """Updates of D so far."""
        return self._d.updates

    @property
    def g_updates(self) -> int:
        """Updates of G so far."""
        return self._g.updates

    def standardize(self, mean: NDArray[np.float64], scale: float) -> None:
        """Have the nets see the data less ``mean`` (d,), divided by ``scale``."""
        self.mean, self.scale = mean, scale
        self.supply.standardize(mean, scale)

    # -- the algorithm ------------------------------------------------------------------------------------------------

    def advance(self, limit: int = 1) -> None:
        """Do at least one iteration and at most ``limit``: a compiled step does many in one call.

        How they are divided among calls changes nothing.

        Raises
        ------
        DivergenceError
            If a loss was not finite; the state is then again the last one kept.
        """
        if self.compiled is None or self._is_warming_up():
            self.iterate()
            return
        self._forget_abandoned_rows()
        training = self.config.training
        room = min(limit, ROWS_KEPT_BACK - len(self._row_updates), _until(KEEP_EVERY, self.step))
        room = min(room, _until(training.metrics_every, self.step), self.compiled.room(training))
        self._play(room, training.d_steps, training.g_steps)
        self._finish_iteration()

    def iterate(self) -> None:
        """Do one iteration: k updates of D, then those of G. Before the first one, one warm-up update of D instead.

        Raises
        ------
        DivergenceError
            If a loss was not finite; the state is then again the last one kept.
        """
        self._forget_abandoned_rows()
        training = self.config.training
        if self._is_warming_up():
            self._update_discriminator()
            self._record()
            return
        if self.compiled is not None:
            self._play(1, training.d_steps, training.g_steps)
        else:
            for _ in range(training.d_steps):
                self._update_discriminator()
            for _ in range(training.g_steps):
                self._update_generator()
            self.step += 1
            self._record()
        self._finish_iteration()

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

    def _is_warming_up(self) -> bool:
        return self.step == 0 and self.d_updates < self.config.training.d_pretrain

    def _finish_iteration(self) -> None:
        if self.step % self.config.training.metrics_every == 0:
            self._record_metrics()
        if self.step % KEEP_EVERY == 0:
            self.flush()
            self._kept = self.state()

    def _update_discriminator(self) -> None:
        config = self.config
        self._grow()
        with self._cast():
            turn = discriminator_turn(self.G, self.D, self._rules(), self.supply.for_discriminator(config))
        gradients = torch.autograd.grad(turn.objective, self._d.parameters, allow_unused=self._grows)
        self._d.descend(config.d_optimizer, gradients, self._rate(config.d_optimizer.lr))
        config.loss.constrain(self._d.parameters)
        with torch.no_grad():
            self._scalars |= {
                "loss/d": turn.loss.detach(),
                "score/real": config.loss.score(turn.real_logits).mean(),
                "score/fake": config.loss.score(turn.fake_logits).mean(),
                "grad_norm/d": total_norm(_present(gradients)),
            }

    def _update_generator(self) -> None:
        config = self.config
        self._grow()
        with self._cast():
            objective = generator_turn(self.G, self.D, self._rules(), self.supply.for_generator(config))
        gradients = torch.autograd.grad(objective, self._g.parameters, allow_unused=self._grows)
        self._g.descend(config.g_optimizer, gradients, self._rate(config.g_optimizer.lr))
        self._average()
        with torch.no_grad():
            self._scalars |= {"loss/g": objective.detach(), "grad_norm/g": total_norm(_present(gradients))}

    def _cast(self) -> AbstractContextManager[object]:
        """Have products computed in less than float32 where that was chosen."""
        if self.precision is torch.float32:
            return NOTHING
        return torch.autocast(self.device.type, self.precision, cache_enabled=False)

    def _rules(self) -> Rules:
        training, penalty = self.config.training, self.config.penalty
        every = training.penalty_every
        is_due = penalty.name != "none" and self.d_updates % every == 0
        return Rules(
            loss=self.config.loss,
            penalty=penalty if is_due else None,
            noise=self._noise(),
            penalty_weight=float(every),
            augment=self._augmentation(),
            separate_batches=self._separate_batches,
        )

    def _augmentation(self) -> Callable[[Tensor], Tensor] | None:
        policy = self.config.training.augment
        if policy == "none":
            return None
        changes = policy.split("_")
        return lambda images: augmentation.augment(images, changes, self.generators["noise"])

    def _noise(self) -> float:
        """Return the instance noise's standard deviation in the nets' units: 1 is the data's only if standardised."""
        sd = self.config.training.instance_noise
        return sd if sd == 0 or self.config.training.standardize else sd * self.data.moments()[1]

    def _average(self) -> None:
        # Warm-up: the first updates are averaged evenly, so that the random start is forgotten at once.
        decay = min(self.config.training.ema_decay, 1 - 1 / self.g_updates)
        with torch.no_grad():
            torch._foreach_lerp_(self._ema_parameters, self._g.parameters, 1 - decay)
            if self._g_buffers:  # running statistics are averages already
                torch._foreach_copy_(self._ema_buffers, self._g_buffers)

    def _grow(self) -> None:
        """Bring nets that grow to the stage of this iteration."""
        stage = self.config.generator.stage_at(self.step) if self._grows else None
        if stage is not None and stage != self._stage:
            for net in (self.G, self.D, self.ema):
                net.set_stage(*stage)  # type: ignore[operator]
            self._stage = stage

    def _rate(self, rate: float) -> float:
        training = self.config.training
        if training.lr_schedule == "constant":
            return rate
        done = min(1.0, self.step / training.steps)
        return rate * (RATE_FLOOR + (1 - RATE_FLOOR) * 0.5 * (1 + math.cos(math.pi * done)))

    # -- the compiled step --------------------------------------------------------------------------------------------

    def use(self, step: Step | None) -> None:
        """Have the iterations done by a compiled step from now on, or at once again if None."""
        if step is not None and self.compiled is not step:
            step.set_dials(self.config, self._noise())
        self.compiled = step

    def note(self, text: str) -> None:
        """Put something that happened now into the history's events; at the very start nothing has to be told."""
        if self.step > 0:
            self.history.events.append(Event(self.step, text))

    def _play(self, iterations: int, d_steps: int, g_steps: int) -> None:
        """Have the compiled step do so many iterations."""
        assert self.compiled is not None  # noqa: S101 - whoever calls has looked
        step, first = self.compiled, len(self._row_updates)
        playing, rows = step.play(self.playing(), self.supply, self.config, (iterations, d_steps, g_steps))
        self._rows[first : first + iterations] = rows[:iterations]
        for _ in range(iterations):
            self.step += 1
            self._d.updates += d_steps
            self._g.updates += g_steps
            self._row_updates.append((self.step, self.d_updates, self.g_updates))
        _point_at(self._g.parameters, playing.g)
        _point_at(self._d.parameters, playing.d)
        _point_at(self._ema_parameters, playing.ema)
        self._g.memory, self._d.memory = playing.g_memory, playing.d_memory
        self._scalars = dict(zip(SCALARS, playing.scalars.unbind(), strict=True))
        if len(self._row_updates) == ROWS_KEPT_BACK:
            self.flush()

    def playing(self) -> Playing:
        """Return the tensors that an iteration changes, not copied."""
        return Playing(
            g=_data(self._g.parameters),
            d=_data(self._d.parameters),
            ema=self._ema_parameters,
            g_memory=self._g.memory,
            d_memory=self._d.memory,
            scalars=torch.stack(tuple(self._scalars.values())),
            step=torch.tensor(self.step, dtype=torch.float64, device=self.device),
            g_updates=torch.tensor(self.g_updates, dtype=torch.float64, device=self.device),
        )

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
        if not self.floors:
            self.floors = self.panel.floors(MEASURED_COUNT)
        table = self.history.table(tuple(values))
        table.append(np.array([self.step]), np.array([list(values.values())], np.float32))

    def evaluate(self, count: int = FINAL_COUNT) -> dict[str, float]:
        """Return every metric of the averaged generator, and with the suffix ``_raw`` those of the raw one.

        The latents depend on the seed and the step alone: looking never changes a run.
        """
        generator = random_generator(self.device, self.config.run.seed, 6, self.step)
        if isinstance(self.panel, ImagePanel):
            return self._evaluate_images(self.panel, generator)
        z = self.config.prior.sample(count, generator)
        averaged = self.panel.measure(self.generated(self.ema, z))
        raw = self.panel.measure(self.generated(self.G, z))
        return averaged | {f"{name}_raw": value for name, value in raw.items()}

    def _evaluate_images(self, panel: ImagePanel, generator: torch.Generator) -> dict[str, float]:
        z = self.config.prior.sample(MEASURED_IMAGES, generator)
        asked = y = None
        if self.classes:  # every class as often as the others
            asked = torch.arange(MEASURED_IMAGES, device=self.device) % self.classes
            y = torch.nn.functional.one_hot(asked, self.classes).float()
        labels = None if asked is None else asked.cpu().numpy()
        averaged = panel.measure(self.images(self.ema, z, y), labels)
        raw = panel.measure(self.images(self.G, z, y), labels)
        return averaged | {f"{name}_raw": value for name, value in raw.items()} | self._familiarity()

    def _familiarity(self) -> dict[str, float]:
        """Return D's mean scores on images that it learns from and on held-out ones: apart, it knows them by heart."""
        data = cast(ImageDistribution, self.data)
        with torch.no_grad(), self.at_rest():
            return {
                name: self._mean_score(images, labels)
                for name, images, labels in (
                    ("score/train", data.train.images, data.train.labels),
                    ("score/held_out", data.held_out.images, data.held_out.labels),
                )
                if len(images)
            }

    def _mean_score(self, images: NDArray[np.uint8], labels: NDArray[np.int64] | None) -> float:
        spread = np.linspace(0, len(images) - 1, min(len(images), JUDGED_IMAGES)).astype(int)
        x = as_tensor(images[spread], self.device)
        if self.supply.prepare is not None:
            x = self.supply.prepare(x)
        y = None
        if self.classes and labels is not None:
            y = torch.nn.functional.one_hot(torch.from_numpy(labels[spread]), self.classes).float().to(self.device)
        return float(self.config.loss.score(called(self.D, x, y)).mean())

    def images(self, G: nn.Module, z: Tensor, y: Tensor | None = None) -> NDArray[np.uint8]:
        """Return G(z), or G(z, y), as images (n, H, W, C) of the data's size, made in blocks that fit into a cache."""
        blocks = []
        with torch.no_grad(), self.at_rest():
            for start in range(0, len(z), IMAGES_AT_ONCE):
                part = slice(start, start + IMAGES_AT_ONCE)
                blocks.append(self._pictures(called(G, z[part], None if y is None else y[part])))
        return np.concatenate(blocks)

    def _pictures(self, images: Tensor) -> NDArray[np.uint8]:
        """Return what nets make as images of the data's size: those of a net that still grows have larger pixels."""
        factor = self.data.shape[1] // images.shape[2]
        if factor > 1:
            images = images.repeat_interleave(factor, 2).repeat_interleave(factor, 3)
        return as_pixels(images)

    def generated(self, G: nn.Module, z: Tensor) -> NDArray[np.float64]:
        """Return G(z) in data units: (n, dim) -> (n, d)."""
        with torch.no_grad(), self.at_rest():
            return G(z).cpu().double().numpy() * self.scale + self.mean

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Look at the nets without moving what they keep of a batch: running statistics and the like stay."""
        if not self._g_buffers and not self._d_buffers:
            yield
            return
        self.G.eval()
        self.D.eval()
        try:
            yield
        finally:
            self.G.train()
            self.D.train()

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
        _check_live(config, self.data)
        old, self.config = self.config, config
        if config.d_optimizer.name != old.d_optimizer.name:
            self._d.forget(config.d_optimizer)
        if config.g_optimizer.name != old.g_optimizer.name:
            self._g.forget(config.g_optimizer)
        if self.compiled is not None:
            if self.compiled.fits(config):
                self.compiled.set_dials(config, self._noise())
            else:
                self.compiled = None  # another loss is another program
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
        with torch.no_grad():
            for name, tensor in self._net_tensors():
                tensor.copy_(state.tensors[name])
        for name, player in self._players().items():
            prefix = f"{name}_optimizer."
            player.recall({key.removeprefix(prefix): t for key, t in state.tensors.items() if key.startswith(prefix)})
        for name, generator in self.generators.items():
            generator.set_state(state.tensors[f"rng.{name}"].cpu())
        self.step, self._d.updates, self._g.updates = state.step, state.d_updates, state.g_updates
        self._stage = None
        if self._grows:
            for net in (self.G, self.D, self.ema):  # which has its stage as a number beside the tensors, too
                net.set_stage(int(net.stage_held), float(net.alpha))  # type: ignore[operator,arg-type]
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

    def _players(self) -> dict[str, Player]:
        return {"d": self._d, "g": self._g}

    def _net_tensors(self) -> Iterable[tuple[str, Tensor]]:
        for prefix, net in (("G", self.G), ("D", self.D), ("ema", self.ema)):
            for name, tensor in named_tensors(net):
                yield f"{prefix}.{name}", tensor

    def _live_tensors(self) -> Iterable[tuple[str, Tensor]]:
        yield from self._net_tensors()
        for prefix, player in self._players().items():
            for name, tensor in player.remembered():
                yield f"{prefix}_optimizer.{name}", tensor


def _classes(config: RunConfig, data: Distribution) -> int:
    """Return how many classes the nets are told, 0 if none.

    Raises
    ------
    ConfigError
        If a net is not made for such data, or wants classes that the data do not have.
    """
    for section, model, family in (
        ("generator", config.generator, generators),
        ("discriminator", config.discriminator, discriminators),
    ):
        if data.layout not in model.layouts:
            fitting = ", ".join(entry.name for entry in family if data.layout in entry.layouts)
            raise ConfigError(f"{section}.name", model.name, f"for these data one of {fitting}")
        if model.conditional and not data.classes:
            raise ConfigError(f"{section}.condition", "", "none: these data have no classes")
    if config.generator.grows != config.discriminator.grows:
        raise ConfigError("discriminator.name", config.discriminator.name, "a net that grows if, and only if, G does")
    return data.classes if config.generator.conditional or config.discriminator.conditional else 0


def _check_live(config: RunConfig, data: Distribution) -> None:
    """Refuse live settings that mean nothing for the data.

    Raises
    ------
    ConfigError
        If images are to be changed where there are none.
    """
    for name, neutral in (("augment", "none"), ("mirror", False)):
        value = getattr(config.training, name)
        if data.layout != "images" and value != neutral:
            raise ConfigError(f"training.{name}", value, f"{neutral}: these data are not images")


def _until(period: int, step: int) -> int:
    """Return how many iterations are left until the next multiple of ``period``."""
    return period - step % period


def _data(parameters: Iterable[Tensor]) -> list[Tensor]:
    return [parameter.detach() for parameter in parameters]


def _point_at(parameters: Iterable[Tensor], values: Iterable[Tensor]) -> None:
    """Have parameters hold other tensors, without copying them."""
    for parameter, value in zip(parameters, values, strict=True):
        parameter.data = value


def _present(gradients: Iterable[Tensor | None]) -> list[Tensor]:
    return [gradient for gradient in gradients if gradient is not None]


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
