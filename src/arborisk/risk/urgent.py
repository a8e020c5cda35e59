"""Where an assessment says Imminent: in a word, in a range that holds it, or as a chance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from arborisk.errors import AssessmentError
from arborisk.risk.assessment import Assessment
from arborisk.risk.belief import NOT_NAMED, Belief
from arborisk.risk.reading_words import read_belief
from arborisk.scales import FailureLikelihood
from arborisk.tables.rating_words import says_imminent as cell_says_imminent
from arborisk.wording.imminent import imminent_json, imminent_line

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
