"""Shapes of data sets on which the promises of intervals are tried: groups, sizes, models, labels.

Used by benchmarks/promises.py. All numbers are drawn; nothing here is a photo.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.scores import Sums, brier_of, log_loss_of, predicted_class

LARGEST = 60
"""Photos of the largest group that a heavy tail gives."""
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shape:
    """How groups, photos, predictions and labels are drawn.

    Attributes:
        shares: Share of trees in each class, the last one the rare one.
        sizes: Photos a tree; a key of `SIZES`.
        harder: How much of the lead of the true class a tree of 12 photos loses against one of a
            single photo; below 0, large trees are easier.
        rare_size: Factor on the photos of a tree of the last class.
        skill: Mean lead of the true class's logit; its variance is the same, as calibrated.
        correlation: Share of the logits' variance that the photos of a tree have in common.
        uses_prior: Whether the model leans to the common classes.
        overconfidence: Factor on the logits.
        wrong_photos: Share of photos with another label than the true one, photo by photo.
        wrong_trees: Share of trees whose photos all carry another label.
        never_last: The model never says the last class.
        trees: Trees a group, from 1 to about twice as many; 1 where the group is a tree.
        drift: Concentration of class shares that differ by group; 0 where they do not.
    """

    shares: tuple[float, ...] = (0.88, 0.12)
    sizes: str = "three"
    harder: float = 0.0
    rare_size: float = 1.0
    skill: float = 2.0
    correlation: float = 0.6
    uses_prior: bool = True
    overconfidence: float = 1.0
    wrong_photos: float = 0.0
    wrong_trees: float = 0.0
    never_last: bool = False
    trees: int = 1
    drift: float = 0.0

    @property
    def is_noisy(self) -> bool:
        """Whether some labels are wrong."""
        return self.wrong_photos > 0 or self.wrong_trees > 0


def _heavy_tail(n: int, random: np.random.Generator) -> Indices:
    """Zipf's law: sizes s with a chance in proportion to s^-1.8, up to `LARGEST`."""
    size = np.arange(1, LARGEST + 1)
    chance = size**-1.8
    return random.choice(size, n, p=chance / chance.sum())


SIZES = {
    "one": lambda n, random: np.ones(n, dtype=np.int64),
    "three": lambda n, random: np.full(n, 3),
    "six": lambda n, random: np.full(n, 6),
    "1 to 12": lambda n, random: np.minimum(random.geometric(1 / 3, n), 12),
    "1 to 12, even": lambda n, random: random.integers(1, 13, n),
    "log-normal": lambda n, random: np.clip(
        np.exp(random.normal(1, 1, n)).astype(np.int64), 1, LARGEST
    ),
    "heavy tail": _heavy_tail,
    "one in ten of 30": lambda n, random: np.where(random.random(n) < 0.1, 30, 1),
    "one in a hundred of 60": lambda n, random: np.where(random.random(n) < 0.01, LARGEST, 3),
}
THREE, SEVEN = (0.70, 0.18, 0.12), (0.4, 0.2, 0.15, 0.1, 0.06, 0.05, 0.04)
_P = Shape()
_HARD = replace(_P, skill=4.0, harder=0.8, correlation=0.9)
SHAPES = {
    "plain: trees of 3 photos": _P,
    "strong model": replace(_P, skill=6.0),
    "strong, photos of a tree alike": replace(_P, skill=6.0, correlation=0.98),
    "strong and overconfident": replace(_P, skill=6.0, overconfidence=3.0),
    "weak balanced model": replace(_P, skill=0.7, uses_prior=False),
    "photos of a tree alike": replace(_P, correlation=0.95, uses_prior=False),
    "photos of a tree differ": replace(_P, correlation=0.3),
    "useless, leans to the prior": replace(_P, skill=0.05),
    "useless, three near-balanced": replace(
        _P, shares=(0.4, 0.35, 0.25), skill=0.05, uses_prior=False
    ),
    "never says the rare class": replace(_P, never_last=True),
    "one photo a tree": replace(_P, sizes="one"),
    "1 to 12 photos": replace(_P, sizes="1 to 12"),
    "1 to 12, large trees harder": replace(_HARD, sizes="1 to 12"),
    "1 to 12 even, large trees harder": replace(_HARD, sizes="1 to 12, even", harder=0.9),
    "log-normal, large trees harder": replace(_HARD, sizes="log-normal"),
    "heavy tail": replace(_P, sizes="heavy tail", correlation=0.8),
    "heavy tail, large trees harder": replace(_HARD, sizes="heavy tail"),
    "heavy tail, large trees easier": replace(_P, sizes="heavy tail", harder=-0.5, correlation=0.9),
    "heavy tail, harder, three classes": replace(
        _HARD, shares=THREE, sizes="heavy tail", harder=0.7, correlation=0.8
    ),
    "one in ten of 30, harder": replace(_HARD, sizes="one in ten of 30"),
    "one in a hundred of 60, harder": replace(
        _HARD, sizes="one in a hundred of 60", harder=0.5, correlation=0.8
    ),
    "rare trees have more photos": replace(_P, sizes="1 to 12", rare_size=3, correlation=0.8),
    "rare have more, large trees harder": replace(_HARD, sizes="1 to 12", rare_size=3),
    "rare trees have fewer photos": replace(_P, sizes="six", rare_size=0.34, correlation=0.8),
    "20 % of photos mislabelled": replace(_P, wrong_photos=0.2),
    "10 % of photos mislabelled, strong": replace(_P, wrong_photos=0.1, skill=6.0),
    "20 % of photos mislabelled, 1 to 12": replace(
        _P, wrong_photos=0.2, skill=6.0, sizes="1 to 12"
    ),
    "20 % of photos, one a tree": replace(_P, wrong_photos=0.2, sizes="one"),
    "20 % of trees mislabelled": replace(_P, wrong_trees=0.2, correlation=0.8),
    "10 % of trees mislabelled, 1 to 12": replace(_P, wrong_trees=0.1, sizes="1 to 12"),
    "20 % of photos mislabelled, three": replace(_P, shares=THREE, wrong_photos=0.2, skill=3.0),
    "three classes": replace(_P, shares=THREE, skill=2.5),
    "three, overconfident": replace(_P, shares=THREE, correlation=0.8, overconfidence=2.5),
    "three, strong": replace(_P, shares=THREE, skill=7.0, correlation=0.8),
    "two equal classes": replace(_P, shares=(0.5, 0.5), skill=3.0),
    "seven classes": replace(_P, shares=SEVEN, skill=3.5),
    "seven equal classes, 1 to 12": replace(_P, shares=(1 / 7,) * 7, skill=3.5, sizes="1 to 12"),
    "rare class 5 %": replace(_P, shares=(0.95, 0.05)),
    "rare class 5 %, harder, 1 to 12": replace(_HARD, shares=(0.95, 0.05), sizes="1 to 12"),
    "rare class 3 %, strong": replace(_P, shares=(0.97, 0.03), skill=4.0),
    "sites of trees": replace(_P, trees=5, sizes="1 to 12"),
    "sites, class shares differ": replace(_P, trees=5, drift=3.0, shares=THREE),
    "sites, shares differ, strong": replace(
        _P, trees=8, sizes="one", drift=1.0, shares=(0.8, 0.2), skill=5.0
    ),
}


