"""What is known of one input: a word, a range of words, chances of words, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, Generic, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from arborisk.scales import (
    Consequence,
    FailureLikelihood,
    FallDirection,
    ImpactLikelihood,
    Occupancy,
    Protection,
    Scale,
    TargetZone,
)
from arborisk.tables.quantities import Quantity
from arborisk.tables.units import known_unit
from arborisk.wording.percent import percent

L = TypeVar("L", bound=Scale)
View = Literal["lowest", "highest", "equal", "possible"]
NOBODY = "nobody"
NOT_NAMED = "not named"
"""Who gave a word where no assessor is named; unlike a word that nobody gave."""


@dataclass(frozen=True, slots=True)
class Belief(Generic[L]):
    """Weights on sets of levels.

    One word is one set of one level; a range is one set of several; chances are several sets of one
    level; a merged class of a model is a set of several levels with a chance. Nothing is said on
    how a weight divides within its set: that is what a range means.

    Attributes:
        kind: The scale.
        masses: Sets of levels, ascending, each with its weight; the weights sum to 1.
        name: What it is about, for example ``occupancy of the footpath``. Rows whose inputs have
            one name share that input.
        by: Who or what gave it.
    """

    kind: type[L]
    masses: tuple[tuple[tuple[L, ...], float], ...]
    name: str
    by: str = NOBODY

    @property
    def possible(self) -> tuple[L, ...]:
        """Levels with any weight, ascending."""
        return tuple(
            sorted({level for levels, weight in self.masses if weight for level in levels})
        )

    @property
    def is_certain(self) -> bool:
        """Whether one level is left."""
        return len(self.possible) == 1

    @property
    def is_missing(self) -> bool:
        """Whether nobody gave it."""
        return self.by == NOBODY

    def array(self, view: View) -> NDArray[np.float64]:
        """Weight of each level, shape (levels,).

        Args:
            view: ``lowest`` puts the weight of a set on its lowest level, ``highest`` on its
                highest, ``equal`` in equal parts on all; ``possible`` gives 1 for each level
                that is possible.
        """
        found = np.zeros(len(self.kind))
        for levels, weight in self.masses:
            if view == "lowest":
                found[min(levels)] += weight
            elif view == "highest":
                found[max(levels)] += weight
            else:
                found[list(levels)] += weight / len(levels)
        return (found > 0).astype(np.float64) if view == "possible" else found

    def known_as(self, level: L) -> Belief[L]:
        """The same input, were it known to be `level`."""
        return replace(self, masses=(((level,), 1.0),))

    @property
    def words(self) -> str:
        """As people read it, for example ``Possible or Probable`` or ``Possible 30 %, ...``."""
        if len(self.masses) == 1:
            return joined_words(self.masses[0][0])
        return ", ".join(
            f"{joined_words(levels)} {percent(weight)}" for levels, weight in self.masses
        )


def one_of(kind: type[L], levels: Iterable[L], *, name: str, by: str) -> Belief[L]:
    """A word or a range of words."""
    return Belief(kind, ((tuple(sorted(set(levels))), 1.0),), name, by)


def chances(
    kind: type[L], weights: Mapping[tuple[L, ...], float], *, name: str, by: str
) -> Belief[L]:
    """Chances of words, or of sets of words; the weights sum to 1."""
    masses = tuple((tuple(sorted(levels)), float(weight)) for levels, weight in weights.items())
    return Belief(kind, tuple(sorted(masses)), name, by)


def unknown(kind: type[L], *, name: str) -> Belief[L]:
    """Nothing is known: every level of the scale is possible."""
    return Belief(kind, ((tuple(kind), 1.0),), name)


def joined_words(levels: Sequence[Scale]) -> str:
    """Words of ascending levels: ``Low or High``, or ``Low to High`` for three in a row."""
    if len(levels) > 2 and levels[-1] - levels[0] == len(levels) - 1:
        return f"{levels[0].word} to {levels[-1].word}"
    return " or ".join(level.word for level in levels)


SIZES: Final = {"dbh": "cm", "height": "m", "crown_width": "m"}
"""Sizes of a tree with the unit that they are kept in."""
TEXTS: Final = ("client", "species", "address", "qualification", "tools")
DETAIL_KEYS: Final = (*TEXTS, "latitude", "longitude", *SIZES, "notes", "next_inspection")


@dataclass(frozen=True, slots=True)
class StatedSize:
    """A size as typed and as kept.

    Attributes:
        written: As typed, for example ``24 in``.
        quantity: In the unit of `SIZES`.
    """

    written: str
    quantity: Quantity

    @property
    def text(self) -> str:
        """As typed, with the metric value where another unit was typed."""
        if known_unit(self.quantity.unit).name in self.written:
            return self.written
        return f"{self.written} ({self.quantity.words})"


@dataclass(frozen=True, slots=True)
class Details:
    """Everything that describes; "" or None where the form says nothing.

    Attributes:
        client: For whom the report is.
        species: As typed.
        address: Address or place in words.
        latitude: Degrees north, WGS84.
        longitude: Degrees east, WGS84.
        dbh: Diameter of the stem at breast height, kept in cm.
        height: Height of the tree, kept in m.
        crown_width: Width of the crown, kept in m.
        qualification: Qualification and number of the assessor.
        tools: What the assessor used.
        notes: The assessor's notes, in paragraphs.
        next_inspection: Day or interval of the next inspection, as typed.
    """

    client: str = ""
    species: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    dbh: StatedSize | None = None
    height: StatedSize | None = None
    crown_width: StatedSize | None = None
    qualification: str = ""
    tools: str = ""
    notes: tuple[str, ...] = ()
    next_inspection: str = ""

    @property
    def sizes(self) -> Mapping[str, StatedSize]:
        """Sizes that are stated, by key."""
        stated = {key: getattr(self, key) for key in SIZES}
        return {key: size for key, size in stated.items() if size is not None}

    @property
    def place(self) -> str:
        """Address and coordinates in one line; "" where neither is stated."""
        if self.latitude is None:
            return self.address
        point = f"latitude {self.latitude:.10g}, longitude {self.longitude:.10g}"
        return f"{self.address} ({point})" if self.address else point


LEVELS = {
    1: "Level 1, limited visual: from one perspective, obvious defects only",
    2: "Level 2, basic: from the ground, all round the tree",
    3: "Level 3, advanced: with instruments, climbing or digging",
}


@dataclass(frozen=True, slots=True)
class RiskRow:
    """One part in one condition above one target: a row of the risk table.

    Attributes:
        part: Part of the tree, for example ``trunk``.
        condition: Condition of concern, for example ``open cavity``.
        target: What could be hit.
        failure: Likelihood that the part fails within the time frame.
        consequences: What would follow an impact.
        impact: Likelihood of impact where the assessor states it; None to use the default rule.
        occupancy: How often the target is there; for the default rule.
        protection: What stands between; for the default rule.
        zone: Whether the part reaches the target; for the default rule.
        direction: Whether the fall is known to be toward or away; for the default rule.
    """

    part: str
    condition: str
    target: str
    failure: Belief[FailureLikelihood]
    consequences: Belief[Consequence]
    impact: Belief[ImpactLikelihood] | None
    occupancy: Belief[Occupancy]
    protection: Belief[Protection]
    zone: Belief[TargetZone]
    direction: Belief[FallDirection]

    @property
    def finding(self) -> str:
        """Part and condition in one phrase."""
        return f"{self.part}, {self.condition}" if self.condition else self.part

    @property
    def inputs(self) -> tuple[Belief[Any], ...]:
        """Everything that the rating of this row rests on."""
        by_rule = (self.occupancy, self.protection, self.zone, self.direction)
        impact = by_rule if self.impact is None else (self.impact,)
        return (self.failure, *impact, self.consequences)

    def knowing(self, belief: Belief[Any]) -> RiskRow:
        """This row with one of its inputs replaced, found by its name."""
        changed: dict[str, Any] = {
            one.name: belief
            for one in fields(self)
            if isinstance(old := getattr(self, one.name), Belief) and old.name == belief.name
        }
        return replace(self, **changed) if changed else self


@dataclass(frozen=True, slots=True)
class Residual:
    """What the assessor expects of one option, for some rows.

    Attributes:
        finding: Part, or part and condition, that it is about; "" for all.
        target: Target that it is about; "" for all.
        failure: Likelihood of failure afterwards, if it changes.
        impact: Likelihood of impact afterwards, if it changes.
        consequences: Consequences afterwards, if they change.
    """

    finding: str = ""
    target: str = ""
    failure: Belief[FailureLikelihood] | None = None
    impact: Belief[ImpactLikelihood] | None = None
    consequences: Belief[Consequence] | None = None

    def concerns(self, row: RiskRow) -> bool:
        """Whether this is about a row."""
        return self.finding in ("", row.part, row.finding) and self.target in ("", row.target)


@dataclass(frozen=True, slots=True)
class Option:
    """Something that could be done.

    Attributes:
        name: For example ``remove the dead limb``.
        cost: In the currency of the assessment; None if not known.
        removes_tree: The tree goes, and its risk with it.
        removes_targets: Targets that are moved or kept away.
        residuals: What the assessor expects; nothing is assumed of pruning, cables or props.
    """

    name: str
    cost: float | None = None
    removes_tree: bool = False
    removes_targets: tuple[str, ...] = ()
    residuals: tuple[Residual, ...] = ()

    @property
    def is_stated(self) -> bool:
        """Whether its effect is known at all."""
        return bool(self.removes_tree or self.removes_targets or self.residuals)


@dataclass(frozen=True, slots=True)
class Assessment:
    """All that was said of one tree.

    Attributes:
        tree: Its name or number.
        assessor: Who answers for it; "" when nobody is named.
        level: 1, 2 or 3, see `LEVELS`.
        time_frame_years: Years that the likelihood of failure is about; NaN for a few words that
            state none: they are looked up, and make no report.
        rows: Parts times conditions times targets.
        options: What could be done.
        limitations: What hindered the inspection, in the assessor's words.
        notes: What reading found worth saying.
        date: When it was made, as typed.
        details: Species, place, sizes, client and what else describes.
    """

    tree: str
    assessor: str
    level: int
    time_frame_years: float
    rows: tuple[RiskRow, ...]
    options: tuple[Option, ...] = ()
    limitations: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    date: str = ""
    details: Details = field(default_factory=Details)

    @property
    def inputs(self) -> Iterator[Belief[Any]]:
        """Every input once, in the order of the rows."""
        seen = set()
        for row in self.rows:
            for belief in row.inputs:
                if belief.name not in seen:
                    seen.add(belief.name)
                    yield belief

    def knowing(self, belief: Belief[Any]) -> Assessment:
        """This assessment, were one input known."""
        return replace(self, rows=tuple(row.knowing(belief) for row in self.rows))
