"""Name to class, filled by decoration."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ganstudio.engine import distributions, losses, metrics, models, optimizers, penalties, priors
from ganstudio.engine.params import ConfigError, Entry, params_of
from ganstudio.engine.registry import Registry

FAMILIES: list[Registry] = [
    distributions.distributions,
    losses.losses,
    metrics.metrics,
    models.generators,
    models.discriminators,
    optimizers.optimizers,
    penalties.penalties,
    priors.priors,
]
ENTRIES = [entry for family in FAMILIES for entry in family]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A package of one family: a module of its own for each of two entries."""
    name = "registry_test_fruits"
    folder = tmp_path / name
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "from ganstudio.engine.registry import Registry\nfruits = Registry('fruit', __name__)\n"
    )
    entry = (
        "from ganstudio.engine.params import Entry\nfrom {package} import fruits\n"
        "@fruits.register('{name}')\nclass Fruit(Entry):\n    '''A fruit.'''\n    order = {order}\n"
    )
    (folder / "a.py").write_text(entry.format(package=name, name="pear", order=2))
    (folder / "b.py").write_text(entry.format(package=name, name="plum", order=1))
    (folder / "c.py").write_text(entry.format(package=name, name="apple", order=2))
    monkeypatch.syspath_prepend(str(tmp_path))
    yield name
    for module in [module for module in sys.modules if module.split(".")[0] == name]:
        del sys.modules[module]


def fruits(package: str) -> Registry[Entry]:
    import importlib

    return importlib.import_module(package).fruits


def test_a_new_file_in_the_package_is_a_new_entry(package: str) -> None:
    registry = fruits(package)
    assert registry.get("plum").name == "plum"
    assert registry.get("plum").summary() == "A fruit."


def test_entries_are_imported_only_when_one_is_asked_for(package: str) -> None:
    registry = fruits(package)
    assert f"{package}.a" not in sys.modules
    registry.names()
    assert f"{package}.a" in sys.modules


def test_names_are_sorted_by_order_and_then_by_name(package: str) -> None:
    registry = fruits(package)
    assert registry.names() == ("plum", "apple", "pear")
    assert [entry.name for entry in registry] == ["plum", "apple", "pear"]


@pytest.mark.parametrize("name", ["fig", "", None, ["pear"], 3])
def test_an_unknown_name_is_an_error_that_lists_the_known_ones(package: str, name: str) -> None:
    with pytest.raises(ConfigError, match="one of plum, apple, pear"):
        fruits(package).get(name)


def test_a_name_cannot_be_registered_twice(package: str) -> None:
    registry = fruits(package)
    registry.names()
    with pytest.raises(ValueError, match="fruit 'plum' is registered twice"):
        registry.register("plum")(Entry)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.__module__.split('.')[2]}-{entry.name}")
def test_every_entry_explains_itself(entry: type[Entry]) -> None:
    assert entry.title
    assert entry.summary().endswith((".", ")"))
    for name, declared in params_of(entry).items():
        assert declared.help, name
        assert declared.title, name
        assert declared.help.endswith("."), name


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.__module__.split('.')[2]}-{entry.name}")
def test_every_entry_has_defaults_that_it_accepts_and_is_a_value(entry: type[Entry]) -> None:
    assert entry() == entry()
    assert hash(entry()) == hash(entry())
    for name, declared in params_of(entry).items():
        assert declared.checked(name, declared.default) == getattr(entry(), name)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.family)
def test_no_two_entries_of_a_family_look_alike_in_a_list(family: Registry) -> None:
    titles = [entry.title for entry in family]
    assert len(set(titles)) == len(titles)
