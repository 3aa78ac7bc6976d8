"""Prior on the sphere."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from ganstudio.engine.lazy import F, torch
from ganstudio.engine.params import param
from ganstudio.engine.priors import Prior, priors

if TYPE_CHECKING:
    from torch import Tensor


@priors.register("sphere")
@dataclass(frozen=True, kw_only=True, slots=True)
class Sphere(Prior):
    """Uniform on the sphere of radius √d (White 2016, arXiv:1609.04468; Karras et al. 2018, arXiv:1710.10196)."""

    title: ClassVar[str] = "On the sphere"
    order: ClassVar[int] = 2

    dim: int = param(2, "Dimension of the space that holds the sphere.", title="Dimension", symbol="d", bounds=(2, 64))

    @override
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        return self._projected(torch.randn(count, self.dim, generator=generator, device=generator.device))

    @override
    def from_uniform(self, u: Tensor) -> Tensor:
        return self._projected(torch.special.ndtri(u))

    @override
    def line(self, count: int) -> Tensor:
        """Return ``count`` latents, evenly spaced on the great circle of the first two coordinates."""
        angle = 2 * math.pi * (torch.arange(count) + 0.5) / count
        z = torch.zeros(count, self.dim)
        z[:, 0], z[:, 1] = torch.cos(angle), torch.sin(angle)
        return math.sqrt(self.dim) * z

    @override
    def grid(self, count: int) -> Tensor:
        """Return the circle as one row if d = 2; from three dimensions on, parallels and meridians of equal area."""
        if self.dim == 2:
            return self.line(count).reshape(1, count, 2)
        height = 2 * (torch.arange(count) + 0.5) / count - 1
        angle = 2 * math.pi * torch.arange(count) / (count - 1)
        z = torch.zeros(count, count, self.dim)
        ring = torch.sqrt(1 - height**2)[:, None]
        z[..., 0], z[..., 1] = ring * torch.cos(angle), ring * torch.sin(angle)
        z[..., 2] = height[:, None]
        return math.sqrt(self.dim) * z

    def _projected(self, g: Tensor) -> Tensor:
        return math.sqrt(self.dim) * F.normalize(g, dim=1)
