"""Small experiments that tests run."""

from __future__ import annotations

from ganstudio.engine.config import RunConfig, replaced


def small(**values: object) -> RunConfig:
    """Return a run of tiny nets; keyword ``loss__name="hinge"`` sets ``loss.name``."""
    config = RunConfig()
    settings: dict[str, object] = {
        "generator.depth": 1,
        "generator.width": 8,
        "discriminator.depth": 1,
        "discriminator.width": 8,
        "training.batch_size": 16,
        "training.metrics_every": 20,
        "run.device": "cpu",
    }
    settings |= {path.replace("__", "."): value for path, value in values.items()}
    for path, value in settings.items():
        config = replaced(config, path, value)
    return config
