"""The two updates of the game as graphs of plain tensor operations, with every setting that a slider moves an input."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from ganstudio.engine.game import Draws, Rules, discriminator_turn, generator_turn
from ganstudio.engine.optimizers import Memory
from ganstudio.engine.params import Entry, params_of

if TYPE_CHECKING:
    from ganstudio.engine.config import RunConfig

RATE_FLOOR = 0.01  # of the cosine schedule
EXAMPLE_BATCH = 211  # a prime: no size of a net's layers is taken for the batch's

Scalars = dict[str, Tensor]  # settings as tensors of no dimension, by path


@dataclass(slots=True, kw_only=True)
class Playing:
    """The tensors that an iteration changes: those of the players, the average's, and the counts.

    ``scalars`` (6,) are the newest losses, scores and gradient norms; ``step`` and ``g_updates`` () are float64.
    """

    g: list[Tensor]
    d: list[Tensor]
    ema: list[Tensor]
    g_memory: Memory
    d_memory: Memory
    scalars: Tensor
    step: Tensor
    g_updates: Tensor

    def g_side(self) -> list[Tensor]:
        """Return every tensor that an update of G changes, but the scalars."""
        return [*self.g, *self.ema, *_remembered(self.g_memory), self.g_updates]

    def d_side(self) -> list[Tensor]:
        """Return every tensor that an update of D changes, but the scalars."""
        return [*self.d, *_remembered(self.d_memory)]

    def flat(self) -> list[Tensor]:
        """Return every tensor, in an order that depends on the nets and the update rules alone."""
        return [*self.g_side(), *self.d_side(), self.scalars, self.step]

    def with_g(self, tensors: Sequence[Tensor]) -> Playing:
        """Return the same with other tensors on G's side, given in :meth:`g_side`'s order."""
        left = iter(tensors)
        g, ema, memory = _taken(left, self.g), _taken(left, self.ema), _recalled(left, self.g_memory)
        return dataclasses.replace(self, g=g, ema=ema, g_memory=memory, g_updates=next(left))

    def with_d(self, tensors: Sequence[Tensor]) -> Playing:
        """Return the same with other tensors on D's side, given in :meth:`d_side`'s order."""
        left = iter(tensors)
        return dataclasses.replace(self, d=_taken(left, self.d), d_memory=_recalled(left, self.d_memory))

    def like(self, tensors: Sequence[Tensor]) -> Playing:
        """Return the same structure with other tensors, given in :meth:`flat`'s order."""
        g, d = len(self.g_side()), len(self.d_side())
        playing = self.with_g(tensors[:g]).with_d(tensors[g : g + d])
        return dataclasses.replace(playing, scalars=tensors[-2], step=tensors[-1])


def _remembered(memory: Memory) -> list[Tensor]:
    return [tensor for key in sorted(memory) for tensor in memory[key]]


def _taken(left: Iterator[Tensor], old: Sequence[Tensor]) -> list[Tensor]:
    return [next(left) for _ in old]


def _recalled(left: Iterator[Tensor], memory: Memory) -> Memory:
    return {key: _taken(left, memory[key]) for key in sorted(memory)}


# -- settings as inputs -------------------------------------------------------------------------------------------


def dials(config: RunConfig) -> tuple[str, ...]:
    """Return the paths of the settings that are inputs of the program: every live number of the entries."""
    found = ["training.ema_decay", "training.instance_noise", "training.steps", "schedule"]
    for section in ("loss", "penalty", "d_optimizer", "g_optimizer"):
        entry = getattr(config, section)
        found += [f"{section}.{name}" for name in _live_numbers(entry)]
    return tuple(found)


def _live_numbers(entry: Entry) -> list[str]:
    return [name for name, declared in params_of(entry).items() if declared.live and declared.kind is float]


def dial_values(config: RunConfig, noise: float) -> list[float]:
    """Return the settings' values in the order of :func:`dials`; ``noise`` is in the nets' units."""
    training = config.training
    values: list[float] = [training.ema_decay, noise, training.steps, float(training.lr_schedule == "cosine")]
    for section in ("loss", "penalty", "d_optimizer", "g_optimizer"):
        entry = getattr(config, section)
        values += [getattr(entry, name) for name in _live_numbers(entry)]
    return values


def _tensored(entry: Entry, section: str, scalars: Scalars) -> Any:
    """Return the entry with its live numbers replaced by tensors; the program reads them at every call."""
    clone = object.__new__(type(entry))
    for name in params_of(entry):
        object.__setattr__(clone, name, scalars.get(f"{section}.{name}", getattr(entry, name)))
    return clone


# -- one update of each player, as pure functions -----------------------------------------------------------------


