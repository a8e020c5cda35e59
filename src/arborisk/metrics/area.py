"""Interval of the area under the ROC curve: how often one kind stands above the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.jackknife import Floats
from arborisk.metrics.proportions import exact_ends


def area_ends(
    score: Floats, is_first: NDArray[np.bool_], *, level: float
) -> tuple[float, float, float]:
    """Share of pairs in which one of the first kind scores higher, ties count half, and its ends.

    The variance is the largest of three. That of DeLong, from the places of each one among the
    others, knows kinds that spread differently and members that the score cannot foresee, but is
    far too small where few or none have shown such a thing. That of Hanley and McNeil knows the
    area alone. The third is DeLong's with one more member of each kind that the score places in the
    middle; alone it never leaves fewer independent ones than the rarer kind has. The variance
    becomes a number of independent ones, smaller where the rarer kind is small (t quantile), and
    this an exact binomial interval. So a perfect ranking is as uncertain as that many successes in
    a row, and no interval is of zero width. What it covers: benchmarks/promises_others.py.

    Args:
        score: Shape (n,).
        is_first: Whether each is of the first kind, shape (n,); at least two of each kind.
        level: Coverage aimed at, in (0, 1).

    Returns:
        Area, lower and upper end, in [0, 1].

    Source: DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44(3), 837-845; Hanley and McNeil
    (1982), Radiology 143, 29-36; number of independent ones: Korn and Graubard (1998), Survey
    Methodology 24(2), 193-201.

    >>> tuple(round(end, 2) for end in area_ends(np.arange(20.0), np.arange(20) >= 10, level=0.95))
    (1.0, 0.69, 1.0)
    """
    from scipy import special, stats

    rank = stats.rankdata(score)
    n, m = int(is_first.sum()), int((~is_first).sum())
    first = (rank[is_first] - stats.rankdata(score[is_first])) / m
    other = (rank[~is_first] - stats.rankdata(score[~is_first])) / n
    area = min(max(float(first.mean()), 0.0), 1.0)
    more = (n - 1) * (area / (2 - area) - area**2) + (m - 1) * (2 * area**2 / (1 + area) - area**2)
    by_area = (area * (1 - area) + more) / (n * m)
    tail = (1 - level) / 2
    number = float(min(n, m))
    if 0 < area < 1:
        widening = special.stdtrit(min(n, m) - 1, tail) / special.ndtri(tail)
        bernoulli = area * (1 - area) / widening**2
        seen = max(first.var(ddof=1) / n + other.var(ddof=1) / m, by_area)
        unseen = max(seen, _with_one_more(first) / n + _with_one_more(other) / m)
        number = max(1.0, min(bernoulli / seen, max(bernoulli / unseen, number)))
    low, high = exact_ends(np.array(area), np.array(number), np.array(tail))
    return area, float(low), float(high)


def _with_one_more(places: Floats) -> float:
    """Variance of places with one more in the middle."""
    return float(np.append(places, 0.5).var(ddof=1))
