"""Likelihood sets hold what they promise."""

import numpy as np
import pytest

from arborisk.calibration.sets import SetRule
from arborisk.calibration.table import CalibrationTable


def table_of(probability, truth, groups=None, members=None):
    n = len(truth)
    return CalibrationTable.of(
        probability=np.asarray(probability, dtype=float),
        class_index=np.asarray(truth),
        rounds=members or ["only"] * n,
        groups=groups or [str(number) for number in range(n)],
        trees=[""] * n,
    )


def alone(probability):
    """What a single member says, shape (n, 1, k)."""
    return np.asarray(probability, dtype=float)[:, None]


def test_p_values_worked_by_hand():
    # Scores of the true class 0: 0.1, 0.2, 0.3. A photo of score 0.2 is at least as usual as two of
    # the three, and counts itself: (1 + 2) / 4. No photo of class 1: only itself, 1 / 1.
    rule = SetRule.of(
        table_of([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3]], [0, 0, 0]),
        coverage=0.7,
        ordered=False,
        kind="class_conditional",
    )
    assert rule.p_values(alone([[0.8, 0.2], [0.6, 0.4]])) == pytest.approx(
        np.array([[3 / 4, 1.0], [1 / 4, 1.0]])
    )
    assert rule.cannot_rule_out() == (1,)
    assert rule.sets(alone([[0.6, 0.4]])).tolist() == [[True, True]]  # the likeliest stays


def test_photos_of_one_group_share_its_weight():
    # Group a has scores 0.1 and 0.5, group b 0.3: a photo of 0.4 is beaten by half of a.
    rule = SetRule.of(
        table_of([[0.9, 0.1], [0.5, 0.5], [0.7, 0.3]], [0, 0, 0], groups=["a", "a", "b"]),
        coverage=0.6,
        ordered=False,
        kind="marginal",
    )
    assert rule.p_values(alone([[0.6, 0.4]]))[0, 0] == pytest.approx((1 + 0.5) / 3)


def test_the_same_as_mapie_where_both_apply(drawn_table):
    mapie = pytest.importorskip("mapie.classification")
    from sklearn.base import BaseEstimator, ClassifierMixin

    class Given(ClassifierMixin, BaseEstimator):
        """A classifier that says what it is given."""

        def fit(self, x, y):
            self.classes_ = np.arange(3)
            return self

        def predict_proba(self, x):
            return np.asarray(x)

        def predict(self, x):
            return np.asarray(x).argmax(axis=1)

    table = drawn_table(100, photos_per_group=1, n_members=1)
    new = drawn_table(50, photos_per_group=1, n_members=1, seed=1).probability
    theirs = mapie.SplitConformalClassifier(
        Given().fit(None, None), confidence_level=0.8, conformity_score="lac", prefit=True
    )
    theirs.conformalize(table.probability, table.class_index)
    expected = theirs.predict_set(new)[1][:, :, 0].astype(bool)
    expected[np.arange(50), new.argmax(axis=1)] = True  # we never give an empty set
    rule = SetRule.of(table, coverage=0.8, ordered=False, kind="marginal")
    assert (rule.sets(alone(new)) == expected).all()


@pytest.mark.parametrize("kind", ["class_conditional", "marginal"])
@pytest.mark.parametrize("n_members", [1, 5])
def test_new_groups_are_covered_as_often_as_asked(drawn_table, kind, n_members):
    covered = []
    for seed in range(40):
        table = drawn_table(80, seed=seed, n_members=n_members, photos_per_group=3)
        new = drawn_table(300, seed=1000 + seed, photos_per_group=1, n_members=1)
        said = np.repeat(new.probability[:, None], n_members, axis=1)
        rule = SetRule.of(table, coverage=0.8, ordered=True, kind=kind)
        inside = rule.sets(said)[np.arange(300), new.class_index]
        groups = (
            [inside] if kind == "marginal" else [inside[new.class_index == c] for c in (0, 1, 2)]
        )
        covered.append([group.mean() for group in groups])
    # 40 tables of 80 groups: the mean is known to about 0.01; the likeliest class adds a little.
    assert np.mean(covered, axis=0).min() > 0.78
    assert np.mean(covered, axis=0).max() < 0.93


def test_sets_of_ordered_classes_have_no_holes(drawn_table):
    table, new = drawn_table(60), drawn_table(60, seed=9)
    rule = SetRule.of(table, coverage=0.9, ordered=True, kind="class_conditional")
    inside = rule.sets(np.repeat(new.probability[:, None], 5, axis=1))
    assert not (inside[:, 0] & ~inside[:, 1] & inside[:, 2]).any()
    assert 0 < inside.sum(axis=1).mean() < 3
