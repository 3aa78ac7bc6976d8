"""DCGAN: strided and transposed convolutions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from ganstudio.engine.models import DiscriminatorModel, GeneratorModel, discriminators, generators
from ganstudio.engine.models.conditions import d_condition, g_condition, known_classes, told
from ganstudio.engine.models.image_shapes import halvings, image_shape, widths
from ganstudio.engine.params import param

if TYPE_CHECKING:
    import torch
    from torch import nn


def _width(player: str) -> Any:
    return param(
        16,
        f"Channels of {player} at full size; each halving doubles them. Twice as many cost two to four times the time.",
        bounds=(4, 256),
        scale="log",
    )


def _depth() -> Any:
    return param(
        4,
        "Most resizing layers. The images are halved no further than to 4 or 7 pixels: 16 and 28 take two layers, "
        "32 takes three, 64 takes four.",
        bounds=(1, 4),
    )


def _dense(where: str) -> Any:
    return param(
        0,
        f"Units of a dense hidden layer {where}, as in the authors' nets for digits; 0 is none. With few pixels it is "
        "much capacity for little time.",
        title="Dense units",
        bounds=(0, 2048),
    )


@generators.register("dcgan")
@dataclass(frozen=True, kw_only=True, slots=True)
class DcganGenerator(GeneratorModel):
    """DCGAN: from z to a few small maps, then transposed convolutions with stride 2 and batch normalisation.

    References
    ----------
    Radford et al., 2016, "Unsupervised Representation Learning with Deep Convolutional Generative Adversarial
    Networks", section 3 and figure 1.
    """

    title: ClassVar[str] = "DCGAN"
    order: ClassVar[int] = 10

    width: int = _width("G")
    depth: int = _depth()
    dense: int = _dense("between z and the smallest maps")
    condition: str = g_condition("a gain and an offset per class in every batch normalisation")

    @override
    def build(
        self, latent_dim: int, sample_shape: tuple[int, ...], generator: torch.Generator, classes: int = 0
    ) -> nn.Module:
        from ganstudio.engine.nets.dcgan import DcganG

        channels, side = image_shape(self.name, sample_shape)
        count = halvings(side, self.depth)
        classes = known_classes(self.condition, classes)
        appended = classes if self.condition == "concatenation" else 0
        return DcganG(
            latent_dim + appended,
            (*widths(self.width, count), channels),
            side >> count,
            generator,
            dense=self.dense,
            classes=classes - appended,
            appended=appended,
        )


@discriminators.register("dcgan")
@dataclass(frozen=True, kw_only=True, slots=True)
class DcganDiscriminator(DiscriminatorModel):
    """DCGAN: convolutions with stride 2 and leaky ReLU, and a dense last layer.

    References
    ----------
    Radford et al., 2016, section 3; with spectral normalisation, Miyato et al., 2018.
    """

    title: ClassVar[str] = "DCGAN"
    order: ClassVar[int] = 10

    width: int = _width("D")
    depth: int = _depth()
    dense: int = _dense("between the smallest maps and the logit")
    normalization: str = param(
        "batch",
        "What follows every convolution but the first: batch normalisation, as in the paper; none, which a gradient "
        "penalty needs, since it is one of single samples; or spectral, which bounds every layer's slope by 1.",
        title="Normalisation",
        choices=("batch", "none", "spectral"),
    )
    condition: str = d_condition()

    @override
    def build(self, sample_shape: tuple[int, ...], generator: torch.Generator, classes: int = 0) -> nn.Module:
        from ganstudio.engine.nets.dcgan import DcganD

        channels, side = image_shape(self.name, sample_shape)
        count = halvings(side, self.depth)
        classes, maps = told(self.condition, classes)
        return DcganD(
            (channels + maps, *widths(self.width, count)[::-1]),
            side >> count,
            generator,
            normalization=self.normalization,
            dense=self.dense,
            classes=classes,
            maps=maps,
        )
