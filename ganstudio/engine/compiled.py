"""The same iteration as one compiled program: many iterations in one call, without Python and without its lock.

The game's two updates (:mod:`ganstudio.engine.game`), the update rules and the average of G are traced into graphs of
plain tensor operations (:mod:`ganstudio.engine.tracing`), wrapped into loops whose lengths are inputs, and compiled
ahead of time into a library that is kept on disk. Every number that a slider moves is an input: k, the batch size,
rates, weights, noise. So one library serves all runs of equal nets, loss, penalty and optimisers, and moving a slider
compiles nothing.

A library is made by another process (:mod:`ganstudio.engine.step_builder`), since making it takes half a minute of
Python that would be stolen from training and from the window. On CUDA the two graphs are compiled in this process and
replayed as CUDA graphs instead.
"""

from __future__ import annotations

import dataclasses
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor, nn

from ganstudio.engine.library import SUFFIX, Library
from ganstudio.engine.tracing import (
    EXAMPLE_BATCH,
    Playing,
    Updates,
    dial_values,
    dials,
    discriminator_draws,
    examples,
    generator_draws,
    split,
    structure,
)

if TYPE_CHECKING:
    from pathlib import Path

    from ganstudio.engine.config import RunConfig
    from ganstudio.engine.game import Draws
    from ganstudio.engine.sections import Training
    from ganstudio.engine.supply import Supply

LEAST = 20  # the largest k
MOST = 256  # updates of each player in one call
ROOM_BYTES = 1 << 24  # for the draws of one call: with large batches fewer updates fit
SCALARS = 6  # what a row of the history records
Counts = tuple[int, int, int]  # iterations, and updates of D and of G in each


class Program(nn.Module):
    """Iterations over drawn batches: what is exported and compiled.

    Inputs: the counts (int64, ()), the dials (float64, (n,)), the draws of D and of G ((n, B, …) each, n as many as
    fit), and the tensors of a :class:`~ganstudio.engine.tracing.Playing`. Outputs: the history's rows (256, 6), of
    which the first are written, and the tensors.
    """

    def __init__(self, config: RunConfig, G: nn.Module, D: nn.Module, playing: Playing) -> None:
        super().__init__()
        updates = Updates(config, G, D, playing)
        self._playing = playing
        self._inputs = len(discriminator_draws(config)), len(generator_draws(config))
        self._of_d, self._of_g = updates.of_d, updates.of_g

    def forward(self, iterations: Tensor, d_steps: Tensor, g_steps: Tensor, numbers: Tensor, *rest: Tensor) -> Any:
        """Play; see the class."""
        from torch._higher_order_ops.while_loop import while_loop

        d_drawn, g_drawn, tensors = split(rest, *self._inputs)

        def turns(
            update: nn.Module,
            inputs: Sequence[Tensor],
            drawn: Sequence[Tensor],
            count: Tensor,
            done: Tensor,
            side: Sequence[Tensor],
        ) -> Sequence[Tensor]:
            def body(turn: Tensor, *side: Tensor) -> tuple[Tensor, ...]:
                batch = [_row(draw, done * count + turn) for draw in drawn]
                return (turn + 1, *update(numbers, *inputs, *side, *batch))

            return while_loop(lambda turn, *_: turn < count, body, (_zero(), *side))[1:]

        def iteration(done: Tensor, rows: Tensor, *tensors: Tensor) -> tuple[Tensor, ...]:
            now = self._playing.like(tensors)
            side = (now.scalars, *now.d_side())
            scalars, *moved = turns(self._of_d, (now.step, *now.g), d_drawn, d_steps, done, side)
            now = now.with_d(moved)
            side = (scalars, *now.g_side())
            scalars, *moved = turns(self._of_g, (now.step, *now.d), g_drawn, g_steps, done, side)
            now = dataclasses.replace(now.with_g(moved), scalars=scalars, step=now.step + 1)
            rows = torch.index_put(rows, (done.reshape(1),), scalars.reshape(1, SCALARS))
            return (done + 1, rows, *now.flat())

        rows = torch.zeros(MOST, SCALARS)
        return while_loop(lambda done, *_: done < iterations, iteration, (_zero(), rows, *tensors))[1:]


def _zero() -> Tensor:
    return torch.zeros((), dtype=torch.int64)  # a new one each time: what a loop carries must not alias


