"""Settings compared by their scores in the folds of one split."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from arborisk.errors import Remedy, SettingsError, option
from arborisk.evaluation.fold_scores import (
    FoldRow,
    FoldScores,
    changed_along,
    check_one_setting,
    natural_order,
    setting_columns,
    unlike_folds,
)
from arborisk.metrics.paired_tests import corrected_resampled_test, holm, welch_p
from arborisk.wording.counts import counted

EVERYTHING = "all"
"""Name of the one stratum where none is asked for."""
Settings = Mapping[str, Sequence[FoldRow]]
"""Rows of each value of the factor."""


@dataclass(frozen=True, slots=True)
class FoldComparison:
    """Two values of a factor compared in one metric.

    Attributes:
        within: Value of the columns compared within, or `EVERYTHING`.
        a: First value of the factor, in numeric or natural order.
        b: Second value.
        metric: Name of the metric.
        mean_a: Its mean over the folds that both have.
        mean_b: Likewise.
        welch_p: Of `arborisk.metrics.paired_tests.welch_p`: too sure of itself.
        corrected_p: Of `arborisk.metrics.paired_tests.corrected_resampled_test`.
        holm_p: ``corrected_p`` after Holm's correction over all comparisons of the metric.
        difference: ``mean_b - mean_a``: what b has more than a.
        low: Lower end of its interval, of the corrected test.
        high: Upper end.

    What is not defined is None.
    """

    within: str
    a: str
    b: str
    metric: str
    mean_a: float | None
    mean_b: float | None
    welch_p: float | None
    corrected_p: float | None
    holm_p: float | None
    difference: float | None
    low: float | None
    high: float | None

    def as_json(self) -> dict[str, Any]:
        """The comparison under the names of its attributes, in their order."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class FoldComparisons:
    """All comparisons of a table, and what a reader must know of them.

    Attributes:
        rows: Comparisons by stratum, pair of values and metric.
        notes: A sentence each: folds left out, settings that change along, scores without spread.
        factor: Column compared.
        level: Coverage aimed at by the intervals; 1 - level is the level of the tests.
    """

    rows: tuple[FoldComparison, ...]
    notes: tuple[str, ...]
    factor: str
    level: float


def compare_folds(
    table: FoldScores,
    *,
    factor: str,
    metrics: Sequence[str],
    within: Sequence[str] = (),
    ignore: Sequence[str] = (),
    level: float = 0.95,
    test_share: float | None = None,
) -> FoldComparisons:
    """Compares each pair of values of a factor, within each stratum, in each metric.

    Folds are paired by their name and repeat; what only one of two settings has is left out.

    Args:
        table: Scores of folds.
        factor: Column whose values are compared.
        metrics: Columns of scores.
        within: Columns that are held fixed: a stratum for each of their values.
        ignore: Columns that say nothing on what was run.
        level: Coverage aimed at by the intervals, in (0, 1).
        test_share: Share of the photos in each test part; from n_test and n_train, or from the
            number of folds, where it is None.

    Returns:
        The comparisons. P values after Holm's correction take all comparisons of a metric, over
        all strata and pairs, as one family.

    Raises:
        SettingsError: Nothing to compare; rows of different settings would be averaged; fewer than
            two folds in common; too little known on the size of the test parts.
    """
    others = setting_columns(table, {factor, *within, *metrics, *ignore})
    rows: list[FoldComparison] = []
    notes: list[str] = []
    for stratum, settings in _strata(table.rows, factor, within).items():
        if len(settings) < 2:
            only = next(iter(settings))
            notes.append(f"{stratum}: only {factor} {only}, nothing to compare it with.")
            continue
        for value, of_value in settings.items():
            check_one_setting(of_value, others, f"{stratum}, {factor} {value}", table)
        notes += changed_along(settings, others, factor)
        n_folds = len({row.text["fold"] for of_value in settings.values() for row in of_value})
        for a, b in combinations(settings, 2):
            pair = _paired(settings, a, b, f"{stratum}, {factor} {a} and {b}", notes)
            ratio = _test_to_train(pair, test_share, n_folds, table)
            found = [
                _compare(stratum, a, b, metric, pair, ratio, level, notes) for metric in metrics
            ]
            same = [row.metric for row in found if row.corrected_p is not None and row.low is None]
            if same:
                notes.append(f"{stratum}, {a} and {b}: the same {', '.join(same)} in every fold.")
            rows += found
    if not rows:
        raise SettingsError(
            f"two values of {factor!r} to compare",
            "; ".join(note.removesuffix(".") for note in notes) or "none",
            str(table.path),
            Remedy(
                "Choose another {}, or fewer columns for {}.",
                option("--factor", "compare"),
                option("--within", "compare"),
            ),
        )
    return FoldComparisons(
        _with_holm(rows, metrics), tuple(dict.fromkeys(notes)), factor=factor, level=level
    )


