"""What was measured when one thing at a time was changed in drawn trees."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.activation_map import Contrast
from arborisk.errors import SettingsError
from arborisk.simulate.parameters import MAX_CONKS
from arborisk.simulate.trees import DrawnTree

Change = Callable[[DrawnTree, float], DrawnTree]


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing that is changed.

    Attributes:
        name: Short name, for example ``lean``.
        title: In words.
        unit: Unit of its levels, "" for none.
        low: Lowest level.
        high: Highest level.
        change: Gives the tree at a level.
        least: Lowest level above none, where none is a level and nothing lies between; else 0.
        whole: Whether levels are whole numbers.
        ratio: Whether levels are a constant ratio apart, not a constant difference.
        ordered: Whether a higher level means more of something.
    """

    name: str
    title: str
    unit: str
    low: float
    high: float
    change: Change
    least: float = 0.0
    whole: bool = False
    ratio: bool = False
    ordered: bool = True

    def levels(self, n_levels: int) -> NDArray[np.float64]:
        """Levels from the lowest to the highest, ascending, at most n_levels of them.

        >>> FACTORS["brackets"].levels(4).tolist()
        [0.0, 2.0, 4.0, 6.0]
        """
        if self.ratio:
            return np.geomspace(self.low, self.high, n_levels)
        if self.least:
            return np.append(self.low, np.linspace(self.least, self.high, n_levels - 1))
        levels = np.linspace(self.low, self.high, n_levels)
        return np.unique(np.rint(levels)) if self.whole else levels


def _lean(tree: DrawnTree, lean_deg: float) -> DrawnTree:
    """To the side to which the tree leans already."""
    return replace(tree, lean_deg=-lean_deg if tree.lean_deg < 0 else lean_deg)


def _cavity(tree: DrawnTree, share: float) -> DrawnTree:
    return replace(tree, cavity_share=share)


def _dead_crown(tree: DrawnTree, share: float) -> DrawnTree:
    return replace(tree, dead_crown_share=share)


def _slenderness(tree: DrawnTree, ratio: float) -> DrawnTree:
    """The height stays; the diameter changes."""
    return replace(tree, stem_diameter_m=tree.height_m / ratio)


def _plate_lift(tree: DrawnTree, lift_deg: float) -> DrawnTree:
    return replace(tree, root_plate_lift_deg=lift_deg)


def _brackets(tree: DrawnTree, number: float) -> DrawnTree:
    return replace(tree, n_conks=int(number))


def _density(tree: DrawnTree, share: float) -> DrawnTree:
    return replace(tree, crown_density=share)


def _site_wind(tree: DrawnTree, normal_gust_ms: float) -> DrawnTree:
    """The extreme gust keeps its ratio to the normal one."""
    extreme = tree.extreme_gust_ms / tree.normal_gust_ms * normal_gust_ms
    return replace(tree, normal_gust_ms=normal_gust_ms, extreme_gust_ms=extreme)


def _another(tree: DrawnTree, number: float) -> DrawnTree:
    """A tree's shape and colours follow from its name alone."""
    return tree if number < 1 else replace(tree, tree_id=f"{tree.tree_id} again {number:.0f}")


FACTORS: dict[str, Factor] = {
    factor.name: factor
    for factor in (
        Factor("lean", "Lean", "°", 0.0, 30.0, _lean),
        Factor(
            "cavity",
            "Opening in the stem",
            "of the circumference",
            0.0,
            0.44,
            _cavity,
            least=0.06,
        ),
        Factor(
            "dead_crown",
            "Dead crown",
            "of the crown",
            0.0,
            0.96,
            _dead_crown,
        ),
        Factor(
            "slenderness",
            "Height over diameter",
            "",
            25.0,
            75.0,
            _slenderness,
            ratio=True,
        ),
        Factor(
            "plate_lift",
            "Lifted root plate",
            "°",
            0.0,
            25.0,
            _plate_lift,
            least=4.0,
        ),
        Factor(
            "brackets",
            "Fungus brackets",
            "",
            0.0,
            float(MAX_CONKS),
            _brackets,
            whole=True,
        ),
        Factor(
            "density",
            "Crown density",
            "of the crown's outline",
            0.6,
            0.95,
            _density,
        ),
        Factor("wind", "Normal gust of the site", "m/s", 16.0, 28.0, _site_wind),
        Factor(
            "another",
            "Another tree of the same measures",
            "",
            0.0,
            6.0,
            _another,
            whole=True,
            ordered=False,
        ),
    )
}
"""By name. Levels stay within what the stands hold (`arborisk.simulate.parameters`), but for
slenderness, where each kind of tree goes through the range of both. ``another`` is a yardstick:
it shows how far the score moves when nothing that mechanics asks for has changed."""


