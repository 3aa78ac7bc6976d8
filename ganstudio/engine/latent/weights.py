"""A model as values: copies of its tensors and what is needed to build its nets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn

from ganstudio.engine.config import RunConfig

LARGEST_SIDE = 256
MOST_CLASSES = 4_096


class ModelError(ValueError):
    """Tensors that do not make the model that their settings describe; says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weights:
    """A model as values: everything that :func:`opened` needs, on the CPU, shared with nobody.

    Parameters
    ----------
    config
        Of the run: which nets and which prior.
    shape
        Of a sample as the nets see it at full size: (C, H, W) of an image, (d,) of a point.
    g, d
        The tensors of G (the averaged one) and of D, by their names in ``state_dict``; ``d`` empty if there is no D.
    mean, scale
        Data units of points: x = mean + scale · G(z). Of images, 0 and 1.
    classes, class_names
        Of the data; 0 and () if they have none.
    run, step
        Which run it was and how many iterations were done.
    """

    config: RunConfig
    shape: tuple[int, ...]
    g: Mapping[str, Tensor]
    d: Mapping[str, Tensor] = field(default_factory=dict)
    mean: tuple[float, ...] = (0.0,)
    scale: float = 1.0
    classes: int = 0
    class_names: tuple[str, ...] = ()
    run: int = 0
    step: int = 0
    title: str = ""

    @classmethod
    def copied(cls, config: RunConfig, G: nn.Module, D: nn.Module | None, **known: Any) -> Weights:
        """Return a copy of nets as they are now; ``known`` are the other fields. For the thread that trains them."""
        return cls(config=config, g=copied(G), d={} if D is None else copied(D), **known)

    @property
    def nbytes(self) -> int:
        """How much memory the tensors take."""
        return sum(tensor.nbytes for tensors in (self.g, self.d) for tensor in tensors.values())


def copied(net: nn.Module) -> dict[str, Tensor]:
    """Return a net's tensors, copied to the CPU."""
    return {name: tensor.detach().to("cpu", copy=True) for name, tensor in net.state_dict().items()}


def check_shape(shape: tuple[int, ...], classes: int) -> None:
    """Refuse samples that no net of this program makes.

    Raises
    ------
    ModelError
        If the shape or the number of classes is out of bounds.
    """
    image = len(shape) == 3 and shape[0] in (1, 3) and all(4 <= side <= LARGEST_SIDE for side in shape[1:])
    if not image and shape not in ((1,), (2,)):
        raise ModelError(
            f"samples of shape {shape}: allowed are points of 1 or 2 dimensions, and images of 1 or 3 channels "
            f"with sides from 4 to {LARGEST_SIDE}"
        )
    if not 0 <= classes <= MOST_CLASSES:
        raise ModelError(f"{classes} classes: allowed are 0 to {MOST_CLASSES}")
