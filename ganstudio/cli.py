"""The command line: the window by default, and everything that works without one.

This module only reads arguments. What a command needs is imported when it runs: the window has to open fast.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from typing_extensions import override

import ganstudio
from ganstudio.commands.console import CommandError, note

DEFAULT = "gui"
INTERRUPTED = 130  # what a shell reports for a program ended by Ctrl+C


class Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line."""

    @override
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    0: done. 1: a fault, or something is missing on this machine. 2: bad input. 3: the run diverged. 130: Ctrl+C.
    """
    code = _run(arguments)
    if arguments is None and _is_busy():
        # A thread is in the midst of a long step, or of loading torch: the interpreter cannot be taken down around it.
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        os._exit(code)
    return code


def _is_busy() -> bool:
    return any(thread.name.startswith("ganstudio-") and thread.is_alive() for thread in threading.enumerate())


def _run(arguments: Sequence[str] | None) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console may lack β or ⟲
    parser, commands = _parser()
    given = sys.argv[1:] if arguments is None else list(arguments)
    parsed = parser.parse_args(_with_command(given, commands))
    debug = getattr(parsed, "debug", False)
    try:
        code: int = importlib.import_module(f"ganstudio.commands.{parsed.command}").run(parsed)
    except KeyboardInterrupt:
        note("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has seen enough. Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the one place where a command's error becomes a line
        if debug:
            traceback.print_exc()
        return _explained(error)
    return code


def _explained(error: Exception) -> int:
    """Say what went wrong in one line; return the exit code."""
    from ganstudio.engine.params import ConfigError  # only now: a window that opens needs neither
    from ganstudio.engine.presets import PresetError

    if isinstance(error, CommandError):
        note(f"ganstudio: {error}")
        return error.code
    if isinstance(error, ConfigError | PresetError):
        note(f"ganstudio: {error}")
        return 2
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        note(f"ganstudio: {where}{error.strerror or error}")
        return 1
    text = " ".join(str(error).split())
    note(f"ganstudio: unexpected {type(error).__name__}: {text} (--debug shows where)")
    return 1


def _with_command(given: list[str], commands: frozenset[str]) -> list[str]:
    """Put the default command where none was named."""
    position = 0
    while position < len(given) and given[position] == "--debug":
        position += 1
    named = given[position] if position < len(given) else ""
    if named in commands or named in ("-h", "--help", "--version"):
        return given
    return [*given[:position], DEFAULT, *given[position:]]


def _parser() -> tuple[Parser, frozenset[str]]:
    common = Parser(add_help=False)
    common.add_argument(
        "--debug", action="store_true", default=argparse.SUPPRESS, help="show the traceback of an error"
    )
    parser = Parser(
        prog="ganstudio",
        parents=[common],
        description="Train generative adversarial networks and watch them live. Without a command, open the window.",
    )
    parser.add_argument("--version", action="version", version=f"ganstudio {ganstudio.__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)

    def command(name: str, help_text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, parents=[common], help=help_text, description=help_text)

    _gui(command("gui", "Open the window (the default): ganstudio [PRESET or FILE]."))
    _train(command("train", "Train without a window; write the scalars, a checkpoint and a picture to a folder."))
    _sample(command("sample", "Draw points, in data units, or images from a trained generator."))
    _render(command("render", "Train in the real window, unseen, and save it as a picture."))
    _presets(command("presets", "List, show or check presets."))
    _models(command("models", "List the trained models that are shipped, or make one."))
    _doctor(command("doctor", "Say what this machine has and what is missing."))
    _bench(command("bench", "Measure what a step, a frame and a start cost on this machine."))
    return parser, frozenset(commands.choices)


def _gui(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("preset", nargs="?", metavar="PRESET", help="a preset's name, a preset file or a checkpoint")


def _train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("preset", nargs="?", metavar="PRESET", help="a preset's name or file")
    parser.add_argument("--steps", metavar="N", help="iterations in all (sets training.steps)")
    parser.add_argument("--seed", metavar="S", help="sets run.seed")
    parser.add_argument("--device", metavar="D", help="auto, cpu, cuda, cuda:N or mps (sets run.device)")
    parser.add_argument(
        "--set", metavar="A.B=C", dest="settings", action="append", default=[], help="set any value; may be repeated"
    )
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="the folder for the results")
    parser.add_argument("--resume", metavar="CHECKPOINT", type=Path, help="go on from there; PRESET may be left out")
    parser.add_argument("--force", action="store_true", help="write into a folder that is not empty")


def _sample(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "checkpoint", metavar="CHECKPOINT", type=Path, help="a saved run, or a model of images or its name"
    )
    parser.add_argument("--count", metavar="N", type=_count, required=True, help="how many points or images")
    parser.add_argument("--seed", metavar="S", type=_whole, default=0, help="of the latents (default: %(default)s)")
    parser.add_argument("--raw", action="store_true", help="of the raw generator rather than the averaged one")
    parser.add_argument("--device", metavar="D", help="where to compute; by default where the run was")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, required=True, help=".npy, .csv or .png")


def _render(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("preset", metavar="PRESET", help="a preset's name or file")
    parser.add_argument("--steps", metavar="N", type=_whole, required=True, help="iterations before the picture")
    parser.add_argument("--size", metavar="WxH", type=_size, default=(1440, 900), help="in pixels (default: 1440x900)")
    parser.add_argument("--theme", choices=("dark", "light"), default="dark", help="(default: %(default)s)")
    parser.add_argument("--seed", metavar="S", help="sets run.seed")
    parser.add_argument("--model", metavar="M", type=Path, help="show page Latent with this model: a name or a file")
    parser.add_argument(
        "--set", metavar="A.B=C", dest="settings", action="append", default=[], help="set any value; may be repeated"
    )
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, required=True, help=".png")


def _presets(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=Parser)
    actions.add_parser("list", help="every preset with what to look for")
    show = actions.add_parser("show", help="a preset's text, every value included")
    show.add_argument("preset", metavar="NAME")
    check = actions.add_parser("check", help="say whether presets, by name or file, can be run")
    check.add_argument("files", metavar="PRESET", nargs="+")


def _models(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=Parser)
    actions.add_parser("list", help="every model with what was measured of it")
    make = actions.add_parser("make", help="train a preset and keep its averaged generator and D as a model")
    make.add_argument("name", metavar="NAME", help="a preset's name or file; classifier: the digits' own classifier")
    make.add_argument("--steps", metavar="N", help="iterations in all (sets training.steps)")
    make.add_argument("--seed", metavar="S", help="sets run.seed")
    make.add_argument(
        "--set", metavar="A.B=C", dest="settings", action="append", default=[], help="set any value; may be repeated"
    )
    make.add_argument("-o", "--output", metavar="FILE", type=Path, help="where to, if not among the shipped ones")


def _doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--missing-packages",
        choices=("apt", "dnf"),
        help="print only the packages that painting without a display needs and this machine lacks",
    )


def _bench(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quick", action="store_true", help="fewer and shorter repetitions")
    parser.add_argument(
        "--suite",
        choices=("step", "window", "start", "memory", "images", "latent"),
        action="append",
        help="only this part; may be repeated (images, latent and memory, of some minutes, run only when named)",
    )
    parser.add_argument("--preset", metavar="PRESET", help="what is trained (default: the first preset)")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures there too")


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) >= 2**31:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to {2**31 - 1}")
    return int(text)


def _count(text: str) -> int:
    if _whole(text) == 0:
        raise argparse.ArgumentTypeError("0 is too few")
    return int(text)


def _size(text: str) -> tuple[int, int]:
    width, cross, height = text.lower().partition("x")
    if not cross or not (width.isdigit() and height.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size such as 1440x900")
    if not (320 <= int(width) <= 16_384 and 240 <= int(height) <= 16_384):
        raise argparse.ArgumentTypeError(f"{text!r} is not from 320x240 to 16384x16384")
    return int(width), int(height)
