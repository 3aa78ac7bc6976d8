"""Model files: ``.gan.safetensors`` with the averaged generator, D, and JSON that names nets of this program.

Nothing in a file is ever run: the nets are built from an allow-list, the registries of
:mod:`ganstudio.engine.models`, with settings within their declared bounds, and then take the file's tensors if every
name, shape and type is the one they ask for. A run's checkpoint, which has the same suffix, opens as a model too.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from typing_extensions import override

import ganstudio
from ganstudio.engine import atomic
from ganstudio.engine import checkpoint as checkpoints
from ganstudio.engine.config import RunConfig, from_mapping, to_mapping
from ganstudio.engine.latent.models import LatentModel, opened
from ganstudio.engine.latent.weights import ModelError, Weights, check_shape
from ganstudio.engine.params import ConfigError

FORMAT = "ganstudio model"
VERSION = 1
SUFFIX = ".gan.safetensors"
LARGEST_FILE_BYTES = checkpoints.LARGEST_BYTES
LARGEST_NETS_BYTES = 2**30
LARGEST_HEADER = 2**20
LARGEST_TITLE = 200
DTYPE = "F32"  # every tensor of a net of this program
BUILDING_SHARE = 8  # times the nets' own size that building them may take, with every intermediate tensor counted
BUILDING_BYTES = 32 * 2**20


class ModelFileError(ValueError):
    """A file that cannot be opened as a model; names the file and what is wrong with it."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


def save(path: Path, weights: Weights) -> None:
    """Write a model to ``path``; a file that was there is replaced only by a whole new one.

    Raises
    ------
    OSError
        If the file cannot be written. An earlier one stays as it was.
    """
    tensors = {f"G.{name}": tensor.contiguous() for name, tensor in weights.g.items()}
    tensors |= {f"D.{name}": tensor.contiguous() for name, tensor in weights.d.items()}
    header = {
        "format": FORMAT,
        "version": VERSION,
        "ganstudio": ganstudio.__version__,
        "config": to_mapping(weights.config),
        "shape": list(weights.shape),
        "classes": weights.classes,
        "class_names": list(weights.class_names),
        "mean": list(weights.mean),
        "scale": weights.scale,
        "step": weights.step,
        "title": weights.title,
    }
    atomic.write(path, to_bytes(tensors, {"ganstudio": json.dumps(header)}))


def open_model(path: Path) -> LatentModel:
    """Return the model that a file holds.

    Raises
    ------
    ModelFileError
        If the file is not a whole model of this program: says why. Nothing is changed by the attempt.
    """
    path = Path(path)
    _check_file(path)
    try:
        with safe_open(path, framework="pt") as file:
            weights = _weights(path, file)
    except (SafetensorError, OSError) as error:
        raise ModelFileError(path, f"not a whole safetensors file ({error})") from None
    try:
        with _Budget(BUILDING_SHARE * weights.nbytes + BUILDING_BYTES):
            return opened(weights)
    except ModelError as error:
        raise ModelFileError(path, str(error)) from None


def _check_file(path: Path) -> None:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise ModelFileError(path, error.strerror or "cannot be read") from None
    if not path.is_file():  # to read a pipe is to wait for ever
        raise ModelFileError(path, "a folder, not a file" if path.is_dir() else "not a file")
    if size > LARGEST_FILE_BYTES:
        raise ModelFileError(path, f"{size} bytes is more than a model can have ({LARGEST_FILE_BYTES})")
    try:
        with path.open("rb") as file:
            start = file.read(9)
    except OSError as error:
        raise ModelFileError(path, error.strerror or "cannot be read") from None
    if int.from_bytes(start[:8], "little") <= size and start[8:] == b"{":
        return  # of which the library makes sure
    if start[:2] == b"PK" or (start[:1] == b"\x80" and start[1:2] <= b"\x05" and start[2:3] != b"\x00"):
        raise ModelFileError(
            path, "a pickle (as .pt, .pth and .pkl files are), which can run any program when it is read; not opened"
        )
    raise ModelFileError(path, "not a whole safetensors file")


def _weights(path: Path, file: Any) -> Weights:
    """Read the header, check what it promises, and only then read the nets' tensors."""
    header = _header(path, file.metadata() or {})
    is_model = header["format"] == FORMAT
    config = _config(path, header)
    shape, classes, names = _data(path, header, config)
    mean, scale = _standardization(path, header, shape)
    groups: dict[str, list[str]] = {"G": [], "D": []}
    for name in file.keys():  # noqa: SIM118 - not a mapping
        player = name.partition(".")[0]
        if not is_model:
            player = {"ema": "G", "D": "D"}.get(player, "")
        if player in groups:
            groups[player].append(name)
        elif is_model:
            raise ModelFileError(path, f"tensor {name} belongs to neither net")
    _check_size(path, file, [*groups["G"], *groups["D"]])
    g, d = ({name.partition(".")[2]: file.get_tensor(name) for name in groups[player]} for player in ("G", "D"))
    title = header.get("title", "")
    return Weights(
        config=config,
        shape=shape,
        g=g,
        d=d,
        mean=mean,
        scale=scale,
        classes=classes,
        class_names=names,
        step=header["step"],
        title=title[:LARGEST_TITLE] if isinstance(title, str) and title else path.name.removesuffix(SUFFIX),
    )