def _row(draws: Tensor, index: Tensor) -> Tensor:
    which = cast(int, index.item())
    torch._check(which >= 0)
    torch._check(which < draws.shape[0])
    return draws.select(0, which)


def compile_program(config: RunConfig, G: nn.Module, D: nn.Module, playing: Playing, target: Path) -> None:
    """Compile the program of a config into the file ``target``.

    Raises
    ------
    Exception
        Whatever the compiler has to say; it has many ways to fail.
    """
    import torch._inductor

    batch = EXAMPLE_BATCH
    program = Program(config, G, D, playing)
    counts = [torch.tensor(1) for _ in range(3)]
    numbers = torch.zeros(len(dials(config)), dtype=torch.float64) + 0.5
    draws = [*discriminator_draws(config), *generator_draws(config)]
    drawn = [
        example.expand(EXAMPLE_CAPACITY, *example.shape).contiguous() for example in examples(draws, config, batch)
    ]
    size, room = torch.export.Dim("batch", min=2, max=8192), torch.export.Dim("room", min=2, max=MOST)
    shapes = [*(None for _ in range(4)), *({0: room, 1: size} for _ in drawn), *(None for _ in playing.flat())]
    with torch.no_grad():
        exported = torch.export.export(
            program,
            (*counts, numbers, *drawn, *playing.flat()),
            dynamic_shapes=(*shapes[:4], tuple(shapes[4:])),
            strict=False,
        )
        package = target.with_suffix(".pt2")
        torch._inductor.aoti_compile_and_package(exported, package_path=str(package), inductor_configs=OPTIONS)
    _unpack(package, target)


def _unpack(package: Path, target: Path) -> None:
    """Take the library out of what the compiler packed.

    Raises
    ------
    RuntimeError
        If the program would have to call back into torch's dispatcher, which the library alone cannot.
    """
    with zipfile.ZipFile(package) as archive:
        for name in archive.namelist():
            if name.endswith(".cpp") and b"aoti_torch_proxy_executor_call_function(" in archive.read(name):
                raise RuntimeError("an operation of this step has no C interface")
        (library,) = (name for name in archive.namelist() if name.endswith(SUFFIX))
        target.write_bytes(archive.read(library))
    package.unlink()


EXAMPLE_CAPACITY = 101  # another prime
OPTIONS: dict[str, Any] = {}


