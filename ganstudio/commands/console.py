"""What a command says, and how it fails."""

from __future__ import annotations

import sys


class CommandError(Exception):
    """Something the person can put right; shown as one line. ``code`` is the exit code: 2 for bad input."""

    def __init__(self, message: str, code: int = 2) -> None:
        super().__init__(message)
        self.code = code


class NoPictureError(CommandError):
    """Qt cannot paint here; says what is missing."""


def say(text: str = "") -> None:
    """Write a line of the command's result."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def note(text: str) -> None:
    """Write a line about the command's work, which is not its result."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
