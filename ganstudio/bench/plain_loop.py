"""The loop that a person would write by hand in an afternoon: what a run of ours is measured against."""

from __future__ import annotations

import time

import torch
from torch import Tensor, nn

from ganstudio.engine import device
from ganstudio.engine.config import RunConfig


class PlainLoop:
    """The same nets, batch, optimisers and k as a config's, in plain PyTorch.

    ``nn.Sequential``, ``torch.optim`` with its defaults, ``zero_grad``, ``backward``, ``step``, and the losses read
    with ``.item()`` after every update. No average of the generator, no metrics, no history.

    Parameters
    ----------
    config
        Its nets, batch, optimisers and k.
    is_compiled
        Whether the nets go through ``torch.compile``, as a user would have them.
    """

    def __init__(self, config: RunConfig, *, is_compiled: bool = False) -> None:
        self._config = config
        where = device.resolve(config.run.device)
        cpu = torch.device("cpu")
        dim = config.data.dim
        self._G = config.generator.build(config.prior.dim, (dim,), device.random_generator(cpu, 0)).to(where)
        self._D = config.discriminator.build((dim,), device.random_generator(cpu, 1)).to(where)
        self._random = device.random_generator(where, 2)
        mean, self._scale = config.data.moments()
        self._mean = torch.tensor(mean, dtype=torch.float32, device=where)
        self._d_optimizer = _optimizer(self._D, config.d_optimizer)
        self._g_optimizer = _optimizer(self._G, config.g_optimizer)
        if is_compiled:  # as PyTorch's tutorials do it; a penalty's second gradient is out of its reach
            self._G.compile()
            self._D.compile()
        self.losses: list[tuple[float, float]] = []

    def run(self, seconds: float) -> float:
        """Train for so long; return iterations per second."""
        done = 0
        start = time.perf_counter()
        while time.perf_counter() - start < seconds:
            self.iterate()
            done += 1
        return done / (time.perf_counter() - start)

    def iterate(self) -> None:
        """Do one iteration: k updates of D, one of G."""
        config, count = self._config, self._config.training.batch_size
        d_loss = g_loss = 0.0
        for _ in range(config.training.d_steps):
            real = (config.data.sample(count, self._random) - self._mean) / self._scale
            fake = self._G(self._z(count)).detach()
            self._d_optimizer.zero_grad()
            loss = config.loss.discriminator(self._D(real), self._D(fake))
            for term in (self._regularization(real, fake), config.penalty(self._D, real, fake)):
                if term is not None:
                    loss = loss + term
            loss.backward()
            self._d_optimizer.step()
            config.loss.constrain(self._D.parameters())
            d_loss = loss.item()
        for _ in range(config.training.g_steps):
            fake_logits = self._D(self._G(self._z(count)))
            self._g_optimizer.zero_grad()
            loss = config.loss.generator(fake_logits[:0], fake_logits)
            loss.backward()
            self._g_optimizer.step()
            g_loss = loss.item()
        self.losses.append((d_loss, g_loss))

    def _regularization(self, real: Tensor, fake: Tensor) -> Tensor | None:
        if not self._config.loss.needs_share:
            return None
        share = torch.rand(len(real), 1, generator=self._random, device=real.device)
        return self._config.loss.regularization(self._D, real, fake, share)

    def _z(self, count: int) -> Tensor:
        return self._config.prior.sample(count, self._random)


def _optimizer(net: nn.Module, settings: object) -> torch.optim.Optimizer:
    """Return the optimiser of these settings as PyTorch makes it when nothing else is asked for."""
    kind: str = settings.name  # type: ignore[attr-defined]
    lr: float = settings.lr  # type: ignore[attr-defined]
    if kind == "adam":
        betas = (settings.beta1, settings.beta2)  # type: ignore[attr-defined]
        return torch.optim.Adam(net.parameters(), lr=lr, betas=betas)
    if kind == "rmsprop":
        return torch.optim.RMSprop(net.parameters(), lr=lr)
    return torch.optim.SGD(net.parameters(), lr=lr)
