"""Where the sliders' directions come from, and the work of finding them. Its functions run in the render worker."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.latent.directions import Directions
from ganstudio.engine.latent.view_state import ViewState
from ganstudio.ui.numerals import thousands

if TYPE_CHECKING:
    from ganstudio.engine.latent.bank import Bank
    from ganstudio.engine.latent.models import LatentModel

Array = NDArray[np.float32]
SourceName = Literal["local", "sefa", "activations", "mean_jacobian", "attribute"]

MOST_SLIDERS = 8
THUMBS = 7
REACH = 3.0  # equal effects to the ends of a slider
ALIKE = 0.5  # mean |cos| from which two sets of directions count as the same ones, moved on a little
MEAN_SAMPLES = 512  # from which the mean Jacobian is worth looking at
MOST_NUMBERS = 2**24  # of the pictures that its estimate takes at once: 64 MiB
SAME = 0.9  # |cos| from which a moved slider's direction is the one that is there now
FLAT = 1.5  # times the last share, or an even one: below it no direction is preferred


@dataclass(frozen=True, slots=True)
class Source:
    """One way of finding directions."""

    title: str
    tip: str


SOURCES: dict[SourceName, Source] = {
    "local": Source(
        "Local Jacobian",
        "Right singular vectors of ∂G/∂g at this very place: what changes the picture here most.\n"
        "Found anew wherever you go (Ramesh et al. 2018; Choi et al. 2022).",
    ),
    "sefa": Source(
        "SeFa: first layer",
        "Eigenvectors of AᵀA for the matrix A of G's first layer, in closed form: the same everywhere\n"
        "(Shen and Zhou 2021).",
    ),
    "activations": Source(
        "PCA: GANSpace",
        "Principal components of a layer's activations over the prior, mapped back to latents\n(Härkönen et al. 2020).",
    ),
    "mean_jacobian": Source(
        "Mean Jacobian",
        "Right singular vectors of E[∂G/∂g], the average effect over the prior, from generated samples alone\n"
        "by Stein's identity.",
    ),
    "attribute": Source(
        "Attribute",
        "From latents without a property to latents with it: groups of bookmarks, or classes\n"
        "(Radford et al. 2016; Shen et al. 2020).",
    ),
}


SHORT: dict[SourceName, str] = {
    "local": "local",
    "sefa": "SeFa",
    "activations": "PCA",
    "mean_jacobian": "mean",
    "attribute": "attribute",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Request:
    """What to look for, where, and what was there before.

    ``state`` is the place without any slider moved. ``layer`` is of PCA ("" for a usual one), ``bank`` of the mean
    Jacobian, ``groups`` (latents with, latents without) and ``name`` of an attribute, ``method`` "mean" or "logistic".
    """

    source: SourceName
    model: LatentModel
    state: ViewState
    before: Directions | None = None
    layer: str = ""
    bank: Bank | None = None
    groups: tuple[Array, Array] | None = None
    name: str = ""
    method: str = "mean"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """At most eight directions and what is to be said of them.

    ``estimator`` says how a slider's share was got; ``layers`` are those that PCA could look at, ``layer`` is the one
    that it did.
    """

    request: Request
    directions: Directions
    estimator: str
    note: str = ""
    layers: tuple[tuple[str, str], ...] = field(default=())
    layer: str = ""

    def offset_names(self, state: ViewState) -> tuple[str, ...]:
        """Return the names of the sliders' offsets in a state.

        A direction that was found somewhere else and is not like the one here keeps its name; the one here gets
        another.
        """
        layer = f" {self.layer}" if self.layer else ""
        taken, names = {offset.name: offset.vector for offset in state.offsets}, []
        for title, vector in zip(self.directions.names, self.directions.vectors, strict=True):
            name = f"{SHORT[self.request.source]}{layer} {title}"
            while name in taken and not _same(taken[name], vector):
                name += "′"
            names.append(name)
        return tuple(names)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Filmstrip:
    """One slider's pictures (thumbs, …) from −3 to 3 times ``sigma``, which is in units of g."""

    index: int
    sigma: float
    pictures: NDArray


def find(request: Request) -> Iterator[Found | None]:
    """Yield the directions; before them None, as often as the work can be interrupted.

    Raises
    ------
    ValueError
        If there are none: no linear first layer, no such layer, groups that do not differ.
    """
    if request.source == "local":
        yield from _local(request)
    elif request.source == "sefa":
        from ganstudio.engine.latent.directions.sefa import sefa_of

        yield _found(request, sefa_of(request.model), "Share of the sum of AᵀA's eigenvalues, A being G's first layer.")
    elif request.source == "activations":
        yield from _activations(request)
    elif request.source == "mean_jacobian":
        yield from _mean(request)
    else:
        yield _attribute(request)


def _local(request: Request) -> Iterator[Found | None]:
    from ganstudio.engine.latent.jobs import local_directions

    for found in local_directions(request.model, request.state):
        if found is None:
            yield None
            continue
        text = (
            "Share of ‖∂G/∂g‖² at this place; the Jacobian by central differences, exact to 1 to 3 % for nets of "
            f"ReLUs.\nHere ‖∂G/∂g‖ = {found.sensitivity:.3g}, λ₁/λ_d of JᵀJ {_number(found.condition)}."
        )
        yield _found(request, found.directions, text)


