"""``arborisk agree``: how far raters agree, and the model as one more of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arborisk.cli.common_options import FiguresOption, TableFormat, TableFormatOption
from arborisk.cli.console import note, say, say_json, wrapped
from arborisk.cli.table_options import (
    ColumnOption,
    LayerOption,
    MapOption,
    SheetOption,
    choices_of,
    own_header,
    with_headers,
)

if TYPE_CHECKING:
    from arborisk.agreement.measure import Agreement


def agree(
    ratings: Annotated[
        Path,
        typer.Argument(
            help="Table of any format: one row a rating (photo or tree, rater, label), or one row "
            "a photo or tree and one column a rater."
        ),
    ],
    model: Annotated[
        Path | None,
        typer.Option(help="What `arborisk predict` wrote, or predictions.csv of a run."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Write an HTML report here.", show_default="no report"),
    ] = None,
    consensus_out: Annotated[
        Path | None,
        typer.Option(
            help="Write one row a photo or tree: label by vote, Dawid-Skene probabilities.",
            show_default="not written",
        ),
    ] = None,
    figures: FiguresOption = None,
    format: TableFormatOption = TableFormat.TABLE,
    scheme: Annotated[
        str | None,
        typer.Option(
            help="Which labels count as which class: Pr_Im, PrPo_Im, Pr_PoIm, Pr_Po_Im, "
            "as-labelled, or a TOML file.",
            show_default="the model's, else each label a class",
        ),
    ] = None,
    skip_unknown: Annotated[
        bool, typer.Option(help="Count unknown words and pass them over, instead of refusing.")
    ] = False,
    column: ColumnOption = None,
    mapped: MapOption = None,
    sheet: SheetOption = None,
    layer: LayerOption = None,
    photo_column: Annotated[str | None, own_header("photo")] = None,
    tree_column: Annotated[str | None, own_header("tree")] = None,
    rater_column: Annotated[str | None, own_header("rater")] = None,
    label_column: Annotated[list[str] | None, own_header("label")] = None,
) -> None:
    """Measures how far raters agree, and places a model among them.

    Percent agreement, Cohen's, Fleiss', Krippendorff's and Gwet's
    coefficients with intervals over trees; who rates higher; repeats of one
    rater; consensus by vote and by Dawid and Skene. With --model, the model
    as one more rater. With a column saw_model (yes or no), what moved when
    raters saw its answer.

    Words may be typed as people type them: "prob.", "PROBABLE?", "n/a".
    """
    from arborisk.agreement.export import as_json, write_consensus
    from arborisk.agreement.measure import compare_raters
    from arborisk.agreement.reading import ReadingOptions
    from arborisk.cli.common_options import imminent_if_refused
    from arborisk.wording.sentences import imminent_line

    headers = {"file": photo_column, "tree": tree_column, "rater": rater_column}
    pairs, labels = with_headers(column, headers)
    choices = choices_of(pairs, mapped=mapped, sheet=sheet, layer=layer)
    with imminent_if_refused(ratings, choices):
        found = compare_raters(
            ratings,
            model=model,
            options=ReadingOptions(
                scheme=scheme,
                label_columns=(*(label_column or ()), *labels),
                skip_unknown=skip_unknown,
                choices=choices,
            ),
        )
    if urgent := imminent_line(found.ratings.imminent):
        note(urgent)
    if consensus_out is not None:
        write_consensus(found, consensus_out)
        note(f"Consensus: {consensus_out}")
    if out is not None:
        from arborisk.report.agreement_report import write_agreement_report

        note(f"Report: {write_agreement_report(found, out)}")
    if format is TableFormat.JSON:
        say_json(as_json(found))
    else:
        say(_as_text(found))


def _as_text(found: Agreement) -> str:
    """The results as paragraphs and tables."""
    from arborisk.agreement.sentences import sections
    from arborisk.cli.console import text_table
    from arborisk.wording.sentences import imminent_line

    urgent = imminent_line(found.ratings.imminent)
    lines: list[str] = [urgent, ""] if urgent else []
    for title, sentences, table in sections(found):
        if title:
            lines += ["", title, "-" * len(title)]
        for sentence in sentences:
            lines += wrapped(sentence, "  ")
        if table:
            lines += [""] * (not title) + [text_table(table[0], table[1:])]
    return "\n".join(lines)
