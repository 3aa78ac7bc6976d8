"""What a test draws does not depend on which tests ran before it, in which worker."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def _own_draws(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if hasattr(request.module, "RNG"):
        monkeypatch.setattr(request.module, "RNG", np.random.default_rng(0))
