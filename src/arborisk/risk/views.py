"""Inputs of an assessment as arrays: the lowest reading, the highest, and what is possible."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arborisk.risk.assessment import Assessment, RiskRow
from arborisk.risk.belief import Belief, View
from arborisk.risk.highest import RowArrays, highest_possible, highest_weights
from arborisk.risk.rules import Levels, RuleSet
from arborisk.scales import FailureLikelihood, ImpactLikelihood

Weights = NDArray[np.float64]
MOST_CASES = 4096
"""Joint cases of inputs shared by several rows that are enumerated; beyond it such inputs are taken
as independent from row to row, which can only add possible words."""


def highest_of(assessment: Assessment, rules: RuleSet, outcome: Levels, view: View) -> Weights:
    """Highest outcome over the rows, exactly, shape (levels,).

    Rows of one finding share its failure, and rows that name one target share what is known of it:
    every joint case of these is worked out. All other inputs are independent.

    Both matrices and the default rule never fall when an input rises (tests check every cell), so
    ``lowest`` and ``highest`` give the ends of every chance "this word or higher".

    Args:
        assessment: What is known.
        rules: Rule set, for the default rule of impact.
        outcome: Level of each combination, shape (failure, impact, consequences).
        view: See `Belief.array`; ``possible`` gives 1 for each level that is possible.
    """
    cases, weights = _cases(assessment, view)
    rows = _arrays(cases, rules, view)
    if view == "possible":
        can = highest_possible(rows, outcome)[weights > 0]
        return np.asarray(np.any(can, axis=0), dtype=np.float64)
    found: Weights = np.asarray(weights @ highest_weights(rows, outcome), dtype=np.float64)
    return found


def impact_weights(row: RiskRow, rules: RuleSet, view: View) -> Weights:
    """Weights of the likelihoods of impact, stated or by the default rule, shape (4,)."""
    if row.impact is not None:
        return row.impact.array(view)
    factors = [one.array(view) for one in (row.occupancy, row.protection, row.zone, row.direction)]
    weight = np.einsum("o,p,z,d->opzd", *factors).ravel()
    n = len(ImpactLikelihood)
    low = np.bincount(rules.impact_low.ravel(), weight, minlength=n).astype(np.float64)
    high = np.bincount(rules.impact_high.ravel(), weight, minlength=n).astype(np.float64)
    if view == "lowest":
        return low
    if view == "highest":
        return high
    if view == "equal":
        return (low + high) / 2  # a cell of the default rule is one word or two neighbours
    found: Weights = ((low + high) > 0).astype(np.float64)
    return found


def shared_inputs_enumerated(assessment: Assessment) -> bool:
    """Whether every joint case of the inputs that rows share is worked out."""
    sizes = [len(belief.possible) for belief in _shared(assessment)]
    return bool(np.prod(sizes, dtype=float) <= MOST_CASES)


def _cases(assessment: Assessment, view: View) -> tuple[list[Assessment], Weights]:
    """Each joint case of the inputs that several rows share, and its weight."""
    shared = _shared(assessment)
    if not shared_inputs_enumerated(assessment):
        return [assessment], np.ones(1)
    cases, weights = [], []
    for levels in itertools.product(*(belief.possible for belief in shared)):
        case, weight = assessment, 1.0
        for belief, level in zip(shared, levels, strict=True):
            case = case.knowing(belief.known_as(level))
            weight *= float(belief.array(view)[level])
        cases.append(case)
        weights.append(weight)
    return cases, np.array(weights)


def _shared(assessment: Assessment) -> list[Belief[Any]]:
    """Uncertain inputs that several rows rest on; failure is shared without enumerating."""
    rows_of = Counter(belief.name for row in assessment.rows for belief in row.inputs[1:])
    return [
        belief for belief in assessment.inputs if rows_of[belief.name] > 1 and not belief.is_certain
    ]


def _arrays(cases: list[Assessment], rules: RuleSet, view: View) -> RowArrays:
    """Rows of all cases, each case as a tree of its own."""
    failure: list[Weights] = []
    tree: list[int] = []
    finding: list[int] = []
    for number, case in enumerate(cases):
        place: dict[str, int] = {}
        for row in case.rows:
            belief: Belief[FailureLikelihood] = row.failure
            if belief.name not in place:
                place[belief.name] = len(failure)
                failure.append(belief.array(view))
                tree.append(number)
            finding.append(place[belief.name])
    rows = [row for case in cases for row in case.rows]
    return RowArrays(
        failure=np.stack(failure),
        impact=np.stack([impact_weights(row, rules, view) for row in rows]),
        consequences=np.stack([row.consequences.array(view) for row in rows]),
        finding=np.array(finding, dtype=np.int64),
        tree=np.array(tree, dtype=np.int64),
        n_trees=len(cases),
    )
