"""Where an assessment says Imminent: in a word, in a range that holds it, or as a chance."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from arborisk.errors import AssessmentError
from arborisk.risk.rating.assessment import (
    LEVELS,
    NOT_NAMED,
    SIZES,
    TEXTS,
    Assessment,
    Belief,
    Details,
)
from arborisk.risk.rating.rating import Information, Rated
from arborisk.risk.rating.reading import read_belief
from arborisk.risk.rating.views import WordSpread, shared_inputs_enumerated
from arborisk.scales import FailureLikelihood, RiskRating
from arborisk.tables.rating_words import says_imminent as cell_says_imminent
from arborisk.wording.counts import counted
from arborisk.wording.sentences import imminent_json, imminent_line

WHOLE_TREE = "tree"
"""What a finding is about that names no part."""


@dataclass(frozen=True, slots=True)
class Urgent:
    """One likelihood of failure that may be Imminent.

    Attributes:
        what: What it is about, for example ``trunk, cavity``.
        words: The likelihood in words.
        by: Who gave it.
    """

    what: str
    words: str
    by: str

    @property
    def text(self) -> str:
        """In one phrase, behind the name of the tree."""
        about = "" if self.what == WHOLE_TREE else f", {self.what}"
        by = "" if self.by == NOT_NAMED else f", by {self.by}"
        return f"{about} ({self.words}{by})"


def urgent_of(assessment: Assessment) -> tuple[Urgent, ...]:
    """What somebody said to be Imminent, each once; what nobody rated is not among it.

    What an option would leave Imminent counts where no finding says so itself.
    """
    findings = _stated((row.finding, row.failure) for row in assessment.rows)
    return findings or _stated(_residuals(assessment))


def urgent_line(assessment: Assessment) -> str:
    """The line that stands before all others, or ""."""
    found = urgent_of(assessment)
    return imminent_line([f"tree {assessment.tree}{one.text}" for one in found])


def urgent_json(assessment: Assessment) -> dict[str, Any] | None:
    """The value of the first key, ``imminent``; None where nobody said so."""
    found = urgent_of(assessment)
    told = imminent_json([assessment.tree] if found else [])
    if told is not None:
        told["findings"] = [
            {"finding": one.what, "failure": one.words, "by": one.by} for one in found
        ]
    return told


def urgent_in_form(data: Mapping[str, Any]) -> list[str]:
    """Findings of a form that say Imminent, before it is known whether the form can be read."""
    tree = data.get("tree") if isinstance(data.get("tree"), str | int) else "not named"
    residuals = [
        residual
        for option in _mappings(data.get("options"))
        for residual in _mappings(option.get("residual"))
    ]
    said = [*_mappings(data.get("findings")), *residuals]
    urgent = [_name(one) for one in said if says_imminent(one.get("failure"))]
    return [f"tree {tree}{name}" for name in dict.fromkeys(urgent)]


def urgent_in_rows(trees: Sequence[str], failures: Sequence[object]) -> list[str]:
    """Trees of a table that somebody rated Imminent, each once.

    Args:
        trees: Name of the tree of each row.
        failures: Likelihood of failure of each row, as typed.
    """
    said = zip(trees, failures, strict=True)
    return list(dict.fromkeys(f"tree {tree}" for tree, one in said if says_imminent(one)))


def says_imminent(value: object) -> bool:
    """Whether a likelihood as typed may be Imminent; of what cannot be read, whether it names it.

    >>> says_imminent("Possible to Imminent"), says_imminent({"Imminent": 0.1, "Possibel": 0.9})
    (True, True)
    >>> says_imminent("Probable"), says_imminent(None)
    (False, False)
    """
    try:
        belief = read_belief(FailureLikelihood, value, name="likelihood", by="a form", where="")
    except AssessmentError:
        return cell_says_imminent(str(value))
    return FailureLikelihood.IMMINENT in belief.possible and not belief.is_missing


def _stated(said: Iterable[tuple[str, Belief[FailureLikelihood]]]) -> tuple[Urgent, ...]:
    found: dict[str, Urgent] = {}
    for what, belief in said:
        if FailureLikelihood.IMMINENT in belief.possible and not belief.is_missing:
            found.setdefault(what, Urgent(what, belief.words, belief.by))
    return tuple(found.values())


def _residuals(assessment: Assessment) -> Iterator[tuple[str, Belief[FailureLikelihood]]]:
    for option in assessment.options:
        for residual in option.residuals:
            if residual.failure is not None:
                about = residual.finding or "the tree"
                yield f"{about} after the option {option.name!r}", residual.failure


def _name(said: Mapping[str, Any]) -> str:
    """What a finding or a residual is about, behind the name of the tree."""
    words = [str(said[key]) for key in ("part", "condition", "finding") if said.get(key)]
    return "" if words in ([], [WHOLE_TREE]) else f", {', '.join(words)}"


def _mappings(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, Mapping))


ON_PAPER = (
    *("Client", "Species", "Place", "Stem diameter", "Height", "Crown width"),
    *("Tools used", "Next inspection"),
)
"""Lines that a draft on paper keeps for the pen where the form says nothing."""
NOTES = "Notes"


def facts_of(assessment: Assessment) -> Iterator[tuple[str, str]]:
    """Name and text of each line; the text is "" where the form says nothing."""
    details = assessment.details
    sizes = {key: size.text for key, size in details.sizes.items()}
    yield "Tree", assessment.tree
    yield "Species", details.species
    yield "Client", details.client
    yield "Place", details.place
    yield "Stem diameter", sizes.get("dbh", "")
    yield "Height", sizes.get("height", "")
    yield "Crown width", sizes.get("crown_width", "")
    yield "Assessor", assessment.assessor
    yield "Qualification", details.qualification
    yield "Date of inspection", assessment.date
    yield "Time frame", time_frame(assessment)
    yield "Tools used", details.tools
    yield "Next inspection", details.next_inspection
    yield NOTES, "\n".join(details.notes)


def stated_facts(assessment: Assessment) -> tuple[tuple[str, str], ...]:
    """Lines of `facts_of` that say something."""
    return tuple((name, text) for name, text in facts_of(assessment) if text)


def time_frame(assessment: Assessment) -> str:
    """Years that the likelihoods are about, in words; "" where none is stated."""
    years = assessment.time_frame_years
    return "" if math.isnan(years) else counted(years, "year")


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


def _word(spread: WordSpread) -> str | list[str]:
    words = list(spread.words)
    return words[0] if len(words) == 1 else words


def _distribution(spread: WordSpread) -> dict[str, float] | None:
    """Chances of the words; None where a range leaves them open."""
    if not spread.has_chances and not spread.is_certain:
        return None
    return {level.word: round(spread.lowest[level], 6) for level in RiskRating}


def _ends(ends: tuple[float, float]) -> list[float]:
    return [round(end, 6) for end in ends]
