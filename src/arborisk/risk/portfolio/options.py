"""Trees of a list of options that somebody rated Imminent: first, and outside the budget."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError, Remedy, option
from arborisk.risk.annual.chances import ClassChances
from arborisk.risk.rating.reading import read_belief
from arborisk.scales import FailureLikelihood
from arborisk.tables.imminent import imminent_rows
from arborisk.tables.role_table import RoleTable
from arborisk.tables.table import fold


@dataclass(frozen=True, slots=True)
class UrgentWork:
    """One tree that is rated Imminent.

    Attributes:
        tree: Its name, or the row where it has none.
        option: What the table proposes, or "".
        cost: Cost of it; None where none is stated.
        row: Row of the table.
    """

    tree: str
    option: str
    cost: float | None
    row: int


def urgent_work(table: RoleTable) -> tuple[UrgentWork, ...]:
    """Trees rated Imminent, each once, with the option that leaves least of the risk.

    Where nothing tells options apart, the dearest is named: it is the one to be ready for.
    """
    rows = imminent_rows(table)
    if not rows:
        return ()
    trees = table.text("tree")
    names = dict.fromkeys(trees[row] or table.name(row) for row in rows)
    options, cost = table.text("option"), table.number("cost").value
    left = table.number("risk_after").value
    of_tree: dict[str, list[int]] = {name: [] for name in names}
    for row, tree in enumerate(trees):
        if (tree or table.name(row)) in of_tree:
            of_tree[tree or table.name(row)].append(row)
    found = []
    for name, theirs in of_tree.items():
        row = min(
            theirs, key=lambda one: (_or(float(left[one]), np.inf), -_or(float(cost[one]), 0.0))
        )
        stated = float(cost[row])
        found.append(UrgentWork(name, options[row], None if np.isnan(stated) else stated, row))
    return tuple(found)


def _or(value: float, otherwise: float) -> float:
    return otherwise if np.isnan(value) else value


Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
HALF = 0.5
_GONE = ("none", "removed", "gone")
_AMOUNTS: Final[Mapping[str, tuple[float, float]]] = {
    "cost": (math.nan, math.inf),
    "risk": (math.nan, math.inf),
    "risk_after": (math.nan, math.inf),
    "impact_chance": (1.0, 1.0),
    "loss": (math.nan, math.inf),
    "hours": (0.0, math.inf),
}
"""Numbers of an option: value where nothing is stated (NaN refuses the row), and largest."""


@dataclass(frozen=True, slots=True, eq=False)
class Options:
    """Options of many trees; at most one a tree is done. Arrays hold one entry an option.

    Attributes:
        tree: Number of the tree, shape (n_options,).
        trees: Names of the trees.
        name: Name of each option.
        cost: Cost, shape (n_options,).
        removed: Expected risk removed in a year, shape (n_options,).
        risk: Expected risk of each tree now, shape (n_trees,).
        crew: Number of the crew; -1 for none.
        crews: Names of the crews.
        hours: Hours of the crew.
        needs: Index of the option that must be done too; -1 for none.
        weights: Change of the classes' weights times what an event costs, shape (n_options, 4):
            with chances p of the classes, `weights @ p` is what is removed. None where risks were
            given as numbers.
        tree_weights: The same for the risk now, shape (n_trees, 4).
        row: Row of the table.
        problems: Rows left out, and why.
        urgent: Trees that are rated Imminent: outside the budget and these sums.
    """

    tree: Numbers
    trees: tuple[str, ...]
    name: tuple[str, ...]
    cost: Floats
    removed: Floats
    risk: Floats
    crew: Numbers
    crews: tuple[str, ...]
    hours: Floats
    needs: Numbers
    weights: Floats | None
    tree_weights: Floats | None
    row: Numbers
    problems: tuple[str, ...]
    urgent: tuple[UrgentWork, ...] = ()


def read_options(table: RoleTable, chances: ClassChances | None = None) -> Options:
    """Options from a table: a row is an option of a tree.

    The risk of a tree is either given as numbers, ``risk`` and ``risk_after``; or follows from
    words: ``failure``, ``failure_after``, ``impact_chance`` and ``loss``, through the prior. What
    an option does to a tree is what the table says: nothing is assumed of its name. Of a range of
    words, half the weight lies at each end.

    Trees that a row calls Imminent are taken out: no budget decides about them.

    Args:
        table: With columns tree, option, cost; optionally crew, hours and needs (``tree/option``).
        chances: Chances of the classes in a year; for words.

    Raises:
        AssessmentError: Neither numbers nor words. Bad rows are left out and listed.
    """
    urgent = urgent_work(table)
    by_words = not table.has("risk")
    wanted = ("failure", "failure_after", "loss") if by_words else ("risk", "risk_after")
    missing = [role for role in wanted if not table.has(role)]
    if missing or (by_words and chances is None):
        raise AssessmentError(
            "columns risk and risk_after; or failure, failure_after and loss, with --storms",
            f"no {', '.join(missing)}" if missing else "words without --storms",
            table.table.source,
            Remedy(
                "State the risk of each tree now and after each option, as numbers, or as words "
                "with {}.",
                option("--storms '2 in 10'", "risk plan"),
            ),
        )
    reader = _Reader(table, by_words=by_words)
    taken_out = {one.tree for one in urgent}
    rows, problems = [], []
    for number, tree in enumerate(reader.trees):
        if tree in taken_out:
            continue
        try:
            rows.append(reader.row(number))
        except AssessmentError as error:
            problems.append(str(error))
    return _assembled(rows, problems, chances if by_words else None, table.table.source, urgent)


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    tree: str
    option: str
    cost: float
    before: tuple[float, ...]
    after: tuple[float, ...]
    crew: str
    hours: float
    needs: str


class _Reader:
    """Columns of options, read once."""

    def __init__(self, table: RoleTable, *, by_words: bool) -> None:
        self.table, self.by_words = table, by_words
        self.trees = table.text("tree")
        self._text = {role: table.text(role) for role in ("option", "crew", "needs")}
        self._number = {role: table.number(role) for role in _AMOUNTS}
        self._written = {role: table.text(role) for role in _AMOUNTS}
        self._failure = {role: table.text(role) for role in ("failure", "failure_after")}
        self._mapped = {fold(word): label for word, label in table.choices.words.items()}
        self._weights: dict[tuple[str, str], Floats] = {}

    def row(self, number: int) -> _Row:
        """One option.

        Raises:
            AssessmentError: Something of it cannot be used.
        """
        where = self.table.where(number)
        if number in self.table.problems:
            raise AssessmentError(
                "a whole row", self.table.problems[number], where, "Mend the row."
            )
        if self.by_words:
            event = self._amount("impact_chance", number) * self._amount("loss", number)
            before, after = (
                tuple((event * self._classes(role, number, where)).tolist())
                for role in ("failure", "failure_after")
            )
        else:
            before = (self._amount("risk", number),)
            after = (self._amount("risk_after", number),)
        tree, name = self.trees[number], self._text["option"][number]
        if not tree or not name:
            raise AssessmentError(
                "a tree and an option",
                "none",
                where,
                "Write the name of the tree and the name of the option into their columns.",
            )
        return _Row(
            number,
            tree,
            name,
            self._amount("cost", number),
            before,
            after,
            self._text["crew"][number],
            self._amount("hours", number),
            self._text["needs"][number],
        )

    def _amount(self, role: str, number: int) -> float:
        missing, high = _AMOUNTS[role]
        column = self._number[role]
        value = float(column.value[number])
        if math.isnan(value) and number not in column.problems:
            value = missing
        if not 0 <= value <= high:
            name = role.replace("_", " ")
            raise AssessmentError(
                f"{name} of at least 0" + (f" and at most {high:g}" if high < math.inf else ""),
                repr(self._written[role][number]),
                self.table.where(number),
                f"Write the {name} as a number within these ends.",
            )
        return value

    def _classes(self, role: str, number: int, where: str) -> Floats:
        """Weights of the classes; none for a tree that is gone."""
        text = self._failure[role][number]
        key = (role, text)
        if key not in self._weights:
            self._weights[key] = self._read_classes(role, text, where)
        return self._weights[key]

    def _read_classes(self, role: str, text: str, where: str) -> Floats:
        text = self._mapped.get(fold(text), text)
        if fold(text) in _GONE:
            return np.zeros(len(FailureLikelihood))
        column = self.table.columns.get(role)
        belief = read_belief(
            FailureLikelihood,
            text,
            name="likelihood of failure",
            by="the table",
            where=where,
            codes={} if column is None else dict(column.codes),
        )
        if belief.is_missing:
            raise AssessmentError(
                "a likelihood of failure, or none for a tree that is gone",
                repr(text),
                where,
                "State it: nothing is assumed.",
            )
        return HALF * (belief.array("lowest") + belief.array("highest"))


def _assembled(
    rows: list[_Row],
    problems: list[str],
    chances: ClassChances | None,
    source: str,
    urgent: tuple[UrgentWork, ...],
) -> Options:
    if not rows and not urgent:
        raise AssessmentError(
            "at least one row that can be used",
            f"none; the first problem: {problems[0]}" if problems else "none",
            source,
            "Correct the first row that is named, then run this again: the others are named next.",
        )
    trees = {name: index for index, name in enumerate(dict.fromkeys(row.tree for row in rows))}
    crews = {
        name: index
        for index, name in enumerate(dict.fromkeys(row.crew for row in rows if row.crew))
    }
    place = {f"{row.tree}/{row.option}": index for index, row in enumerate(rows)}
    means = np.ones(1) if chances is None else chances.means()
    before, after = (
        np.array([getattr(row, side) for row in rows]).reshape(len(rows), len(means))
        for side in ("before", "after")
    )
    tree = np.array([trees[row.tree] for row in rows], dtype=np.int64)
    # Where rows state different risks for a tree, the highest counts, and it is said.
    highest = np.argsort(before @ means, kind="stable")
    tree_before = np.zeros((len(trees), before.shape[1]))
    tree_before[tree[highest]] = before[highest]
    problems = [
        *problems,
        *_needs_problems(rows, place),
        *_different_risks(rows, before @ means, tree),
    ]
    change = tree_before[tree] - after
    return Options(
        tree=tree,
        trees=tuple(trees),
        name=tuple(row.option for row in rows),
        cost=np.array([row.cost for row in rows]),
        removed=change @ means,
        risk=tree_before @ means,
        crew=np.array([crews.get(row.crew, -1) for row in rows], dtype=np.int64),
        crews=tuple(crews),
        hours=np.array([row.hours for row in rows]),
        needs=np.array(
            [
                -1 if not row.needs else place.get(row.needs, index)
                for index, row in enumerate(rows)
            ],
            dtype=np.int64,
        ),
        weights=None if chances is None else change,
        tree_weights=None if chances is None else tree_before,
        row=np.array([row.number for row in rows], dtype=np.int64),
        problems=tuple(problems),
        urgent=urgent,
    )


def _needs_problems(rows: list[_Row], place: Mapping[str, int]) -> list[str]:
    return [
        f"Expected an option of this table, as tree/option; found {row.needs!r} (needs of "
        f"{row.tree}/{row.option}). It is taken as not met."
        for row in rows
        if row.needs and row.needs not in place
    ]


def _different_risks(rows: list[_Row], risk: Floats, tree: Numbers) -> list[str]:
    """Trees whose rows state different risks now: a named conflict, the highest counts."""
    lowest = np.full(int(tree.max(initial=-1)) + 1, np.inf)
    most = np.zeros(len(lowest))
    np.minimum.at(lowest, tree, risk)
    np.maximum.at(most, tree, risk)
    names = {int(number): row.tree for number, row in zip(tree, rows, strict=True)}
    return [
        f"Rows of tree {names[one]} state different risks now, {lowest[one]:.4g} and "
        f"{most[one]:.4g}: the higher counts. Correct the rows if one of them is older."
        for one in np.flatnonzero(most > lowest * (1 + 1e-9)).tolist()
    ]