@dataclass(slots=True)
class _Script:
    """A config's updates over tensors: what is traced."""

    config: RunConfig
    G: nn.Module
    D: nn.Module
    names: tuple[str, ...]
    draws: tuple[str, ...]

    def scalars(self, numbers: Tensor) -> Scalars:
        return dict(zip(self.names, numbers.float().unbind(), strict=True))

    def rules(self, scalars: Scalars) -> Rules:
        config = self.config
        return Rules(
            loss=_tensored(config.loss, "loss", scalars),
            penalty=None if config.penalty.name == "none" else _tensored(config.penalty, "penalty", scalars),
            noise=scalars["training.instance_noise"],
        )

    def update_discriminator(self, playing: Playing, numbers: Tensor, drawn: Sequence[Tensor]) -> list[Tensor]:
        scalars = self.scalars(numbers)
        rules = self.rules(scalars)
        d = [parameter.detach().requires_grad_() for parameter in playing.d]
        draws = Draws(**dict(zip(self.draws, drawn, strict=True)))
        with torch.enable_grad():
            turn = discriminator_turn(_net(self.G, playing.g), _net(self.D, d), rules, draws)
            gradients = torch.autograd.grad(turn.objective, d)
        with torch.no_grad():
            optimizer = _tensored(self.config.d_optimizer, "d_optimizer", scalars)
            rate = _rate(scalars["d_optimizer.lr"], scalars, playing.step)
            moved, memory = optimizer.descended(playing.d, gradients, playing.d_memory, rate)
            rules.loss.constrain(moved)
            newest = torch.stack(
                (
                    turn.loss.detach(),
                    playing.scalars[1],
                    rules.loss.score(turn.real_logits).mean(),
                    rules.loss.score(turn.fake_logits).mean(),
                    _norm(gradients),
                    playing.scalars[5],
                )
            )
        return [newest, *dataclasses.replace(playing, d=moved, d_memory=memory).d_side()]

    def update_generator(self, playing: Playing, numbers: Tensor, drawn: Sequence[Tensor]) -> list[Tensor]:
        scalars = self.scalars(numbers)
        g = [parameter.detach().requires_grad_() for parameter in playing.g]
        draws = Draws(real=None, z=drawn[0]) if len(drawn) == 1 else _of_generator(self.config, drawn)
        with torch.enable_grad():
            objective = generator_turn(_net(self.G, g), _net(self.D, playing.d), self.rules(scalars), draws)
            gradients = torch.autograd.grad(objective, g)
        with torch.no_grad():
            optimizer = _tensored(self.config.g_optimizer, "g_optimizer", scalars)
            rate = _rate(scalars["g_optimizer.lr"], scalars, playing.step)
            moved, memory = optimizer.descended(playing.g, gradients, playing.g_memory, rate)
            g_updates = playing.g_updates + 1
            decay = torch.minimum(scalars["training.ema_decay"].double(), 1 - 1 / g_updates)
            weight = (1 - decay).float()
            ema = [
                torch.lerp(average, parameter, weight) for average, parameter in zip(playing.ema, moved, strict=True)
            ]
            old = playing.scalars
            newest = torch.stack((old[0], objective.detach(), old[2], old[3], old[4], _norm(gradients)))
        playing = dataclasses.replace(playing, g=moved, g_memory=memory, ema=ema, g_updates=g_updates)
        return [newest, *playing.g_side()]


def _net(module: nn.Module, parameters: Sequence[Tensor]) -> Callable[[Tensor], Tensor]:
    named = dict(zip((name for name, _ in module.named_parameters()), parameters, strict=True))
    return lambda inputs: torch.func.functional_call(module, named, (inputs,))


def _norm(gradients: Sequence[Tensor]) -> Tensor:
    """Return the Euclidean norm of all gradients together, by operations that the compiler has kernels for."""
    return torch.stack([gradient.square().sum() for gradient in gradients]).sum().sqrt()


def _rate(rate: Tensor, scalars: Scalars, step: Tensor) -> Tensor:
    """Return the learning rate of this iteration, as the trainer's schedule has it."""
    done = (step / scalars["training.steps"]).clamp(max=1)
    decayed = RATE_FLOOR + (1 - RATE_FLOOR) * 0.5 * (1 + torch.cos(math.pi * done))
    return rate * torch.where(scalars["schedule"] > 0, decayed, torch.ones_like(decayed)).float()


# -- the draws, as inputs -----------------------------------------------------------------------------------------


def discriminator_draws(config: RunConfig) -> tuple[str, ...]:
    """Return what one update of D takes, by the names of :class:`~ganstudio.engine.game.Draws`."""
    share = ("share",) if config.loss.needs_share else ()
    return ("real", "z", "noise_real", "noise_fake", *share)


