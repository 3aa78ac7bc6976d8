from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from ganstudio.engine import presets
from ganstudio.engine.config import RunConfig, replaced, value_at
from ganstudio.engine.presets import PresetError

SHIPPED = presets.shipped()


def write(folder: Path, content: str | bytes, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("preset", SHIPPED, ids=lambda preset: preset.name)
def test_a_shipped_preset_can_be_built_and_says_what_to_look_for_and_its_source(preset: presets.Preset) -> None:
    assert isinstance(preset.config(), RunConfig)
    assert preset.title
    assert not preset.title.endswith(".")
    assert len(preset.summary) > 30
    assert preset.summary.endswith(".")
    assert re.search(r"\b(19|20)\d\d\b", preset.source), "the source names a year"
    assert preset.order != presets.LAST, "a shipped preset has its place in teaching order"
    assert preset.config().run.device == "auto", "a shipped preset runs on every machine"


@pytest.mark.parametrize("preset", SHIPPED, ids=lambda preset: preset.name)
def test_a_preset_written_out_and_read_again_is_the_same(preset: presets.Preset) -> None:
    text = presets.dumps(preset.config(), preset.title, preset.summary, preset.source, preset.order)
    again = presets.loads(text, "text")
    assert again.config() == preset.config()
    assert (again.title, again.summary, again.source) == (preset.title, preset.summary, preset.source)
    assert again.order == preset.order


def test_shipped_presets_come_in_teaching_order_and_no_two_share_a_place_or_title() -> None:
    orders = [preset.order for preset in SHIPPED]
    assert orders == sorted(set(orders))
    assert len({preset.title for preset in SHIPPED}) == len(SHIPPED)
    assert presets.find(SHIPPED[0].name) == SHIPPED[0]


def test_words_with_line_breaks_and_control_characters_stay_on_their_comment_line() -> None:
    text = presets.dumps(RunConfig(), "a\nb", "look\r\nhere\x00 now", "Müller\u2028et al.")
    preset = presets.loads(text, "text")
    assert (preset.title, preset.summary, preset.source) == ("a b", "look here now", "Müller et al.")


def test_what_a_preset_leaves_out_takes_its_default() -> None:
    preset = presets.loads('version = 1\n[loss]\nname = "hinge"\n', "the clipboard")
    assert preset.config() == replaced(RunConfig(), "loss.name", "hinge")
    assert (preset.title, preset.summary, preset.source) == ("the clipboard", "", "")


def test_a_file_is_found_by_its_path_and_a_shipped_preset_by_its_name(tmp_path: Path) -> None:
    path = write(tmp_path, "version = 1\n[run]\nseed = 7\n")
    assert presets.find(str(path)).config().run.seed == 7
    assert presets.find(path).name == "mine"
    assert presets.find("fig1").path is not None


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    path = write(tmp_path, b"\xef\xbb\xbf# look\r\n# source\r\nversion = 1\r\n[run]\r\nseed = 3\r\n")
    preset = presets.load(path)
    assert (preset.summary, preset.source, preset.config().run.seed) == ("look", "source", 3)


def test_a_data_file_beside_the_preset_is_found_from_anywhere(tmp_path: Path) -> None:
    write(tmp_path, "0.0\n1.0\n2.5\n", "points.csv")
    path = write(tmp_path, 'version = 1\n[data]\nname = "points"\nfile = "points.csv"\n')
    assert value_at(presets.load(path).config(), "data.file") == str((tmp_path / "points.csv").resolve())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("version = 1\n[loss\n", r"x: not valid TOML: .*line 2"),
        ("version = 1\nversion = 1\n", r"x: not valid TOML: .*line 2"),
        ("", r"x: not a preset: it has no version"),
        ("title = 'a'\n", r"x: not a preset: it has no version"),
        ("\nversion = 2\n", r"x, line 2: version = 2: .* up to version 1; a newer GAN Studio"),
        ("version = 0\n", r"x, line 1: version = 0: allowed is a whole number from 1 to 1"),
        ("version = true\n", r"x, line 1: version = True: allowed is a whole number"),
        ("version = '1'\n", r"x, line 1: version = '1': allowed is a whole number"),
        ("version = 1\ntitle = 3\n", r"x, line 2: title = 3: allowed is text"),
        ("version = 1\norder = 'a'\n", r"x, line 2: order = 'a': allowed is a whole number"),
    ],
)
def test_a_text_that_is_no_preset_is_refused_with_its_place(text: str, says: str) -> None:
    with pytest.raises(PresetError, match=says):
        presets.loads(text, "x")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[losses]\n", r"x, line 2: losses = \{\}: allowed is one of the tables data, prior, "),
        ("loss = 3\n", r"x, line 2: loss = 3: allowed is a table"),
        ("[loss]\nname = 'hing'\n", r"x, line 3: loss.name = 'hing': allowed is one of .*hinge"),
        ("[training]\n# a comment\nd_step = 3\n", r"x, line 4: training.d_step = 3: allowed is .*d_steps"),
        ("[training]\nd_steps = 1.5\n", r"x, line 3: training.d_steps = 1.5: allowed is a whole number from 1 to 20"),
        ("[run]\nseed = 1\n[training]\nd_steps = 99\n", r"x, line 5: training.d_steps = 99: allowed is a whole"),
        ("training.d_steps = 'a'\n", r"x, line 2: training.d_steps = 'a': allowed is a whole number"),
        ("training = { d_steps = 'a' }\n", r"x, line 2: training.d_steps = 'a': allowed is a whole number"),
        ("[d_optimizer]\nlr = nan\n", r"x, line 3: d_optimizer.lr = nan: allowed is a number"),
        ("[d_optimizer]\nlr = true\n", r"x, line 3: d_optimizer.lr = True: allowed is a number"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_its_line_and_what_is_allowed(text: str, says: str) -> None:
    preset = presets.loads("version = 1\n" + text, "x")
    with pytest.raises(PresetError, match=says):
        preset.config()


def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(PresetError, match=r"missing\.toml: No such file"):
        presets.load(tmp_path / "missing.toml")
    with pytest.raises(PresetError, match=r"Is a directory|Permission denied"):
        presets.load(tmp_path)


def test_a_file_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, b"# look\n# M\xfcller 2014\nversion = 1\n")
    with pytest.raises(PresetError, match=r"mine\.toml, line 2: not UTF-8"):
        presets.load(path)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, b"# " + b"a" * presets.LARGEST_BYTES)
    with pytest.raises(PresetError, match="larger than 1 MB"):
        presets.load(path)
    with pytest.raises(PresetError, match="larger than 1 MB"):
        presets.loads("#" * (presets.LARGEST_BYTES + 1), "the clipboard")


