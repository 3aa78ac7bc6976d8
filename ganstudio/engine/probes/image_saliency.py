"""Which pixels D's verdict hangs on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from typing_extensions import override

from ganstudio.engine.probes import Probe, Scene, probes
from ganstudio.engine.probes.image_tiles import enlarged, evaluated, fake_tiles, with_classes
from ganstudio.engine.snapshot import Layout, Saliency


@probes.register("saliency")
@dataclass(frozen=True, kw_only=True, slots=True)
class SaliencyProbe(Probe):
    """∂D/∂x at the sheet's images (Simonyan et al. 2014), for those that this look made anew; the others' is kept."""

    layout: ClassVar[Layout] = "images"

    @override
    def look(self, scene: Scene) -> Saliency | None:
        tiles = fake_tiles(scene)
        if tiles.raw is None:
            return None
        kept: tuple[Tensor, Tensor] | None = scene.kept.get("saliency")
        count, side = len(tiles.raw), tiles.raw.shape[2:]
        whole = kept is None or kept[0].shape[1:] != side or scene.kept.get("saliency choice") != scene.choice
        part = slice(0, count) if whole else tiles.now
        magnitude, signed = torch.zeros(2, count, *side, device=scene.device) if whole or kept is None else kept
        weights = None if tiles.weights is None else tiles.weights[part]
        gradient = _gradient(scene, tiles.raw[part], weights)
        magnitude[part], signed[part] = gradient.norm(dim=1), gradient.sum(dim=1)
        scene.kept["saliency"], scene.kept["saliency choice"] = (magnitude, signed), scene.choice
        return Saliency(
            magnitude=enlarged(magnitude.cpu().numpy().copy(), tiles.side),
            signed=enlarged(signed.cpu().numpy().copy(), tiles.side),
        )


def _gradient(scene: Scene, images: Tensor, weights: Tensor | None) -> Tensor:
    """Return the gradient of D's output with respect to images, (n, C, h, w)."""
    with torch.enable_grad(), evaluated(scene.D):
        x = images.detach().clone().requires_grad_()
        (gradient,) = torch.autograd.grad(with_classes(scene.D, x, weights).sum(), x)
    return gradient
