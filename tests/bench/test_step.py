"""What the arithmetic limit of a step is made of."""

from __future__ import annotations

from ganstudio.bench.step import operations
from ganstudio.engine.trainer import Trainer
from tests.engine.configs import small


def test_matrix_products_are_counted_as_by_hand() -> None:
    trainer = Trainer(small(training__d_steps=2, generator__depth=2, discriminator__depth=2))
    config = trainer.config
    width, batch = config.generator.width, config.training.batch_size  # type: ignore[attr-defined]
    assert (config.generator.depth, config.discriminator.width) == (2, width)  # type: ignore[attr-defined]
    g = [2 * batch * a * b for a, b in ((config.prior.dim, width), (width, width), (width, trainer.data_dim))]
    d = [2 * batch * a * b for a, b in ((trainer.data_dim, width), (width, width), (width, 1))]
    # Forward, then gradients of weights and of inputs; D's first layer needs none of its inputs' in its own update.
    of_d = sum(g) + 2 * (3 * sum(d) - d[0])
    of_g = sum(g) + 2 * sum(d) + 2 * sum(g) - g[0]
    trainer.iterate()
    assert operations(trainer) == 2 * of_d + of_g


def test_second_gradients_count_too() -> None:
    plain, penalised = Trainer(small()), Trainer(small(penalty__name="r1"))
    assert operations(penalised) > 1.2 * operations(plain)
