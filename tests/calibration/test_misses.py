"""Few are missed, or it is refused."""

import numpy as np
import pytest

from arborisk.calibration.misses import (
    MissRule,
    MissRuleRefused,
    drawn_scores,
    find_miss_rule,
    referral_scores,
    tree_scores,
)
from arborisk.calibration.table import CalibrationTable


def table_of(scores, truth, groups=None, trees=None):
    scores = np.asarray(scores, dtype=float)
    n = len(scores)
    return CalibrationTable.of(
        probability=np.column_stack([1 - scores, scores]),
        class_index=np.asarray(truth),
        rounds=["only"] * n,
        groups=groups or [str(number) for number in range(n)],
        trees=trees or [""] * n,
    )


def rule_of(table, miss_rate=0.05, confidence=0.95):
    return find_miss_rule(table, 1, miss_rate=miss_rate, confidence=confidence, ordered=True)


def test_56_probable_trees_are_too_few_and_59_are_enough():
    refused = rule_of(table_of(np.linspace(0.5, 1, 56), [1] * 56))
    assert isinstance(refused, MissRuleRefused)
    assert refused.sentence("Probable", "trees") == (
        "At most 5 % of trees with Probable missed cannot be promised with 95 % confidence: 56 "
        "trees with Probable were held back, and at least 59 are needed, none of them missed."
    )
    rule = rule_of(table_of(np.linspace(0.5, 1, 59), [1] * 59))
    assert isinstance(rule, MissRule)
    assert (rule.n_missed, rule.n_allowed) == (0, 0)
    assert rule.threshold == pytest.approx(0.5, abs=1e-5)


def test_the_threshold_misses_as_many_as_may_be_missed():
    rule = rule_of(table_of(np.linspace(0.01, 1, 93), [1] * 93))
    assert rule.n_missed == rule.n_allowed == 1
    assert rule.refers(np.array([rule.threshold - 0.001, rule.threshold])).tolist() == [False, True]


def test_a_score_that_was_rounded_down_is_still_referred():
    """Probabilities are kept with six decimals; the tree that made the threshold must be sent."""
    exact = np.linspace(0.5000004, 1, 59)
    rule = rule_of(table_of(exact, [1] * 59))
    assert rule.threshold < round(exact[0], 6) < exact[0]
    assert rule.refers(np.round(exact, 6)).all()


def test_of_each_group_one_photo_counts_and_a_tree_is_seen_in_its_highest():
    scores = [0.2, 0.7, 0.4, 0.9]
    table = table_of(scores, [1, 1, 1, 0], ["a", "a", "a", "b"], ["x", "x", "y", "z"])
    score, is_so, group = tree_scores(table, 1, ordered=True)
    assert sorted(zip(score.tolist(), is_so.tolist(), group.tolist(), strict=True)) == [
        (0.4, True, 0),
        (pytest.approx(0.7), True, 0),
        (pytest.approx(0.9), False, 1),
    ]
    rule = rule_of(table, miss_rate=0.5, confidence=0.5)
    assert rule.n_groups == 1
    assert min(abs(rule.threshold - score) for score in (0.2, 0.7, 0.4)) < 1e-5


def test_any_worried_member_refers():
    said = np.array([[[0.9, 0.1], [0.4, 0.6]]])
    assert referral_scores(said, 1, ordered=True) == pytest.approx([0.6])


@pytest.mark.parametrize("photos_held_back", [1, 4])
def test_new_trees_of_one_photo_are_missed_no_more_often_than_promised(
    drawn_table, photos_held_back
):
    """With 90 % confidence, at most 1 in 10: of 150 tables at most about 15 may break it.

    Trees held back with four photos must not promise for trees with one.
    """
    broken = 0
    for seed in range(150):
        table = drawn_table(
            150, seed=seed, shares=(0.5, 0.5), n_members=1, photos_per_group=photos_held_back
        )
        rule = rule_of(table, miss_rate=0.1, confidence=0.9)
        new = drawn_table(
            1500, seed=5000 + seed, shares=(0.5, 0.5), n_members=1, photos_per_group=1
        )
        score, is_so, _ = tree_scores(new, 1, ordered=True)
        broken += float((~rule.refers(score[is_so])).mean()) > 0.1
    assert broken <= 26  # 15 expected at most; standard error 3.7
    assert broken >= 3  # the promise wastes little


def test_the_lot_gives_each_tree_of_a_group_and_each_photo_its_chance():
    # Group a: tree x with four photos at 0.1, tree y with one at 0.9. By photos x would win 4 in 5.
    n = 4000
    table = table_of(
        [0.1, 0.1, 0.1, 0.1, 0.9] * n,
        [1] * (5 * n),
        [f"group {number // 5}" for number in range(5 * n)],
        [f"{number // 5} {'x' if number % 5 < 4 else 'y'}" for number in range(5 * n)],
    )
    drawn = drawn_scores(table, 1, ordered=True)
    assert len(drawn) == n
    assert (drawn > 0.5).mean() == pytest.approx(0.5, abs=0.04)


def test_without_an_order_the_class_alone_counts_and_with_one_the_likelier_as_well(drawn_table):
    table = drawn_table(60)
    of_group = np.zeros(60, dtype=np.int64)
    of_group[table.group] = table.class_index
    for ordered, wanted in ((False, of_group == 1), (True, of_group >= 1)):
        _, is_so, group = tree_scores(table, 1, ordered=ordered)
        assert is_so.tolist() == wanted[group].tolist()
        once = drawn_scores(table, 1, ordered=ordered)
        assert len(once) == wanted.sum()
        assert once.tolist() == drawn_scores(table, 1, ordered=ordered).tolist()