def test_a_text_nested_too_deeply_is_refused_rather_than_ending_the_program() -> None:
    with pytest.raises(PresetError, match="nested too deeply"):
        presets.loads("version = " + "[" * 100_000 + "]" * 100_000, "x")


def test_an_unknown_name_is_answered_with_the_nearest_and_all_there_are() -> None:
    with pytest.raises(PresetError, match=r"no preset is called 'fig11'; did you mean fig1\? there are fig1"):
        presets.find("fig11")


def test_an_older_version_is_brought_up_one_step_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def renamed(document: presets.Document) -> presets.Document:
        document["loss"] = document.pop("game")
        return document

    def renamed_again(document: presets.Document) -> presets.Document:
        document["loss"]["name"] = {"relu": "hinge"}[document["loss"]["name"]]
        return document

    monkeypatch.setattr(presets, "VERSION", 3)
    monkeypatch.setattr(presets, "MIGRATIONS", {1: renamed, 2: renamed_again})
    assert presets.loads("version = 1\n[game]\nname = 'relu'\n", "x").config().loss.name == "hinge"
    assert presets.loads("version = 2\n[loss]\nname = 'relu'\n", "x").config().loss.name == "hinge"
    assert presets.loads("version = 3\n[loss]\nname = 'hinge'\n", "x").config().loss.name == "hinge"
    with pytest.raises(PresetError, match="up to version 3"):
        presets.loads("version = 4\n", "x")


def test_there_is_a_migration_from_every_older_version() -> None:
    assert set(presets.MIGRATIONS) == set(range(1, presets.VERSION))


def test_a_broken_file_among_the_shipped_ones_is_listed_last_with_its_problem_and_the_others_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "version = 1\n", "good.toml")
    write(tmp_path, "version = 1\n[loss\n", "broken.toml")
    write(tmp_path, b"\xff", "bytes.toml")
    monkeypatch.setattr(presets.paths, "presets", lambda: tmp_path)
    good, *others = presets.shipped()
    assert (good.name, good.problem) == ("good", "")
    assert [preset.name for preset in others] == ["broken", "bytes"]
    for preset in others:
        assert preset.name in preset.problem
        with pytest.raises(PresetError, match=re.escape(preset.problem)):
            preset.config()
    with pytest.raises(PresetError, match="no preset is called 'goud'; did you mean good"):
        presets.find("goud")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_rather_than_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(PresetError, match=r"pipe\.toml: not a file"):
        presets.load(tmp_path / "pipe.toml")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("version = 1\n[training]\nd_steps = " + "9" * 5000, "digits"),
        ("version = 1\n[d_optimizer]\nlr = " + "9" * 400, "d_optimizer.lr = 999"),
        ("version = " + "9" * 4000, "version = 999"),
    ],
)
def test_a_number_of_thousands_of_digits_is_refused_in_few_words(text: str, says: str) -> None:
    with pytest.raises(PresetError, match=re.escape(says)) as raised:
        presets.loads(text, "the clipboard").config()
    assert len(str(raised.value)) < 300


def test_a_title_is_one_line_of_bounded_length() -> None:
    text = 'version = 1\ntitle = "one\\ntwo \\u0000 ' + "x" * 1000 + '"\n'
    title = presets.loads(text, "the clipboard").title
    assert title.startswith("one two x")
    assert len(title) == presets.LONGEST_TITLE
    assert presets.loads('version = 1\ntitle = ""', "the clipboard").title == "the clipboard"


@pytest.mark.parametrize("name", ["x" * 400, "~nobody-of-this-name/a.toml"])
def test_an_impossible_file_name_is_refused_by_name(name: str) -> None:
    with pytest.raises(PresetError, match=re.escape(name)):
        presets.find(name)
