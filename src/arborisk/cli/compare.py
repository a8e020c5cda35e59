"""``arborisk compare``: is the difference more than luck?"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arborisk.cli.console import as_json_text, emit
from arborisk.errors import Remedy, option

if TYPE_CHECKING:
    from arborisk.evaluation.comparison import FoldComparisons
    from arborisk.evaluation.paired_runs import RunComparisons

FOLDS = "folds.csv"
TABLE_WIDTH = 118
"""Characters of the table, wide enough for one line a comparison."""


class CompareFormat(enum.StrEnum):
    """How the result is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"


def compare(
    inputs: Annotated[
        list[Path],
        typer.Argument(
            exists=True,
            help="A table of fold scores (folds.csv of an experiment, or any CSV with a column "
            "fold), or an experiment's folder; or two or more run folders.",
            metavar="FOLDS.csv | RUN RUN...",
        ),
    ],
    factor: Annotated[
        str | None,
        typer.Option(help="Column whose values are compared in pairs, for example size."),
    ] = None,
    within: Annotated[
        str | None,
        typer.Option(
            help="Columns held fixed, with commas: each of their values is compared apart.",
            show_default="none: all rows together",
        ),
    ] = None,
    metrics: Annotated[
        str | None,
        typer.Option(
            help="Scores to compare, with commas.",
            show_default="accuracy,macro_f1; of runs accuracy,balanced_accuracy,macro_f1",
        ),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(help="COLUMN=VALUE: keep only these rows. Can be given several times."),
    ] = None,
    ignore: Annotated[
        str | None,
        typer.Option(help="Columns that say nothing on what was run, with commas."),
    ] = None,
    test_share: Annotated[
        float | None,
        typer.Option(
            min=0.001,
            max=0.999,
            help="Share of the photos in each test part, for the corrected test.",
            show_default="from the columns n_test and n_train, else 1 / number of folds",
        ),
    ] = None,
    level: Annotated[
        float,
        typer.Option(min=0.5, max=0.9999, help="Coverage of the intervals; 1 - LEVEL for tests."),
    ] = 0.95,
    seed: Annotated[int, typer.Option(help="For the random swaps of the sign-flip test.")] = 0,
    format: Annotated[
        CompareFormat, typer.Option(help="Table for people, JSON, CSV or Markdown.")
    ] = CompareFormat.TABLE,
    out: Annotated[
        Path | None, typer.Option(help="Write the result here.", show_default="standard output")
    ] = None,
) -> None:
    """Tests whether settings or runs differ, allowing for what they share.

    Of fold scores, for each pair of values of --factor: Welch's t-test
    (takes folds for independent), the corrected resampled t-test of Nadeau
    and Bengio (folds share training photos), and Holm's correction over all
    comparisons of a metric.

    Of runs, on the photos that both predict: McNemar's test (takes photos
    for independent) and a sign-flip test over groups (trees, sites), with
    Holm's correction over the pairs.

    "difference" is mean_b - mean_a: what b has more than a. What is not
    defined is null in JSON.
    """
    from arborisk.cli.console import note

    folders = [path for path in inputs if path.is_dir()]
    found: FoldComparisons | RunComparisons
    if len(inputs) == 1 and (inputs[0].is_file() or (inputs[0] / FOLDS).is_file()):
        path = inputs[0] if inputs[0].is_file() else inputs[0] / FOLDS
        found = _of_folds(
            path,
            factor=factor,
            within=_names(within),
            metrics=_names(metrics) or ["accuracy", "macro_f1"],
            where=_pairs(where or []),
            ignore=_names(ignore),
            level=level,
            test_share=test_share,
        )
    else:
        _refuse_mixture(inputs, folders, {"--factor": factor, "--within": within, "--where": where})
        found = _of_runs(folders, metrics=_names(metrics), level=level, seed=seed)
    for line in found.notes:
        note(line)
    text = _as_text(found, format)
    emit(text, out, as_data=format is CompareFormat.CSV)


