from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import ganstudio
from ganstudio import cli
from ganstudio.commands import display, system_libraries
from ganstudio.commands.console import CommandError
from ganstudio.engine import presets


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Return exit code, stdout and stderr of a command."""
    try:
        code = cli.main(arguments)
    except SystemExit as ended:
        code = int(ended.code or 0)
    written = capsys.readouterr()
    return code, written.out, written.err


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--version") == (0, f"ganstudio {ganstudio.__version__}\n", "")


def test_the_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--help")
    assert code == 0
    for command in ("gui", "train", "sample", "render", "presets", "doctor", "bench"):
        assert f"\n    {command} " in out


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ([], ["gui"]),
        (["fig1"], ["gui", "fig1"]),
        (["--debug", "fig1"], ["--debug", "gui", "fig1"]),
        (["./train"], ["gui", "./train"]),
        (["train", "fig1"], ["train", "fig1"]),
        (["--version"], ["--version"]),
    ],
)
def test_without_a_command_the_window_is_meant(given: list[str], read: list[str]) -> None:
    assert cli._with_command(given, frozenset({"gui", "train"})) == read


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["train", "fig1"], "--out"),
        (["train", "--out", "{tmp}/out"], "name a preset"),
        (["train", "nothing", "--out", "{tmp}/out"], "no preset is called 'nothing'"),
        (["train", "{tmp}/nothing.toml", "--out", "{tmp}/out"], "No such file"),
        (["train", "fig1", "--steps", "0", "--out", "{tmp}/out"], "training.steps = 0: allowed is a whole number"),
        (["train", "fig1", "--steps", "many", "--out", "{tmp}/out"], "training.steps = 'many'"),
        (["train", "fig1", "--seed", "-1", "--out", "{tmp}/out"], "run.seed"),
        (["train", "fig1", "--device", "cuda:99", "--out", "{tmp}/out"], "run.device = 'cuda:99': allowed is one of"),
        (["train", "fig1", "--set", "loss.name", "--out", "{tmp}/out"], "--set loss.name: write it as"),
        (["train", "fig1", "--set", "loss.name=hing", "--out", "{tmp}/out"], "hinge"),
        (["train", "fig1", "--set", "los.name=hinge", "--out", "{tmp}/out"], "los.name"),
        (["train", "fig1", "--out", "{tmp}"], "is not empty"),
        (["train", "fig1", "--out", "{tmp}/file"], "is a file"),
        (["train", "--resume", "{tmp}/file", "--out", "{tmp}/out"], "safetensors"),
        (["train", "--resume", "{tmp}/none", "--out", "{tmp}/out"], "No such file"),
        (["sample", "{tmp}/file", "--count", "3", "-o", "{tmp}/a.npy"], "safetensors"),
        (["sample", "{tmp}/file", "--count", "0", "-o", "{tmp}/a.npy"], "0 is too few"),
        (["sample", "{tmp}/file", "--count", "3", "-o", "{tmp}/a.txt"], "its ending must be one of .npy, .csv, .png"),
        (["sample", "{tmp}/file", "--count", "3", "-o", "{tmp}/no/a.npy"], "there is no folder"),
        (["render", "fig1", "--steps", "1", "-o", "{tmp}/a.jpg"], "must end in .png"),
        (["render", "fig1", "--steps", "1", "--size", "9", "-o", "{tmp}/a.png"], "not a size such as 1440x900"),
        (["render", "fig1", "--steps", "1", "--size", "9x9", "-o", "{tmp}/a.png"], "not from 320x240"),
        (["render", "fig1", "--steps", "-1", "-o", "{tmp}/a.png"], "not a whole number"),
        (["presets", "show", "nothing"], "no preset is called"),
        (["presets", "check", "{tmp}/file"], "not valid TOML"),
        (["presets"], "ACTION"),
        (["nothing"], "no preset is called 'nothing'"),
        (["gui", "{tmp}/file"], "not valid TOML"),
        (["train", "fig1", "--nothing"], "--out"),
        (
            ["train", "fig1", "--set", "loss=hinge", "--out", "{tmp}/o"],
            "loss = 'hinge': allowed is one of the settings",
        ),
        (
            ["train", "fig1", "--set", "data.name=drawn_1d", "--set", "data.heights=" + "[" * 9999, "--out", "{tmp}/o"],
            "list",
        ),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    arguments: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("neither a preset nor a checkpoint\n")
    code, out, err = run(capsys, *(argument.replace("{tmp}", str(tmp_path)) for argument in arguments))
    assert code == 2
    assert says in err
    assert err.count("\n") == 1
    assert "Traceback" not in err
    assert out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["file"], "nothing was made"


def test_an_unexpected_error_is_one_line_and_with_debug_a_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> tuple[presets.Preset, ...]:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(presets, "shipped", broken)
    code, _, err = run(capsys, "presets", "list")
    assert (code, err) == (1, "ganstudio: unexpected ZeroDivisionError: by nothing (--debug shows where)\n")
    for arguments in (["--debug", "presets", "list"], ["presets", "--debug", "list"]):
        code, _, err = run(capsys, *arguments)
        assert code == 1
        assert "in broken" in err


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    code = "import sys; from ganstudio.cli import main; sys.exit(main(['presets', 'list']))"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(60) == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_presets_are_listed_with_what_to_look_for(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "presets", "list")
    assert (code, err) == (0, "")
    words = " ".join(out.split())
    for preset in presets.shipped():
        assert f"{preset.name} {preset.title}." in words
        assert preset.summary in words
    assert max(len(line) for line in out.splitlines()) <= 120


def test_a_preset_is_shown_whole_and_what_is_shown_can_be_checked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, out, _ = run(capsys, "presets", "show", "fig1")
    assert code == 0
    assert presets.loads(out, "shown").config() == presets.find("fig1").config()
    file = tmp_path / "copy.toml"
    file.write_text(out, "utf-8")
    code, out, _ = run(capsys, "presets", "check", str(file))
    assert code == 0
    assert str(file) in out


def test_of_several_checked_files_each_is_reported_and_one_bad_one_is_enough(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    good, bad, elsewhere = (tmp_path / name for name in ("good.toml", "bad.toml", "elsewhere.toml"))
    good.write_text("version = 1\n")
    bad.write_text("version = 1\n[loss]\nname = 'none'\n")
    elsewhere.write_text("version = 1\n[run]\ndevice = 'cuda:99'\n")
    code, out, err = run(capsys, "presets", "check", str(bad), str(good), str(elsewhere))
    assert code == 2
    assert "bad.toml, line 3: loss.name = 'none'" in err
    assert "good.toml: a preset that can be run" in out
    assert "not on this machine" in out


def test_the_doctor_reports_versions_device_threads_and_qt(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "doctor")
    assert (code, err) == (0, "")
    for subject in ("python", "torch", "devices", "cuda", "threads", "openmp", "qt platforms", "display", "presets"):
        assert any(line[6:].startswith(subject) for line in out.splitlines()), subject
    assert "offscreen" in out
    assert "FAIL" not in out


def test_the_doctor_says_which_package_holds_a_missing_library(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system_libraries, "missing", lambda files: ("libEGL.so.1", "libunheard.so.9"))
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}" if name == "apt-get" else None)
    code, out, _ = run(capsys, "doctor")
    assert code == 1
    assert "FAIL  qt libraries" in out
    assert "sudo apt-get install libegl1" in out
    assert run(capsys, "doctor", "--missing-packages", "dnf") == (0, "libglvnd-egl\n", "")


def test_missing_libraries_are_read_from_what_ldd_says(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "\tlibz.so.1 => /lib/libz.so.1 (0x0)\n\tlibEGL.so.1 => not found\n/x/libq.so:\n\tlibEGL.so.1 => not found\n"
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/ldd")
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: subprocess.CompletedProcess(a, 0, said, ""))
    plugin = "Qt/plugins/platforms/libqoffscreen.so"
    monkeypatch.setattr(Path, "is_file", lambda self: True)
    assert system_libraries.missing([plugin]) == ("libEGL.so.1",)


@pytest.fixture
def no_display(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_without_a_display_the_reason_is_given(no_display: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert display.reason_for_none() == "WAYLAND_DISPLAY is not set and DISPLAY is not set"
    no_display.setenv("WAYLAND_DISPLAY", str(tmp_path / "wayland-9"))
    no_display.setenv("DISPLAY", ":4711")
    reason = display.reason_for_none()
    assert reason is not None
    assert "the Wayland display" in reason
    assert "the X display :4711 does not answer" in reason
    no_display.setenv("QT_QPA_PLATFORM", "offscreen")
    assert display.reason_for_none() == "QT_QPA_PLATFORM is offscreen"
    no_display.setenv("QT_QPA_PLATFORM", "xcb")
    assert display.reason_for_none() == "the X display :4711 does not answer"


def test_with_a_display_but_without_a_library_the_package_is_named(no_display: pytest.MonkeyPatch) -> None:
    no_display.setattr(display, "_x_problem", lambda: None)
    no_display.setattr(display, "_lacking", lambda platform: ("libxcb-cursor.so.0",))
    no_display.setattr("shutil.which", lambda name: f"/usr/bin/{name}" if name == "dnf" else None)
    with pytest.raises(CommandError, match=r"without libxcb-cursor.so.0: sudo dnf install xcb-util-cursor") as raised:
        display.reason_for_none()
    assert raised.value.code == 1
