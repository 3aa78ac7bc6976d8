"""Layers whose weights are set by somebody else."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch import nn

from ganstudio.engine.nets.unfilled import unfilled


@pytest.mark.parametrize(
    ("kind", "arguments"), [(nn.Linear, (3, 5)), (nn.Conv2d, (3, 5, 4)), (nn.ConvTranspose2d, (3, 5, 4))]
)
def test_it_is_the_layer_that_was_asked_for_and_nothing_was_drawn_for_it(kind: type, arguments: tuple) -> None:
    before = torch.get_rng_state()
    layer = unfilled(kind, *arguments, bias=False)
    assert torch.equal(torch.get_rng_state(), before)
    assert type(layer) is kind
    usual = kind(*arguments, bias=False)
    assert {name: value.shape for name, value in layer.state_dict().items()} == {
        name: value.shape for name, value in usual.state_dict().items()
    }
    assert all(value.requires_grad and not value.is_meta for value in layer.parameters())
    layer.reset_parameters()
    assert layer.weight.abs().max() < 1


def test_making_the_nets_of_a_run_does_not_import_sympy() -> None:
    code = (
        "import sys\n"
        "from ganstudio.engine.config import RunConfig\n"
        "from ganstudio.engine.trainer import Trainer\n"
        "Trainer(RunConfig()).iterate()\n"
        "sys.exit(', '.join({'sympy', 'scipy', 'torch._dynamo'} & set(sys.modules)) or None)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
