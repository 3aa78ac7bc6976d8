"""SNGAN: residual nets with a spectrally normalised discriminator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from ganstudio.engine.models import DiscriminatorModel, GeneratorModel, discriminators, generators
from ganstudio.engine.models.conditions import d_condition, g_condition, known_classes, told
from ganstudio.engine.models.image_shapes import halvings, image_shape
from ganstudio.engine.params import param

if TYPE_CHECKING:
    import torch
    from torch import nn

D_SMALLEST = 8  # pixels that D's images are halved down to; two more blocks work at that size


def _width(player: str) -> Any:
    return param(
        16,
        f"Channels of every block of {player}. Twice as many cost three to four times the time.",
        bounds=(4, 256),
        scale="log",
    )


@generators.register("sngan")
@dataclass(frozen=True, kw_only=True, slots=True)
class SnganGenerator(GeneratorModel):
    """SNGAN: residual blocks with batch normalisation, each of which doubles the size.

    References
    ----------
    Miyato et al., 2018, "Spectral Normalization for Generative Adversarial Networks", table 4.
    """

    title: ClassVar[str] = "SNGAN (residual)"
    order: ClassVar[int] = 20

    width: int = _width("G")
    condition: str = g_condition("a gain and an offset per class in every block's batch normalisations")

    @override
    def build(
        self, latent_dim: int, sample_shape: tuple[int, ...], generator: torch.Generator, classes: int = 0
    ) -> nn.Module:
        from ganstudio.engine.nets.sngan import SnganG

        channels, side = image_shape(self.name, sample_shape)
        count = halvings(side)
        classes = known_classes(self.condition, classes)
        appended = classes if self.condition == "concatenation" else 0
        return SnganG(
            latent_dim + appended,
            self.width,
            channels,
            side >> count,
            count,
            generator,
            classes=classes - appended,
            appended=appended,
        )


@discriminators.register("sngan")
@dataclass(frozen=True, kw_only=True, slots=True)
class SnganDiscriminator(DiscriminatorModel):
    """SNGAN: residual blocks whose every layer has spectral norm 1.

    References
    ----------
    Miyato et al., 2018, table 4; Miyato and Koyama, 2018, "cGANs with Projection Discriminator".
    """

    title: ClassVar[str] = "SNGAN (residual)"
    order: ClassVar[int] = 20

    width: int = _width("D")
    condition: str = d_condition()

    @override
    def build(self, sample_shape: tuple[int, ...], generator: torch.Generator, classes: int = 0) -> nn.Module:
        from ganstudio.engine.nets.sngan import SnganD

        channels, side = image_shape(self.name, sample_shape)
        classes, maps = told(self.condition, classes)
        return SnganD(self.width, channels, halvings(side, above=D_SMALLEST), generator, classes=classes, maps=maps)
