"""``arborisk tune``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arborisk.cli.common_options import FiguresOption
from arborisk.cli.console import note, progress_for, say
from arborisk.cli.setting_options import settings_given
from arborisk.errors import SettingsError
from arborisk.wording.counts import counted

if TYPE_CHECKING:
    from arborisk.report.tune_records import TrialRow
    from arborisk.studies.tune.config import TuneSettings

JUDGING = "Judging"
PACE = "Pace"


def tune(
    ctx: typer.Context,
    dataset: Annotated[Path, typer.Argument(help="Data set made by `arborisk import`.")],
    out: Annotated[Path, typer.Option(help="Folder of the search to write.")] = Path("tune"),
    config: Annotated[
        Path | None, typer.Option(help="Settings file that the search begins with.")
    ] = None,
    assignments: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Any other setting to begin with; it is then not searched.",
        ),
    ] = None,
    trials: Annotated[int, typer.Option(help="Settings to try.")] = 30,
    epochs_max: Annotated[
        int, typer.Option(help="Epochs of a trial that Hyperband does not stop.")
    ] = 18,
    sampler: Annotated[
        str, typer.Option(help="tpe (learns from finished trials) or random.")
    ] = "tpe",
    folds: Annotated[
        int | None,
        typer.Option(
            help="Inner folds, groups whole; 0 for one hold-out. Default: 3.",
            rich_help_panel=JUDGING,
        ),
    ] = None,
    test_share: Annotated[
        float | None,
        typer.Option(
            help="Share of an inner hold-out, 0 to 1; implies --folds 0. Default: 0.25.",
            rich_help_panel=JUDGING,
        ),
    ] = None,
    outer_folds: Annotated[
        int,
        typer.Option(
            help="Outer folds for the honest estimate, each with a whole search; 0 for none.",
            rich_help_panel=JUDGING,
        ),
    ] = 0,
    figures: FiguresOption = None,
    jobs: Annotated[
        int, typer.Option(min=1, help="Processes, one thread each.", rich_help_panel=PACE)
    ] = 1,
    timeout: Annotated[
        float | None,
        typer.Option(
            help="Minutes after which no trial starts. Default: none.", rich_help_panel=PACE
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a search in --out; trials are kept.")
    ] = False,
) -> None:
    """Search a model's settings by Hyperband; ends with OUT/best.toml, which `train` takes.

    Trials are judged on inner folds of the photos given, trees and sites whole, and kept in
    OUT/study.db. The best of many trials is optimistic: --outer-folds repeats the search inside
    outer folds, which costs as many searches, and says how good its choice really is.
    """
    from time import monotonic

    from arborisk.cli.common_options import parse_assignments
    from arborisk.cli.train_options import settings_of
    from arborisk.studies.tune.search import Pace
    from arborisk.studies.tune.tuning import tune as run_search

    assigned = parse_assignments(assignments or [])
    given = settings_given(ctx)
    resolved = settings_of(given, assigned, config)
    wanted = _wanted(
        trials=trials,
        epochs_max=epochs_max,
        sampler=sampler,
        folds=folds,
        test_share=test_share,
        outer_folds=outer_folds,
    )
    pace = Pace(
        jobs=jobs,
        until=None if timeout is None else monotonic() + 60 * timeout,
        on_trial=_tell_trial,
    )
    try:
        done = run_search(
            dataset,
            resolved,
            wanted,
            out,
            fixed=[*assigned, *["preprocess.size_px"] * (given.get("size") is not None)],
            resume=resume,
            pace=pace,
            say=note,
            progress_for=progress_for,
        )
    except KeyboardInterrupt:
        note(f"Interrupted. Go on with the same command and --resume; {out} keeps finished trials.")
        raise
    best = done.found.best
    say(
        f"Best of {counted(done.found.n_tried, 'trial')}: trial {best.number}, class-balanced "
        f"log-loss {best.loss:.3f}, macro-F1 {best.scores['macro_f1']:.3f} on inner parts. "
        f"{best.words}."
    )
    if done.summary.is_blind:
        say(
            "Not better than an answer that gives every class the same probability (loss "
            f"{done.summary.blind_loss:.3f}): nothing was learnt that a search could choose by."
        )
    say(done.summary.optimism)
    if done.outer is not None:
        say(f"Outer folds, the honest estimate: {done.outer.verdict.headline}")
    if not done.found.is_complete or (outer_folds and done.outer is None):
        note("The time is up; go on with the same command and --resume.")
    say(f"Settings: {done.config}, for: arborisk train {dataset} --config {done.config}")
    say(f"Report: {done.report}")


def _wanted(
    *,
    trials: int,
    epochs_max: int,
    sampler: str,
    folds: int | None,
    test_share: float | None,
    outer_folds: int,
) -> TuneSettings:
    """How to search, from the options."""
    from pydantic import ValidationError

    from arborisk.studies.tune.config import TuneSettings

    if test_share is not None and folds:
        raise SettingsError(
            "either inner folds or one inner hold-out",
            f"--folds {folds} and --test-share {test_share}",
            "the options",
            "Give one of them.",
        )
    given = {
        "inner_folds": 0 if folds is None and test_share is not None else folds,
        "inner_share": test_share,
    }
    try:
        return TuneSettings.model_validate(
            {
                "trials": trials,
                "epochs_max": epochs_max,
                "sampler": sampler,
                "outer_folds": outer_folds,
                **{key: value for key, value in given.items() if value is not None},
            }
        )
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(str(part) for part in problem["loc"]) or "the options of the search"
        raise SettingsError(
            f"{key}: {problem['msg'].removeprefix('Value error, ').lower()}",
            repr(problem.get("input")),
            "the options",
            "Give a value that fits what was expected.",
        ) from error


def _tell_trial(row: TrialRow) -> None:
    """One line a trial."""
    if row.state == "failed":
        note(f"Trial {row.number} failed: {row.note}")
        return
    loss = "" if row.loss is None else f", loss {row.loss:.3f}"
    after = f" after {counted(row.epochs_run, 'epoch')}" if row.epochs_run else ""
    how = "stopped early" if row.state == "stopped" else "finished"
    note(f"Trial {row.number} {how}{after}{loss}: {row.words}")
