"""The stand's classes, and what the best reader could score."""

import numpy as np
import pytest

from arborisk.errors import SettingsError
from arborisk.simulate.failure import (
    bayes_ceiling,
    class_of,
    expected_balanced_accuracy,
    natural_shares,
)
from arborisk.simulate.sampling import class_counts, draw_stand, sample_trees
from arborisk.simulate.trees import WindClimates


@pytest.fixture(scope="module")
def stand():
    return draw_stand()


@pytest.fixture(scope="module")
def many():
    return sample_trees(6000, np.random.default_rng(11))


def test_the_default_stand_has_the_decks_proportions(stand):
    assert np.bincount(stand.class_index).tolist() == [322, 80, 56]


@pytest.mark.parametrize("n_trees", [5, 6, 40, 150, 1000])
def test_other_stands_keep_them(n_trees):
    counts = class_counts(n_trees)
    assert counts.sum() == n_trees
    assert np.all(np.abs(counts - n_trees * np.array([322, 80, 56]) / 458) < 1)


def test_a_stand_of_four_is_refused():
    with pytest.raises(SettingsError, match="at least 5 trees"):
        class_counts(4)


def test_every_class_follows_from_gusts(stand):
    found = class_of(
        stand.critical_gust_ms,
        np.array([tree.normal_gust_ms for tree in stand.trees]),
        np.array([tree.extreme_gust_ms for tree in stand.trees]),
    )
    assert np.array_equal(found, stand.class_index)


def test_the_default_task_is_neither_easy_nor_hopeless(stand):
    assert 0.70 <= stand.ceiling.balanced_accuracy_plug_in <= stand.ceiling.balanced_accuracy
    assert stand.ceiling.balanced_accuracy <= 0.90
    assert stand.ceiling.n_redraws >= 1000


def test_the_ceiling_is_what_its_decision_scores_on_fresh_trees(many):
    """6,000 trees: the sampled classes must bear the computed probabilities out."""
    shares = np.bincount(many.class_index) / len(many.class_index)
    ceiling = bayes_ceiling(many.visible, shares, np.random.default_rng(12), n_redraws=300)
    decision = (ceiling.probability / shares).argmax(axis=1)
    recall = [np.mean(decision[many.class_index == index] == index) for index in range(3)]
    assert np.mean(recall) == pytest.approx(ceiling.balanced_accuracy, abs=0.02)
    assert ceiling.probability.sum(axis=1) == pytest.approx(np.ones(6000))
    for index in range(3):
        for low, high in ((0.1, 0.4), (0.4, 0.7), (0.7, 1.0)):
            here = (ceiling.probability[:, index] >= low) & (ceiling.probability[:, index] < high)
            said = ceiling.probability[here, index].mean()
            deviation = np.sqrt(said * (1 - said) / here.sum())
            assert np.mean(many.class_index[here] == index) == pytest.approx(
                said, abs=4 * deviation + 0.01
            )


def test_neither_wind_nor_site_tells_the_class(many):
    normal = many.winds.normal_gust_ms[many.site_index]
    likely = many.class_index > 0
    # 4 standard errors of a correlation of 6,000 pairs, widened for several trees a site.
    assert abs(np.corrcoef(normal, likely)[0, 1]) < 4 / np.sqrt(1200)
    sizes = np.bincount(many.site_index)
    by_site = np.bincount(many.site_index, weights=likely) / sizes
    expected = np.sqrt(likely.mean() * (1 - likely.mean()) * np.mean(1 / sizes))
    assert by_site.std() == pytest.approx(expected, rel=0.1)


def test_shares_in_a_wind_are_read_off_the_bank():
    winds = WindClimates(np.array([2.5, 0.5]), np.array([4.5, 1.5]))
    bank = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0])
    assert natural_shares(bank, winds)[0] == pytest.approx([4 / 8, 2 / 8, 2 / 8])
    assert natural_shares(bank, winds)[1] == pytest.approx([7 / 8, 1 / 8, 1 / 8])  # none: floored


def test_expected_balanced_accuracy_by_hand():
    probability = np.array([[1.0, 0.0, 0.0], [0.0, 0.5, 0.5], [0.0, 0.5, 0.5]])
    assert expected_balanced_accuracy(probability, np.array([0, 1, 1])) == pytest.approx(2 / 3)
    assert expected_balanced_accuracy(probability, np.array([0, 1, 2])) == pytest.approx(2 / 3)
    assert expected_balanced_accuracy(probability, np.array([0, 0, 0])) == pytest.approx(1 / 3)
