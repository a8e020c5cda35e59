"""Intervals: properties, ends of the scale, too few groups, and coverage by simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from arborisk.metrics import NO_SPREAD, TOO_FEW, scores, scores_with_intervals
from arborisk.metrics.proportions import effective_groups

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
        assert (thrice[name].low, thrice[name].high) == pytest.approx((one.low, one.high)), name


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
    assert found["recall_Pr"].low == pytest.approx(0.025 ** (1 / 20))
    # Fewer than 25: wider, where the score hangs on how common the class is.
    assert found["precision_Pr"].low == pytest.approx(0.01 ** (1 / 20))
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
    assert found["recall_Pr"].high == pytest.approx(1 - 0.025 ** (1 / 20))


@pytest.mark.slow
@pytest.mark.parametrize("model", [{}, {"common": 0.95, "leans": False}])
@pytest.mark.parametrize(
    ("n_trees", "n_samples", "n_given"),
    [(50, 400, 0), (100, 2000, 300), (125, 800, 300), (150, 600, 400), (200, 600, 550)],
)
def test_coverage_by_simulation(n_trees, n_samples, n_given, model):
    """Of the intervals that are given: samples near the rule are those with many rare trees."""
    generator = np.random.default_rng(0)
    population = predictions(generator, 300_000, **model)
    truth = scores(*population[:2], class_names=NAMES, ordered=True)
    covered = {name: [] for name in truth}
    for _ in range(n_samples):
        for name, one in intervals(*predictions(generator, n_trees, **model)).items():
            if one.low is not None:
                covered[name].append(one.low <= truth[name] <= one.high)
    for name, hits in covered.items():
        assert len(hits) >= n_given, name
        if len(hits) >= 60:  # fewer tell too little
            assert np.mean(hits) >= 0.93, name
