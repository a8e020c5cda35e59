"""Intervals of all scores that treat the group (tree, site), not the photo, as the unit.

How they were chosen: docs/decisions/0003-intervals.md; the simulation: benchmarks/intervals.py.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.combined import average_interval, log_loss_interval, rescaled_interval
from arborisk.metrics.jackknife import Spread, jackknife
from arborisk.metrics.proportions import effective_groups, share_interval
from arborisk.metrics.sums import Sums, check_inputs, number_groups, sums_by_group
from arborisk.records import Interval

TOO_FEW = "too few trees for an interval"
NO_SPREAD = "no interval: no group differs from the others"
FEWEST_GROUPS = 15.0
"""Effective groups of a class (of all photos, for accuracy) below which no interval is given.

The rule looks at the truth alone, never at what was predicted: a rule that gave intervals only to
samples with many errors would choose which samples to cover. Source: benchmarks/intervals.py."""
ENOUGH_GROUPS = 25.0
"""Effective groups of a class below which intervals of `HANG_ON_SHARES` are drawn wider.

Samples near `FEWEST_GROUPS` were given an interval because they drew more groups of a rare class
than usual, and these scores move with how common a class is. Source: benchmarks/intervals.py."""
WIDENING = 0.4
"""Factor on the share of intervals that may miss, for the wider ones: 98 % where 95 % is aimed at.
Source: benchmarks/intervals.py at 80 to 150 trees."""
HANG_ON_SHARES = (
    "precision",
    "f1",
    "macro_precision",
    "macro_f1",
    "quadratic",
    "log_loss",
    "brier",
)
"""Beginnings of the names of scores that change with the shares of the classes. Recalls do not;
accuracy does, but no class decides whether it gets an interval."""
FEWEST_SHARE = 0.25
"""Precision and F1 are given at least this share of the effective groups: the photos that count for
them come in groups whose size varies with the outcome, so that all of them would be too many."""

PER_CLASS = ("precision", "recall", "f1")
AVERAGES = {
    "balanced_accuracy": "recall",
    "macro_precision": "precision",
    "macro_recall": "recall",
    "macro_f1": "f1",
}
"""Scores that average a score of the classes."""

Ends = tuple[float, float]


def scores_with_intervals(
    class_index: NDArray[np.int64],
    probability: NDArray[np.float64],
    groups: Sequence[str],
    *,
    class_names: Sequence[str],
    ordered: bool,
    level: float = 0.95,
) -> dict[str, Interval]:
    """All scores, each with an interval over groups.

    Args:
        class_index: True class per photo, shape (n_photos,).
        probability: Class probabilities, rows sum to 1, shape (n_photos, n_classes).
        groups: Group name per photo: photos of one group are not independent.
        class_names: Names of the classes in class order.
        ordered: Whether the order of the classes means something; adds weighted kappa.
        level: Coverage aimed at, in (0, 1).

    Returns:
        One interval a score, names as in `arborisk.metrics.scores.scores`. Where no honest interval
        exists the value is kept, the ends are None, and the note says why: `TOO_FEW` below
        `FEWEST_GROUPS` effective groups of the class (of the rarest class, for scores of all
        classes), or `NO_SPREAD` for log-loss or kappa that no group moves. What an interval leaves
        out: the models are taken as they are, see docs/decisions/0003-intervals.md.

    Raises:
        ArboriskError: Truth and probabilities do not belong together.
    """
    probability = np.asarray(probability, dtype=np.float64)
    check_inputs(class_index, probability, len(class_names))
    by_group = sums_by_group(class_index, probability, number_groups(groups))
    spreads = jackknife(by_group, class_names=class_names, ordered=ordered)
    usual = _all_ends(by_group, spreads, class_names, level)
    wider = _all_ends(by_group, spreads, class_names, 1 - WIDENING * (1 - level))
    number = _deciding_groups(by_group.confusion.sum(axis=2), spreads, class_names)
    found = {}
    for name, spread in spreads.items():
        few, enough = number[name] < ENOUGH_GROUPS, number[name] >= FEWEST_GROUPS
        ends = wider if few and name.startswith(HANG_ON_SHARES) else usual
        both = ends[name] if enough else None
        low, high = both or (None, None)
        note = "" if both else (NO_SPREAD if enough else TOO_FEW)
        found[name] = Interval(spread.value, low, high, level, note)
    return found


def _deciding_groups(
    true: NDArray[np.float64], spreads: dict[str, Spread], class_names: Sequence[str]
) -> dict[str, float]:
    """Effective groups that decide on the interval of each score.

    Args:
        true: Photos of each group by true class, shape (n_groups, n_classes).
        spreads: By name of the score.
        class_names: Names of the classes in class order.
    """
    overall = effective_groups(true.sum(axis=1))
    of_class = [min(overall, effective_groups(column)) for column in true.T]
    number = dict.fromkeys(spreads, min(of_class))
    number["accuracy"] = overall
    for name, own in zip(class_names, of_class, strict=True):
        number |= {f"{kind}_{name}": own for kind in PER_CLASS}
    return number


def _all_ends(
    by_group: Sums, spreads: dict[str, Spread], class_names: Sequence[str], level: float
) -> dict[str, Ends | None]:
    """Ends for all scores at one level, whatever the number of groups."""
    of_class = _class_ends(by_group, spreads, class_names, level)
    return of_class | _overall_ends(by_group, spreads, of_class, class_names, level)


def _class_ends(
    by_group: Sums, spreads: dict[str, Spread], class_names: Sequence[str], level: float
) -> dict[str, Ends | None]:
    """Ends for the scores of each class."""
    true, predicted = by_group.confusion.sum(axis=2), by_group.confusion.sum(axis=1)
    found: dict[str, Ends | None] = {}
    for index, name in enumerate(class_names):
        # What the score is a share of, and the least share of its groups that are independent.
        basis = {
            "precision": (predicted[:, index], FEWEST_SHARE),
            "recall": (true[:, index], 1.0),
            "f1": (true[:, index] + predicted[:, index], FEWEST_SHARE),
        }
        for kind, (photos, share) in basis.items():
            number = effective_groups(photos)
            found[f"{kind}_{name}"] = (
                share_interval(
                    spreads[f"{kind}_{name}"],
                    n_if_certain=number,
                    n_fewest=share * number,
                    n_most=float(photos.sum()),
                    level=level,
                )
                if number
                else None
            )
    return found


def _overall_ends(
    by_group: Sums,
    spreads: dict[str, Spread],
    of_class: dict[str, Ends | None],
    class_names: Sequence[str],
    level: float,
) -> dict[str, Ends | None]:
    """Ends for the scores of all classes together."""
    photos = by_group.confusion.sum(axis=(1, 2))
    number = effective_groups(photos)
    found: dict[str, Ends | None] = {
        "accuracy": share_interval(
            spreads["accuracy"],
            n_if_certain=number,
            n_fewest=number,
            n_most=float(photos.sum()),
            level=level,
        ),
        "brier": rescaled_interval(
            spreads["brier"], lowest=0.0, highest=2.0, n_if_certain=number, level=level
        ),
    }
    for name, kind in AVERAGES.items():
        keys = [f"{kind}_{own}" for own in class_names]
        # A class that is never predicted says nothing on its precision: anything from 0 to 1.
        ends = [of_class[key] or (0.0, 1.0) for key in keys]
        found[name] = average_interval([spreads[key] for key in keys], ends)
    loss = spreads["log_loss"]
    found["log_loss"] = log_loss_interval(loss, level=level) if loss.variance else None
    kappa = spreads.get("quadratic_weighted_kappa")
    if kappa:
        found["quadratic_weighted_kappa"] = (
            rescaled_interval(kappa, lowest=-1.0, highest=1.0, n_if_certain=1.0, level=level)
            if kappa.variance
            else None
        )
    return found