class Step(ABC):
    """A way to do many iterations in one call, and the room for what it is called with.

    Parameters
    ----------
    config
        Of the run that it is for; :meth:`fits` says for which others it is.
    device
        Where the run is.
    """

    def __init__(self, config: RunConfig, device: torch.device) -> None:
        self._device = device
        self._structure = structure(config)
        self._d_draws, self._g_draws = discriminator_draws(config), generator_draws(config)
        self._numbers = torch.zeros(len(dials(config)), dtype=torch.float64, device=device)
        names = [*self._d_draws, *self._g_draws]
        self._numbers_drawn = sum(example.numel() for example in examples(names, config, 1))  # for one sample
        self._room: dict[str, Tensor] = {}
        self._batch = 0

    def fits(self, config: RunConfig) -> bool:
        """Tell whether a run of this config can be played by this step."""
        return structure(config) == self._structure and obstacle(config) is None

    def set_dials(self, config: RunConfig, noise: float) -> None:
        """Have these settings used from now on; ``noise`` is in the nets' units."""
        self._numbers.copy_(torch.tensor(dial_values(config, noise), dtype=torch.float64))

    def room(self, training: Training) -> int:
        """Return how many iterations one call can do."""
        return max(1, self._capacity(training.batch_size) // max(training.d_steps, training.g_steps))

    def _capacity(self, batch: int) -> int:
        """Return how many updates' draws are held at once: at least as many as one iteration can have."""
        return max(LEAST, min(MOST, ROOM_BYTES // (4 * self._numbers_drawn * batch)))

    def play(
        self,
        playing: Playing,
        supply: Supply,
        config: RunConfig,
        counts: Counts,
        then: Callable[[], object] = lambda: None,
    ) -> tuple[Playing, Tensor]:
        """Do so many iterations of so many updates of D and of G.

        Parameters
        ----------
        then
            Done when all is drawn and the program is about to be called: what needs Python's lock may begin now.

        Returns
        -------
        The tensors after them, and the history's rows (256, 6), of which the first ones were written.
        """
        drawn = self._drawn(supply, config, counts)
        then()
        return self._played(playing, drawn, counts)

    @abstractmethod
    def _played(self, playing: Playing, drawn: list[Tensor], counts: Counts) -> tuple[Playing, Tensor]:
        """Do the iterations with these draws, (n, B, …) each."""

    def _drawn(self, supply: Supply, config: RunConfig, counts: Counts) -> list[Tensor]:
        """Draw what the iterations need, in the order in which they would draw it."""
        iterations, d_steps, g_steps = counts
        for_d: list[Draws] = []
        for_g: list[Draws] = []
        for _ in range(iterations):
            for_d += [supply.for_discriminator(config) for _ in range(d_steps)]
            for_g += [supply.for_generator(config) for _ in range(g_steps)]
        if config.training.batch_size != self._batch:
            self._batch = config.training.batch_size
            self._room.clear()
        return [
            *(self._gathered("d", name, for_d, config) for name in self._d_draws),
            *(self._gathered("g", name, for_g, config) for name in self._g_draws),
        ]

    def _gathered(self, player: str, name: str, draws: Sequence[Draws], config: RunConfig) -> Tensor:
        key = f"{player}.{name}"
        if key not in self._room:
            (example,) = examples([name], config, self._batch)
            self._room[key] = torch.zeros(self._capacity(self._batch), *example.shape, device=self._device)
        room = self._room[key]
        if draws and getattr(draws[0], name) is not None:  # no noise: what it is multiplied by is 0
            torch.stack([getattr(draw, name) for draw in draws], out=room[: len(draws)])
        return room


class CompiledStep(Step):
    """A library that :func:`compile_program` made.

    Raises
    ------
    RuntimeError
        If the file cannot be loaded.
    """

    def __init__(self, path: Path, config: RunConfig) -> None:
        super().__init__(config, torch.device("cpu"))
        self._library = Library(path)

    def _played(self, playing: Playing, drawn: list[Tensor], counts: Counts) -> tuple[Playing, Tensor]:
        inputs = [*(torch.tensor(count) for count in counts), self._numbers, *drawn, *playing.flat()]
        rows, *tensors = self._library(inputs)
        return playing.like(tensors), rows


class GraphedStep(Step):
    """The two traced updates, called one after the other: replayed as CUDA graphs on a GPU, plain elsewhere.

    The first call compiles them, which takes its time.
    """

    def __init__(self, config: RunConfig, G: nn.Module, D: nn.Module, playing: Playing, device: torch.device) -> None:
        super().__init__(config, device)
        self._updates = Updates(config, G, D, playing)
        if device.type == "cuda":
            for name in ("of_d", "of_g"):
                graph = torch.compile(getattr(self._updates, name), mode="reduce-overhead", fullgraph=True)
                setattr(self._updates, name, _kept(graph))

    def _played(self, playing: Playing, drawn: list[Tensor], counts: Counts) -> tuple[Playing, Tensor]:
        for_d, for_g, _ = split(drawn, len(self._d_draws), len(self._g_draws))
        iterations, d_steps, g_steps = counts
        rows = torch.zeros(MOST, SCALARS, device=self._device)
        with torch.no_grad():
            for done in range(iterations):
                for turn in range(done * d_steps, (done + 1) * d_steps):
                    playing = self._updates.d(self._numbers, playing, [draw[turn] for draw in for_d])
                for turn in range(done * g_steps, (done + 1) * g_steps):
                    playing = self._updates.g(self._numbers, playing, [draw[turn] for draw in for_g])
                playing = dataclasses.replace(playing, step=playing.step + 1)
                rows[done] = playing.scalars
        return playing, rows


def _kept(graph: Any) -> Any:
    """Return the function with its results copied: a graph's own memory is written again when it is replayed."""

    def call(*inputs: Tensor) -> list[Tensor]:
        torch.compiler.cudagraph_mark_step_begin()
        return [tensor.clone() for tensor in graph(*inputs)]

    return call


def obstacle(config: RunConfig) -> str | None:
    """Return why a run of this config cannot be compiled, or None if it can."""
    if config.data.layout == "images":
        return "images: their convolutions take the time, not Python"
    if config.run.precision == "bfloat16":
        return "bfloat16"
    if config.training.penalty_every > 1:
        return "a penalty that is not added in every update"
    return None
