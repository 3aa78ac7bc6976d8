from __future__ import annotations

import importlib.metadata

import pytest

import ganstudio
from ganstudio import environment
from ganstudio.engine.device import training_threads
from ganstudio.engine.params import ConfigError


def test_versions_are_those_of_the_installed_packages():
    found = environment.versions()
    assert found["ganstudio"] == ganstudio.__version__
    assert found["torch"] == importlib.metadata.version("torch")


def test_a_package_that_is_not_there_is_missing(monkeypatch):
    monkeypatch.setattr(environment, "PACKAGES", ("no-such-package-of-gan-studio",))
    assert environment.versions()["no-such-package-of-gan-studio"] == "missing"


def test_the_processor_has_a_name_and_cores():
    assert environment.processor()
    assert environment.cores() >= 1


def test_the_number_of_training_threads_must_be_a_whole_number_from_one(monkeypatch):
    monkeypatch.delenv("GANSTUDIO_THREADS", raising=False)
    assert training_threads() == 1
    for wrong in ("0", "-1", "two", ""):
        monkeypatch.setenv("GANSTUDIO_THREADS", wrong)
        with pytest.raises(ConfigError, match="GANSTUDIO_THREADS"):
            training_threads()
