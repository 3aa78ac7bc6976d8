"""Latent priors: what z is drawn from."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ganstudio.engine.params import Entry, param
from ganstudio.engine.registry import Registry

if TYPE_CHECKING:
    import torch
    from torch import Tensor

priors: Registry[Prior] = Registry("prior", __name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Prior(Entry):
    """A distribution of latents. Every draw is a deterministic map of uniform or Gaussian numbers."""

    dim: int = param(
        2,
        "Dimension of z. One can be drawn as threads from z to G(z); a few more make separated modes easier to cover.",
        title="Dimension",
        symbol="d",
        bounds=(1, 64),
    )

    @abstractmethod
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        """Return ``count`` latents, (count, dim), on the generator's device."""

    @abstractmethod
    def from_uniform(self, u: Tensor) -> Tensor:
        """Map points of the open unit cube, (n, dim), to latents: uniform points become draws of this prior."""

    def line(self, count: int) -> Tensor:
        """Return ``count`` latents along the first coordinate, evenly spaced in probability, the others central.

        Shape (count, dim), on the CPU.
        """
        import torch

        u = torch.full((count, self.dim), 0.5)
        u[:, 0] = (torch.arange(count) + 0.5) / count
        return self.from_uniform(u)

    def grid(self, count: int) -> Tensor:
        """Return a regular lattice of the first two coordinates, evenly spaced in probability, the others central.

        Shape (count, count, dim) on the CPU; (1, count, dim) where the prior has one dimension.
        """
        import torch

        if self.dim == 1:
            return self.line(count).reshape(1, count, 1)
        u = torch.full((count, count, self.dim), 0.5)
        even = (torch.arange(count) + 0.5) / count
        u[..., 0] = even[None, :]
        u[..., 1] = even[:, None]
        return self.from_uniform(u.reshape(-1, self.dim)).reshape(count, count, self.dim)
