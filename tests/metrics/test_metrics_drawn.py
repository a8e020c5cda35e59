"""Monte Carlo standard errors of quantiles."""

import numpy as np
import pytest

from arborisk.metrics.drawn import drawn_quantiles


def test_the_error_is_how_far_another_seed_moves_the_quantile():
    generator = np.random.default_rng(0)
    drawn = generator.standard_normal((400, 1_000))
    (low, middle), (of_low, of_middle) = drawn_quantiles(drawn, (0.025, 0.5))
    assert of_low.mean() == pytest.approx(low.std(), rel=0.15)
    assert of_middle.mean() == pytest.approx(middle.std(), rel=0.15)


def test_one_value_has_no_error():
    values, errors = drawn_quantiles(np.full(50, 3.0), (0.025, 0.975))
    assert values.tolist() == [3, 3]
    assert errors.tolist() == [0, 0]