def draw(shape: Shape, n_groups: int, n_samples: int, random: np.random.Generator) -> Sums:
    """Sums of each group of each sample, shape (n_samples, n_groups, ...)."""
    n_all, k = n_groups * n_samples, len(shape.shares)
    per_group = random.integers(1, 2 * shape.trees, n_all) if shape.trees > 1 else 1
    group_of_tree = np.repeat(np.arange(n_all), per_group)
    n_trees = len(group_of_tree)
    true = _classes(shape, group_of_tree, n_all, random)
    size = SIZES[shape.sizes](n_trees, random)
    larger = np.clip(np.rint(size * shape.rare_size), 1, LARGEST)
    size = np.where(true == k - 1, larger, size).astype(np.int64)
    tree = np.repeat(np.arange(n_trees), size)
    group, label = group_of_tree[tree], true[tree]
    probability = _said(shape, true, size, group_of_tree, tree, random)
    wrong = random.random(len(tree)) < shape.wrong_photos
    wrong |= (random.random(n_trees) < shape.wrong_trees)[tree]
    shift = random.integers(1, k, n_trees)[tree]
    if shape.wrong_photos:
        shift = random.integers(1, k, len(tree))
    label = np.where(wrong, (label + shift) % k, label)
    cell = (group * k + label) * k + predicted_class(probability)
    confusion = np.bincount(cell, minlength=n_all * k * k).astype(np.float64)
    sums = [
        np.bincount(group, of(label, probability), n_all).reshape(n_samples, n_groups)
        for of in (log_loss_of, brier_of)
    ]
    return Sums(confusion.reshape(n_samples, n_groups, k, k), *sums)


def _classes(
    shape: Shape, group_of_tree: Indices, n_groups: int, random: np.random.Generator
) -> Indices:
    """Class of each tree."""
    shares = np.array(shape.shares)
    reach = np.cumsum(shares)[None]
    if shape.drift:
        own = random.gamma(np.broadcast_to(shares * shape.drift, (n_groups, len(shares))))
        own += 1e-12
        reach = (own / own.sum(axis=1, keepdims=True)).cumsum(axis=1)[group_of_tree]
    beyond = random.random((len(group_of_tree), 1)) > reach
    return np.minimum(beyond.sum(axis=1), len(shares) - 1)


def _said(
    shape: Shape,
    true: Indices,
    size: Indices,
    group_of_tree: Indices,
    tree: Indices,
    random: np.random.Generator,
) -> NDArray[np.float64]:
    """Class probabilities of each photo."""
    k = len(shape.shares)
    common = random.standard_normal((len(true), k))
    if shape.trees > 1:  # half of what a tree's photos share, its whole site shares
        of_site = random.standard_normal((int(group_of_tree.max()) + 1, k))[group_of_tree]
        common = np.sqrt(0.5) * common + np.sqrt(0.5) * of_site
    own = random.standard_normal((len(tree), k))
    logits = np.sqrt(shape.correlation) * common[tree] + np.sqrt(1 - shape.correlation) * own
    logits *= np.sqrt(max(shape.skill, 0.3))
    lost = shape.harder * np.minimum(np.log(size) / np.log(12), 1.3)
    logits[np.arange(len(tree)), true[tree]] += (shape.skill * (1 - lost))[tree]
    if shape.uses_prior:
        logits += np.log(shape.shares)
    if shape.never_last:
        logits[:, -1] -= 50
    logits *= shape.overconfidence
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))
