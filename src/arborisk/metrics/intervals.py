"""Intervals of all scores that treat the group (tree, site), not the photo, as the unit.

How they were chosen: docs/decisions/0003-intervals.md; the simulation: benchmarks/promises.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.combined import Ends, average_ends, kappa_ends, log_loss_ends, rescaled_ends
from arborisk.metrics.enough import FEWEST_GROUPS, groups_of_classes, is_enough, tails
from arborisk.metrics.jackknife import Floats, Spreads, jackknife
from arborisk.metrics.proportions import exact_ends
from arborisk.metrics.sums import Sums, check_inputs, number_groups, sums_by_group
from arborisk.metrics.unequal import independent_photos
from arborisk.records import Interval

__all__ = ["FEWEST_GROUPS", "NO_SPREAD", "TOO_FEW", "interval_ends", "scores_with_intervals"]

TOO_FEW = "too few trees for an interval"
NO_SPREAD = "no interval: no group differs from the others"

PER_CLASS = ("precision", "recall", "f1")
AVERAGES = {
    "balanced_accuracy": "recall",
    "macro_precision": "precision",
    "macro_recall": "recall",
    "macro_f1": "f1",
}
"""Scores that average a score of the classes."""
KAPPA = "quadratic_weighted_kappa"


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
        exists the value is kept, the ends are None, and the note says why: `TOO_FEW` where a class
        (the rarest class, for scores of all classes; all photos, for accuracy) has too few groups,
        see `arborisk.metrics.enough`, or `NO_SPREAD` for log-loss or kappa that no group moves and
        the precision of a class that is never predicted. What an interval leaves out: the models
        are taken as they are, see docs/decisions/0003-intervals.md.

    Raises:
        ArboriskError: Truth and probabilities do not belong together.
    """
    probability = np.asarray(probability, dtype=np.float64)
    check_inputs(class_index, probability, len(class_names))
    by_group = sums_by_group(class_index, probability, number_groups(groups))
    one = Sums(by_group.confusion[None], by_group.log_loss[None], by_group.brier[None])
    found = {}
    for name, many in interval_ends(
        one, class_names=class_names, ordered=ordered, level=level
    ).items():
        value, enough = float(many.value[0]), bool(many.enough[0])
        low, high = float(many.low[0]), float(many.high[0])
        if enough and not np.isnan(low):
            found[name] = Interval(value, low, high, level)
        else:
            found[name] = Interval(value, None, None, level, NO_SPREAD if enough else TOO_FEW)
    return found


@dataclass(frozen=True, slots=True)
class ManyEnds:
    """Intervals of one score in many samples, shape (n_samples,) each.

    Attributes:
        value: The score.
        low: Lower ends; NaN where there is none.
        high: Upper ends; NaN where there is none.
        enough: Whether there are enough groups; where not, no interval is given.
    """

    value: Floats
    low: Floats
    high: Floats
    enough: NDArray[np.bool_]


def interval_ends(
    by_group: Sums, *, class_names: Sequence[str], ordered: bool, level: float
) -> dict[str, ManyEnds]:
    """Intervals of all scores in many samples of as many groups at once.

    Args:
        by_group: Sums of each group of each sample, shape (n_samples, n_groups, ...).
        class_names: Names of the classes in class order.
        ordered: Whether the order of the classes means something.
        level: Coverage aimed at, in (0, 1).

    Returns:
        By name of the score.
    """
    spreads = jackknife(by_group, class_names=class_names, ordered=ordered)
    true = by_group.confusion.sum(axis=-1)
    photos = true.sum(axis=-1)
    of_class = groups_of_classes(true)
    rarest = of_class.min(axis=-1)
    groups = np.asarray((photos > 0).sum(axis=-1), dtype=np.float64)
    ends: dict[str, Ends] = {}
    deciding = dict.fromkeys(spreads, rarest) | {"accuracy": groups}
    for index, name in enumerate(class_names):
        own = of_class[..., index]
        deciding |= {f"{kind}_{name}": own for kind in PER_CLASS}
        ends |= _class_ends(by_group, spreads, index, name, tails(own, level))
    tail = tails(rarest, level)
    right = np.trace(by_group.confusion, axis1=-2, axis2=-1)
    always = np.full(len(groups), (1 - level) / 2)
    ends["accuracy"] = _share_ends(spreads["accuracy"], right, photos, always)
    ends["brier"] = rescaled_ends(spreads["brier"], photos, lowest=0.0, highest=2.0, tail=tail)
    ends["log_loss"] = log_loss_ends(spreads["log_loss"], photos, tail=tail)
    if KAPPA in spreads:
        ends[KAPPA] = kappa_ends(spreads[KAPPA], by_group.confusion, tail=tail)
    wide: dict[str, Ends] = {}
    for index, name in enumerate(class_names):
        wide |= _class_ends(by_group, spreads, index, name, tail)
    for name, kind in AVERAGES.items():
        keys = [f"{kind}_{one}" for one in class_names]
        # A class that is never predicted says nothing on its precision: anything from 0 to 1.
        both = [(np.nan_to_num(wide[key][0], nan=0.0), wide[key][1]) for key in keys]
        both = [(low, np.nan_to_num(high, nan=1.0)) for low, high in both]
        ends[name] = average_ends([spreads[key] for key in keys], both)
    return {
        name: ManyEnds(one.value, *ends[name], is_enough(deciding[name], photos))
        for name, one in spreads.items()
    }


def _class_ends(
    by_group: Sums, spreads: dict[str, Spreads], index: int, name: str, tail: Floats
) -> dict[str, Ends]:
    """Ends for the scores of one class."""
    right = by_group.confusion[..., index, index]
    true = by_group.confusion[..., index, :].sum(axis=-1)
    predicted = by_group.confusion[..., :, index].sum(axis=-1)
    return {
        f"{kind}_{name}": _share_ends(spreads[f"{kind}_{name}"], above, below, tail)
        for kind, above, below in (
            ("precision", right, predicted),
            ("recall", right, true),
            ("f1", 2 * right, true + predicted),
        )
    }


def _share_ends(spreads: Spreads, right: Floats, photos: Floats, tail: Floats) -> Ends:
    """Ends for a share of photos; NaN where there are none to be a share of."""
    number = independent_photos(spreads, right, photos, tail)
    low, high = exact_ends(np.clip(spreads.value, 0.0, 1.0), number, tail)
    has = photos.sum(axis=-1) > 0
    return np.where(has, low, np.nan), np.where(has, high, np.nan)
