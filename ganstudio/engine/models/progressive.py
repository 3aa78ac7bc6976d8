"""Progressive growing of both players."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from ganstudio.engine.models import DiscriminatorModel, GeneratorModel, discriminators, generators
from ganstudio.engine.models.conditions import appended_embedding, d_condition, g_condition, known_classes, told
from ganstudio.engine.models.image_shapes import halvings, image_shape, widths
from ganstudio.engine.params import ConfigError, param

if TYPE_CHECKING:
    import torch
    from torch import nn

BASE = 4  # pixels a side of the first stage


def _width(player: str) -> Any:
    return param(
        8,
        f"Channels of {player} at full size; every stage before it has twice as many, up to the widest. Twice as many "
        "cost two to four times the time.",
        bounds=(4, 256),
        scale="log",
    )


def _widest() -> Any:
    return param(
        64,
        "Most channels at any stage. The small stages are cheap and can have many.",
        title="Widest stage",
        bounds=(4, 512),
        scale="log",
    )


def stages_of(name: str, sample_shape: tuple[int, ...]) -> tuple[int, int]:
    """Return the channels of images and the number of stages from 4×4 pixels to their size.

    Raises
    ------
    ConfigError
        If their side is not 8, 16, 32 or 64 pixels.
    """
    channels, side = image_shape(name, sample_shape)
    count = halvings(side)
    if side >> count != BASE:
        raise ConfigError("name", name, f"a net for {side}×{side} pixels: this one doubles 4 (pad 28 to 32)")
    return channels, count + 1


@generators.register("progressive")
@dataclass(frozen=True, kw_only=True, slots=True)
class ProgressiveGenerator(GeneratorModel):
    """Progressive growing: begins with 4×4 pixels; layers for twice the size are faded in one stage after the other.

    References
    ----------
    Karras et al., 2018, "Progressive Growing of GANs for Improved Quality, Stability, and Variation".
    """

    title: ClassVar[str] = "Progressive growing"
    order: ClassVar[int] = 30
    grows: ClassVar[bool] = True

    width: int = _width("G")
    widest: int = _widest()
    stable_steps: int = param(
        600,
        "Iterations that each stage is trained for once its layers are in full.",
        title="Iterations per stage",
        bounds=(1, 1_000_000),
        scale="log",
    )
    fade_steps: int = param(
        600,
        "Iterations over which the layers of a new stage are faded in, α going from 0 to 1.",
        title="Iterations of a fade",
        bounds=(1, 1_000_000),
        scale="log",
    )
    condition: str = g_condition("a learnt vector per class appended to z")

    @override
    def build(
        self, latent_dim: int, sample_shape: tuple[int, ...], generator: torch.Generator, classes: int = 0
    ) -> nn.Module:
        from ganstudio.engine.nets.progressive import GrowingG

        channels, stages = stages_of(self.name, sample_shape)
        classes = known_classes(self.condition, classes)
        embedding, size = appended_embedding(self.condition, classes, generator)
        net = GrowingG(
            latent_dim + size, widths(self.width, stages, self.widest), channels, generator, embedding=embedding
        )
        net.set_stage(*self.stage_at(0))
        return net

    @override
    def stage_at(self, step: int) -> tuple[int, float]:
        if step < self.stable_steps:
            return 0, 1.0
        stage, done = divmod(step - self.stable_steps, self.fade_steps + self.stable_steps)
        return stage + 1, min(1.0, done / self.fade_steps)


@discriminators.register("progressive")
@dataclass(frozen=True, kw_only=True, slots=True)
class ProgressiveDiscriminator(DiscriminatorModel):
    """Progressive growing: the generator's mirror, which grows with it and sees how varied a batch is.

    References
    ----------
    Karras et al., 2018, sections 2 and 3.
    """

    title: ClassVar[str] = "Progressive growing"
    order: ClassVar[int] = 30
    grows: ClassVar[bool] = True

    width: int = _width("D")
    widest: int = _widest()
    condition: str = d_condition()

    @override
    def build(self, sample_shape: tuple[int, ...], generator: torch.Generator, classes: int = 0) -> nn.Module:
        from ganstudio.engine.nets.progressive import GrowingD

        channels, stages = stages_of(self.name, sample_shape)
        classes, maps = told(self.condition, classes)
        return GrowingD(widths(self.width, stages, self.widest), channels, generator, classes=classes, maps=maps)
