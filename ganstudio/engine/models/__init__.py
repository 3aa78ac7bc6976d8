"""Networks: one registry for each player."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ganstudio.engine.params import Entry
from ganstudio.engine.registry import Registry

if TYPE_CHECKING:
    import torch

generators: Registry[GeneratorModel] = Registry("generator", __name__)
discriminators: Registry[DiscriminatorModel] = Registry("discriminator", __name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class GeneratorModel(Entry):
    """The description of a generator."""

    @abstractmethod
    def build(self, latent_dim: int, sample_shape: tuple[int, ...], generator: torch.Generator) -> torch.nn.Module:
        """Return the net on the CPU, initialised from ``generator``: (B, latent_dim) -> (B, *sample_shape)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DiscriminatorModel(Entry):
    """The description of a discriminator."""

    @abstractmethod
    def build(self, sample_shape: tuple[int, ...], generator: torch.Generator) -> torch.nn.Module:
        """Return the net on the CPU, initialised from ``generator``: (B, *sample_shape) -> logits (B, 1)."""
