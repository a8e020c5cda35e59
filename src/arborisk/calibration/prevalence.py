"""How common the classes are where a model is used: as a person states it, or as photos suggest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.calibration.fitting import fit_map
from arborisk.calibration.maps import CalibrationMap, shift_prior
from arborisk.calibration.table import CalibrationTable
from arborisk.metrics.sums import number_groups
from arborisk.records import Interval

MOST_ROUNDS = 1000
CLOSE_ENOUGH = 1e-7
FEWEST_GROUPS = 30
"""New groups below which no interval of an estimate is given."""


def estimate_shares(
    probability: NDArray[np.float64], source: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Class shares under which calibrated probabilities agree with themselves, shape (k,).

    Args:
        probability: Of unlabelled photos, calibrated to the shares `source`, shape (n, k).
        source: Share of each class behind them, above 0, shape (k,).

    Source: the EM algorithm of Saerens, Latinne and Decaestecker (2002), Neural Computation 14,
    21-41; with calibrated probabilities the best of its kind in Alexandari, Kundaje and Shrikumar
    (2020), ICML.
    """
    shares = source.copy()
    for _ in range(MOST_ROUNDS):
        new = shift_prior(probability, source, shares).mean(axis=0)
        if np.abs(new - shares).max() < CLOSE_ENOUGH:
            return np.asarray(new)
        shares = new
    return shares


def estimate_prevalence(
    table: CalibrationTable,
    calibration: CalibrationMap,
    log_probability: NDArray[np.float64],
    groups: Sequence[str],
    *,
    prior_log: NDArray[np.float64],
    level: float = 0.95,
    n_samples: int = 200,
    seed: int = 0,
) -> list[Interval]:
    """Share of each class among unlabelled photos, each with an interval.

    The interval redraws both the groups that calibrated the model and the new ones, and fits the
    map anew each time. It takes for granted that trees of a class look the same in both places.

    Args:
        table: What was said of photos held back.
        calibration: The map in use.
        log_probability: What each member says of the new photos, shape (n, n_members, k).
        groups: Group (tree, street) of each new photo, length n.
        prior_log: See `arborisk.calibration.fitting.fit_map`.
        level: Coverage aimed at, in (0, 1).
        n_samples: Redraws.
        seed: Of the redraws.

    Returns:
        One a class, in class order; without ends below `FEWEST_GROUPS` new groups.
    """
    number = number_groups(groups)
    value = _shares(table, calibration, log_probability)
    if number.max() + 1 < FEWEST_GROUPS:
        note = f"no interval: fewer than {FEWEST_GROUPS} groups of photos"
        return [Interval(float(share), None, None, level, note) for share in value]
    generator = np.random.default_rng(seed)
    drawn = np.empty((n_samples, len(value)))
    old_rows, new_rows = _rows_by_group(table.group), _rows_by_group(number)
    for sample in range(n_samples):
        again = table.rows(_redraw(old_rows, generator))
        if min(np.bincount(again.class_index, minlength=len(value))) == 0:
            drawn[sample] = np.nan  # a class that was not drawn: no map, no shares
            continue
        fitted = fit_map(again, calibration.method, prior_log)
        drawn[sample] = _shares(again, fitted, log_probability[_redraw(new_rows, generator)])
    tail = (1 - level) / 2
    low, high = np.nanquantile(drawn, [tail, 1 - tail], axis=0)
    return [
        Interval(float(share), float(min(share, lower)), float(max(share, upper)), level)
        for share, lower, upper in zip(value, low, high, strict=True)
    ]


def class_shares(table: CalibrationTable) -> NDArray[np.float64]:
    """Share of each class among the rows, never 0, shape (k,)."""
    counts = np.bincount(table.class_index, minlength=table.n_classes)
    return np.asarray(np.maximum(counts, 0.5) / np.maximum(counts, 0.5).sum())


def _shares(
    table: CalibrationTable, calibration: CalibrationMap, log_probability: NDArray[np.float64]
) -> NDArray[np.float64]:
    said = calibration.apply(log_probability).mean(axis=1)
    return estimate_shares(said, class_shares(table))


def _rows_by_group(group: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order])) + 1
    return [np.asarray(rows) for rows in np.split(order, starts)]


def _redraw(rows: list[NDArray[np.int64]], generator: np.random.Generator) -> NDArray[np.int64]:
    """Rows of as many groups as there are, drawn with replacement."""
    return np.concatenate([rows[one] for one in generator.integers(len(rows), size=len(rows))])
