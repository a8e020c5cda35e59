"""The tree and the visit as lines of a report: the same names in texts, pages and PDFs."""

from __future__ import annotations

import math
from collections.abc import Iterator

from arborisk.risk.assessment import Assessment
from arborisk.wording.counts import counted

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
