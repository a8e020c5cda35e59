"""A rating in sentences and as JSON: never without its time frame, targets and who said what."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from arborisk.risk.assessment import LEVELS
from arborisk.risk.belief import Belief
from arborisk.risk.details import SIZES, TEXTS, Details
from arborisk.risk.facts import time_frame
from arborisk.risk.information import Information
from arborisk.risk.rating import Rated
from arborisk.risk.spread import Spread
from arborisk.risk.urgent import urgent_json, urgent_of
from arborisk.risk.views import shared_inputs_enumerated
from arborisk.scales import RiskRating

DRAFT = "Draft until a qualified person has checked and signed it."
IMMINENT_FIRST = (
    "Imminent does not wait for the rating: whatever the matrices make of it, it overrides the "
    "time frame."
)
LOW_IS_NOT_NONE = "Low is not none: trees rated Low can fail and harm."
NOT_INSPECTED = {
    1: "Not inspected at this level: the far side, the roots, the inside of the wood, what cannot "
    "be seen from where the assessor or the camera stood.",
    2: "Not inspected at this level: the inside of the wood, roots below ground, the upper side of "
    "the crown.",
    3: "Not inspected: what the instruments named in the assessor's notes did not reach.",
}
NOT_ASSUMED = (
    "Of pruning, cables, props and the like nothing is assumed: residual ratings are what the "
    "assessor entered, or follow from removing the tree or a target."
)
TOO_MANY = (
    "Too many inputs are shared and uncertain to work out every joint case: they were taken as "
    "independent from row to row."
)
INDEPENDENT = (
    "Rows of one finding share its failure, rows of one target what is known of it; all else is "
    "taken as independent."
)


def headline(rated: Rated) -> str:
    """The rating in one sentence, with time frame and targets."""
    about = rated.assessment
    targets = sorted({row.target for row in about.rows})
    rating = rated.rating
    if rating.is_certain:
        said = f"Risk rating {rating.text}"
    elif rating.has_chances:
        said = f"Chances of the risk rating: {rating.text}"
    else:
        said = f"Risk rating {rating.text}: inputs are missing or ranges"
    years = time_frame(about) or "a time frame not stated"
    return f"{said}; tree {about.tree}, over {years}, targets: {', '.join(targets)}."


def caveats(rated: Rated) -> Iterator[str]:
    """What must stand beside the rating."""
    about = rated.assessment
    if urgent_of(about):
        yield IMMINENT_FIRST
    yield DRAFT
    if not about.assessor:
        yield "No assessor is named."
    yield f"{LEVELS[about.level]}."
    yield NOT_INSPECTED[about.level]
    limits = about.limitations
    yield f"Limitations stated: {'; '.join(limits) if limits else 'none were stated'}."
    yield from about.notes
    if RiskRating.LOW in rated.rating.possible:
        yield LOW_IS_NOT_NONE


def rules_used(rated: Rated) -> Iterator[str]:
    """Every rule that the rating rests on, with its source."""
    rules = rated.rules
    yield f"{rules.name}: {rules.title}."
    yield f"Matrix 1, failure and impact. {rules.sources['matrix_1']}"
    yield f"Matrix 2, risk rating. {rules.sources['matrix_2']}"
    if any(row.impact is None for row in rated.assessment.rows):
        yield f"Likelihood of impact by the default rule. {rules.sources['impact_rule']}"
    yield "The highest row is the tree's rating."
    yield INDEPENDENT
    if not shared_inputs_enumerated(rated.assessment):
        yield TOO_MANY


def rating_json(rated: Rated, information: Sequence[Information]) -> dict[str, Any]:
    """Everything as plain values; `risk_rating` is a word, or a list where several are possible."""
    about = rated.assessment
    return {
        "imminent": urgent_json(about),
        "tree": about.tree,
        "assessor": about.assessor or None,
        "date": about.date or None,
        "level": about.level,
        "time_frame_years": None if math.isnan(about.time_frame_years) else about.time_frame_years,
        **_described(about.details),
        "failure_and_impact": _word(rated.event),
        "risk_rating": _word(rated.rating),
        "distribution": _distribution(rated.rating),
        "at_least": {
            level.word: _ends(rated.rating.at_least(level)) for level in list(RiskRating)[1:]
        },
        "rows": [
            {
                "part": one.row.part,
                "condition": one.row.condition,
                "target": one.row.target,
                "failure": one.row.failure.words,
                "impact": _word(one.impact),
                "impact_by": "assessor" if one.row.impact is not None else "default rule",
                "failure_and_impact": _word(one.event),
                "consequences": one.row.consequences.words,
                "risk_rating": _word(one.rating),
                "distribution": _distribution(one.rating),
            }
            for one in rated.rows
        ],
        "inputs": [_input(belief) for belief in about.inputs],
        "causes": [cause.text for cause in rated.causes],
        "information": [
            {
                "input": one.name,
                "now": one.words,
                "bits": round(one.bits, 4),
                "ratings_left_at_most": one.ratings_left,
                "rating_by_answer": dict(one.by_answer),
            }
            for one in information
        ],
        "options": [
            {"name": one.option.name, "cost": one.option.cost, "residual": one.text}
            for one in rated.options
        ],
        "caveats": list(caveats(rated)),
        "rules": list(rules_used(rated)),
    }


def _described(details: Details) -> dict[str, Any]:
    """Every key of a form that describes; None where it is not stated. Sizes in cm and m too."""
    found: dict[str, Any] = {key: getattr(details, key) or None for key in TEXTS}
    found |= {"latitude": details.latitude, "longitude": details.longitude}
    for key, unit in SIZES.items():
        size = details.sizes.get(key)
        found[key] = size and size.written
        found[f"{key}_{unit}"] = size and float(f"{size.quantity.value:.10g}")
    return found | {
        "notes": list(details.notes),
        "next_inspection": details.next_inspection or None,
    }


def _input(belief: Belief[Any]) -> dict[str, Any]:
    return {
        "input": belief.name,
        "value": "not known" if belief.is_missing else belief.words,
        "by": belief.by,
    }


def _word(spread: Spread) -> str | list[str]:
    words = list(spread.words)
    return words[0] if len(words) == 1 else words


def _distribution(spread: Spread) -> dict[str, float] | None:
    """Chances of the words; None where a range leaves them open."""
    if not spread.has_chances and not spread.is_certain:
        return None
    return {level.word: round(spread.lowest[level], 6) for level in RiskRating}


def _ends(ends: tuple[float, float]) -> list[float]:
    return [round(end, 6) for end in ends]
