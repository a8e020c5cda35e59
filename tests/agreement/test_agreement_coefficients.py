"""Coefficients give the values that were published for published tables."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from published import (
    ABSTRACTORS,
    ANXIETY,
    FLEISS_COUNTS,
    KRIPPENDORFF,
    SAS_TABLE,
    raters_of_counts,
    raters_of_table,
)
from sklearn.metrics import cohen_kappa_score

from arborisk.agreement.sums import (
    agreement_weights,
    chance_agreement,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    pair_table,
    percent_agreement,
    sums_by_tree,
)


def sums_of(said, n_classes):
    return sums_by_tree(said, np.arange(len(said)), n_classes).total()


@pytest.mark.parametrize(
    ("level", "value"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_krippendorffs_own_example(level, value):
    assert krippendorff_alpha(sums_of(KRIPPENDORFF, 5), level) == pytest.approx(value, abs=5e-4)


def test_gwets_examples():
    ratings = sums_of(KRIPPENDORFF, 5)  # cac.raw4raters of irrCAC
    assert percent_agreement(ratings) == pytest.approx(0.8181818, abs=5e-8)
    assert gwet_ac(ratings) == pytest.approx(0.77544, abs=5e-6)
    assert fleiss_kappa(ratings) == pytest.approx(0.76117, abs=5e-6)
    two = sums_of(raters_of_table(ABSTRACTORS), 3)
    assert percent_agreement(two) == pytest.approx(0.89)
    assert gwet_ac(two) == pytest.approx(0.8493305, abs=5e-8)
    assert fleiss_kappa(two) == pytest.approx(0.7962397, abs=5e-8)  # Scott's pi
    assert krippendorff_alpha(two, "nominal") == pytest.approx(0.7972585, abs=5e-8)
    six = sums_of(raters_of_counts(FLEISS_COUNTS[:15]), 5)
    assert gwet_ac(six) == pytest.approx(0.4448007, abs=5e-8)
    assert fleiss_kappa(six) == pytest.approx(0.4139265, abs=5e-8)
    assert krippendorff_alpha(six, "nominal") == pytest.approx(0.4204384, abs=5e-8)


def test_fleiss_own_example():
    sums = sums_of(raters_of_counts(FLEISS_COUNTS), 5)
    assert fleiss_kappa(sums) == pytest.approx(0.4302445, abs=5e-8)


def test_cohens_kappa_of_published_tables():
    assert cohen_kappa(SAS_TABLE) == pytest.approx(0.4842, abs=5e-5)
    assert cohen_kappa(SAS_TABLE, "linear") == pytest.approx(0.4701, abs=5e-5)
    assert cohen_kappa(ABSTRACTORS) == pytest.approx(0.7964094, abs=5e-8)
    levels = {level: place for place, level in enumerate((1, 2, 3, 4, 6))}
    one, other = (np.array([levels[level] for level in rater]) for rater in ANXIETY)
    table = pair_table(one, other, np.arange(20), 5).sum(axis=0)
    assert cohen_kappa(table) == pytest.approx(-0.006289308, abs=5e-9)
    assert cohen_kappa(table, "linear") == pytest.approx(0.1459075, abs=5e-8)
    assert cohen_kappa(table, "quadratic") == pytest.approx(0.2520325, abs=5e-8)


@given(arrays(np.int64, (12, 2), elements=st.integers(0, 2)))
def test_cohens_kappa_is_scikit_learns(said):
    table = pair_table(said[:, 0], said[:, 1], np.arange(12), 3).sum(axis=0)
    for weighting in ("none", "linear", "quadratic"):
        ours = cohen_kappa(table, weighting)
        if np.isnan(ours):
            assert len(np.unique(said)) == 1
            continue
        theirs = cohen_kappa_score(
            said[:, 0],
            said[:, 1],
            labels=[0, 1, 2],
            weights=None if weighting == "none" else weighting,
        )
        assert ours == pytest.approx(theirs)


@given(arrays(np.int64, (9, 4), elements=st.integers(-1, 2)))
def test_no_coefficient_is_above_1_and_order_of_raters_is_no_matter(said):
    sums, turned = sums_of(said, 3), sums_of(said[::-1, ::-1], 3)
    for coefficient in (
        fleiss_kappa,
        gwet_ac,
        lambda sums: gwet_ac(sums, "quadratic"),
        lambda sums: krippendorff_alpha(sums, "ordinal"),
        percent_agreement,
    ):
        value = coefficient(sums)
        assert np.isnan(value) or value <= 1 + 1e-9
        np.testing.assert_allclose(coefficient(turned), value, atol=1e-9)


def test_sums_of_all_but_one_tree_are_those_of_the_others():
    rng = np.random.default_rng(3)
    said, tree = rng.integers(-1, 3, (30, 3)), rng.integers(0, 10, 30)
    by_tree = sums_by_tree(said, tree, 3)
    without = by_tree.total().minus(by_tree)
    others = sums_by_tree(said[tree != 4], tree[tree != 4], 3).total()
    np.testing.assert_allclose(without.pairs[4], others.pairs, atol=1e-12)
    np.testing.assert_allclose(without.coincidences[4], others.coincidences, atol=1e-12)
    np.testing.assert_allclose(without.shares[4], others.shares, atol=1e-12)


def test_chance_is_what_random_raters_reach():
    share = np.array([0.6, 0.3, 0.1])
    said = np.random.default_rng(5).choice(3, (40_000, 2), p=share)
    sums = sums_of(said, 3)
    assert chance_agreement(sums) == pytest.approx((share**2).sum(), abs=0.01)
    assert percent_agreement(sums) == pytest.approx((share**2).sum(), abs=0.01)
    assert krippendorff_alpha(sums, "ordinal") == pytest.approx(0, abs=0.02)


def test_weights_of_two_classes_are_the_same_whatever_the_kind():
    for weighting in ("linear", "quadratic"):
        assert agreement_weights(2, weighting).tolist() == np.eye(2).tolist()