def choose_factors(names: Sequence[str] | None) -> tuple[Factor, ...]:
    """Factors by name, in the order given; all of them for None.

    Raises:
        SettingsError: There is no such factor.
    """
    wanted = tuple(FACTORS) if names is None else tuple(names)
    unknown = [name for name in wanted if name not in FACTORS]
    if unknown or not wanted:
        raise SettingsError(
            f"factors out of {', '.join(FACTORS)}",
            ", ".join(unknown) or "none",
            "what is to be changed in the drawn trees",
            "Leave out what is not in the list.",
        )
    return tuple(FACTORS[name] for name in wanted)


Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FactorResponse:
    """Answers to one factor, for t trees at l levels.

    Attributes:
        factor: What was changed.
        levels: Ascending, shape (l,).
        score: Score of the contrast, shape (t, l).
        probability: Of each class, uncalibrated, shape (t, l, n_classes).
        critical_gust_ms: Gust at which mechanics expects the tree to fail, given what a photo can
            show of it, m/s, shape (t, l).
        normal_gust_ms: Strongest gust of normal weather at the site, m/s, shape (t, l).
        extreme_gust_ms: Gust of extreme weather at the site, m/s, shape (t, l).
        same_picture: Whether every tree's pictures are the same at all levels, byte for byte.
        strip: Small JPEG pictures of one tree by level: the lowest, a middle one, the highest.
    """

    factor: Factor
    levels: Floats
    score: Floats
    probability: Floats
    critical_gust_ms: Floats
    normal_gust_ms: Floats
    extreme_gust_ms: Floats
    same_picture: bool
    strip: Mapping[float, bytes]

    @property
    def expected_index(self) -> Floats:
        """Mean class index, shape (t, l); it says something where classes have an order."""
        index: Floats = self.probability @ np.arange(self.probability.shape[2], dtype=np.float64)
        return index


@dataclass(frozen=True, slots=True)
class Interventions:
    """All factors, over the same drawn trees.

    Attributes:
        responses: By factor, in the order asked for.
        titles: Titles of the classes, in class order.
        contrast: What the score is of.
        direction: 1 where a higher score means likelier to fail, -1 where it means less likely, 0
            where the classes have no order or the contrast none.
        n_trees: Drawn trees.
        size_px: Width and height of the drawn photos.
        seed: Of trees, sites and photos.
        learnt_from_drawn: Whether the model was trained on drawn trees; None where not known.
    """

    responses: tuple[FactorResponse, ...]
    titles: tuple[str, ...]
    contrast: Contrast
    direction: int
    n_trees: int
    size_px: tuple[int, int]
    seed: int
    learnt_from_drawn: bool | None

    @property
    def of(self) -> str:
        """Title of the class asked about."""
        return self.titles[self.contrast.of]


def direction_of(contrast: Contrast, *, ordered: bool) -> int:
    """1, -1 or 0, see `Interventions`; classes with an order ascend by likelihood of failure.

    >>> [direction_of(Contrast(2, (0, 1)), ordered=order) for order in (True, False)]
    [1, 0]
    >>> [direction_of(one, ordered=True) for one in (Contrast(0, (2,)), Contrast(1, (0, 2)))]
    [-1, 0]
    """
    if not ordered:
        return 0
    if all(contrast.of > other for other in contrast.against):
        return 1
    return -1 if all(contrast.of < other for other in contrast.against) else 0
