"""``arborisk evaluate``: the scores of a run beside its baselines, and what it can promise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arborisk.cli.common_options import (
    FiguresOption,
    Format,
    FormatOption,
    TableFormat,
    TableFormatOption,
)
from arborisk.cli.console import as_json_text, emit, say, say_json
from arborisk.wording.counts import counted
from arborisk.wording.intervals import share_range
from arborisk.wording.percent import percent

if TYPE_CHECKING:
    from rich.table import Table

    from arborisk.evaluation.results import Evaluation
    from arborisk.prediction.promises import Promises


COVERAGE, MISS_RATE, CONFIDENCE = 0.9, 0.05, 0.95
"""Asked for where nothing is stated."""
CoverageOption = Annotated[
    float | None,
    typer.Option(
        min=0.5,
        max=0.999,
        help="Share of likelihood sets that hold the true class.",
        show_default=f"{COVERAGE}",
    ),
]
MissRateOption = Annotated[
    float | None,
    typer.Option(
        min=0.0001,
        max=0.9999,
        help="Largest share of groups with a class that may be missed.",
        show_default=f"{MISS_RATE}",
    ),
]
ConfidenceOption = Annotated[
    float | None,
    typer.Option(
        min=0.5,
        max=0.9999,
        help="Least chance that the miss rate holds.",
        show_default=f"{CONFIDENCE}",
    ),
]


def promised_of(
    model: Path, coverage: float | None, miss_rate: float | None, confidence: float | None
) -> Promises:
    """What a run or bundle can promise; None stands for the usual."""
    from arborisk.bundle.load import load_bundle
    from arborisk.prediction.promises import promises_of

    return promises_of(
        load_bundle(model),
        coverage=coverage or COVERAGE,
        miss_rate=miss_rate or MISS_RATE,
        confidence=confidence or CONFIDENCE,
    )


def promises_text(found: Promises, coverage: float | None) -> str:
    """What takes from the answers first, then the promises."""
    lines = [f"Caution: {caution}" for caution in found.cautions]
    for row in found.classes:
        low, high = row.attainable
        covered = (
            f"sets asked for {percent(coverage or COVERAGE, 'stated')} really cover "
            f"{share_range(low, high)}"
            if low < 1
            else f"never ruled out: {row.fewest_groups} groups are needed"
        )
        silent = "; never said by the model" if row.n_groups and not row.n_said else ""
        lines += [
            f"{row.title}: {counted(row.n_groups, 'group')} held back{silent}; {covered}.",
            f"  {row.misses}",
        ]
    lines += [found.set_price_words] if found.set_price_words else []
    return "\n".join([*lines, found.answer_words])


def evaluate(
    run: Annotated[
        Path,
        typer.Argument(
            exists=True,
            file_okay=False,
            help="Run folder of `arborisk train`; with --only-promises a bundle folder as well.",
        ),
    ],
    coverage: CoverageOption = None,
    miss_rate: MissRateOption = None,
    confidence: ConfidenceOption = None,
    figures: FiguresOption = None,
    only_promises: Annotated[
        bool,
        typer.Option("--only-promises", help="Print what can be promised and write nothing."),
    ] = False,
    format: TableFormatOption = TableFormat.TABLE,
    out: Annotated[
        Path | None, typer.Option(help="Write the result here.", show_default="standard output")
    ] = None,
) -> None:
    """Scores the predictions of RUN beside the majority class and prior sampling.

    Also writes metrics.json and report.html into RUN. Intervals are over groups (trees, sites),
    not photos. With --coverage, --miss-rate or --confidence it also says what can be promised of
    likelihood sets and of trees missed, from what was said of photos held back.
    """
    from arborisk.cli.console import note
    from arborisk.evaluation.evaluate import evaluate_run, write_metrics
    from arborisk.report.run_report import write_run_report

    asked = (coverage, miss_rate, confidence) != (None, None, None)
    promised = promised_of(run, coverage, miss_rate, confidence) if asked or only_promises else None
    as_json = format is TableFormat.JSON
    if only_promises and promised is not None:
        text = as_json_text(promised.as_json()) if as_json else promises_text(promised, coverage)
    else:
        evaluation = evaluate_run(run)
        write_metrics(evaluation, run)
        note(f"Report: {write_run_report(run)}")
        beside = {} if promised is None else {"promises": promised.as_json()}
        text = as_json_text({**evaluation.as_json(), **beside}) if as_json else _as_text(evaluation)
        if promised is not None and not as_json:
            text += f"\n\n{promises_text(promised, coverage)}"
    emit(text, out)


def _as_text(evaluation: Evaluation) -> str:
    """Verdict, then the table, as plain text."""
    import io

    from arborisk.cli.console import ShownConsole
    from arborisk.evaluation.verdict import verdict_of

    verdict = verdict_of(evaluation)
    stream = io.StringIO()
    console = ShownConsole(file=stream, width=100)
    for caution in verdict.cautions[: verdict.n_first]:
        console.print(caution, style="bold")
    console.print(verdict.sentence, style="bold")
    for caution in verdict.cautions[verdict.n_first :]:
        console.print(caution)
    console.print(_table(evaluation))
    return stream.getvalue().rstrip()


def _table(evaluation: Evaluation) -> Table:
    """One row a metric: value, interval, baselines, what it is over."""
    from rich.table import Table

    from arborisk.evaluation.results import metric_title

    about = f"{counted(evaluation.n_photos, 'photo')} of {counted(evaluation.n_groups, 'group')}"
    table = Table(title=f"{evaluation.config.model}, {evaluation.config.scheme.name}: {about}")
    for column in ("metric", "value", "95 % interval", "majority class", "prior sampling", "n"):
        table.add_column(column, justify="left" if column == "metric" else "right")
    for key, result in evaluation.metrics.items():
        interval = result.interval
        has_interval = interval.low is not None and interval.high is not None
        table.add_row(
            metric_title(key, evaluation.config.scheme),
            f"{interval.value:.3f}",
            f"{interval.low:.3f} to {interval.high:.3f}" if has_interval else interval.note,
            f"{result.majority:.3f}",
            f"{result.prior_sampling:.3f}",
            f"{result.n_photos}",
        )
    return table


def bundle(
    model: Annotated[
        Path,
        typer.Argument(exists=True, file_okay=False, help="Run folder, or a bundle folder."),
    ],
    format: FormatOption = Format.TEXT,
) -> None:
    """Checks a bundle (files, hashes, shapes, labels, a known answer) and prints its model card.

    The hashes show damage and mix-ups; they do not show who made the bundle.
    """
    from arborisk.bundle.load import find_bundle, load_bundle

    folder = find_bundle(model)
    opened = load_bundle(folder)
    if format is Format.JSON:
        say_json(
            {"bundle": opened.bundle_id, "checked": True, **opened.record.model_dump(mode="json")}
        )
        return
    say(f"Bundle {opened.bundle_id} is whole: hashes, shapes, labels and a known answer agree.")
    say()
    say((folder / "card.md").read_text(encoding="utf-8").rstrip())
