"""Prices, promises and chances, worked out by hand."""

import numpy as np
import pytest

from arborisk.calibration.misses import MissRule, MissRuleRefused, binomial_at_most
from arborisk.calibration.sets import SetPrice
from arborisk.calibration.table import contiguous_scores


def test_what_sets_cost():
    inside = np.array([[1, 1, 1], [1, 0, 0], [0, 1, 1], [1, 1, 1]], bool)
    price = SetPrice.of(inside)
    assert (price.mean_size, price.whole, price.with_last) == (2.25, 0.5, 0.75)
    said = price.sentence("Probable")
    assert "holds 2.25 classes on average: every class for 50 %" in said
    assert "Probable for 75 %" in said
    assert SetPrice.of(None) is None


def test_a_promise_states_its_rate_its_confidence_and_its_price():
    rule = MissRule(2, 0.05, 0.95, 0.28, 60, 0, 0, 0.87)
    said = rule.sentence("Probable")
    assert "at most 5 % of such trees" in said and "with 95 % confidence" in said
    assert "from a score of 0.280 on; that sends a person to 87 % of the trees" in said
    assert rule.refers(np.array([0.27, 0.28])).tolist() == [False, True]
    refused = MissRuleRefused(2, 0.05, 0.95, 37, 59).sentence("Probable")
    assert "with 95 % confidence: 37 groups" in refused and "at least 59 are needed" in refused


@pytest.mark.parametrize(
    ("successes", "trials", "chance", "wanted"),
    [(0, 59, 0.05, 0.95**59), (3, 3, 0.5, 1.0), (0, 10, 0.0, 1.0), (-1, 4, 0.5, 0.0),
     (2, 4, 1.0, 0.0), (1, 3, 0.5, 0.5)],
)  # fmt: skip
def test_chances_of_a_binomial(successes, trials, chance, wanted):
    assert binomial_at_most(successes, trials, chance) == pytest.approx(wanted)


def test_with_an_order_a_class_between_two_others_is_no_stranger_than_the_stranger():
    probability = np.array([0.5, 0.1, 0.4])
    assert contiguous_scores(probability, ordered=True).tolist() == pytest.approx([0.5, 0.6, 0.6])
    assert contiguous_scores(probability, ordered=False).tolist() == pytest.approx([0.5, 0.9, 0.6])
