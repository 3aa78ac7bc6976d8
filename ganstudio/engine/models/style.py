"""The style-based generator and its discriminator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from ganstudio.engine.models import DiscriminatorModel, GeneratorModel, discriminators, generators
from ganstudio.engine.models.conditions import appended_embedding, d_condition, g_condition, known_classes, told
from ganstudio.engine.models.image_shapes import halvings, image_shape, widths
from ganstudio.engine.params import param

if TYPE_CHECKING:
    import torch
    from torch import nn


def _width(player: str) -> Any:
    return param(
        8,
        f"Channels of {player} at full size; each halving doubles them, up to the widest. Twice as many cost two to "
        "four times the time.",
        bounds=(4, 256),
        scale="log",
    )


def _widest() -> Any:
    return param(
        64,
        "Most channels of any layer. Small maps are cheap and can have many.",
        title="Widest layer",
        bounds=(4, 512),
        scale="log",
    )


@generators.register("style")
@dataclass(frozen=True, kw_only=True, slots=True)
class StyleGenerator(GeneratorModel):
    """Style-based: z is first mapped to a style w, which then sets every map's mean and spread at every layer.

    References
    ----------
    Karras et al., 2019, "A Style-Based Generator Architecture for Generative Adversarial Networks" (StyleGAN).
    """

    title: ClassVar[str] = "Style-based"
    order: ClassVar[int] = 40

    width: int = _width("G")
    widest: int = _widest()
    mapping_depth: int = param(
        4,
        "Layers of the mapping network from z to w. More of them can undo more of the bends that a fixed prior forces "
        "on the generator.",
        title="Mapping layers",
        bounds=(1, 8),
    )
    style_dim: int = param(
        64,
        "Dimensions of the style w.",
        title="Style dimensions",
        symbol="dim w",
        bounds=(2, 512),
        scale="log",
    )
    mixing: float = param(
        0.9,
        "Share of training images whose styles come from two latents, one for the coarse layers and one for the fine "
        "ones. It keeps neighbouring layers from relying on each other.",
        title="Style mixing",
        bounds=(0.0, 1.0),
    )
    condition: str = g_condition("a learnt vector per class appended to z")

    @override
    def build(
        self, latent_dim: int, sample_shape: tuple[int, ...], generator: torch.Generator, classes: int = 0
    ) -> nn.Module:
        from ganstudio.engine.nets.style import StyleG

        channels, side = image_shape(self.name, sample_shape)
        count = halvings(side)
        embedding, size = appended_embedding(self.condition, known_classes(self.condition, classes), generator)
        return StyleG(
            latent_dim,
            widths(self.width, count + 1, self.widest),
            channels,
            side >> count,
            generator,
            embedding=embedding,
            embedded=size,
            mapping_depth=self.mapping_depth,
            style_dim=self.style_dim,
            mixing=self.mixing,
        )


@discriminators.register("style")
@dataclass(frozen=True, kw_only=True, slots=True)
class StyleDiscriminator(DiscriminatorModel):
    """The style-based generator's opponent: equalised convolutions at full size, and a measure of a batch's variety.

    References
    ----------
    Karras et al., 2019, section 2, which takes that of Karras et al., 2018.
    """

    title: ClassVar[str] = "Style-based's opponent"
    order: ClassVar[int] = 40

    width: int = _width("D")
    widest: int = _widest()
    condition: str = d_condition()

    @override
    def build(self, sample_shape: tuple[int, ...], generator: torch.Generator, classes: int = 0) -> nn.Module:
        from ganstudio.engine.nets.style import StyleD

        channels, side = image_shape(self.name, sample_shape)
        count = halvings(side)
        classes, maps = told(self.condition, classes)
        sizes = widths(self.width, count + 1, self.widest)[::-1]
        return StyleD(sizes, channels, side >> count, generator, classes=classes, maps=maps)
