"""Probes: what a view can ask of a run. A probe looks at the nets and never changes them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganstudio.engine.params import Entry
from ganstudio.engine.registry import Registry

if TYPE_CHECKING:
    from ganstudio.engine.distributions import Distribution, Extent
    from ganstudio.engine.losses import Loss
    from ganstudio.engine.priors import Prior
    from ganstudio.engine.snapshot import GeneratorChoice, Layout, ProbeResult

probes: Registry[Probe] = Registry("probe", __name__)


JUDGED_COUNT = 512  # points by which something is judged as a whole


@dataclass(slots=True)
class Scene:
    """What a probe works with: the nets of one moment, and what stays the same through a run.

    ``G`` and ``D`` work on standardised points; :meth:`to_data` and :meth:`to_nets` convert. ``kept`` is a probe's
    place for what it prepares once, by its name; it is emptied when the extent grows. Nets of images that are told one
    of ``classes`` take :meth:`class_weights` as well; ``classes`` is 0 for all others.
    """

    G: Callable[..., Tensor]
    D: Callable[..., Tensor]
    loss: Loss
    prior: Prior
    distribution: Distribution
    mean: NDArray[np.float64]
    scale: float
    extent: Extent
    device: torch.device
    seed: int
    kept: dict[str, Any] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)  # what several probes of one look share
    step: int = 0
    is_training: bool = False  # then what is costly is looked at in parts; else as a whole
    choice: GeneratorChoice = "ema"
    generators: Mapping[GeneratorChoice, Callable[..., Tensor]] = field(default_factory=dict)
    classes: int = 0
    growth: tuple[int, float] | None = None  # the stage and the share of its newest layers, where the nets grow

    def to_data(self, points: Tensor) -> NDArray[np.float64]:
        """Return standardised points (n, d) in data units."""
        return points.cpu().double().numpy() * self.scale + self.mean

    def to_nets(self, points: NDArray[np.float64]) -> Tensor:
        """Return points (n, d) in data units as the nets see them."""
        return torch.tensor((points - self.mean) / self.scale, dtype=torch.float32, device=self.device)

    def latents(self, count: int) -> Tensor:
        """Return the same ``count`` latents in every snapshot: a scrambled Sobol sequence, mapped to the prior.

        Its points fill the prior more evenly than draws do (Sobol 1967; Owen 1998), so that what is estimated from
        them does not flicker.
        """
        key = f"latents {count}"
        if key not in self.kept:
            engine = torch.quasirandom.SobolEngine(self.prior.dim, scramble=True, seed=self.seed)
            u = engine.draw(count).clamp(1e-6, 1 - 1e-6)
            self.kept[key] = self.prior.from_uniform(u).to(self.device)
        return self.kept[key]

    def class_weights(self, labels: NDArray[np.int64]) -> Tensor:
        """Return classes (n,) as the nets take them: one-hot weights (n, K)."""
        return torch.nn.functional.one_hot(torch.from_numpy(labels), self.classes).float().to(self.device)

    def generated(self, count: int) -> Tensor:
        """Return G of :meth:`latents`, standardised, (count, d); made once per look."""
        key = f"generated {count}"
        if key not in self.made:
            self.made[key] = self.G(self.latents(count))
        return self.made[key]

    def generated_points(self, count: int) -> NDArray[np.float64]:
        """Return :meth:`generated` in data units, (count, d); made once per look."""
        key = f"generated points {count}"
        if key not in self.made:
            self.made[key] = self.to_data(self.generated(count))
        return self.made[key]

    def scores(self, points: Tensor) -> NDArray[np.float32]:
        """Return D as its loss reads it at standardised points: (n, d) -> (n,).

        Where the loss leaves a constant free (a Wasserstein critic's), D is shown about the middle between its mean on
        512 real and on 512 generated points: 0 is then "cannot tell", and colours do not drift with the constant.
        """
        score = self.loss.score(self.D(points))[:, 0]
        if self.loss.offset_free:
            score = score - self._middle()
        return score.cpu().numpy()

    def _middle(self) -> Tensor:
        if "middle" not in self.made:
            if "judged" not in self.kept:
                self.kept["judged"] = self.to_nets(self.real(JUDGED_COUNT))
            on_real, on_fake = self.D(self.kept["judged"]), self.D(self.generated(JUDGED_COUNT))
            self.made["middle"] = 0.5 * (on_real.mean() + on_fake.mean())
        return self.made["middle"]

    def real(self, count: int) -> NDArray[np.float64]:
        """Return the same ``count`` real points in every snapshot, in data units, (count, d)."""
        key = f"real {count}"
        if key not in self.kept:
            generator = torch.Generator().manual_seed(self.seed)
            self.kept[key] = self.distribution.sample(count, generator).double().numpy()
        return self.kept[key]


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe(Entry):
    """One thing to look at; runs without gradients unless it asks for them."""

    layout: ClassVar[Layout] = "line"  # of the data that it is for

    @abstractmethod
    def look(self, scene: Scene) -> ProbeResult | None:
        """Return what is to be seen now, or None if the data have no such thing."""

    def follow(self, scene: Scene) -> None:
        """Keep of this moment what a later look will need; called at every look, asked for or not."""


def outside(values: NDArray[np.float64], low: float, high: float) -> tuple[int, int]:
    """Return how many values lie below and above a range; one that is not a number is in neither."""
    return int((values < low).sum()), int((values > high).sum())


def push(scene: Scene, points: Tensor) -> Tensor:
    """Return −∂L_G/∂x of each point's own loss, (n, d), for standardised points."""
    with torch.enable_grad():
        x = points.detach().requires_grad_()
        logits = scene.D(x)
        real = logits[:0]
        if scene.loss.needs_real_for_generator:
            real = scene.D(scene.to_nets(scene.real(len(x)))).detach()
        # The loss is a mean: times n, every point has the gradient of its own term.
        (gradient,) = torch.autograd.grad(scene.loss.generator(real, logits) * len(x), x)
    return -gradient
