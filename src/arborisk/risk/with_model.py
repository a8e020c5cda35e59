"""A photo model's likelihood where no person stated one; never in place of a person's."""

from __future__ import annotations

from dataclasses import replace

from arborisk.errors import AssessmentError
from arborisk.risk.assessment import Assessment
from arborisk.risk.model_answers import ModelAnswer


def with_model(assessment: Assessment, answer: ModelAnswer) -> Assessment:
    """The assessment with the model's likelihood for findings that nobody rated.

    All such findings share it: the model speaks of the tree, not of its parts.

    Args:
        assessment: What people stated.
        answer: What the model says of this tree.

    Raises:
        AssessmentError: The model speaks of another time frame.
    """
    years = answer.time_frame_years
    if years is not None and years != assessment.time_frame_years:
        raise AssessmentError(
            f"a likelihood for {assessment.time_frame_years:g} years",
            f"a model that was taught likelihoods for {years:g} years",
            f"tree {assessment.tree}",
            "State the model's time frame, or rate the likelihood yourself.",
        )
    notes = list(answer.notes)
    if years is None:
        notes.append("The photo model's time frame is not stated: it is taken for this one.")
    rows = tuple(
        replace(row, failure=answer.failure) if row.failure.is_missing else row
        for row in assessment.rows
    )
    used = any(row.failure is answer.failure for row in rows)
    return replace(
        assessment, rows=rows, notes=(*assessment.notes, *notes) if used else assessment.notes
    )