def _header(path: Path, metadata: Mapping[str, str]) -> dict[str, Any]:
    text = metadata.get("ganstudio", "")
    if len(text) > LARGEST_HEADER:
        raise ModelFileError(path, f"its header of {len(text)} characters is longer than a model's")
    try:
        header = json.loads(text)
        known = header["format"] in (FORMAT, checkpoints.FORMAT)
        version = header["version"]
    except (KeyError, TypeError, ValueError, RecursionError):
        known, version, header = False, 0, {}
    if not known or not isinstance(version, int):
        raise ModelFileError(path, "a safetensors file, but not a model of GAN Studio")
    if version > (newest := VERSION if header["format"] == FORMAT else checkpoints.VERSION):
        raise ModelFileError(path, f"of version {version}; this program reads versions up to {newest}")
    step = header.get("step")
    if not isinstance(step, int) or isinstance(step, bool) or not 0 <= step < 2**53:
        raise ModelFileError(path, "its header has no usable 'step'")
    return header


def _config(path: Path, header: Mapping[str, Any]) -> RunConfig:
    if not isinstance(header.get("config"), dict):
        raise ModelFileError(path, "its header has no usable 'config'")
    try:
        return from_mapping(header["config"])
    except ConfigError as error:
        raise ModelFileError(path, f"its settings are not usable here: {error}") from None


def _data(path: Path, header: Mapping[str, Any], config: RunConfig) -> tuple[tuple[int, ...], int, tuple[str, ...]]:
    """Return the samples' shape, the number of classes and their names."""
    shape, classes = header.get("shape"), header.get("classes")
    if shape is None and header["format"] == checkpoints.FORMAT:  # a checkpoint's data say what they are
        try:
            shape, classes = list(config.data.shape), int(getattr(config.data, "classes", 0))
            header = {"class_names": list(getattr(config.data, "class_names", ())), **header}
        except (ConfigError, OSError, ValueError) as error:
            raise ModelFileError(path, f"its data cannot be read, which say the images' size: {error}") from None
    whole = isinstance(shape, list) and all(isinstance(size, int) and not isinstance(size, bool) for size in shape)
    if not whole or not isinstance(classes, int) or isinstance(classes, bool):
        raise ModelFileError(path, "its header has no usable 'shape' and 'classes'")
    try:
        check_shape(tuple(cast(list[int], shape)), classes)
    except ModelError as error:
        raise ModelFileError(path, str(error)) from None
    names = header.get("class_names", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ModelFileError(path, "its header has no usable 'class_names'")
    if len(names) != classes:
        names = [str(index) for index in range(classes)]
    return tuple(cast(list[int], shape)), classes, tuple(name[:LARGEST_TITLE] for name in names)


def _standardization(path: Path, header: Mapping[str, Any], shape: tuple[int, ...]) -> tuple[tuple[float, ...], float]:
    """Return the data units of points; images have their own."""
    if len(shape) == 3:
        return (0.0,), 1.0
    try:
        mean, scale = tuple(float(value) for value in header["mean"]), float(header["scale"])
    except (KeyError, TypeError, ValueError, OverflowError):
        mean, scale = (), 0.0
    if len(mean) != shape[0] or not all(map(math.isfinite, mean)) or not 0 < scale < math.inf:
        raise ModelFileError(path, f"its header has no usable 'mean' and 'scale' for points of {shape[0]} dimensions")
    return mean, scale


def _check_size(path: Path, file: Any, names: list[str]) -> None:
    """Refuse tensors of another type or more of them than a model has, before any is read."""
    total = 0
    for name in names:
        part = file.get_slice(name)
        if part.get_dtype() != DTYPE:
            raise ModelFileError(path, f"tensor {name} is of type {part.get_dtype()}, not {DTYPE}")
        total += 4 * math.prod(part.get_shape())
    if total == 0:
        raise ModelFileError(path, "it holds no generator")
    if total > LARGEST_NETS_BYTES:
        raise ModelFileError(path, f"its nets of {total} bytes are more than a model can have ({LARGEST_NETS_BYTES})")


class _Budget(TorchDispatchMode):
    """Stops whoever makes tensors of more bytes than this: settings can describe far larger nets than a file holds."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._left = most

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # nothing is compiled in here, and to skip it would import torch._dynamo first: a second

    @override
    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        if isinstance(made, Tensor) and made.device.type != "meta":
            self._left -= made.nbytes
            if self._left < 0:
                raise ModelError("its settings describe larger nets than the tensors that it holds")
        return made
