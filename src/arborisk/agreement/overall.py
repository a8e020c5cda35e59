"""How much all raters agree: every coefficient with its interval, beside what chance gives."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from arborisk.agreement.sums import (
    AgreementSums,
    Level,
    chance_agreement,
    class_shares,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    sums_by_tree,
)
from arborisk.metrics.fewest import FEWEST
from arborisk.metrics.over_groups import (
    ratio_over_groups,
    share_interval,
    spread_of,
    t_interval,
    t_reach,
)
from arborisk.records import Interval

LEVEL = 0.95
FEWEST_TREES = FEWEST["trees rated twice"]
"""Trees rated twice below which no interval is given. Source: benchmarks/agreement.py."""
FEWEST_UNCOMMON = FEWEST["trees off the commonest class"]
"""Trees on which anyone left the commonest class, below which no interval of a coefficient that
allows for chance is given: covered 59 to 90 % there. Source: benchmarks/agreement.py."""
NEARLY_ONE = 1 - 1e-6

TOO_FEW = f"no interval: fewer than {FEWEST_TREES} trees"
TOO_ALIKE = f"no interval: fewer than {FEWEST_UNCOMMON} trees left the commonest class"
NO_SPREAD = "no interval: no tree differs from the others"
NOT_DEFINED = "not defined: only one class was used"


def coefficient_interval(
    value: float,
    without: NDArray[np.float64],
    *,
    n_uncommon: int | None = None,
    n_trees: int | None = None,
    level: float = LEVEL,
) -> Interval:
    """Interval of a coefficient from -1 to 1, such as kappa or alpha.

    Args:
        value: Its value for all trees; NaN where it is not defined.
        without: Its value without each tree, shape (n_trees,); where that is not defined, the
            value of all trees stands for it.
        n_uncommon: Trees on which anyone left the commonest class, or None where that is no matter.
        n_trees: Trees with two ratings or more, where others count too; by default all.
        level: Coverage aimed at, in (0, 1).
    """
    refusal = _refusal(value, len(without) if n_trees is None else n_trees, n_uncommon)
    if refusal:
        return Interval(value, None, None, level, refusal)
    spread = spread_of(value, np.where(np.isnan(without), value, without))
    if not spread.variance:
        return Interval(value, None, None, level, NO_SPREAD)
    bounded = min(max(value, -NEARLY_ONE), NEARLY_ONE)
    reach = t_reach(math.sqrt(spread.variance), spread.freedom, level) / (1 - bounded**2)
    middle = math.atanh(bounded)
    return Interval(value, math.tanh(middle - reach), math.tanh(middle + reach), level)


def mean_interval(value: float, without: NDArray[np.float64], *, level: float = LEVEL) -> Interval:
    """Interval of a mean or a difference: t interval from the jackknife.

    Args:
        value: Its value for all trees.
        without: Its value without each tree, shape (n_trees,).
        level: Coverage aimed at, in (0, 1).
    """
    refusal = _refusal(value, len(without), None)
    if refusal:
        return Interval(value, None, None, level, refusal)
    spread = spread_of(value, np.where(np.isnan(without), value, without))
    interval = t_interval(spread, level)
    return interval if spread.variance else replace(interval, note=NO_SPREAD)


def share_interval_of(
    part: NDArray[np.float64], whole: NDArray[np.float64], *, level: float = LEVEL
) -> Interval:
    """Interval of a share of something counted on trees.

    Args:
        part: What counts of each tree, shape (n_trees,).
        whole: Out of how much, shape (n_trees,); trees without any are passed over.
        level: Coverage aimed at, in (0, 1).
    """
    part, whole = part[whole > 0], whole[whole > 0]
    total = whole.sum()
    value = float(part.sum() / total) if total else math.nan
    refusal = _refusal(value, len(whole), None)
    if refusal:
        return Interval(value, None, None, level, refusal)
    low, high = share_interval(ratio_over_groups(part, whole), n_if_certain=len(whole), level=level)
    return Interval(value, low, high, level)


def _refusal(value: float, n_trees: int, n_uncommon: int | None) -> str:
    """Why there is no interval, or ""."""
    if math.isnan(value):
        return NOT_DEFINED
    if n_trees < FEWEST_TREES:
        return TOO_FEW
    return TOO_ALIKE if n_uncommon is not None and n_uncommon < FEWEST_UNCOMMON else ""


Coefficient = Callable[[AgreementSums], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Statistic:
    """One coefficient.

    Attributes:
        key: Stable name.
        title: As people read it.
        interval: Value and interval over trees.
        by_chance: Its value for raters who draw their answers from the shares of the classes; not
            0 for AC1 and AC2, whose idea of chance is another.
        meaning: What it says, in a sentence.
    """

    key: str
    title: str
    interval: Interval
    by_chance: float
    meaning: str


@dataclass(frozen=True, slots=True)
class Overall:
    """Agreement of all raters together.

    Attributes:
        statistics: Percent agreement first.
        shares: Share of each class among the ratings, shape (k,).
        exchange: Where one rater says the class of the row, share of the other raters who say that
            of the column; rows sum to 1, or are 0 for a class that nobody used; shape (k, k).
        n_trees: Trees with two ratings or more.
        n_unanimous: Items of two ratings or more on which all said the same.
        n_several: Items of two ratings or more.
    """

    statistics: tuple[Statistic, ...]
    shares: NDArray[np.float64]
    exchange: NDArray[np.float64]
    n_trees: int
    n_unanimous: int
    n_several: int

    def value(self, key: str) -> Interval:
        """Interval of one statistic."""
        return next(item.interval for item in self.statistics if item.key == key)


def measure_overall(
    said: NDArray[np.int64], tree: NDArray[np.int64], n_classes: int, *, ordered: bool
) -> Overall:
    """Every coefficient of all raters.

    Args:
        said: Class index or -1, shape (n_items, n_raters).
        tree: Tree of each item, shape (n_items,).
        n_classes: Number of classes.
        ordered: Whether the order of the classes means something.
    """
    rated, several = (said >= 0).any(axis=1), (said >= 0).sum(axis=1) >= 2
    _, number = np.unique(tree[rated], return_inverse=True)
    by_tree = sums_by_tree(said[rated], number, n_classes)
    n_trees = int((by_tree.pairs.sum((1, 2)) > 0).sum())
    total = by_tree.total()
    without = total.minus(by_tree)
    commonest = int(class_shares(total).argmax())
    share = class_shares(total)
    by_chance = np.outer(share, share)
    # So many items that alpha's correction for a small number of ratings is gone.
    drawn = AgreementSums(by_chance, 1e9 * by_chance, share)
    uncommon = several & ((said != commonest) & (said >= 0)).any(axis=1)
    n_uncommon = len(np.unique(tree[uncommon]))

    def statistic(key: str, title: str, coefficient: Coefficient, meaning: str) -> Statistic:
        value, left = float(coefficient(total)), coefficient(without)
        interval = coefficient_interval(value, left, n_uncommon=n_uncommon, n_trees=n_trees)
        return Statistic(key, title, interval, float(coefficient(drawn)), meaning)

    level: Level = "ordinal" if ordered and n_classes > 2 else "nominal"
    statistics = [
        Statistic(
            "percent_agreement",
            "Percent agreement",
            share_interval_of(by_tree.pairs.trace(axis1=1, axis2=2), by_tree.pairs.sum((1, 2))),
            float(chance_agreement(total)),
            "how often two of the raters of a tree say the same; what chance gives is not taken "
            "off",
        ),
        statistic(
            f"alpha_{level}",
            f"Krippendorff's alpha, {level}",
            lambda sums: krippendorff_alpha(sums, level),
            "1 less the disagreement found over that expected by chance; "
            + ("two classes off count more than one; " if level == "ordinal" else "")
            + "allows for missing ratings",
        ),
        statistic(
            "fleiss_kappa",
            "Fleiss' kappa",
            fleiss_kappa,
            "share of the room above chance that agreement fills; low when one class is very "
            "common, even if few trees are disputed",
        ),
        statistic(
            "gwet_ac1",
            "Gwet's AC1",
            gwet_ac,
            "the same with another idea of chance, which does not fall when one class is common",
        ),
    ]
    if level == "ordinal":
        statistics.append(
            statistic(
                "gwet_ac2",
                "Gwet's AC2, quadratic",
                lambda sums: gwet_ac(sums, "quadratic"),
                "AC1 in which neighbouring classes agree in part",
            )
        )
    coincidences = total.coincidences
    rows = coincidences.sum(axis=1, keepdims=True)
    exchange = np.divide(coincidences, rows, out=np.zeros_like(coincidences), where=rows > 0)
    low = np.where(said < 0, n_classes, said)[several].min(axis=1)
    return Overall(
        tuple(statistics),
        class_shares(total),
        exchange,
        n_trees,
        int((low == said[several].max(axis=1)).sum()),
        int(several.sum()),
    )
