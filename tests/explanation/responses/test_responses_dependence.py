"""Dependence over photos: a known effect is recovered, a permuted measure has none."""

import numpy as np
import pytest

from arborisk.errors import SettingsError
from arborisk.explanation.responses.additive import fit_additive, fit_again, rank_correlation
from arborisk.explanation.responses.partial import dependence
from arborisk.explanation.responses.words import dependence_sentences

N_PHOTOS, N_GROUPS = 300, 60
NAMES = ["rises", "permuted", "shadow", "gaps"]


@pytest.fixture(scope="module")
def photos():
    rng = np.random.default_rng(3)
    number = rng.integers(0, N_GROUPS, N_PHOTOS)
    rises = rng.uniform(0, 1, N_PHOTOS)
    gaps = np.where(rng.random(N_PHOTOS) < 0.4, np.nan, rng.normal(size=N_PHOTOS))
    measures = np.column_stack(
        [rises, rng.permutation(rises), rises + rng.normal(0, 0.3, N_PHOTOS), gaps]
    )
    of_group = rng.normal(0, 0.3, N_GROUPS)[number]
    score = 2.0 * rises**2 - 0.5 * np.nan_to_num(gaps) + of_group + rng.normal(0, 0.2, N_PHOTOS)
    return score, measures, [f"tree {one}" for one in number]


@pytest.fixture(scope="module")
def found(photos):
    score, measures, groups = photos
    return dependence(score, measures, NAMES, groups, seed=0)


def test_a_known_effect_is_recovered(found):
    effect = found.effects[0]
    assert effect.corrected_p < 1e-6
    # 2 x^2 from the tenth to the ninetieth percentile of a uniform x.
    assert effect.change.value == pytest.approx(2 * (0.9**2 - 0.1**2), abs=0.25)
    assert effect.change.low < 1.6 < effect.change.high
    rising = np.diff(effect.curve)
    assert (rising > -0.02).all()
    assert rising[-8:].mean() > 2 * rising[:8].mean()
    assert (effect.low <= effect.curve).all()
    assert (effect.curve <= effect.high).all()
    assert found.r2 > 0.6


def test_a_permuted_measure_has_no_effect(found):
    effect = found.effects[1]
    assert effect.corrected_p > 0.05
    assert effect.change.low < 0 < effect.change.high
    assert abs(effect.change.value) < 0.15


def test_a_shadow_of_another_measure_correlates_but_has_no_curve_of_its_own(found):
    effect = found.effects[2]
    assert effect.rank.low > 0.3
    assert abs(effect.change.value) < 0.2


def test_a_measure_with_gaps_counts_where_it_is_known(found, photos):
    effect = found.effects[3]
    assert effect.n_measured == np.isfinite(photos[1][:, 3]).sum()
    assert effect.change.value == pytest.approx(-0.5 * 2 * 1.28, abs=0.25)


def test_sentences_tell_the_effect_from_luck(found):
    said = dependence_sentences(found, {"rises": "height, m"})
    assert [text.split(":")[0] for text in said.uses] == ["Height, m", "Gaps"]
    assert [text.split(":")[0] for text in said.unclear] == ["Permuted", "Shadow"]
    assert said.ignores == ()
    assert f"{N_PHOTOS} photos" in said.cautions[0]


def test_same_seed_same_intervals(found, photos):
    score, measures, groups = photos
    again = dependence(score, measures, NAMES, groups, seed=0)
    for one, other in zip(again.effects, found.effects, strict=True):
        np.testing.assert_array_equal(one.low, other.low)
        assert one.change == other.change
    other_seed = dependence(score, measures, NAMES, groups, seed=1, n_resamples=50)
    assert other_seed.effects[0].change != found.effects[0].change


def test_the_curve_is_sklearns_partial_dependence(photos):
    from sklearn.base import BaseEstimator, RegressorMixin
    from sklearn.inspection import partial_dependence

    score, measures, groups = photos
    some = measures[:, :3]
    model = fit_additive(some, score)

    class Wrapped(RegressorMixin, BaseEstimator):
        def fit(self, x, y):
            return self

        def __sklearn_is_fitted__(self):
            return True

        def predict(self, x):
            return model.predict(x)

    own = dependence(score, some, NAMES[:3], groups, seed=0, n_resamples=2).effects[0]
    theirs = partial_dependence(Wrapped(), some, [0], custom_values={0: own.values}, method="brute")
    np.testing.assert_allclose(own.curve, theirs["average"][0], atol=1e-9)


def test_fitting_again_with_equal_weights_changes_nothing(photos):
    score, measures, _ = photos
    model = fit_additive(measures, score)
    coefficients, intercept = fit_again(model, model.design(measures), score, np.ones(len(score)))
    np.testing.assert_allclose(coefficients, model.coefficients, atol=1e-6)
    assert intercept == pytest.approx(model.intercept)


def test_photos_of_one_group_count_as_one():
    rng = np.random.default_rng(0)
    values, score = rng.normal(size=40), rng.normal(size=40)
    alone = rank_correlation(values, score, np.arange(40))
    copied = rank_correlation(np.tile(values, 5), np.tile(score, 5), np.tile(np.arange(40), 5))
    assert copied.interval.value == pytest.approx(alone.interval.value)
    assert copied.p_value == pytest.approx(alone.p_value, rel=0.01)


def test_p_values_of_no_effect_are_rarely_small():
    rng = np.random.default_rng(1)
    number = np.repeat(np.arange(30), 2)
    p = [
        rank_correlation(rng.normal(size=30)[number], rng.normal(size=30)[number], number).p_value
        for _ in range(100)
    ]
    assert 0.01 <= np.mean(np.array(p) < 0.05) <= 0.11


def test_what_is_known_too_seldom_is_left_out(photos):
    score, measures, groups = photos
    seldom = np.where(np.arange(N_PHOTOS) < 20, measures[:, 0], np.nan)
    both = np.column_stack([measures[:, 0], seldom, np.ones(N_PHOTOS)])
    found = dependence(score, both, ["a", "seldom", "same"], groups, seed=0, n_resamples=5)
    assert found.left_out == ("seldom", "same")
    assert [effect.name for effect in found.effects] == ["a"]


def test_what_does_not_belong_together_is_refused(photos):
    score, measures, groups = photos
    with pytest.raises(SettingsError, match="a column for each name"):
        dependence(score, measures, ["one"], groups, seed=0)
    with pytest.raises(SettingsError, match="one score for all photos"):
        dependence(np.zeros(N_PHOTOS), measures, NAMES, groups, seed=0)
    with pytest.raises(SettingsError, match="none of the measures usable"):
        dependence(score, np.full((N_PHOTOS, 1), np.nan), ["x"], groups, seed=0)