def _activations(request: Request) -> Iterator[Found | None]:
    import torch

    from ganstudio.engine.latent.directions.activations import COUNT, activation_pca
    from ganstudio.engine.latent.layers import activations

    model, weights = request.model, request.state.class_weights
    known = activations(model, request.state.g, None if weights is None else torch.tensor(weights))
    layers = tuple((part.name, f"{part.kind} {_shape(part.values.shape)}") for part in known if part.values.size > 1)
    names = [name for name, _ in layers]
    usual = next((part.name for part in known[1:] if "Linear" not in part.kind and "Conv" not in part.kind), names[0])
    layer = request.layer if request.layer in names else usual
    yield None
    y = None if weights is None else torch.tensor(weights)
    for found in activation_pca(model, layer, y):
        if found is None:
            yield None
            continue
        text = (
            f"Share of the variance of the activations of {layer} over {thousands(COUNT)} draws of the prior; "
            f"along a random direction of that layer {100 * found.chance:.2g} %."
        )
        yield _found(request, found.directions, text, layers=layers, layer=layer)


def _mean(request: Request) -> Iterator[Found | None]:
    from ganstudio.engine.latent.directions.mean_jacobian import mean_effect_of

    bank = request.bank
    if bank is None:
        raise ValueError("there are no generated samples yet")
    most = max(MOST_NUMBERS // max(int(np.prod(bank.images.shape[1:])), 1), 2 * request.model.dim)
    count = min(bank.size, most)
    yield None
    found = mean_effect_of(bank.model, bank.images[:count], bank.g[:count])
    text = f"Share of ‖E[∂G/∂g]‖², estimated by Stein's identity from {count} generated samples"
    over = " of all classes" if request.model.classes else ""
    step = "" if bank.model is request.model else f", made at step {bank.model.step}"
    yield _found(request, found, f"{text}{over}{step}.")


def _attribute(request: Request) -> Found:
    from ganstudio.engine.latent.directions.attribute import logistic, mean_difference

    if request.groups is None:
        raise ValueError("choose a group with the attribute and one without")
    ahead, behind = request.groups
    make = logistic if request.method == "logistic" else mean_difference
    found = make(ahead, behind, request.name)
    how = "the normal of the plane that separates them best" if request.method == "logistic" else "between their means"
    note = "few examples: three or more on each side make it steadier" if min(len(ahead), len(behind)) < 3 else ""
    return Found(
        request=request,
        directions=found,
        estimator=f"{len(ahead)} latents with it, {len(behind)} without; {how}.",
        note=note,
    )


def _found(request: Request, directions: Directions, estimator: str, **known: object) -> Found:
    note = directions.note
    share, dim = directions.share, request.model.dim
    if not note and share is not None and len(share) and dim > 1 and _is_flat(share, dim):
        note = "no preferred direction: all change the picture nearly alike"
    top = followed(directions.top(MOST_SLIDERS), request.before)
    return Found(request=request, directions=top, estimator=estimator, note=note, **known)  # type: ignore[arg-type]


def _is_flat(share: NDArray[np.float32], dim: int) -> bool:
    """Whether the first of the directions' shares is hardly more than the last, or than an even one of ``dim``."""
    return bool(share[0] < FLAT * (share[-1] if len(share) == dim else 1 / dim))


def followed(new: Directions, before: Directions | None) -> Directions:
    """Return directions in the order and with the signs of those before, as long as they are much the same ones."""
    if before is None or before.source != new.source or before.vectors.shape != new.vectors.shape:
        return new
    from ganstudio.engine.latent.directions.align import aligned

    matched = aligned(new, before)
    alike = np.abs((matched.vectors * before.vectors).sum(1)).mean()
    return matched if alike >= ALIKE else new


def filmstrips(
    model: LatentModel,
    state: ViewState,
    directions: Directions,
    names: tuple[str, ...],
    sigma: tuple[float | None, ...],
    *,
    first: int = 0,
) -> Iterator[Filmstrip]:
    """Yield every slider's filmstrip, that of number ``first`` at first.

    A picture of it is what one will see with the slider there and all others as they are, to the bit. ``sigma`` are
    the steps where they are known already; those that are not are measured at the state without its offsets, so that a
    slider's scale does not depend on the others.
    """
    import torch

    from ganstudio.engine.latent.directions.effect import sigma_eff
    from ganstudio.engine.latent.jobs import how_of

    y = None if state.class_weights is None else torch.tensor(state.class_weights)
    f = model.generator(y, **how_of(state))  # type: ignore[arg-type]
    for index in (first, *(other for other in range(directions.count) if other != first)):
        if index >= directions.count:
            continue
        vector = directions.vectors[index]
        step = sigma[index]
        if step is None:
            step = float(sigma_eff(f, state.g, vector[None], on_shell=state.on_shell)[0])
        amounts = step * np.linspace(-REACH, REACH, THUMBS)
        places = np.stack([state.with_offset(names[index], vector, amount).point() for amount in amounts])
        made = model.render(places, state.class_weights, **how_of(state))  # type: ignore[arg-type]
        yield Filmstrip(index=index, sigma=step, pictures=made)


def anchor(state: ViewState) -> ViewState:
    """Return a state without its sliders, its map and its name: what directions depend on."""
    return dataclasses.replace(state, offsets=(), map=type(state.map)(), seed=0, model="", step=None)


def _same(first: Array, second: Array) -> bool:
    return first.shape == second.shape and float(first @ second) >= SAME


def _number(value: float) -> str:
    return "infinite: some direction has no effect" if math.isinf(value) else f"= {value:.3g}"


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(str(size) for size in shape if size > 1) or "1"