def generator_draws(config: RunConfig) -> tuple[str, ...]:
    """Return what one update of G takes."""
    return ("z", "noise_fake", *(("real", "noise_real") if config.loss.needs_real_for_generator else ()))


def _of_generator(config: RunConfig, drawn: Sequence[Tensor]) -> Draws:
    named: dict[str, Any] = dict(zip(generator_draws(config), drawn, strict=True))
    return Draws(**({"real": None} | named))


class Updates:
    """One update of D and one of G, traced: what a program or a loop is made of.

    :meth:`d` and :meth:`g` take the dials (float64, (n,)), a :class:`Playing` and the draws of one update by the order
    of :func:`discriminator_draws` and :func:`generator_draws`, and return the :class:`Playing` after it.
    """

    def __init__(self, config: RunConfig, G: nn.Module, D: nn.Module, playing: Playing) -> None:
        script = _Script(config, G, D, dials(config), discriminator_draws(config))
        numbers = torch.full((len(script.names),), 0.5, dtype=torch.float64, device=playing.scalars.device)
        d_side, g_side = len(playing.d_side()), len(playing.g_side())

        def of_d(numbers: Tensor, step: Tensor, *rest: Tensor) -> list[Tensor]:
            g, (scalars, *side), drawn = split(rest, len(playing.g), 1 + d_side)
            now = dataclasses.replace(playing, g=list(g), scalars=scalars, step=step).with_d(side)
            return script.update_discriminator(now, numbers, drawn)

        def of_g(numbers: Tensor, step: Tensor, *rest: Tensor) -> list[Tensor]:
            d, (scalars, *side), drawn = split(rest, len(playing.d), 1 + g_side)
            now = dataclasses.replace(playing, d=list(d), scalars=scalars, step=step).with_g(side)
            return script.update_generator(now, numbers, drawn)

        inputs = (numbers, playing.step)
        device = playing.scalars.device
        drawn = [example.to(device) for example in examples(discriminator_draws(config), config, EXAMPLE_BATCH)]
        self.of_d: Any = _traced(of_d, (*inputs, *playing.g, playing.scalars, *playing.d_side(), *drawn))
        drawn = [example.to(device) for example in examples(generator_draws(config), config, EXAMPLE_BATCH)]
        self.of_g: Any = _traced(of_g, (*inputs, *playing.d, playing.scalars, *playing.g_side(), *drawn))

    def d(self, numbers: Tensor, now: Playing, drawn: Sequence[Tensor]) -> Playing:
        """Return what an update of D makes of the players."""
        scalars, *side = self.of_d(numbers, now.step, *now.g, now.scalars, *now.d_side(), *drawn)
        return dataclasses.replace(now.with_d(side), scalars=scalars)

    def g(self, numbers: Tensor, now: Playing, drawn: Sequence[Tensor]) -> Playing:
        """Return what an update of G makes of the players."""
        scalars, *side = self.of_g(numbers, now.step, *now.d, now.scalars, *now.g_side(), *drawn)
        return dataclasses.replace(now.with_g(side), scalars=scalars)


def examples(names: Sequence[str], config: RunConfig, batch: int) -> list[Tensor]:
    """Return tensors such as one update draws, by name."""
    shapes: Mapping[str, tuple[int, ...]] = {"z": (config.prior.dim,), "share": (1,) * len(config.data.shape)}
    return [torch.rand(batch, *shapes.get(name, config.data.shape)) for name in names]


def _traced(function: Callable[..., list[Tensor]], examples: tuple[Tensor, ...]) -> nn.Module:
    """Return a graph of plain operations, whatever the batch size: autograd is part of it, not called by it."""
    from torch.fx.experimental.proxy_tensor import make_fx

    graph = make_fx(function, tracing_mode="symbolic")(*examples)
    graph.graph.eliminate_dead_code()
    graph.recompile()
    return graph


def split(
    tensors: Sequence[Tensor], first: int, second: int
) -> tuple[Sequence[Tensor], Sequence[Tensor], Sequence[Tensor]]:
    """Return the first so many tensors, the next so many, and the rest."""
    return tensors[:first], tensors[first : first + second], tensors[first + second :]


def structure(config: RunConfig) -> tuple[object, ...]:
    """Return what a program depends on: equal structures share one. Numbers that are dials are left out."""
    found: list[object] = [config.prior.dim, config.data.shape, config.generator, config.discriminator]
    for section in ("loss", "penalty", "d_optimizer", "g_optimizer"):
        entry = getattr(config, section)
        dialled = _live_numbers(entry)
        fixed = {name: getattr(entry, name) for name in params_of(entry) if name not in dialled}
        found += [section, entry.name, *sorted(fixed.items())]
    return tuple(found)
