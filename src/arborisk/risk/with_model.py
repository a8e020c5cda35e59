"""A photo model's likelihood where no person stated one; never in place of a person's."""

from __future__ import annotations

from dataclasses import replace

from arborisk.risk.assessment import Assessment
from arborisk.risk.model_answers import ModelAnswer, check_time_frame


def with_model(assessment: Assessment, answer: ModelAnswer) -> Assessment:
    """The assessment with the model's likelihood for findings that nobody rated.

    All such findings share it: the model speaks of the tree, not of its parts.

    Args:
        assessment: What people stated.
        answer: What the model says of this tree.

    Raises:
        AssessmentError: The model speaks of another time frame.
    """
    check_time_frame(answer, assessment.time_frame_years)
    notes = list(answer.notes)
    if answer.time_frame_years is None:
        notes.append("The photo model's time frame is not stated: it is taken for this one.")
    rows = tuple(
        replace(row, failure=answer.failure) if row.failure.is_missing else row
        for row in assessment.rows
    )
    used = any(row.failure is answer.failure for row in rows)
    return replace(
        assessment, rows=rows, notes=(*assessment.notes, *notes) if used else assessment.notes
    )
