"""Closed-form factorisation: what the first layer amplifies most."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from ganstudio.engine.latent.directions import Directions, upright
from ganstudio.engine.latent.models import LatentModel, twin
from ganstudio.engine.latent.weights import ModelError

ISOTROPIC = 1.5  # λ₁/λ_d below it: no direction is preferred (a random or orthogonal start)


def first_layer_matrix(net: nn.Module, dim: int, y: Tensor | None = None) -> Tensor:
    """Return the matrix A (outputs, d) of a generator's first layer, y = A z + b.

    A net that has a method ``first_layer_matrix()`` says so itself, with the columns of z first. Of any other it is
    the outermost module that is called first and is affine in its input; classes appended to z are left out.

    Parameters
    ----------
    net
        G, in evaluation mode.
    dim
        The dimension d of z.
    y
        (1, K) class weights, if the net needs them.

    Raises
    ------
    ModelError
        If no affine layer reads z.
    """
    own = getattr(net, "first_layer_matrix", None)
    if callable(own):
        return cast(Tensor, own())[:, :dim].detach()
    found: list[Tensor] = []
    inside: list[nn.Module] = []

    def look(module: nn.Module, args: tuple[Any, ...]) -> None:
        given = args[0] if args else None
        if found or inside or module is copy or not isinstance(given, Tensor) or given.ndim != 2:
            return
        if given.shape[1] < dim or not given.is_floating_point():
            return
        if not any(True for _ in module.parameters()):
            return
        inside.append(module)  # its own parts are called by the trial
        matrix = _affine(module, given.shape[1], args[1:])
        inside.clear()
        if matrix is not None and not _hands_on(matrix[:, :dim]):
            found.append(matrix[:, :dim])

    copy = twin(net)  # a hook on the net itself would be seen by other threads
    for module in copy.modules():
        module.register_forward_pre_hook(look)
    z = torch.zeros(1, dim)
    z[0, 0] = 1.0
    with torch.no_grad():
        copy(z) if y is None else copy(z, y)
    if not found:
        raise ModelError("no first layer was found that is linear in z")
    return found[0]


def _affine(module: nn.Module, width: int, rest: tuple[Any, ...]) -> Tensor | None:
    """Return the matrix of a module (outputs, width) if it is an affine map of rows, else None."""
    generator = torch.Generator().manual_seed(0)
    trial = 3 * torch.randn(2, width, generator=generator)
    rows = torch.cat((torch.zeros(1, width), trial, -trial, trial.sum(0, keepdim=True), torch.eye(width)))
    widened = [
        part.expand(len(rows), *part.shape[1:]) if isinstance(part, Tensor) and len(part) == 1 else part
        for part in rest
    ]
    made = module(rows, *widened)
    if not isinstance(made, Tensor) or len(made) != len(rows):
        return None
    values = made.flatten(1) - made[:1].flatten(1)
    scale = values[1:6].abs().max()
    even = (values[1:3] + values[3:5]).abs().max()
    additive = (values[5] - values[1] - values[2]).abs().max()
    if scale == 0 or max(even, additive) > 1e-4 * scale:
        return None
    return values[6:].T.detach()


def _hands_on(matrix: Tensor) -> bool:
    """Return whether a module only hands z on, beside what it appends to it."""
    return torch.equal(matrix[: matrix.shape[1]], torch.eye(matrix.shape[1])) and not matrix[matrix.shape[1] :].any()


def sefa(matrix: Tensor) -> Directions:
    """Return the eigenvectors of AᵀA for a first layer's matrix A (outputs, d), the largest eigenvalue first.

    References
    ----------
    Shen and Zhou 2021, "Closed-form factorization of latent semantics in GANs", arXiv:2007.06600, section 3.2.
    """
    values, vectors = torch.linalg.eigh(matrix.double().T @ matrix.double())
    energy = values.flip(0).clamp_min(0).numpy()
    isotropic = energy[0] < ISOTROPIC * energy[-1] or energy[0] == 0
    return Directions(
        source="sefa",
        vectors=upright(vectors.flip(1).T.numpy()),
        weights=np.sqrt(energy).astype(np.float32),
        weight_title="singular value of the first layer",
        share=(energy / energy.sum() if energy.sum() > 0 else np.zeros_like(energy)).astype(np.float32),
        note="no preferred direction: the first layer treats all alike" if isotropic else "",
    )


def sefa_of(model: LatentModel) -> Directions:
    """Return SeFa's directions of a model.

    Raises
    ------
    ModelError
        If no affine layer reads z.
    """
    y = torch.eye(model.classes)[:1] if model.classes else None
    return sefa(first_layer_matrix(model.G, model.dim, y))
