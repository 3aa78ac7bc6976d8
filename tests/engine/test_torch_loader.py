"""How torch is loaded beside a window that is being built."""

from __future__ import annotations

import gc
import subprocess
import sys
import types

import pytest
import torch  # noqa: F401 - it is loaded, as in a running session

from ganstudio.engine import torch_loader


def test_a_module_half_imported_is_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert torch_loader.is_loaded()
    half = types.ModuleType("torch")
    half.__spec__ = types.SimpleNamespace(_initializing=True)  # type: ignore[assignment]
    monkeypatch.setitem(sys.modules, "torch", half)
    assert not torch_loader.is_loaded()
    assert torch_loader.is_being_imported()
    monkeypatch.delitem(sys.modules, "torch")
    assert not torch_loader.is_loaded()
    assert not torch_loader.is_being_imported()


@pytest.mark.usefixtures("automatic_collection")
def test_importing_torch_again_leaves_the_garbage_collector_as_it_is() -> None:
    frozen = gc.get_freeze_count()
    torch_loader.import_torch()
    assert gc.get_freeze_count() == frozen
    assert gc.isenabled()


def test_a_new_process_loads_the_library_and_then_torch_and_collects_garbage_after() -> None:
    code = (
        "import gc, sys\n"
        "from ganstudio.engine import torch_loader\n"
        "found = torch_loader.load_library()\n"
        "maps = open('/proc/self/maps').read() if sys.platform.startswith('linux') else ''\n"
        "assert found == (torch_loader.LIBRARY in maps)\n"
        "assert 'torch' not in sys.modules and not torch_loader.is_loaded()\n"
        "torch_loader.import_torch()\n"
        "assert torch_loader.is_loaded() and gc.isenabled() and gc.get_freeze_count() > 100_000\n"
        "import torch\n"
        "assert torch.ones(2).sum() == 2\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603


def test_where_there_is_no_such_library_there_is_nothing_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch_loader, "is_loaded", lambda: False)
    monkeypatch.setattr(torch_loader, "LIBRARY", "libnothing.so")
    assert not torch_loader.load_library()
    monkeypatch.setattr(sys, "platform", "win32")
    assert not torch_loader.load_library()


@pytest.mark.usefixtures("automatic_collection")
def test_an_import_that_fails_leaves_the_garbage_collector_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> None:
        assert name == "torch"
        assert not gc.isenabled()
        raise ImportError("no libtorch_cpu.so")

    monkeypatch.setattr(torch_loader, "is_loaded", lambda: False)
    monkeypatch.setattr(torch_loader.importlib, "import_module", fail)
    with pytest.raises(ImportError):
        torch_loader.import_torch()
    assert gc.isenabled()
