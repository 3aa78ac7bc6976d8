"""Small generators whose answers are known."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganstudio.engine.config import RunConfig, from_mapping
from ganstudio.engine.latent.models import LatentModel
from ganstudio.engine.latent.weights import Weights
from ganstudio.engine.models import discriminators, generators
from ganstudio.engine.params import params_of
from ganstudio.engine.priors import Prior
from ganstudio.engine.priors.normal import Normal


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


class LinearG(nn.Module):
    """G(z) = A z + b, as samples of any shape."""

    def __init__(self, dim: int, shape: tuple[int, ...], seed: int = 0, scale: float = 0.1) -> None:
        super().__init__()
        size = int(torch.tensor(shape).prod())
        self.layer = nn.utils.skip_init(nn.Linear, dim, size)
        with torch.no_grad():
            self.layer.weight.normal_(0, scale, generator=seeded(seed))
            self.layer.bias.normal_(0, scale, generator=seeded(seed + 1))
        self.shape = shape

    def forward(self, z: Tensor) -> Tensor:
        return self.layer(z).view(len(z), *self.shape)


class PerceptronG(nn.Module):
    """A perceptron with one hidden layer, ReLU or smooth, and classes that are added to z's layer."""

    def __init__(
        self, dim: int, shape: tuple[int, ...], *, hidden: int = 48, smooth: bool = False, classes: int = 0
    ) -> None:
        super().__init__()
        size = int(torch.tensor(shape).prod())
        self.first = nn.utils.skip_init(nn.Linear, dim + classes, hidden)
        self.second = nn.utils.skip_init(nn.Linear, hidden, size)
        for index, layer in enumerate((self.first, self.second)):
            with torch.no_grad():
                layer.weight.normal_(0, layer.in_features**-0.5, generator=seeded(index))
                layer.bias.normal_(0, 0.3, generator=seeded(index + 2))
        self.bend: nn.Module = nn.Tanh() if smooth else nn.ReLU()
        self.shape = shape

    def forward(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        z = z if y is None else torch.cat((z, y), 1)
        return self.second(self.bend(self.first(z))).tanh().view(len(z), *self.shape)


class PerceptronD(nn.Module):
    def __init__(self, shape: tuple[int, ...], hidden: int = 12) -> None:
        super().__init__()
        size = int(torch.tensor(shape).prod())
        self.first = nn.utils.skip_init(nn.Linear, size, hidden)
        self.last = nn.utils.skip_init(nn.Linear, hidden, 1)
        for index, layer in enumerate((self.first, self.last)):
            with torch.no_grad():
                layer.weight.normal_(0, layer.in_features**-0.5, generator=seeded(index + 9))
                layer.bias.zero_()

    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        return self.last(self.first(x.flatten(1)).relu())


def model(
    G: nn.Module,
    shape: tuple[int, ...],
    *,
    prior: Prior | None = None,
    dim: int = 6,
    D: nn.Module | None = None,
    classes: int = 0,
    scale: float = 1.0,
    mean: tuple[float, ...] = (0.0,),
) -> LatentModel:
    weights = Weights(config=RunConfig(), shape=shape, g=dict(G.state_dict()), mean=mean, scale=scale)
    return LatentModel(
        G=G.requires_grad_(False).eval(),
        D=None if D is None else D.requires_grad_(False).eval(),
        prior=Normal(dim=dim) if prior is None else prior,
        shape=shape,
        classes=classes,
        class_names=tuple(f"class {index}" for index in range(classes)),
        step=0,
        run=0,
        title="test",
        weights=weights,
    )


GREY = (1, 8, 8)
COLOUR = (3, 8, 8)


def linear(shape: tuple[int, ...] = GREY, dim: int = 6, **known: object) -> LatentModel:
    return model(LinearG(dim, shape), shape, dim=dim, **known)  # type: ignore[arg-type]


def perceptron(shape: tuple[int, ...] = GREY, dim: int = 6, *, smooth: bool = False, classes: int = 0) -> LatentModel:
    G = PerceptronG(dim, shape, smooth=smooth, classes=classes)
    return model(G, shape, dim=dim, D=PerceptronD(shape), classes=classes)


# Below it a sample is not of its distribution. There are hundreds of such tests: 1e-3 refuses honest draws of every
# other seed. Plain bilinear weights on the map are at 1e-53, a lerp's middle of 1,000 draws is at 1e-8.
CHANCE = 1e-6
SMALL = {"width": 4, "widest": 8, "mapping_depth": 2, "style_dim": 8}


def config(name: str = "dcgan", dim: int = 5, condition: str = "none", prior: str = "normal") -> RunConfig:
    """Return a run of small nets; with a condition, D has its classes concatenated."""
    tables: list[dict[str, object]] = []
    for registry, told in ((generators, condition), (discriminators, "concatenation")):
        known = params_of(registry.get(name))
        table: dict[str, object] = {"name": name} | {key: value for key, value in SMALL.items() if key in known}
        if condition != "none":
            table["condition"] = told
        tables.append(table)
    return from_mapping({"generator": tables[0], "discriminator": tables[1], "prior": {"name": prior, "dim": dim}})


def copied(settings: RunConfig, shape: tuple[int, ...] = (1, 16, 16), classes: int = 0, seed: int = 0) -> Weights:
    """Return the weights of new nets; growing ones are full-grown."""
    G = settings.generator.build(settings.prior.dim, shape, seeded(seed), classes)
    D = settings.discriminator.build(shape, seeded(seed + 1), classes)
    if hasattr(G, "set_stage"):
        G.set_stage(99, 1.0)
    return Weights.copied(settings, G, D, shape=shape, classes=classes)
