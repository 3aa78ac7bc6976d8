"""The adversarial algorithm: Algorithm 1 of Goodfellow et al. 2014, with k discriminator steps per generator step.

No thread, no clock, no window: a trainer is a state and functions that move it on.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ganstudio.engine import augmentation, evaluation
from ganstudio.engine import config as configs
from ganstudio.engine.compatibility import check_live, classes_told
from ganstudio.engine.compiled import Step
from ganstudio.engine.config import Change, RunConfig
from ganstudio.engine.device import precision, prepare_thread, random_generator, resolve
from ganstudio.engine.distributions.images import ImageDistribution, as_pixels
from ganstudio.engine.game import Rules, called, discriminator_turn, generator_turn, total_norm
from ganstudio.engine.history import History
from ganstudio.engine.image_panel import ImagePanel
from ganstudio.engine.metrics import Panel
from ganstudio.engine.player import Player, named_tensors
from ganstudio.engine.recorder import Recorder
from ganstudio.engine.supply import Supply
from ganstudio.engine.tracing import RATE_FLOOR, Playing

NOTHING = nullcontext()
KEEP_EVERY = 256  # iterations between two copies of a finite state
MEASURED_COUNT = 4_096  # generated points of the metrics that run along
FINAL_COUNT = 20_000  # and of a final evaluation
IMAGES_AT_ONCE = 128  # that G makes in one forward


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
        self.classes = classes_told(config, self.data)
        check_live(config, self.data)
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
        self._recorder = Recorder(self.device)
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
        self._kept = self.state()

    @property
    def history(self) -> History:
        """What was recorded so far, but for the newest rows; see :meth:`flush`."""
        return self._recorder.history

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

    def advance(self, limit: int = 1, then: Callable[[], object] = lambda: None) -> None:
        """Do at least one iteration and at most ``limit``: a compiled step does many in one call.

        How they are divided among calls changes nothing.

        Parameters
        ----------
        then
            Done when a compiled step is about to begin, for a while in which it does not need Python's lock.

        Raises
        ------
        DivergenceError
            If a loss was not finite; the state is then again the last one kept.
        """
        if self.compiled is None or self._is_warming_up():
            self.iterate()
            return
        self._recorder.forget_after(self.step)
        training = self.config.training
        room = min(limit, self._recorder.room, _until(KEEP_EVERY, self.step))
        room = min(room, _until(training.metrics_every, self.step), self.compiled.room(training))
        self._play(room, training.d_steps, training.g_steps, then)
        self._finish_iteration()

    def iterate(self) -> None:
        """Do one iteration: k updates of D, then those of G. Before the first one, one warm-up update of D instead.

        Raises
        ------
        DivergenceError
            If a loss was not finite; the state is then again the last one kept.
        """
        self._recorder.forget_after(self.step)
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
        self._recorder.forget_after(self.step)
        self._update_discriminator()
        self._record()

    def step_generator(self) -> None:
        """Update G once, by itself; the iteration count stays."""
        self._recorder.forget_after(self.step)
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
            self._recorder.scalars |= {
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
            self._recorder.scalars |= {"loss/g": objective.detach(), "grad_norm/g": total_norm(_present(gradients))}

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
            self._recorder.note(self.step, text)

    def _play(self, iterations: int, d_steps: int, g_steps: int, then: Callable[[], object] = lambda: None) -> None:
        """Have the compiled step do so many iterations."""
        assert self.compiled is not None  # noqa: S101 - whoever calls has looked
        counts = (iterations, d_steps, g_steps)
        playing, rows = self.compiled.play(self.playing(), self.supply, self.config, counts, then)
        done = (self.step, self.d_updates, self.g_updates)
        self._recorder.add_rows(
            rows, ((done[0] + n, done[1] + n * d_steps, done[2] + n * g_steps) for n in range(1, iterations + 1))
        )
        self.step += iterations
        self._d.updates += iterations * d_steps
        self._g.updates += iterations * g_steps
        _point_at(self._g.parameters, playing.g)
        _point_at(self._d.parameters, playing.d)
        _point_at(self._ema_parameters, playing.ema)
        self._g.memory, self._d.memory = playing.g_memory, playing.d_memory
        if self._recorder.room == 0:
            self.flush()

    def playing(self) -> Playing:
        """Return the tensors that an iteration changes, not copied."""
        return Playing(
            g=_data(self._g.parameters),
            d=_data(self._d.parameters),
            ema=self._ema_parameters,
            g_memory=self._g.memory,
            d_memory=self._d.memory,
            scalars=torch.stack(tuple(self._recorder.scalars.values())),
            step=torch.tensor(self.step, dtype=torch.float64, device=self.device),
            g_updates=torch.tensor(self.g_updates, dtype=torch.float64, device=self.device),
        )

    # -- what is recorded ---------------------------------------------------------------------------------------------

    def _record(self) -> None:
        self._recorder.add((self.step, self.d_updates, self.g_updates))
        if self._recorder.room == 0:
            self.flush()

    def flush(self) -> None:
        """Bring the newest scalars into the history.

        Raises
        ------
        DivergenceError
            If a loss among them is not finite. What came after it is dropped, and the last finite state restored.
        """
        broken_at = self._recorder.write()
        if broken_at is not None:
            self.restore(self._kept)
            raise DivergenceError(broken_at)

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
        return evaluation.measures(self, count)

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
        check_live(config, self.data)
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
            self._recorder.mark(self.step, change)
        return changed

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
        self._recorder.forget()
        self._kept = state

    def adopt(self, history: History) -> None:
        """Go on with a history read from a checkpoint."""
        self._recorder.adopt(history)

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
