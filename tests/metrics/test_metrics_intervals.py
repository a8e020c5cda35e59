"""Intervals: properties, ends of the scale, too few groups, and coverage by simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from arborisk.metrics.intervals import TOO_FEW, interval_ends, scores_with_intervals
from arborisk.metrics.over_groups import NO_SPREAD, effective_groups
from arborisk.metrics.scores import Sums, score_table, scores

NAMES = ("Im", "Pr")


def predictions(
    generator, n_trees, *, n_photos=3, rare=0.12, skill=2.0, exactly=None, common=0.64, leans=True
):
    """Trees with photos whose predictions are correlated within a tree.

    `common`: share of the noise that the photos of a tree have in common; `leans`: the model leans
    to the common class, as one does that is trained without class weights.
    """
    is_rare = generator.random(n_trees) < rare
    if exactly is not None:
        is_rare = np.arange(n_trees) < exactly
    tree = np.repeat(np.arange(n_trees), n_photos)
    truth = is_rare[tree].astype(np.int64)
    noise = np.sqrt(common) * generator.standard_normal((n_trees, 2))[tree]
    noise += np.sqrt(1 - common) * generator.standard_normal((len(tree), 2))
    shares = np.log([1 - rare, rare]) if leans else np.zeros(2)
    odds = np.exp(skill * np.eye(2)[truth] + np.sqrt(skill) * noise + shares)
    return truth, odds / odds.sum(axis=1, keepdims=True), [f"t{number}" for number in tree]


def intervals(truth, probability, groups, **others):
    return scores_with_intervals(
        truth, probability, groups, class_names=NAMES, ordered=True, **others
    )


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**31), st.integers(20, 150), st.floats(0.1, 8))
def test_intervals_hold_their_estimate_and_stay_on_the_scale(seed, n_trees, skill):
    truth, probability, groups = predictions(
        np.random.default_rng(seed), n_trees, exactly=max(16, n_trees // 8), skill=skill
    )
    found = intervals(truth, probability, groups)
    plain = scores(truth, probability, class_names=NAMES, ordered=True)
    assert {name: one.value for name, one in found.items()} == pytest.approx(plain)
    for name, one in found.items():
        if one.low is None:
            assert one.high is None
            assert one.note in (TOO_FEW, NO_SPREAD)
            continue
        lowest, highest = (-1, 1) if "kappa" in name else (0, 37 if name == "log_loss" else 2)
        assert lowest <= one.low <= one.value + 1e-12
        assert one.value - 1e-12 <= one.high <= highest
        assert one.high - one.low > 0
        assert one.note == ""


def test_copies_of_a_photo_add_nothing():
    """Three equal photos a tree say no more than one: the group is the unit."""
    truth, probability, groups = predictions(np.random.default_rng(1), 120, n_photos=1, exactly=30)
    once = intervals(truth, probability, groups)
    thrice = intervals(np.tile(truth, 3), np.tile(probability, (3, 1)), [*groups, *groups, *groups])
    for name, one in once.items():
        # F1 counts a hit twice and a miss once, so that one photo is not quite all of one kind.
        near = 1e-2 if "f1" in name else 1e-9
        expected = pytest.approx((one.low, one.high), abs=near)
        assert (thrice[name].low, thrice[name].high) == expected, name


def test_a_higher_level_is_wider():
    drawn = predictions(np.random.default_rng(2), 150, exactly=30)
    usual, strict = intervals(*drawn), intervals(*drawn, level=0.99)
    for name in usual:
        assert strict[name].low < usual[name].low, name
        assert strict[name].high > usual[name].high, name


def test_all_right_gives_the_exact_interval_of_as_many_groups():
    truth = np.repeat([0, 1], [120, 60])
    groups = [f"t{number // 3}" for number in range(180)]
    found = intervals(truth, np.eye(2)[truth], groups)
    # Clopper and Pearson with 60, 40 and 20 of as many trees right.
    assert found["accuracy"].low == pytest.approx(0.025 ** (1 / 60))
    assert found["recall_Im"].low == pytest.approx(0.025 ** (1 / 40))
    assert found["recall_Pr"].low == pytest.approx((0.025 * 0.1 ** (10 / 15)) ** (1 / 20))
    # Fewer than 30 of a class: fewer intervals may miss, a tenth as many at 15.
    assert found["precision_Im"].low == pytest.approx(0.025 ** (1 / 40))
    assert found["macro_recall"].low < 0.95
    assert found["brier"].high > 0.05
    for name in ("quadratic_weighted_kappa", "log_loss"):
        assert (found[name].low, found[name].high, found[name].note) == (None, None, NO_SPREAD)


def test_independent_photos_get_the_binomial_interval():
    generator = np.random.default_rng(5)
    truth = np.repeat([0, 1], 400)
    called = np.where(generator.random(800) < 0.2, 1 - truth, truth)
    found = intervals(truth, np.eye(2)[called], [str(number) for number in range(800)])
    right = int((called == truth).sum())
    exact = stats.binomtest(right, 800).proportion_ci(0.95, "exact")
    assert (found["accuracy"].low, found["accuracy"].high) == pytest.approx(exact, abs=2e-3)


def test_few_groups_of_a_class_give_the_words_where_it_counts_and_keep_the_value():
    found = intervals(*predictions(np.random.default_rng(3), 50, exactly=6))
    for name in ("recall_Pr", "precision_Pr", "f1_Pr", "macro_f1", "balanced_accuracy", "log_loss"):
        assert (found[name].low, found[name].high, found[name].note) == (None, None, TOO_FEW)
        assert 0 <= found[name].value <= 1
    for name in ("accuracy", "recall_Im", "precision_Im"):
        assert found[name].high - found[name].low > 0.05


def test_one_group_with_most_photos_counts_as_the_one_it_is():
    generator = np.random.default_rng(4)
    truth, probability, groups = predictions(generator, 100, exactly=40)
    huge = ["t0" if index % 10 else group for index, group in enumerate(groups)]
    assert all(one.note == TOO_FEW for one in intervals(truth, probability, huge).values())
    assert effective_groups(np.array([90.0, 1.0, 1.0])) == pytest.approx(1.045, abs=1e-3)


def test_hidden_few_groups_widen_the_interval():
    """Errors of one site of 30 photos weigh as one site, not as 30 photos."""
    truth = np.repeat([0, 1], [300, 150])
    one_site = truth.copy()
    one_site[:30] = 1
    spread_out = truth.copy()
    spread_out[:300:10] = 1
    sites = [f"s{number // 30 if number < 30 else 100 + number // 5}" for number in range(450)]
    clustered = intervals(truth, np.eye(2)[one_site], sites)["accuracy"]
    scattered = intervals(truth, np.eye(2)[spread_out], sites)["accuracy"]
    assert clustered.value == scattered.value
    assert clustered.high - clustered.low > 2 * (scattered.high - scattered.low)


def test_a_class_never_predicted_has_no_interval_of_its_precision():
    truth = np.repeat([0, 1], [120, 60])
    groups = [f"t{number // 3}" for number in range(180)]
    found = intervals(truth, np.tile([0.9, 0.1], (180, 1)), groups)
    assert found["precision_Pr"].low is None
    assert found["macro_precision"].high - found["macro_precision"].low >= 0.5
    assert found["recall_Pr"].low == 0
    assert found["recall_Pr"].high == pytest.approx(1 - (0.025 * 0.1 ** (10 / 15)) ** (1 / 20))


def linked(generator, n_samples, n_groups):
    """Samples of trees of 1 to 30 photos that are all right or all wrong, large ones more often."""
    size = np.where(generator.random((n_samples, n_groups)) < 0.15, 30, 1).astype(np.float64)
    right = np.where(generator.random(size.shape) < np.where(size > 1, 0.6, 0.97), size, 0.0)
    is_rare = generator.random(size.shape) < 0.4
    confusion = np.zeros((*size.shape, 2, 2))
    for own, rows in ((0, ~is_rare), (1, is_rare)):
        confusion[..., own, own] = np.where(rows, right, 0.0)
        confusion[..., own, 1 - own] = np.where(rows, size - right, 0.0)
    loss = size - right
    return Sums(confusion, 5 * loss + 0.1 * size, 1.8 * loss + 0.01 * size)


def test_intervals_hold_where_large_trees_are_harder():
    """Accuracy 0.65 by photos, 0.91 by trees; the spread within the sample alone falls short."""
    generator = np.random.default_rng(0)
    whole = linked(generator, 1, 300_000).total()
    truth = score_table(whole, class_names=NAMES, ordered=True)
    for n_groups in (60, 200):
        drawn = linked(generator, 400, n_groups)
        found = interval_ends(drawn, class_names=NAMES, ordered=True, level=0.95)
        for name, many in found.items():
            given = many.enough & ~np.isnan(many.low)
            assert given.mean() > 0.75, name
            held = (many.low <= truth[name]) & (truth[name] <= many.high)
            assert held[given].mean() >= 0.93 - 2 * 0.013, (name, n_groups)


def test_stray_labels_make_no_groups():
    """Fourteen rare trees and a stray label in each of many others: no interval of the rare."""
    true = np.tile([0, 0, 0], (60, 1))
    true[:14] = 1
    said = np.eye(2)[true.ravel()]
    stray = true.copy()
    stray[20:, 0] = 1
    groups = [f"t{number // 3}" for number in range(180)]
    found = intervals(stray.ravel(), said, groups)
    assert (found["recall_Pr"].low, found["recall_Pr"].note) == (None, TOO_FEW)
    assert found["recall_Im"].low is not None


def test_kappa_of_a_model_that_hardly_ever_says_a_class_is_not_sure_to_be_0():
    truth = np.repeat([0, 1], [180, 60])
    said = np.zeros(240, dtype=np.int64)
    said[:3] = 1  # one tree, wrong
    found = intervals(truth, np.eye(2)[said], [f"t{number // 3}" for number in range(240)])
    # Poisson: none of 20 rare trees told right, where fewer than 3.7 more would be no surprise.
    assert found["quadratic_weighted_kappa"].high > 0.15
