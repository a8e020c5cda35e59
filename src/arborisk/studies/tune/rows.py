"""Trials of a study as plain rows, for tables and figures. Needs optuna."""

from __future__ import annotations

from collections.abc import Collection

from arborisk.report.tune_records import TrialRow, TrialState
from arborisk.studies.tune.store import NOTE, Study, was_tried


def trial_rows(study: Study, numbers: Collection[int] | None = None) -> list[TrialRow]:
    """Rows of the trials that count, oldest first.

    Args:
        study: Open.
        numbers: Which trials; None means all.
    """
    from optuna.trial import TrialState as State

    states: dict[State, TrialState] = {
        State.COMPLETE: "finished",
        State.PRUNED: "stopped",
        State.FAIL: "failed",
    }
    rows = []
    for trial in study.trials:
        if not was_tried(trial) or (numbers is not None and trial.number not in numbers):
            continue
        attributes = trial.user_attrs
        curve = tuple(sorted(trial.intermediate_values.items()))
        lowest = min((loss for _, loss in curve), default=None)
        rows.append(
            TrialRow(
                number=trial.number,
                state=states[trial.state],
                values=dict(trial.params),
                loss=trial.value if trial.state == State.COMPLETE else lowest,
                epochs=attributes.get("epochs"),
                curve=curve,
                scores=dict(attributes.get("scores", {})),
                seconds=float(attributes.get("seconds", 0.0)),
                note=str(attributes.get(NOTE, "")),
            )
        )
    return rows
