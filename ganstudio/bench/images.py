"""Image models: iterations per second of ours and of a loop in the manner of PyTorch's DCGAN example, in turns.

Then the window while large images train.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from ganstudio.bench import image_window
from ganstudio.bench.figures import Figure, figure
from ganstudio.engine import presets
from ganstudio.engine.config import RunConfig, replaced
from ganstudio.engine.device import precision, prepare_thread, random_generator
from ganstudio.engine.distributions.images import ImageDistribution
from ganstudio.engine.trainer import Trainer

PRESET = "digits_dcgan"


class ExampleLoop:
    """The nets, data and optimisers of a config in the loop of pytorch/examples' dcgan/main.py.

    A ``DataLoader`` over a data set that converts every image, real and generated batches through D one after the
    other, each with its own ``backward``, binary cross-entropy, ``torch.optim.Adam``, the losses read with ``.item()``.
    The example has no penalty, no average of G, no history.
    """

    def __init__(self, config: RunConfig) -> None:
        data = config.data
        assert isinstance(data, ImageDistribution)  # noqa: S101 - the preset's
        cpu = torch.device("cpu")
        self._config = config
        self._G = config.generator.build(config.prior.dim, data.shape, random_generator(cpu, 0))
        self._D = config.discriminator.build(data.shape, random_generator(cpu, 1))
        images = torch.from_numpy(data.train.images.copy()).permute(0, 3, 1, 2)
        self._images = _Converted(images)
        self._batches = self._forever()
        betas = (0.5, 0.999)
        self._d_optimizer = torch.optim.Adam(self._D.parameters(), lr=2e-4, betas=betas)
        self._g_optimizer = torch.optim.Adam(self._G.parameters(), lr=2e-4, betas=betas)
        self._criterion = nn.BCEWithLogitsLoss()

    def _forever(self) -> Iterator[Tensor]:
        loader = torch.utils.data.DataLoader(
            self._images, batch_size=self._config.training.batch_size, shuffle=True, drop_last=True
        )
        while True:
            yield from loader

    def run(self, seconds: float) -> float:
        """Train for so long; return iterations per second."""
        done, start = 0, time.perf_counter()
        while time.perf_counter() - start < seconds:
            self.iterate()
            done += 1
        return done / (time.perf_counter() - start)

    def iterate(self) -> float:
        """Do one iteration; return the sum of the losses."""
        real = next(self._batches)
        z = torch.randn(len(real), self._config.prior.dim)
        ones, zeros = torch.ones(len(real), 1), torch.zeros(len(real), 1)
        self._D.zero_grad()
        on_real = self._criterion(self._D(real), ones)
        on_real.backward()
        fake = self._G(z)
        on_fake = self._criterion(self._D(fake.detach()), zeros)
        on_fake.backward()
        self._d_optimizer.step()
        self._G.zero_grad()
        loss = self._criterion(self._D(fake), ones)
        loss.backward()
        self._g_optimizer.step()
        return float((on_real + on_fake).item() + loss.item())


class _Converted(torch.utils.data.Dataset[Tensor]):
    """Images as the example's transforms make them: one by one, from bytes to floats around zero."""

    def __init__(self, images: Tensor) -> None:
        self._images = images

    def __len__(self) -> int:
        return len(self._images)

    def __getitem__(self, index: int) -> Tensor:
        return (self._images[index].float() / 255 - 0.5) / 0.5


def measure(config: RunConfig, *, quick: bool) -> list[Figure]:
    """Return the figures of the suite.

    A digits DCGAN without a penalty, as the example is, and as the preset has it; then the window with larger images.
    """
    prepare_thread()
    repetitions, seconds = (5, 1.0) if quick else (7, 4.0)
    preset = replaced(presets.find(PRESET).config(), "training.metrics_every", 100_000)
    bare = replaced(preset, "penalty.name", "none")
    ours, whole, theirs = Trainer(bare), Trainer(preset), ExampleLoop(bare)
    single = Trainer(replaced(bare, "run.precision", "float32"))
    runners = {
        "ours": lambda: _rate(ours, seconds),
        "ours, float32": lambda: _rate(single, seconds),
        "ours, with the preset's penalty": lambda: _rate(whole, seconds),
        "example's loop": lambda: theirs.run(seconds),
    }
    for run in runners.values():
        run()
    rates: dict[str, list[float]] = {name: [] for name in runners}
    for repetition in range(repetitions):
        for name in list(runners) if repetition % 2 else list(reversed(runners)):
            rates[name].append(runners[name]())
    computed = str(precision(bare.run.precision, ours.device, True)).removeprefix("torch.")
    ratios = [a / b for a, b in zip(rates["ours"], rates["example's loop"], strict=True)]
    return [
        *(figure(f"{PRESET}: {name}", "it/s", values) for name, values in rates.items()),
        figure(f"{PRESET}: ours ({computed}) / example's loop", "×", ratios, at_least=1.3),
        *image_window.measure(quick=quick),
    ]


def _rate(trainer: Trainer, seconds: float) -> float:
    first, start = trainer.step, time.perf_counter()
    while time.perf_counter() - start < seconds:
        trainer.iterate()
    return (trainer.step - first) / (time.perf_counter() - start)
