"""A search: trials one after another, or in several processes, on one study."""

from __future__ import annotations

from dataclasses import dataclass

from arborisk.errors import Remedy, SettingsError, option
from arborisk.report.tune_records import TrialRow
from arborisk.studies.tune.dimensions import Value
from arborisk.studies.tune.pool import run_in_processes
from arborisk.studies.tune.rows import trial_rows
from arborisk.studies.tune.running import Pace, run_trial
from arborisk.studies.tune.store import Store, Study
from arborisk.studies.tune.trials import Bench


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found so far.

    Attributes:
        rows: All trials, oldest first.
        best: The finished trial of the lowest loss.
        values: Its values, by name of the dimension.
        n_tried: Trials that count.
        is_complete: Whether all trials asked for were tried.
    """

    rows: tuple[TrialRow, ...]
    best: TrialRow
    values: dict[str, Value]
    n_tried: int
    is_complete: bool


def search(bench: Bench, store: Store, n_trials: int, pace: Pace, *, name: str = "") -> Found:
    """Tries settings until as many are tried as were asked for, or the time is up.

    Finished trials of an earlier call are kept; trials that were killed are tried again.

    Args:
        bench: What a trial runs on.
        store: The study.
        n_trials: Settings to try in all.
        pace: How.
        name: Of the outer fold, for the progress.

    Raises:
        SettingsError: No trial finished; tells why the last one failed.
        ArboriskError: A process died.
    """
    with store.open() as study:
        study.mend()
        first = study.n_used
        kept = f", after {first} kept" if first else ""
        step = pace.progress_for(f"Trials{f' of {name}' if name else ''}{kept}")
        if pace.jobs == 1:
            for ticket in range(first, n_trials):
                if pace.is_over:
                    break
                pace.on_trial(run_trial(bench, study, ticket, pace.progress_for))
                step(ticket + 1 - first, n_trials - first)
    if pace.jobs > 1 and first < n_trials:
        run_in_processes(bench, store, range(first, n_trials), pace, step)
    with store.open() as study:
        return _found(study, n_trials)


def _found(study: Study, n_trials: int) -> Found:
    """What there is, if anything finished."""
    rows = trial_rows(study)
    finished = [row for row in rows if row.state == "finished" and row.loss is not None]
    if not finished:
        reasons = [row.note for row in rows if row.note] or ["every trial was stopped early"]
        raise SettingsError(
            "at least one trial that finished",
            f"none of {len(rows)}: {reasons[-1]}",
            str(study.store.path),
            Remedy(
                "Give more {} with {}, or mend what the reason names.",
                option("--trials", "tune"),
                option("--resume", "tune"),
            ),
        )
    best = min(finished, key=lambda row: (row.loss, row.number))
    n_tried = study.n_used
    return Found(tuple(rows), best, dict(best.values), n_tried, n_tried >= n_trials)
