"""Which visible part of a drawn tree caused its class, by mechanics.

The rule: take one cue away from the tree, draw what no photo shows afresh, given what it then
shows, and work out the critical gust. The cue whose removal raises the mean critical gust most is
the cause, if it raises it by at least `LEAST_RISE_MS`. What no photo shows is drawn with the same
seed before and after, so that only the cue differs; a bracket or a dead crown also makes poor roots
and thin walls likelier, and that counts as theirs.

Drawn trees are never evidence about real ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Final

import numpy as np

from arborisk.errors import DatasetError, Remedy, command
from arborisk.evaluation.reading import read_rows
from arborisk.simulate.drawing.parts import PART_CODES
from arborisk.simulate.failure import critical_gust_ms
from arborisk.simulate.parameters import VisibleParts, draw_hidden
from arborisk.simulate.trees import DrawnTree

DRAW_AGAIN = Remedy("Give the folder of a stand, or draw it again: {}.", command("simulate OUT"))
LEAST_RISE_MS: Final = 2.0
"""Least rise of the critical gust, m/s, for a cue to be called the cause: about a twentieth of the
gusts between which the classes part, and above what the redraws leave to chance."""
N_REDRAWS: Final = 200
"""Draws of what no photo shows. Between two seeds the mean rise of nine trees in ten then differs
by less than 0.5 m/s."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Something to be seen on a drawn tree that lowers its critical gust.

    Attributes:
        name: Field of `arborisk.simulate.parameters.VisibleParts`.
        title: In words.
        parts: Parts of the mask that show it.
    """

    name: str
    title: str
    parts: tuple[str, ...]

    @property
    def codes(self) -> tuple[int, ...]:
        """Values of the mask that show it."""
        return tuple(PART_CODES[part] for part in self.parts)


CUES: Final = (
    Cue("dead_crown_share", "dead crown", ("dead_crown",)),
    Cue("cavity_share", "opening in the stem", ("defect",)),
    Cue("n_conks", "fungus brackets", ("defect",)),
    Cue("root_plate_lift_deg", "lifted root plate", ("defect", "root_flare")),
    Cue("lean_deg", "lean", ("stem", "root_flare")),
)
"""Taken away by setting the field to 0. Openings, brackets and a lifted plate share one code of the
mask: where a tree has several, the region is all of them."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What mechanics holds responsible for the class of a drawn tree.

    Attributes:
        cue: The cue.
        rise_ms: What its removal adds to the mean critical gust, m/s.
    """

    cue: Cue
    rise_ms: float


def cause_of(tree: DrawnTree, *, seed: int = 0) -> Cause | None:
    """The cue whose removal raises the critical gust most; None where none raises it enough.

    Args:
        tree: The drawn tree; its hidden parameters are not looked at.
        seed: Of the draws of what no photo shows.
    """
    visible = _visible(tree)
    before = _mean_critical_ms(visible, seed)
    found = [Cause(cue, _mean_critical_ms(_without(visible, cue), seed) - before) for cue in CUES]
    best = max(found, key=lambda cause: cause.rise_ms)
    return best if best.rise_ms >= LEAST_RISE_MS else None


def read_drawn_trees(path: Path) -> dict[str, DrawnTree]:
    """Drawn trees by name, from the truth of a stand.

    Args:
        path: ``truth.csv`` of a stand.

    Raises:
        DatasetError: It is no such table; says what to do.
    """
    trees = {}
    rows = read_rows(path, [item.name for item in fields(DrawnTree)], remedy=DRAW_AGAIN)
    try:
        for row in rows:
            values = {item.name: _read(item.type, row[item.name]) for item in fields(DrawnTree)}
            trees[row["tree_id"]] = DrawnTree(**values)  # type: ignore[arg-type]
    except (KeyError, ValueError, TypeError) as error:
        raise DatasetError(
            "the truth of a drawn stand, as `arborisk simulate` writes it",
            f"{type(error).__name__}: {error}",
            str(path),
            DRAW_AGAIN,
        ) from error
    return trees


def _read(kind: object, text: str) -> str | float | int:
    """A value of a column, by the type that the record states."""
    if kind == "int":
        return int(text)
    return float(text) if kind == "float" else text


def _visible(tree: DrawnTree) -> VisibleParts:
    """The tree as arrays of one."""
    values = {
        item.name: np.array([getattr(tree, item.name)])
        for item in fields(VisibleParts)
        if item.name != "is_conifer"
    }
    return VisibleParts(is_conifer=np.array([tree.kind == "conifer"]), **values)


def _without(visible: VisibleParts, cue: Cue) -> VisibleParts:
    """The tree without a cue."""
    return replace(visible, **{cue.name: np.zeros_like(getattr(visible, cue.name))})


def _mean_critical_ms(visible: VisibleParts, seed: int) -> float:
    """Mean critical gust over draws of what no photo shows, m/s."""
    hidden = draw_hidden(visible, np.random.default_rng(seed), n_redraws=N_REDRAWS)
    return float(critical_gust_ms(visible, hidden).mean())


def counts(causes: Sequence[Cause | None]) -> dict[str, int]:
    """Trees by cause, most common first; trees without one are left out."""
    named = [cause.cue.title for cause in causes if cause is not None]
    return {
        name: named.count(name) for name in sorted(set(named), key=lambda one: -named.count(one))
    }