def _of_folds(
    path: Path,
    *,
    factor: str | None,
    within: Sequence[str],
    metrics: Sequence[str],
    where: dict[str, str],
    ignore: Sequence[str],
    level: float,
    test_share: float | None,
) -> FoldComparisons:
    """Comparisons of a table of folds."""
    from arborisk.errors import SettingsError
    from arborisk.evaluation.comparison import compare_folds
    from arborisk.evaluation.fold_scores import read_fold_scores

    if factor is None:
        raise SettingsError(
            "the column to compare",
            "none",
            "--factor",
            Remedy("Name it, for example {}.", option("--factor size", "compare")),
        )
    table = read_fold_scores(path, columns=[factor, *within, *ignore], metrics=metrics, where=where)
    return compare_folds(
        table,
        factor=factor,
        metrics=metrics,
        within=within,
        ignore=ignore,
        level=level,
        test_share=test_share,
    )


def _of_runs(
    folders: Sequence[Path], *, metrics: Sequence[str], level: float, seed: int
) -> RunComparisons:
    """Comparisons of run folders."""
    from arborisk.evaluation.paired_runs import USUAL_METRICS, compare_runs

    return compare_runs(folders, metrics=metrics or USUAL_METRICS, level=level, seed=seed)


def _refuse_mixture(
    inputs: Sequence[Path], folders: Sequence[Path], of_tables: dict[str, object]
) -> None:
    """Refuses what is neither one table nor several runs, and options that runs do not have."""
    from arborisk.errors import SettingsError

    if len(folders) < 2 or len(folders) < len(inputs):
        raise SettingsError(
            "one table of folds, or two or more run folders",
            ", ".join(map(str, inputs)),
            "the arguments of `arborisk compare`",
            f"Give one {FOLDS}, or the folders of the runs to compare.",
        )
    for name, value in of_tables.items():
        if value:
            raise SettingsError(
                f"no {name} for runs", str(value), name, f"Leave {name} out, or give a table."
            )


def _names(text: str | None) -> list[str]:
    """Names separated by commas."""
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    """COLUMN=VALUE as a dictionary."""
    from arborisk.errors import SettingsError

    pairs = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise SettingsError(
                "COLUMN=VALUE",
                repr(text),
                "--where",
                Remedy("Write, for example, {}.", option("--where model=model1", "compare")),
            )
        pairs[name.strip()] = value.strip()
    return pairs


def _as_text(found: FoldComparisons | RunComparisons, format: CompareFormat) -> str:
    """The result as it is printed."""
    from arborisk.evaluation.comparison_text import (
        assumption_sentences,
        comparison_cells,
        comparison_columns,
        markdown_table,
        verdict_sentences,
    )

    objects = [row.as_json() for row in found.rows]
    if format is CompareFormat.JSON:
        return as_json_text(objects)
    if format is CompareFormat.CSV:
        from arborisk.tables.write import to_csv_text

        return to_csv_text(list(objects[0]), objects).rstrip("\n")
    columns, rows = comparison_columns(found), comparison_cells(found)
    verdicts, words = verdict_sentences(found), assumption_sentences(found)
    if format is CompareFormat.MARKDOWN:
        n_words = columns.index("mean a")
        listed = "\n".join(f"* {line}" for line in [*verdicts, *words])
        return f"{markdown_table(columns, rows, n_words=n_words)}\n\n{listed}"
    return "\n".join([_drawn(columns, rows), "", *verdicts, "", *words])


def _drawn(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in characters."""
    import io

    from rich.table import Table

    from arborisk.cli.console import ShownConsole

    table = Table(box=None, pad_edge=False)
    n_words = columns.index("mean a")
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place < n_words else "right")
    for row in rows:
        table.add_row(*row)
    stream = io.StringIO()
    ShownConsole(file=stream, width=TABLE_WIDTH).print(table)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())
