"""Multi-layer perceptrons, for points in one or two dimensions and, with one unit per pixel, for images."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from ganstudio.engine.lazy import nn, torch
from ganstudio.engine.models import DiscriminatorModel, GeneratorModel, discriminators, generators
from ganstudio.engine.params import param

if TYPE_CHECKING:
    from torch import Tensor

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": lambda: nn.ReLU(),
    "leaky_relu": lambda: nn.LeakyReLU(0.2),
    "elu": lambda: nn.ELU(),
    "silu": lambda: nn.SiLU(),
    "gelu": lambda: nn.GELU(),
    "tanh": lambda: nn.Tanh(),
    "softplus": lambda: nn.Softplus(),
}
INITS = ("uniform", "he", "lecun", "xavier", "orthogonal", "dcgan")


def _depth() -> Any:
    return param(3, "Hidden layers. None makes the net linear; each one lets it bend more.", bounds=(0, 8))


def _width() -> Any:
    return param(
        64,
        "Units in each hidden layer. Wider nets follow finer detail and cost more time.",
        bounds=(1, 1024),
        scale="log",
    )


def _activation(default: str) -> Any:
    return param(
        default,
        "The bend of each hidden unit. Piecewise linear ones keep D's slopes; smooth ones round them off.",
        choices=tuple(ACTIVATIONS),
    )


def _init() -> Any:
    return param(
        "uniform",
        "Initial weights: uniform ±1/√fan-in (PyTorch's default for linear layers), he (normal, 2/fan-in), lecun "
        "(normal, 1/fan-in), xavier (uniform), orthogonal, or dcgan (normal, sd 0.02).",
        title="Initial weights",
        choices=INITS,
    )


@generators.register("mlp")
@dataclass(frozen=True, kw_only=True, slots=True)
class MlpGenerator(GeneratorModel):
    """Multi-layer perceptron from z to a point or to all pixels of an image."""

    title: ClassVar[str] = "MLP"
    layouts: ClassVar[tuple[str, ...]] = ("line", "plane", "images")

    depth: int = _depth()
    width: int = _width()
    activation: str = _activation("relu")
    output: str = param(
        "linear",
        "Last layer: linear, or tanh, which keeps generated points within ±1 in the nets' units.",
        choices=("linear", "tanh"),
    )
    init: str = _init()

    @override
    def build(
        self, latent_dim: int, sample_shape: tuple[int, ...], generator: torch.Generator, classes: int = 0
    ) -> nn.Module:
        layers = perceptron(latent_dim, self.depth, self.width, math.prod(sample_shape), self.activation)
        initialize(layers, self.init, generator)
        if self.output == "tanh":
            layers.append(nn.Tanh())
        if len(sample_shape) == 1:
            return nn.Sequential(*layers)
        from ganstudio.engine.nets.flat import FlatG

        return FlatG(layers, sample_shape)


@discriminators.register("mlp")
@dataclass(frozen=True, kw_only=True, slots=True)
class MlpDiscriminator(DiscriminatorModel):
    """Multi-layer perceptron from a point, or all pixels of an image, to a logit."""

    title: ClassVar[str] = "MLP"
    layouts: ClassVar[tuple[str, ...]] = ("line", "plane", "images")

    depth: int = _depth()
    width: int = _width()
    activation: str = _activation("leaky_relu")
    init: str = _init()

    @override
    def build(self, sample_shape: tuple[int, ...], generator: torch.Generator, classes: int = 0) -> nn.Module:
        layers = perceptron(math.prod(sample_shape), self.depth, self.width, 1, self.activation)
        initialize(layers, self.init, generator)
        if len(sample_shape) == 1:
            return nn.Sequential(*layers)
        from ganstudio.engine.nets.flat import FlatD

        return FlatD(layers)


def perceptron(inputs: int, depth: int, width: int, outputs: int, activation: str) -> list[nn.Module]:
    """Return the layers of a net with ``depth`` hidden layers of ``width`` units; weights are not yet set."""
    from ganstudio.engine.nets.unfilled import unfilled

    layers: list[nn.Module] = []
    for _ in range(depth):
        layers += [unfilled(nn.Linear, inputs, width), ACTIVATIONS[activation]()]
        inputs = width
    return [*layers, unfilled(nn.Linear, inputs, outputs)]


def initialize(layers: Iterable[nn.Module], init: str, generator: torch.Generator) -> None:
    """Fill weights and biases from ``generator``, never from torch's global one."""
    with torch.no_grad():
        for layer in layers:
            if isinstance(layer, nn.Linear):
                _fill(layer.weight, init, generator)
                if init == "uniform":
                    bound = 1 / math.sqrt(layer.in_features)
                    layer.bias.uniform_(-bound, bound, generator=generator)
                else:
                    layer.bias.zero_()


def _fill(weight: Tensor, init: str, generator: torch.Generator) -> None:
    fan_in = weight.shape[1]
    if init == "uniform":
        weight.uniform_(-1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in), generator=generator)
    elif init == "he":
        weight.normal_(0, math.sqrt(2 / fan_in), generator=generator)
    elif init == "lecun":
        weight.normal_(0, math.sqrt(1 / fan_in), generator=generator)
    elif init == "xavier":
        nn.init.xavier_uniform_(weight, generator=generator)
    elif init == "orthogonal":
        nn.init.orthogonal_(weight, generator=generator)
    else:
        weight.normal_(0, 0.02, generator=generator)
