"""Devices, generators and threads."""

from __future__ import annotations

import pytest
import torch

from ganstudio.engine import device
from ganstudio.engine.models import discriminators, generators
from ganstudio.engine.observer import Observer
from ganstudio.engine.params import ConfigError
from ganstudio.engine.probes import probes
from tests.engine.configs import small
from tests.engine.test_trainer import assert_equal_histories, run

needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")


def test_auto_takes_the_best_there_is() -> None:
    expected = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    assert device.resolve("auto").type == expected


@pytest.mark.parametrize("name", ["cuda:99", "tpu", ""])
def test_a_device_that_is_not_there_is_named_with_those_that_are(name: str) -> None:
    with pytest.raises(ConfigError, match="one of auto, cpu"):
        device.resolve(name)


def test_generators_depend_on_their_numbers_alone() -> None:
    cpu = torch.device("cpu")
    draws = [torch.rand(4, generator=device.random_generator(cpu, *numbers)) for numbers in ((1, 2), (1, 2), (1, 3))]
    assert torch.equal(draws[0], draws[1])
    assert not torch.equal(draws[0], draws[2])


def test_training_takes_one_thread_and_flushes_denormals() -> None:
    device.prepare_thread()
    assert torch.get_num_threads() == 1
    assert float(torch.tensor(1e-39) * 0.5) == 0


def test_a_thread_count_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANSTUDIO_THREADS", "many")
    with pytest.raises(ConfigError, match="GANSTUDIO_THREADS = 'many'"):
        device.prepare_thread()


@pytest.mark.parametrize("shape", [(1,), (2,), (3, 32, 32)])
def test_nets_hold_no_tensor_that_stays_behind_when_they_move(shape: tuple[int, ...]) -> None:
    """The meta device refuses to mix with the CPU, as CUDA does: a forgotten CPU tensor would raise."""
    layout = "images" if len(shape) == 3 else "plane"
    for G in (G for G in generators if layout in G.layouts):
        net = G().build(3, shape, torch.Generator()).to("meta")
        made = net(torch.empty(5, 3, device="meta"))
        assert made.shape == (5, *shape) or G.grows  # which begins with four pixels
    for D in (D for D in discriminators if layout in D.layouts):
        net = D().build(shape, torch.Generator()).to("meta")
        seen = torch.empty(5, *shape, device="meta")
        assert net(net.prepare(seen) if D.grows else seen).shape == (5, 1)


@needs_cuda
@pytest.mark.parametrize("data", ["two_gaussians", "ring8"])
def test_a_run_on_cuda_is_repeatable_and_can_be_looked_at(data: str) -> None:
    config = small(run__device="cuda", data__name=data, penalty__name="r1", training__instance_noise=0.1)
    one = run(config, 60)
    assert one.device.type == "cuda"
    assert_equal_histories(one.history, run(config, 60).history)
    assert Observer(one).look(probes.names(), "ema")
