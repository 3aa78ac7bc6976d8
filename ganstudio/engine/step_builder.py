"""Finds the compiled step of a run, or has another process make it, and swaps it in between two iterations.

Libraries are kept in the person's cache folder, named by everything that they depend on. Only this program writes
there, and a folder that others could write to is not used: a library is code.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING

import torch

import ganstudio
from ganstudio import paths
from ganstudio.engine import compiled, tracing
from ganstudio.engine.config import RunConfig, from_mapping, to_mapping
from ganstudio.engine.device import training_threads
from ganstudio.engine.library import SUFFIX
from ganstudio.engine.snapshot import Execution

if TYPE_CHECKING:
    from ganstudio.engine.trainer import Trainer

SWITCH = "GANSTUDIO_COMPILE"  # 0 in the environment: no program is looked for or made
KEPT_LIBRARIES = 48  # in the cache folder; the ones that were not used for longest go first
LONGEST_BUILD_S = 600.0
POLL_EVERY_S = 0.2
LONGEST_FAREWELL_S = 0.5
ABANDONED_S = 3600.0  # what a process that was ended the hard way left behind
FULL_LOG_BYTES = 1 << 16


class StepBuilder:
    """Serves one trainer at a time. Not thread-safe: it belongs to whoever drives the trainer."""

    def __init__(self) -> None:
        self.execution: Execution = "eager"
        self.reason = ""
        self._key = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None
        self._started_at = 0.0
        self._look_again_at = 0.0
        self._failed: dict[str, str] = {}
        self._must_wait = False

    @property
    def is_waited_for(self) -> bool:
        """Whether a run that is to be compiled from its first step has to wait for the program."""
        return self.execution == "compiling" and self._must_wait

    def follow(self, trainer: Trainer) -> None:
        """Take up a new run, or a run whose settings have changed: a program that is at hand is used at once."""
        config = trainer.config
        self._must_wait = config.run.execution == "compiled"
        hindrance = self._hindrance(trainer)
        if hindrance is not None:
            self._give_up(trainer, hindrance)
            return
        key = library_key(config)
        if key != self._key:
            self._stop()
        self._key = key
        if trainer.compiled is not None and trainer.compiled.fits(config):
            self.execution, self.reason = "compiled", ""
        elif trainer.device.type == "cuda":
            trainer.use(compiled.GraphedStep(config, trainer.G, trainer.D, trainer.playing(), trainer.device))
            self.execution, self.reason = "compiled", "replayed as CUDA graphs"
        elif not self._use(trainer):
            self._start(trainer)

    def poll(self, trainer: Trainer) -> bool:
        """Swap the program in if it is ready; return whether something changed. Cheap enough for every step."""
        if self._process is None or time.monotonic() < self._look_again_at:
            return False
        self._look_again_at = time.monotonic() + POLL_EVERY_S
        code = self._process.poll()
        if code is None and time.monotonic() - self._started_at < LONGEST_BUILD_S:
            return False
        reason = _last_line(self._log) if code is not None else f"compiling took over {LONGEST_BUILD_S:.0f} s"
        self._stop()
        if code != 0 or not self._use(trainer):
            self._failed[self._key] = reason or f"the compiler ended with code {code}"
            self._give_up(trainer, self._failed[self._key])
        return True

    def wait(self, trainer: Trainer, interrupted: Callable[[], bool] = lambda: False) -> None:
        """Wait for a program that is being made."""
        while self.execution == "compiling" and not interrupted():
            time.sleep(POLL_EVERY_S)
            self.poll(trainer)

    def note(self, trainer: Trainer) -> None:
        """Put it into the history at which iteration the way of carrying them out changed."""
        if self.execution == "compiled":
            trainer.note("compiled step")

    def close(self) -> None:
        """End the process that compiles, if there is one."""
        self._stop()

    def _hindrance(self, trainer: Trainer) -> str | None:
        config = trainer.config
        if config.run.execution == "eager":
            return "chosen: Execution is eager"
        if os.environ.get(SWITCH) == "0":
            return f"{SWITCH}=0 in the environment"
        if trainer.device.type not in ("cpu", "cuda"):
            return f"nothing is compiled for {trainer.device.type}"
        reason = compiled.obstacle(config)
        if reason is not None:
            return f"not compiled: {reason}"
        if trainer.device.type == "cuda":
            return None
        return self._failed.get(library_key(config)) or missing_compiler()

    def _give_up(self, trainer: Trainer, reason: str) -> None:
        self._stop()
        self._key = ""
        trainer.use(None)
        self.execution, self.reason = "eager", reason

    def _use(self, trainer: Trainer) -> bool:
        """Have the trainer use the library if it is there; one that cannot be loaded is deleted."""
        library = folder() / f"{self._key}{SUFFIX}"
        if not library.is_file():
            return False
        try:
            step = compiled.CompiledStep(library, trainer.config)
        except RuntimeError:
            library.unlink(missing_ok=True)
            return False
        os.utime(library)
        trainer.use(step)
        self.execution, self.reason = "compiled", ""
        return True

    def _start(self, trainer: Trainer) -> None:
        """Have the library made by another process, which yields to everything else on the machine."""
        self.execution, self.reason = "compiling", "the program is being compiled; until then operation by operation"
        if self._process is not None:
            return
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by _stop
        command = [sys.executable, "-m", "ganstudio.engine.step_builder", str(folder() / f"{self._key}{SUFFIX}")]
        around = {
            "PYTHONPATH": os.pathsep.join(filter(None, (str(paths.PACKAGE.parent), os.environ.get("PYTHONPATH")))),
            "TORCHINDUCTOR_COMPILE_THREADS": "1",
            "CUDA_VISIBLE_DEVICES": "",
        }
        try:
            self._process = subprocess.Popen(  # noqa: S603 - this very program
                command, env=os.environ | around, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._log
            )
            assert self._process.stdin is not None  # noqa: S101 - it was asked for
            with self._process.stdin as pipe:
                pipe.write(json.dumps(to_mapping(trainer.config)).encode())
        except OSError as error:
            self._stop()
            self._give_up(trainer, f"no process to compile in: {error.strerror}")
            return
        self._started_at = time.monotonic()

    def _stop(self) -> None:
        if self._process is not None:
            if self._process.poll() is None:
                self._process.terminate()
            try:  # it deletes what is half made on its way out; whoever closes the window does not wait for long
                self._process.wait(LONGEST_FAREWELL_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._log is not None:
            self._log.close()
            self._log = None


def folder() -> Path:
    """Return the folder of the libraries, made if need be, for this person alone.

    Raises
    ------
    PermissionError
        If others may write to it.
    """
    found = paths.user_cache() / "steps"
    found.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "getuid"):
        status = found.stat()
        if status.st_uid != os.getuid() or status.st_mode & 0o022:
            raise PermissionError(1, "others could put code there", str(found))
    return found


def library_key(config: RunConfig) -> str:
    """Return the name of the library that a run of this config needs."""
    parts = (tracing.structure(config), training_threads(), _surroundings())
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


@lru_cache(maxsize=1)
def _surroundings() -> str:
    """Return what a library depends on beside its run: torch, the processor, the compiler, and our own code."""
    code = hashlib.sha256()
    engine = paths.PACKAGE / "engine"
    names = (
        "compiled.py",
        "tracing.py",
        "game.py",
        "gradients.py",
        "losses",
        "penalties",
        "optimizers",
        "models",
        "nets",
    )
    for name in names:
        for file in sorted((engine / name).glob("*.py")) if (engine / name).is_dir() else [engine / name]:
            code.update(file.read_bytes())
    compiler = compiler_path()
    stamp = compiler.stat().st_mtime_ns if compiler is not None else 0
    capability = torch.backends.cpu.get_cpu_capability()
    return f"{ganstudio.__version__} {torch.__version__} {capability} {compiler} {stamp} {code.hexdigest()}"


@lru_cache(maxsize=1)
def compiler_path() -> Path | None:
    """Return the C++ compiler, or None if there is none."""
    wanted = [os.environ.get("CXX", "")] + (["cl"] if sys.platform == "win32" else ["g++", "clang++", "c++"])
    for name in filter(None, wanted):
        found = shutil.which(name)
        if found is not None:
            return Path(found).resolve()
    return None


def missing_compiler() -> str | None:
    """Return what keeps this machine from compiling at all, or None."""
    if compiler_path() is None:
        return "there is no C++ compiler (g++ or clang++) to compile the step with"
    try:
        folder()
    except OSError as error:
        return f"{error.filename}: {error.strerror}"
    return None


def _last_line(log: IO[bytes] | None) -> str:
    if log is None:
        return ""
    size = log.seek(0, os.SEEK_END)
    log.seek(max(0, size - FULL_LOG_BYTES))
    lines = [line.strip() for line in log.read().decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""


def _tidy(kept: Path) -> None:
    """Delete the libraries that were not used for longest."""
    found = sorted(kept.parent.glob(f"*{SUFFIX}"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in found[KEPT_LIBRARIES:]:
        file.unlink(missing_ok=True)
    for place in kept.parent.glob("making-*"):
        if time.time() - place.stat().st_mtime > ABANDONED_S:
            shutil.rmtree(place, ignore_errors=True)


def main() -> None:
    """Make the library named on the command line for the config on the standard input."""
    from ganstudio.engine.trainer import Trainer

    target = Path(sys.argv[1])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what is half made is deleted on the way out
    if hasattr(os, "nice"):
        os.nice(10)
    config = from_mapping(json.load(sys.stdin))
    trainer = Trainer(config)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="making-") as place:
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = place
        made = Path(place) / f"step{SUFFIX}"
        compiled.compile_program(config, trainer.G, trainer.D, trainer.playing(), made)
        made.replace(target)
    _tidy(target)


if __name__ == "__main__":
    main()
