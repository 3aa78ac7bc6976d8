"""Devices, generators and threads: the one place that knows of CPU, CUDA and MPS."""

from __future__ import annotations

import os

import numpy as np

from ganstudio.engine.lazy import torch
from ganstudio.engine.params import ConfigError


def available() -> tuple[str, ...]:
    """Return the names that :func:`resolve` takes on this machine."""
    names = ["auto", "cpu"]
    if torch.cuda.is_available():
        names += ["cuda", *(f"cuda:{index}" for index in range(torch.cuda.device_count()))]
    if torch.backends.mps.is_available():
        names.append("mps")
    return tuple(names)


def resolve(name: str) -> torch.device:
    """Return the device of that name; ``auto`` takes CUDA, then MPS, then the CPU.

    Raises
    ------
    ConfigError
        If this machine has no such device; names those it has.
    """
    names = available()
    if name not in names:
        raise ConfigError("run.device", name, "one of " + ", ".join(names) + " on this machine")
    if name == "auto":
        name = next((wanted for wanted in ("cuda", "mps") if wanted in names), "cpu")
    return torch.device(name)


def random_generator(device: torch.device, *entropy: int) -> torch.Generator:
    """Return a generator on ``device`` whose stream depends on these numbers, and on nothing else."""
    (seed,) = np.random.SeedSequence(entropy).generate_state(1, np.uint64)
    return torch.Generator(device).manual_seed(int(seed) >> 1)  # manual_seed takes 63 bits


def training_threads() -> int:
    """Return how many threads one run computes with: GANSTUDIO_THREADS, or one.

    For nets this small, more of them cost more than they bring.
    """
    wanted = os.environ.get("GANSTUDIO_THREADS", "1")
    if not wanted.isdecimal() or int(wanted) < 1:
        raise ConfigError("GANSTUDIO_THREADS", wanted, "a whole number from 1")
    return int(wanted)


def prepare_thread() -> None:
    """Set up the calling thread for training; equal runs need it in whichever thread they run.

    Denormal numbers, which saturated nets are full of and which are slow, become zero.
    """
    if torch.get_num_threads() != training_threads():
        torch.set_num_threads(training_threads())
    torch.set_flush_denormal(True)


def gains_by_bfloat16(device: torch.device) -> bool:
    """Tell whether convolutions in bfloat16 are faster there: on processors with instructions of their own for it."""
    if device.type != "cpu" or not torch.backends.mkldnn.is_available():
        return False
    return bool(torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported())


def precision(wanted: str, device: torch.device, is_image: bool) -> torch.dtype:
    """Return what nets compute in: bfloat16 for images where it is wanted, or wanted automatically and faster."""
    if wanted == "bfloat16" or (wanted == "auto" and is_image and gains_by_bfloat16(device)):
        return torch.bfloat16
    return torch.float32
