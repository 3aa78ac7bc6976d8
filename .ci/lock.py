"""Write requirements.lock: what the program and its tools need, at the versions installed here. See `make lock`."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
HEADER = """\
# What `make` installs: the exact versions that were tested, the program's own needs and the developers' tools.
# Made by `make lock` from the packages in .venv; pyproject.toml says what each may be. Do not edit by hand.
"""
# What a wheel of ours is built with; `--no-build-isolation` takes it from the environment.
BUILD = ("hatchling",)


def main() -> None:
    """Write the lock file beside pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"], *BUILD]
    pins = closure(wanted)
    lines = [f"{name}=={version}" for name, version in sorted(pins.items())]
    (ROOT / "requirements.lock").write_text(HEADER + "\n".join(lines) + "\n", "utf-8", newline="\n")
    sys.stdout.write(f"requirements.lock: {len(lines)} packages\n")


def closure(wanted: list[str]) -> dict[str, str]:
    """Return name and version of every package that these requirements lead to, those of other platforms too."""
    pins: dict[str, str] = {}
    waiting = [Requirement(line) for line in wanted]
    while waiting:
        requirement = waiting.pop()
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        if name in pins or not _needed(requirement):
            continue
        try:
            found = distribution(name)
        except PackageNotFoundError:
            sys.exit(f"{name} is not installed in {sys.prefix}: install it, then run make lock again")
        pins[name] = found.version.partition("+")[0]  # "+cpu" names a build, which is pip's to choose
        waiting += [Requirement(line) for line in found.requires or ()]
    return pins


def _needed(requirement: Requirement) -> bool:
    """Whether a requirement holds on any supported platform; extras were not asked for."""
    if requirement.marker is None:
        return True
    platforms = (
        {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux"},
        {"sys_platform": "darwin", "os_name": "posix", "platform_system": "Darwin"},
        {"sys_platform": "win32", "os_name": "nt", "platform_system": "Windows"},
    )
    versions = ({"python_version": f"3.{minor}", "python_full_version": f"3.{minor}.0"} for minor in (11, 12, 13, 14))
    return any(
        requirement.marker.evaluate({"extra": ""} | platform | version)
        for version in versions
        for platform in platforms
    )


if __name__ == "__main__":
    main()
