"""Torch by another name, imported when it is used."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest
import torch
import torch.nn.functional

from ganstudio.engine import lazy


def test_naming_it_imports_nothing_and_using_it_does() -> None:
    code = (
        "import sys\n"
        "from ganstudio.engine.lazy import F, nn, torch\n"
        "assert 'torch' not in sys.modules\n"
        "assert not hasattr(torch, '__file__')\n"  # as whoever goes through all modules asks
        "assert 'torch' not in sys.modules\n"
        "assert F.relu(torch.tensor([-1.0, 2.0])).tolist() == [0, 2]\n"
        "assert isinstance(nn.ReLU(), nn.Module)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603


def test_what_it_gives_is_torch_s_own() -> None:
    assert lazy.torch.Tensor is torch.Tensor
    assert lazy.nn.Linear is torch.nn.Linear
    assert lazy.F.softplus is torch.nn.functional.softplus


def test_what_was_used_once_is_found_without_being_looked_up_again() -> None:
    made = lazy.LazyModule("torch")
    assert "zeros" not in vars(made)
    assert made.zeros is torch.zeros
    assert vars(made)["zeros"] is torch.zeros


def test_what_torch_does_not_have_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        lazy.LazyModule("torch").nonsense  # noqa: B018
    with pytest.raises(AttributeError, match="before it is used"):
        lazy.LazyModule("torch").__all__  # noqa: B018


def test_threads_that_use_it_first_at_once_all_get_it() -> None:
    made, ready, found = lazy.LazyModule("torch"), threading.Barrier(4), []

    def use() -> None:
        ready.wait()
        found.append(made.ones)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [torch.ones] * 4


def test_the_compiler_traces_through_it() -> None:
    def step(x: torch.Tensor) -> torch.Tensor:
        return lazy.F.softplus(lazy.torch.lerp(x, -x, 0.25)).mean()

    x = torch.linspace(-2, 2, 8)
    assert torch.equal(torch.compile(step, fullgraph=True, backend="eager")(x), step(x))