def _strata(
    rows: Sequence[FoldRow], factor: str, within: Sequence[str]
) -> dict[str, dict[str, list[FoldRow]]]:
    """Rows by stratum and value of the factor, both in numeric or natural order."""
    place = {
        name: {
            value: index
            for index, value in enumerate(natural_order(row.text[name] for row in rows))
        }
        for name in (*within, factor)
    }
    ordered = sorted(rows, key=lambda row: [place[name][row.text[name]] for name in place])
    strata: dict[str, dict[str, list[FoldRow]]] = {}
    for row in ordered:
        stratum = ", ".join(row.text[name] for name in within) or EVERYTHING
        strata.setdefault(stratum, {}).setdefault(row.text[factor], []).append(row)
    return strata


def _paired(
    settings: Settings, a: str, b: str, where: str, notes: list[str]
) -> list[tuple[FoldRow, FoldRow]]:
    """Rows of the folds that both values have."""
    first = {row.key: row for row in settings[a]}
    second = {row.key: row for row in settings[b]}
    common = [key for key in first if key in second]
    if len(common) < 2:
        raise SettingsError(
            "at least two folds that both have, by the columns repeat and fold",
            f"{len(common)}",
            where,
            Remedy(
                "Compare settings that were run on the same folds; leave others out with {}, or "
                "compare the run folders themselves.",
                option("--where", "compare"),
            ),
        )
    left_out = len(first) + len(second) - 2 * len(common)
    if left_out:
        notes.append(
            f"{where}: {left_out} folds that only one of them has are left out of all figures."
        )
    pair = [(first[key], second[key]) for key in common]
    notes += unlike_folds(pair, where)
    return pair


def _test_to_train(
    pair: Sequence[tuple[FoldRow, FoldRow]],
    test_share: float | None,
    n_folds: int,
    table: FoldScores,
) -> float:
    """Photos tested by photos trained on: as told, as counted, or 1 / (K - 1) of K folds."""
    if test_share is not None:
        return test_share / (1 - test_share)
    rows = [row for both in pair for row in both]
    tested, trained = sum(row.n_test for row in rows), sum(row.n_train for row in rows)
    if math.isfinite(tested) and math.isfinite(trained):
        return tested / trained
    if n_folds < 2:
        raise SettingsError(
            "columns n_test and n_train, or several folds",
            "one fold (of several repeats) without them",
            str(table.path),
            Remedy(
                "Say which share of the photos was tested, for example {}.",
                option("--test-share 0.2", "compare"),
            ),
        )
    return 1 / (n_folds - 1)


def _compare(
    within: str,
    a: str,
    b: str,
    metric: str,
    pair: Sequence[tuple[FoldRow, FoldRow]],
    ratio: float,
    level: float,
    notes: list[str],
) -> FoldComparison:
    """One comparison, before Holm's correction."""
    both = np.array([[one.scores[metric], other.scores[metric]] for one, other in pair])
    known = ~np.isnan(both).any(axis=1)
    where = f"{within}, {a} and {b}, {metric}"
    if not known.all():
        notes.append(f"{where}: {counted(int((~known).sum()), 'fold')} without a score left out.")
    nothing = FoldComparison(within, a, b, metric, *[None] * 8)
    if known.sum() < 2:
        notes.append(f"{where}: fewer than two folds with scores, so nothing is said.")
        return nothing
    first, second = both[known].T
    found = corrected_resampled_test(first, second, test_to_train=ratio, level=level)
    if found.p is None:
        notes.append(
            f"{where}: the difference is the same in every fold, so there is no spread to judge it "
            "by and no p value."
        )
    return replace(
        nothing,
        mean_a=float(first.mean()),
        mean_b=float(second.mean()),
        welch_p=welch_p(first, second),
        corrected_p=found.p,
        difference=found.value,
        low=found.low,
        high=found.high,
    )


def _with_holm(
    rows: Sequence[FoldComparison], metrics: Sequence[str]
) -> tuple[FoldComparison, ...]:
    """The comparisons with Holm's correction, each metric a family."""
    done = list(rows)
    for metric in metrics:
        places = [place for place, row in enumerate(rows) if row.metric == metric]
        corrected = holm([rows[place].corrected_p for place in places])
        for place, p in zip(places, corrected, strict=True):
            done[place] = replace(rows[place], holm_p=p)
    return tuple(done)
