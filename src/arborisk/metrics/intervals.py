"""Intervals of all scores that treat the group (tree, site), not the photo, as the unit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.scores import score_table
from arborisk.metrics.sums import check_inputs, number_groups, sums_by_group
from arborisk.records import Interval

TOO_FEW = "too few trees for an interval"


def scores_with_intervals(
    class_index: NDArray[np.int64],
    probability: NDArray[np.float64],
    groups: Sequence[str],
    *,
    class_names: Sequence[str],
    ordered: bool,
    level: float = 0.95,
) -> dict[str, Interval]:
    """Every score with its interval."""
    from scipy import stats

    probability = np.asarray(probability, dtype=np.float64)
    check_inputs(class_index, probability, len(class_names))
    by_group = sums_by_group(class_index, probability, number_groups(groups))
    total = by_group.total()
    value = score_table(total, class_names=class_names, ordered=ordered)
    without = score_table(total.minus(by_group), class_names=class_names, ordered=ordered)
    n_groups = len(by_group.log_loss)
    found = {}
    for name, estimate in value.items():
        theta = float(estimate)
        if n_groups < 25:
            found[name] = Interval(theta, None, None, level, TOO_FEW)
            continue
        error = np.sqrt((n_groups - 1) * np.var(without[name]))
        half = float(stats.t.ppf((1 + level) / 2, n_groups - 1) * error)
        found[name] = Interval(theta, theta - half, theta + half, level)
    return found
