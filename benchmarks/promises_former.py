"""The rule for intervals of shares before, for comparison: what it covered, how wide it was.

Korn and Graubard's effective number with a floor of the effective groups (a quarter of them for
precision and F1), given from 15 effective groups of a class on. See docs/decisions/0003.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from arborisk.metrics.intervals import ManyEnds
from arborisk.metrics.over_groups import effective_numbers, exact_ends, jackknife, widening
from arborisk.metrics.scores import Sums


def former_ends(by_group: Sums, class_names: Sequence[str], level: float) -> dict[str, ManyEnds]:
    """Intervals of accuracy, and of recall, precision and F1 of each class, in many samples."""
    spreads = jackknife(by_group, class_names=class_names, ordered=False)
    true, said = by_group.confusion.sum(axis=-1), by_group.confusion.sum(axis=-2)
    photos = true.sum(axis=-1)
    of_score = {"accuracy": (photos, 1.0, photos)}
    for index, name in enumerate(class_names):
        own = true[..., index]
        of_score |= {
            f"recall_{name}": (own, 1.0, own),
            f"precision_{name}": (said[..., index], 0.25, own),
            f"f1_{name}": (own + said[..., index], 0.25, own),
        }
    found = {}
    for score, (base, share, deciding) in of_score.items():
        spread, groups = spreads[score], effective_numbers(base)
        tail = np.full(len(groups), (1 - level) / 2)
        moves = (spread.variance > 0) & (spread.value > 0) & (spread.value < 1)
        number = np.divide(
            spread.value * (1 - spread.value), spread.variance, out=groups.copy(), where=moves
        )
        number = number / widening(spread.freedom, tail) ** 2
        number = np.clip(number, share * groups, base.sum(axis=-1))
        number = np.maximum(np.where(moves, number, groups), 1e-3)
        low, high = exact_ends(np.clip(spread.value, 0, 1), number, tail)
        enough = np.minimum(effective_numbers(deciding), effective_numbers(photos)) >= 15
        found[score] = ManyEnds(spread.value, low, high, enough & (groups > 0))
    return found
