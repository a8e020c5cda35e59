"""Maps find the truth that is known, and do nothing where there is nothing to go by."""

import numpy as np
import pytest

from arborisk.calibration.fitting import choose_map, cross_fitted, fit_map, inner_folds, methods_for
from arborisk.calibration.prevalence import (
    _rows_by_group,
    class_shares,
    estimate_prevalence,
    estimate_shares,
    source_shares,
)
from arborisk.calibration.table import CalibrationMap, shift_prior
from arborisk.errors import SettingsError

NO_LEAN = np.zeros(3)


def log_loss(probability, truth):
    return -np.log(probability[np.arange(len(truth)), truth]).mean()


@pytest.mark.parametrize("slope", [0.5, 1.0, 2.0])
def test_the_temperature_of_a_model_that_is_too_sure_or_too_shy_is_found(drawn_table, slope):
    fitted = fit_map(drawn_table(2000, slope=slope, photos_per_group=1), "temperature", NO_LEAN)
    assert fitted.temperature == pytest.approx(slope, rel=0.1)


def test_a_lean_to_equal_shares_is_undone(drawn_table):
    shares = np.array([0.6, 0.25, 0.15])
    table = drawn_table(1500, shares=tuple(shares), photos_per_group=1)
    leaning = table.log_probability - np.log(shares)
    as_if_equal = type(table)(leaning, table.class_index, table.member, table.group, table.tree)
    for method in ("none", "bias"):
        fitted = fit_map(as_if_equal, method, np.log(shares))
        assert fitted.apply(leaning) == pytest.approx(table.probability, abs=0.06)


def test_the_map_is_the_same_as_scikit_learn_finds_without_a_penalty(drawn_table):
    linear = pytest.importorskip("sklearn.linear_model")
    table = drawn_table(3000, photos_per_group=1, slope=1.5)
    theirs = linear.LogisticRegression(C=np.inf, tol=1e-8, max_iter=5000)
    theirs.fit(table.log_probability, table.class_index)
    ours = fit_map(table, "matrix", NO_LEAN)
    assert ours.apply(table.log_probability) == pytest.approx(
        theirs.predict_proba(table.log_probability), abs=0.02
    )


def test_few_groups_allow_few_methods(drawn_table):
    assert methods_for(drawn_table(10)) == ["none"]
    assert methods_for(drawn_table(40)) == ["none", "temperature"]
    assert methods_for(drawn_table(400)) == ["none", "temperature", "bias", "matrix"]


def test_a_class_of_five_photos_and_one_of_none_do_no_harm(drawn_table):
    table = drawn_table(60, shares=(0.9, 0.08, 0.02), seed=3)
    assert min(table.groups_of_class()) < 5
    said = choose_map(table, NO_LEAN).apply(table.log_probability)
    assert np.isfinite(said).all()
    assert said.sum(axis=1) == pytest.approx(1)


def test_a_model_that_is_always_right_does_not_become_certain(drawn_table):
    table = drawn_table(60, skill=30.0)
    fitted = choose_map(table, NO_LEAN)
    assert 0.3 < fitted.temperature < 30


def test_calibrating_helps_photos_that_did_not_calibrate(drawn_table):
    table, new = drawn_table(300, slope=3.0), drawn_table(2000, slope=3.0, seed=8)
    fitted = choose_map(table, NO_LEAN)
    before = log_loss(new.probability, new.class_index)
    after = log_loss(fitted.apply(new.log_probability), new.class_index)
    estimated = log_loss(cross_fitted(table, NO_LEAN), table.class_index)
    assert after < before - 0.1
    assert estimated == pytest.approx(after, abs=0.1)


def test_another_prevalence_is_the_rule_of_bayes():
    calibrated = CalibrationMap("none", np.eye(2), np.zeros(2)).apply(np.log([[0.3, 0.7]]))
    shifted = shift_prior(calibrated, np.array([0.5, 0.5]), np.array([0.98, 0.02]))
    assert shifted[0, 1] == pytest.approx(0.7 * 0.02 / (0.7 * 0.02 + 0.3 * 0.98))


