"""R3GAN's nets at a size for a processor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from ganstudio.engine.models import DiscriminatorModel, GeneratorModel, discriminators, generators
from ganstudio.engine.models.conditions import (
    EMBEDDED,
    appended_embedding,
    d_condition,
    g_condition,
    known_classes,
    told,
)
from ganstudio.engine.models.image_shapes import halvings, image_shape, widths
from ganstudio.engine.params import param

if TYPE_CHECKING:
    import torch
    from torch import nn


def _width(player: str) -> Any:
    return param(
        8,
        f"Channels of {player} at full size; each halving doubles them, up to the widest.",
        bounds=(4, 256),
        scale="log",
    )


def _widest() -> Any:
    return param(
        64,
        "Most channels of any stage. Inside a block there are twice as many.",
        title="Widest stage",
        bounds=(4, 512),
        scale="log",
    )


def _blocks() -> Any:
    return param(1, "Residual blocks at each size.", title="Blocks", bounds=(1, 4))


@generators.register("r3gan")
@dataclass(frozen=True, kw_only=True, slots=True)
class R3ganGenerator(GeneratorModel):
    """R3GAN: residual blocks with grouped convolutions and no normalisation, bilinear resampling.

    References
    ----------
    Huang et al., 2024, "The GAN is dead; long live the GAN! A Modern Baseline GAN", configuration E. Its recipe: the
    relativistic pairing loss with R1 and R2.
    """

    title: ClassVar[str] = "R3GAN"
    order: ClassVar[int] = 50

    width: int = _width("G")
    widest: int = _widest()
    blocks: int = _blocks()
    condition: str = g_condition("a learnt vector per class appended to z")

    @override
    def build(
        self, latent_dim: int, sample_shape: tuple[int, ...], generator: torch.Generator, classes: int = 0
    ) -> nn.Module:
        from ganstudio.engine.nets.r3gan import R3ganG

        channels, side = image_shape(self.name, sample_shape)
        count = halvings(side)
        embedding, size = appended_embedding(self.condition, known_classes(self.condition, classes), generator)
        sizes = widths(self.width, count + 1, self.widest)
        return R3ganG(latent_dim + size, sizes, channels, side >> count, self.blocks, generator, embedding=embedding)


@discriminators.register("r3gan")
@dataclass(frozen=True, kw_only=True, slots=True)
class R3ganDiscriminator(DiscriminatorModel):
    """R3GAN: the generator's mirror.

    References
    ----------
    Huang et al., 2024, configuration E.
    """

    title: ClassVar[str] = "R3GAN"
    order: ClassVar[int] = 50

    width: int = _width("D")
    widest: int = _widest()
    blocks: int = _blocks()
    condition: str = d_condition()

    @override
    def build(self, sample_shape: tuple[int, ...], generator: torch.Generator, classes: int = 0) -> nn.Module:
        from ganstudio.engine.nets.r3gan import R3ganD

        channels, side = image_shape(self.name, sample_shape)
        count = halvings(side)
        classes, maps = told(self.condition, classes)
        sizes = widths(self.width, count + 1, self.widest)[::-1]
        return R3ganD(
            sizes, channels, side >> count, self.blocks, generator, classes=classes, maps=maps, embedded=EMBEDDED
        )
