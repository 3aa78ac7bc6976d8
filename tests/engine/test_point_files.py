"""The person's own points: what may stand in a file, and what is said of what may not."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from ganstudio.engine.distributions import point_files
from ganstudio.engine.distributions.point_files import read_points
from ganstudio.engine.distributions.points import Points
from ganstudio.engine.params import ConfigError

Write = Callable[[str | bytes], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(content: str | bytes, name: str = "points.csv") -> str:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    return write_file


def array_file(folder: Path, array: np.ndarray) -> str:
    path = folder / "points.npy"
    np.save(path, array)
    return str(path)


@pytest.mark.parametrize(
    "content",
    [
        "1,2\n3,4.5\n",
        "1,2\n3,4.5",
        "1,2\r\n3,4.5\r\n",
        "1,2\r3,4.5\r",
        "x,y\n1,2\n3,4.5\n",
        '"x","y"\n"1","2"\n"3","4.5"\n',
        "# measured on Monday\nx;y\n1;2\n\n3;4.5  # late\n",
        "Länge;Breite\n1;2\n3;4,5\n",
        "1\t2\n3\t4,5\n",
        "x y\n  1 2\n  3   4.5  \n",
        "1 , 2\n 3,4.5\n",
        "1e0,2\n3,+4.5E0\n",
        "\ufeff1,2\n3,4.5\n",
        "\ufeffx,y\n1,2\n3,4.5\n",
        "1,2\n3,4.5\n".encode("utf-16"),
        b"\xe4,\xf6\n1,2\n3,4.5\n",
    ],
)
def test_tables_are_read_as_people_write_them(write: Write, content: str | bytes) -> None:
    assert read_points(write(content)).points.tolist() == [[1, 2], [3, 4.5]]


@pytest.mark.parametrize("content", ["1\n2\n4.5\n", "height\n1\n2\n4.5\n", "# 3 of them\n1\n\n2\n4.5"])
def test_one_column_is_data_on_the_line(write: Write, content: str) -> None:
    own = Points(file=write(content))
    assert own.dim == 1
    assert read_points(own.file).points.tolist() == [[1], [2], [4.5]]


@pytest.mark.parametrize(
    ("array", "shape"),
    [
        (np.arange(6.0), (6, 1)),
        (np.arange(6).reshape(6, 1), (6, 1)),
        (np.arange(6, dtype=np.float16).reshape(3, 2), (3, 2)),
        (np.arange(6, dtype=">i4").reshape(3, 2), (3, 2)),
        (np.asfortranarray(np.arange(6.0).reshape(3, 2)), (3, 2)),
    ],
    ids=str,
)
def test_numpy_arrays_are_read(tmp_path: Path, array: np.ndarray, shape: tuple[int, int]) -> None:
    points = read_points(array_file(tmp_path, array)).points
    assert points.shape == shape
    assert points.dtype == np.float32
    np.testing.assert_array_equal(points, array.reshape(shape).astype(np.float32))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "there is no line with a point"),
        ("\n\n# nothing\n", "there is no line with a point"),
        ("x,y\n", "nothing but a line of names"),
        ("1,2\n", "two points or more; in points.csv there is one"),
        ("1,2,3\n4,5,6\n", "one or two columns; in points.csv line 1 has 3"),
        ("x,y,z\n1,2,3\n", "one or two columns; in points.csv line 2 has 3"),
        ("1,2\n3\n", "as many columns in every line as in the first, 2; in points.csv line 2 has 1"),
        ("1,2\n3,4,5\n", "line 2 has 3"),
        ("x,y\n1,2\n# note\n3,four\n", "numbers; in points.csv line 4, column 2 holds 'four'"),
        ("a,2\n3,4\n", "line 1, column 1 holds 'a'"),
        ("1,2\n3,\n", "line 2, column 2 holds ''"),
        ("1,2\nnan,4\n", "line 2, column 1 holds nan"),
        ("x,y\n1,2\n\n3,-inf\n", "line 4, column 2 holds -inf"),
        ("1,2\n3,1e39\n", "finite numbers up to 3.4e+38; in points.csv line 2, column 2 holds 1e+39"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "holds"),
        (b"\x00\x01\x02\xff" * 50, "in points.csv"),
    ],
)
def test_a_bad_table_is_an_error_that_says_where_and_what(write: Write, content: str | bytes, said: str) -> None:
    file = write(content)
    with pytest.raises(ConfigError) as caught:
        read_points(file)
    assert said in str(caught.value)
    assert (caught.value.path, caught.value.value) == ("data.file", file)


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros((3, 3)), "the shape is (3, 3)"),
        (np.zeros((3, 1, 2)), "the shape is (3, 1, 2)"),
        (np.array(1.0), "the shape is ()"),
        (np.zeros((0, 2)), "there are none"),
        (np.zeros((1, 2)), "there is one"),
        (np.array([1.0, np.nan]), "row 2, column 1 holds nan"),
        (np.array([[1.0, 2.0], [3.0, np.inf]]), "row 2, column 2 holds inf"),
        (np.array([1j, 2]), "the type is complex128"),
        (np.array(["a", "b"]), "the type is <U1"),
        (np.array([{}, None], dtype=object), "an array of real numbers"),
    ],
    ids=str,
)
def test_a_bad_array_is_an_error_that_says_where_and_what(tmp_path: Path, array: np.ndarray, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_points(array_file(tmp_path, array))
    assert said in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"1,2\n3,4\n", b"PK\x03\x04", b"\x93NUMPY", b"\x93NUMPY\x01\x00v\x00{"])
def test_a_file_that_is_only_named_npy_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "points.npy"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"as numpy\.save writes it; in points\.npy"):
        read_points(str(path))


def test_pickles_are_never_opened(tmp_path: Path) -> None:
    file = array_file(tmp_path, np.array([print, print], dtype=object))
    with pytest.raises(ConfigError, match="an array of real numbers"):
        read_points(file)


def test_a_truncated_array_is_an_error(tmp_path: Path) -> None:
    file = array_file(tmp_path, np.zeros((1000, 2)))
    Path(file).write_bytes(Path(file).read_bytes()[:500])
    with pytest.raises(ConfigError, match="an array of real numbers"):
        read_points(file)


def test_without_a_file_the_setting_is_legal_and_its_use_is_an_error() -> None:
    own = Points()
    for use in (lambda: own.dim, lambda: own.extent, own.moments, lambda: own.sample(1, torch.Generator())):
        with pytest.raises(ConfigError, match="choose a file"):
            use()
    assert own.modes is None


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="a file that exists"):
        read_points(str(tmp_path / "none.csv"))
    with pytest.raises(ConfigError, match="this is a folder"):
        read_points(str(tmp_path))


def test_a_file_that_the_system_refuses_is_an_error_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the system says"):
        read_points(str(tmp_path / ("x" * 5000)))


def test_too_many_numbers_are_an_error(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(point_files, "MAX_VALUES", 5)
    with pytest.raises(ConfigError, match=r"up to 5 numbers; in points\.csv there are 6"):
        read_points(write("1,2\n3,4\n5,6\n"))
    with pytest.raises(ConfigError, match=r"up to 5 numbers; in points\.npy there are 6"):
        read_points(array_file(tmp_path, np.zeros((3, 2))))


def test_too_large_a_file_is_refused_before_it_is_read(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(point_files, "MAX_BYTES", 10)
    with pytest.raises(ConfigError, match="up to 0 MiB"):
        read_points(write("1,2\n3,4\n5,6\n"))


def test_a_file_is_read_once_until_it_changes(write: Write) -> None:
    file = write("1,2\n3,4\n")
    os.utime(file, ns=(1, 1))
    first = read_points(file)
    assert read_points(file) is first
    own = Points(file=file)
    assert own.moments()[0].tolist() == [2, 3]
    write("5,6\n7,8\n")
    os.utime(file, ns=(2, 2))
    assert read_points(file).points.tolist() == [[5, 6], [7, 8]]
    assert own.moments()[0].tolist() == [6, 7]
    assert own.sample(1, torch.Generator()).min() >= 5


def test_draws_are_the_files_points_all_of_them_with_replacement(write: Write) -> None:
    own = Points(file=write("1,2\n3,4\n5,6\n"))
    drawn = own.sample(3000, torch.Generator().manual_seed(0))
    values, counts = torch.unique(drawn, dim=0, return_counts=True)
    assert values.tolist() == [[1, 2], [3, 4], [5, 6]]
    assert (counts / 3000).tolist() == pytest.approx([1 / 3] * 3, abs=0.05)


def test_jitter_is_a_standard_deviation_and_counts_in_scale_and_extent(write: Write) -> None:
    file = write("0\n0\n")
    own = Points(file=file, jitter=0.5)
    drawn = own.sample(20_000, torch.Generator().manual_seed(0))
    assert drawn.std().item() == pytest.approx(0.5, rel=0.02)
    assert own.moments()[1] == pytest.approx(0.5)
    ((low, high),) = own.extent
    assert low <= Points(file=file).extent[0][0] - 1.5
    assert high >= 1.5


def test_a_stray_point_does_not_shrink_the_plot(write: Write) -> None:
    rng = np.random.default_rng(0)
    values = [*rng.normal(size=5000), 1e9]
    ((low, high),) = Points(file=write("\n".join(map(str, values)))).extent
    assert -6 < low < -3
    assert 3 < high < 6


@pytest.mark.parametrize("content", ["7,1\n7,2\n7,3\n", "7,7\n7,7\n", "0\n0\n", "-1e6\n-1e6\n"])
def test_data_that_do_not_vary_still_have_a_plot_and_a_scale(write: Write, content: str) -> None:
    own = Points(file=write(content))
    assert all(low < high for low, high in own.extent)
    mean, scale = own.moments()
    assert scale > 0
    assert all(low < value < high for value, (low, high) in zip(mean, own.extent, strict=True))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_rather_than_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(ConfigError, match="a pipe or a device"):
        read_points(str(tmp_path / "pipe.csv"))


@pytest.mark.parametrize("name", ["a\0b.csv", "~nobody-of-this-name/a.csv", "x" * 400])
def test_an_impossible_name_is_an_error_of_the_setting(name: str) -> None:
    with pytest.raises(ConfigError, match=r"data\.file = .*the system says"):
        read_points(name)


def test_points_too_close_for_a_density_are_an_error(tmp_path: Path) -> None:
    np.save(tmp_path / "tiny.npy", 1e-40 * np.arange(9.0))
    with pytest.raises(ConfigError, match="differ by 8e-40"):
        read_points(str(tmp_path / "tiny.npy"))


def test_opened_points_stay_as_they_were_whatever_becomes_of_the_file(write: Write) -> None:
    file = write("1\n2\n")
    opened = Points(file=file).opened()
    write("5,6\n7,8\n9,10\n")
    assert (Points(file=file).dim, opened.dim) == (2, 1)
    Path(file).unlink()
    assert set(opened.sample(100, torch.Generator().manual_seed(0)).flatten().tolist()) == {1.0, 2.0}
    assert (opened.moments()[0].tolist(), opened.moments()[1]) == ([1.5], 0.5)