def test_the_shares_of_another_place_are_estimated_with_an_interval(drawn_table):
    table = drawn_table(400, photos_per_group=1)
    other = drawn_table(400, seed=4, shares=(0.2, 0.3, 0.5), photos_per_group=1)
    # The network was trained where shares are (0.6, 0.25, 0.15), and leans to them.
    logits = other.log_probability - np.log([0.2, 0.3, 0.5]) + np.log([0.6, 0.25, 0.15])
    fitted = choose_map(table, NO_LEAN)
    true = class_shares(other)
    plain = estimate_shares(fitted.apply(logits), class_shares(table))
    assert plain == pytest.approx(true, abs=0.1)
    found = estimate_prevalence(
        table,
        fitted,
        logits[:, None],
        [f"g{row}" for row in range(400)],
        prior_log=NO_LEAN,
        source=class_shares(table),
        n_samples=60,
    )
    for interval, share in zip(found, true, strict=True):
        assert interval.low - 0.03 <= share <= interval.high + 0.03
        assert interval.high - interval.low < 0.35
        assert interval.low >= 0 and interval.high <= 1
        assert (interval.level, interval.note) == (0.95, "")


@pytest.mark.parametrize(
    ("n_groups", "n_new", "note"),
    [(400, 20, "fewer than 30 groups of photos"), (200, 200, "and 50 are needed")],
)
def test_few_groups_give_an_estimate_without_an_interval(drawn_table, n_groups, n_new, note):
    table = drawn_table(n_groups)
    found = estimate_prevalence(
        table,
        choose_map(table, NO_LEAN),
        table.log_probability[:n_new, None],
        [f"g{row}" for row in range(n_new)],
        prior_log=NO_LEAN,
        source=class_shares(table),
    )
    assert all(interval.low is None and note in interval.note for interval in found)
    assert sum(interval.value for interval in found) == pytest.approx(1)


def test_a_class_that_was_hardly_held_back_allows_no_estimate(drawn_table):
    table = drawn_table(60)
    with pytest.raises(SettingsError, match="at least 15 groups of each class held back; found"):
        estimate_prevalence(
            table,
            choose_map(table, NO_LEAN),
            table.log_probability[:, None],
            ["a"] * 120,
            prior_log=NO_LEAN,
            source=class_shares(table),
        )


def test_a_map_without_a_bias_leaves_the_shares_of_training(drawn_table):
    table, training = drawn_table(100), np.array([0.2, 0.3, 0.5])
    assert source_shares("temperature", table, training).tolist() == training.tolist()
    assert source_shares("bias", table, training).tolist() == class_shares(table).tolist()


def test_groups_are_dealt_out_whole_and_by_class_where_one_model_held_back(drawn_table):
    table = drawn_table(60, n_members=1)
    fold = inner_folds(table)
    assert len(np.unique(fold)) == 5
    assert all(len(np.unique(fold[table.group == one])) == 1 for one in np.unique(table.group))
    for class_number in range(3):
        dealt = np.bincount(fold[table.class_index == class_number], minlength=5)
        assert np.ptp(dealt) <= 2  # one group of two photos more or less
    assert (inner_folds(drawn_table(60)) == drawn_table(60).member).all()


def test_the_rule_of_bayes_holds_member_by_member():
    said = np.array([[[0.3, 0.7], [0.6, 0.4]]])
    found = shift_prior(said, np.array([0.5, 0.5]), np.array([0.9, 0.1]))
    assert found[0, 0] == pytest.approx([0.27 / 0.34, 0.07 / 0.34])
    assert found.sum(axis=-1) == pytest.approx(1)


def test_groups_are_redrawn_whole():
    rows = _rows_by_group(np.array([2, 0, 2, 1]))
    assert [one.tolist() for one in rows] == [[1], [3], [0, 2]]


def test_folds_choose_among_the_methods_that_they_are_given(drawn_table):
    table = drawn_table(120, slope=3.0)
    plain = fit_map(table, "none", NO_LEAN).apply(table.log_probability)
    assert cross_fitted(table, NO_LEAN, methods=("none",)) == pytest.approx(plain)
    assert np.abs(cross_fitted(table, NO_LEAN) - plain).max() > 0.05
