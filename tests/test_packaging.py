from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def checked(*command: str | Path, cwd: Path) -> str:
    """Run a command outside the checkout, with a home of its own; return what it wrote."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "XDG_"))}
    environment |= {"HOME": str(cwd), "USERPROFILE": str(cwd), "LOCALAPPDATA": str(cwd), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = ["-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    checked(sys.executable, *build, cwd=folder)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an environment of its own that sees what is installed here; return the program."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(checked(python, "-c", ask, cwd=folder).strip())
    (site / "here.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    checked(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel), cwd=folder)
    return scripts / ("ganstudio.exe" if os.name == "nt" else "ganstudio")


def test_the_wheel_carries_the_presets_and_resources_and_nothing_of_the_tests(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for folder in ("presets", "resources"):
        for file in (ROOT / folder).rglob("*"):
            if file.is_file() and file.parent.name != "pictures":  # those are README's
                assert f"ganstudio/_data/{file.relative_to(ROOT).as_posix()}" in names
    for file in (ROOT / "ganstudio").rglob("*.py"):
        assert file.relative_to(ROOT).as_posix() in names
    assert not [name for name in names if name.startswith(("tests", "docs", "tools"))]


@pytest.mark.slow
def test_the_installed_program_works_outside_the_checkout(program: Path, tmp_path: Path) -> None:
    listed = checked(program, "presets", "list", cwd=tmp_path)
    for preset in (ROOT / "presets").glob("*.toml"):
        assert f"\n{preset.stem} " in "\n" + listed
    report = checked(program, "doctor", cwd=tmp_path)
    assert "_data" in report, "it reads its own presets, not those of the checkout"
    checked(program, "train", "fig1", "--steps", "50", "--out", "out", cwd=tmp_path)
    assert json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))["steps"] == 50
    checked(program, "render", "fig1", "--steps", "20", "-o", "window.png", cwd=tmp_path)
    assert (tmp_path / "window.png").read_bytes().startswith(b"\x89PNG")
