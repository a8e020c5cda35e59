"""What could be done to which tree, at what cost, and what risk it would remove."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError
from arborisk.risk.annual import ClassChances
from arborisk.risk.checks import checked_number
from arborisk.risk.portfolio_table import TreeTable
from arborisk.risk.reading_words import read_belief
from arborisk.scales import FailureLikelihood

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
HALF = 0.5


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


def read_options(table: TreeTable, chances: ClassChances | None = None) -> Options:
    """Options from a table: a row is an option of a tree.

    The risk of a tree is either given as numbers, ``risk`` and ``risk_after``; or follows from
    words: ``failure``, ``failure_after``, ``impact_chance`` and ``loss``, through the prior. What
    an option does to a tree is what the table says: nothing is assumed of its name. Of a range of
    words, half the weight lies at each end.

    Args:
        table: With columns tree, option, cost; optionally crew, hours and needs (``tree/option``).
        chances: Chances of the classes in a year; for words.

    Raises:
        AssessmentError: Neither numbers nor words. Bad rows are left out and listed.
    """
    by_words = "risk" not in table.place
    wanted = ("failure", "failure_after", "loss") if by_words else ("risk", "risk_after")
    missing = [role for role in wanted if role not in table.place]
    if missing or (by_words and chances is None):
        raise AssessmentError(
            "columns risk and risk_after; or failure, failure_after and loss, with --storms",
            f"no {', '.join(missing)}" if missing else "words without --storms",
            table.source,
            "State the risk of each tree now and after each option.",
        )
    rows, problems = [], []
    for number in range(len(table.rows)):
        try:
            rows.append(_row(table, number, by_words=by_words))
        except AssessmentError as error:
            problems.append(str(error))
    return _assembled(rows, problems, chances if by_words else None, table.source)


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


def _row(table: TreeTable, number: int, *, by_words: bool) -> _Row:
    where = table.where(number)

    def cell(role: str) -> str:
        return table.rows[number][table.place[role]] if role in table.place else ""

    def amount(role: str, missing: str = "", high: float = math.inf) -> float:
        return checked_number(cell(role) or missing, role, where, low=0.0, high=high)

    if by_words:
        event = amount("impact_chance", "1", 1.0) * amount("loss")
        before, after = (
            _weights(cell(role), event, where) for role in ("failure", "failure_after")
        )
    else:
        before, after = (amount("risk"),), (amount("risk_after"),)
    if not cell("tree") or not cell("option"):
        raise AssessmentError(
            "a tree and an option",
            "none",
            where,
            "Write the name of the tree and the name of the option into their columns.",
        )
    return _Row(
        number,
        cell("tree"),
        cell("option"),
        amount("cost"),
        before,
        after,
        cell("crew"),
        amount("hours", "0"),
        cell("needs"),
    )


def _weights(text: str, event: float, where: str) -> tuple[float, ...]:
    """Weights of the classes times what an event costs; ``none`` for a tree that is gone."""
    if text.strip().lower() in ("none", "removed", "gone"):
        return (0.0,) * len(FailureLikelihood)
    belief = read_belief(
        FailureLikelihood, text, name="likelihood of failure", by="the table", where=where
    )
    if belief.is_missing:
        raise AssessmentError(
            "a likelihood of failure, or none for a tree that is gone",
            repr(text),
            where,
            "State it: nothing is assumed.",
        )
    low, high = belief.array("lowest"), belief.array("highest")
    return tuple(float(one) for one in event * HALF * (low + high))


def _assembled(
    rows: list[_Row], problems: list[str], chances: ClassChances | None, source: str
) -> Options:
    if not rows:
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
    before, after = (np.array([getattr(row, side) for row in rows]) for side in ("before", "after"))
    tree = np.array([trees[row.tree] for row in rows], dtype=np.int64)
    # Where rows state different risks for a tree, the highest counts.
    highest = np.argsort(before @ means, kind="stable")
    tree_before = np.zeros((len(trees), before.shape[1]))
    tree_before[tree[highest]] = before[highest]
    problems = problems + [
        f"Expected an option of this table, as tree/option; found {row.needs!r} (needs of "
        f"{row.tree}/{row.option}). It is taken as not met."
        for row in rows
        if row.needs and row.needs not in place
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
    )
