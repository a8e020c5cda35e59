"""Difference between two models on the same photos, with groups as the unit."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.intervals import NO_SPREAD, TOO_FEW, enough_groups
from arborisk.metrics.jackknife import spread_of
from arborisk.metrics.scores import score_table
from arborisk.metrics.sums import check_inputs, number_groups, sums_by_group
from arborisk.records import Interval


def paired_differences(
    class_index: NDArray[np.int64],
    ours: Sequence[NDArray[np.float64]],
    theirs: Sequence[NDArray[np.float64]],
    groups: Sequence[str],
    *,
    class_names: Sequence[str],
    ordered: bool,
    level: float = 0.95,
) -> dict[str, Interval]:
    """Score of our predictions minus that of theirs, averaged over repeats of the experiment.

    A repeat is a split seed: each gives one out-of-fold prediction of every photo. The interval is
    the t interval of the jackknife over groups, which go missing from all repeats at once: it
    tells what other trees would give, with this number of repeats.

    Args:
        class_index: True class per photo, shape (n_photos,).
        ours: Class probabilities, one array of shape (n_photos, n_classes) a repeat.
        theirs: The same for the model compared with.
        groups: Group name per photo.
        class_names: Names of the classes in class order.
        ordered: Whether the order of the classes means something.
        level: Coverage aimed at, in (0, 1).

    Returns:
        Difference and interval by score; ends are None as in
        `arborisk.metrics.intervals.scores_with_intervals`.

    Raises:
        ArboriskError: Truth and probabilities do not belong together.
    """
    from scipy import special

    number = number_groups(groups)
    our_table, their_table = (
        _mean_table(class_index, repeats, number, class_names=class_names, ordered=ordered)
        for repeats in (ours, theirs)
    )
    true = np.zeros((int(number.max()) + 1, len(class_names)))
    np.add.at(true, (number, class_index), 1.0)
    enough = enough_groups(true, our_table, class_names)
    found = {}
    for name, values in our_table.items():
        difference = values - their_table[name]
        spread = spread_of(float(difference[0]), difference[1:])
        if not enough[name] or not spread.variance:
            note = NO_SPREAD if enough[name] else TOO_FEW
            found[name] = Interval(spread.value, None, None, level, note)
            continue
        reach = float(special.stdtrit(spread.freedom, (1 + level) / 2)) * math.sqrt(spread.variance)
        found[name] = Interval(spread.value, spread.value - reach, spread.value + reach, level)
    return found


def _mean_table(
    class_index: NDArray[np.int64],
    repeats: Sequence[NDArray[np.float64]],
    number: NDArray[np.int64],
    *,
    class_names: Sequence[str],
    ordered: bool,
) -> dict[str, NDArray[np.float64]]:
    """Scores averaged over repeats: of all photos first, then without each group in turn.

    Returns:
        Per score an array of shape (1 + n_groups,).
    """
    found = []
    for repeat in repeats:
        probability = np.asarray(repeat, dtype=np.float64)
        check_inputs(class_index, probability, len(class_names))
        by_group = sums_by_group(class_index, probability, number)
        total = by_group.total()
        every = score_table(total, class_names=class_names, ordered=ordered)
        without = score_table(total.minus(by_group), class_names=class_names, ordered=ordered)
        found.append({name: np.append(every[name], without[name]) for name in every})
    return {name: np.mean([table[name] for table in found], axis=0) for name in found[0]}
