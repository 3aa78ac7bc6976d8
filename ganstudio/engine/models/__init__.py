"""Networks: one registry for each player."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ganstudio.engine.params import Entry
from ganstudio.engine.registry import Registry

if TYPE_CHECKING:
    import torch

generators: Registry[GeneratorModel] = Registry("generator", __name__)
discriminators: Registry[DiscriminatorModel] = Registry("discriminator", __name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlayerModel(Entry):
    """The description of a player's net."""

    layouts: ClassVar[tuple[str, ...]] = ("images",)  # of the data that it is made for
    grows: ClassVar[bool] = False  # stage by stage; both players have to, or neither

    @property
    def conditional(self) -> bool:
        """Whether the net heeds the class weights that it is called with."""
        return getattr(self, "condition", "none") != "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class GeneratorModel(PlayerModel):
    """The description of a generator."""

    @abstractmethod
    def build(
        self, latent_dim: int, sample_shape: tuple[int, ...], generator: torch.Generator, classes: int = 0
    ) -> torch.nn.Module:
        """Return the net on the CPU, initialised from ``generator``: (B, latent_dim) -> (B, *sample_shape).

        A net for images also takes class weights, (B, classes) with rows that sum to 1, or None, as a second argument.

        Raises
        ------
        ConfigError
            If the net cannot make such samples, or is conditional and there are no classes.
        """

    def stage_at(self, step: int) -> tuple[int, float] | None:
        """Return the stage of growth at an iteration and the share α of its newest layers; None if it does not grow."""
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class DiscriminatorModel(PlayerModel):
    """The description of a discriminator."""

    @abstractmethod
    def build(self, sample_shape: tuple[int, ...], generator: torch.Generator, classes: int = 0) -> torch.nn.Module:
        """Return the net on the CPU, initialised from ``generator``: (B, *sample_shape) -> logits (B, 1).

        A net for images also takes class weights, (B, classes) with rows that sum to 1, or None, as a second argument.
        One that has the attribute ``separate_batches`` set looks at a batch as a whole: it must not see real and
        generated samples in the same one.

        Raises
        ------
        ConfigError
            If the net cannot read such samples, or is conditional and there are no classes.
        """
