"""How common the classes are where a model is used: as a person states it, or as photos suggest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.calibration.fitting import fit_map
from arborisk.calibration.table import CalibrationMap, CalibrationTable, Method, shift_prior
from arborisk.errors import SettingsError
from arborisk.metrics.drawn import drawn_quantiles
from arborisk.metrics.fewest import FEWEST
from arborisk.metrics.scores import number_groups
from arborisk.records import Interval
from arborisk.wording.counts import agreeing, counted

MOST_ROUNDS = 1000
CLOSE_ENOUGH = 1e-6
FEWEST_GROUPS = FEWEST["new groups for a prevalence"]
"""New groups below which no interval of an estimate is given."""
FEWEST_OF_CLASS = FEWEST["groups of the rarest class for a prevalence"]
"""Groups of the rarest class held back below which nothing is estimated: probabilities are not
calibrated well enough, and the estimate runs away. Source: benchmarks/guarantees.py."""
ENOUGH_OF_CLASS = FEWEST["groups of the rarest class for its interval"]
"""Groups of the rarest class below which an estimate has no interval: redraws repeat an error that
the map makes. Source: benchmarks/guarantees.py."""
WIDENING = 1.6
"""Factor on the reach of the interval: redraws keep the networks and the method of the map as they
are, and alone held the truth in 82 to 88 % where 95 % was asked (benchmarks/guarantees.py)."""
MOST_REDRAWN = 5_000
"""New photos in each redraw; of more a part is drawn, which widens the interval."""


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
    source: NDArray[np.float64],
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
        source: Share of each class behind the calibrated probabilities, see `source_shares`.
        level: Coverage aimed at, in (0, 1).
        n_samples: Redraws.
        seed: Of the redraws.

    Returns:
        One a class, in class order; without ends below `FEWEST_GROUPS` new groups or
        `ENOUGH_OF_CLASS` groups of the rarest class held back.

    Raises:
        SettingsError: Fewer than `FEWEST_OF_CLASS` groups of a class were held back.
    """
    refuse_estimate(table)
    number, fewest = number_groups(groups), min(table.groups_of_class())
    value = _shares(source, calibration, log_probability)
    note = ""
    if number.max() + 1 < FEWEST_GROUPS:
        note = f"no interval: fewer than {FEWEST_GROUPS} groups of photos"
    elif fewest < ENOUGH_OF_CLASS:
        note = (
            f"no interval: {counted(fewest, 'group')} of the rarest class "
            f"{agreeing(fewest, 'was')} held back, and {ENOUGH_OF_CLASS} are needed"
        )
    if note:
        return [Interval(float(share), None, None, level, note) for share in value]
    generator = np.random.default_rng(seed)
    drawn = np.empty((n_samples, len(value)))
    old_rows, new_rows = _rows_by_group(table.group), _rows_by_group(number)
    for sample in range(n_samples):
        again = table.rows(_redraw(old_rows, generator))
        fitted = fit_map(again, calibration.method, prior_log)
        behind = source_shares(fitted.method, again, source)
        new = _redraw(new_rows, generator)[:MOST_REDRAWN]
        drawn[sample] = _shares(behind, fitted, log_probability[new])
    tail = (1 - level) / 2
    (low, high), errors = drawn_quantiles(drawn.T, (tail, 1 - tail))
    low = np.clip(value - WIDENING * np.maximum(value - low, 0), 0, 1)
    high = np.clip(value + WIDENING * np.maximum(high - value, 0), 0, 1)
    return [
        Interval(
            float(share),
            float(low[index]),
            float(high[index]),
            level,
            errors=(WIDENING * float(errors[0][index]), WIDENING * float(errors[1][index])),
        )
        for index, share in enumerate(value)
    ]


def refuse_estimate(table: CalibrationTable) -> None:
    """Refuses to estimate where too few groups of a class were held back.

    Raises:
        SettingsError: Fewer than `FEWEST_OF_CLASS` of them.
    """
    fewest = min(table.groups_of_class())
    if fewest < FEWEST_OF_CLASS:
        raise SettingsError(
            f"at least {FEWEST_OF_CLASS} groups of each class held back",
            f"{fewest} of the rarest",
            "--prevalence estimate",
            "State the shares instead, or train with more trees of that class.",
        )


def class_shares(table: CalibrationTable) -> NDArray[np.float64]:
    """Share of each class among the rows, never 0, shape (k,)."""
    counts = np.bincount(table.class_index, minlength=table.n_classes)
    return np.asarray(np.maximum(counts, 0.5) / np.maximum(counts, 0.5).sum())


def source_shares(
    method: Method, table: CalibrationTable, training: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Share of each class that calibrated probabilities take for granted, shape (k,).

    A map with a bias for each class has learnt the shares of the photos that it was fitted on; one
    without leaves those of training.

    Args:
        method: Method of the map.
        table: What it was fitted on.
        training: Shares of the photos of training, shape (k,).
    """
    return class_shares(table) if method in ("bias", "matrix") else np.maximum(training, 1e-6)


def _shares(
    source: NDArray[np.float64],
    calibration: CalibrationMap,
    log_probability: NDArray[np.float64],
) -> NDArray[np.float64]:
    return estimate_shares(calibration.apply(log_probability).mean(axis=1), source)


def _rows_by_group(group: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order])) + 1
    return [np.asarray(rows) for rows in np.split(order, starts)]


def _redraw(rows: list[NDArray[np.int64]], generator: np.random.Generator) -> NDArray[np.int64]:
    """Rows of as many groups as there are, drawn with replacement."""
    return np.concatenate([rows[one] for one in generator.integers(len(rows), size=len(rows))])
