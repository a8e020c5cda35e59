"""``arborisk import`` and ``arborisk audit``: photos with their labels, and what came of it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arborisk.cli import EXIT_SOME_PHOTOS_FAILED
from arborisk.cli.common_options import Format, FormatOption
from arborisk.cli.console import emit, note, progress, say
from arborisk.cli.table_options import (
    ColumnOption,
    LayerOption,
    MapOption,
    PlacesOption,
    SheetOption,
    choices_of,
    own_header,
    with_headers,
    with_table_options,
)
from arborisk.wording.counts import counted

if TYPE_CHECKING:
    from arborisk.tables.choices import TableChoices


class LabelsFrom(StrEnum):
    """Where labels come from."""

    AUTO = "auto"
    TABLE = "table"
    NAMES = "names"
    FILE_NAME = "file-name"
    FOLDER = "folder"
    NONE = "none"


def import_command(
    photos: Annotated[Path, typer.Argument(help="Folder of photos, searched with sub-folders.")],
    out: Annotated[Path, typer.Option(help="Folder of the data set to write.")],
    labels: Annotated[
        Path | None,
        typer.Option(
            help="Table of ratings, of any format; a bare name is also looked for in PHOTOS."
        ),
    ] = None,
    labels_from: Annotated[
        LabelsFrom,
        typer.Option(
            help="auto: the table if given, else words in file and folder names, else a folder a "
            "class. names: file and folder must agree. folder, file-name: believe that one."
        ),
    ] = LabelsFrom.AUTO,
    column: ColumnOption = None,
    mapped: MapOption = None,
    places: PlacesOption = "",
    sheet: SheetOption = None,
    layer: LayerOption = None,
    label_column: Annotated[list[str] | None, own_header("label")] = None,
    file_column: Annotated[str | None, own_header("file")] = None,
    tree_column: Annotated[str | None, own_header("tree")] = None,
    site_column: Annotated[str | None, own_header("site")] = None,
    view_column: Annotated[str | None, own_header("view")] = None,
    time_frame_column: Annotated[str | None, own_header("time_frame")] = None,
    season_column: Annotated[str | None, own_header("season")] = None,
    rater_column: Annotated[str | None, own_header("rater")] = None,
    rated_at_column: Annotated[str | None, own_header("rated_at")] = None,
    taken_at_column: Annotated[str | None, own_header("taken_at")] = None,
    latitude_column: Annotated[str | None, own_header("latitude")] = None,
    longitude_column: Annotated[str | None, own_header("longitude")] = None,
    source_column: Annotated[str | None, own_header("source")] = None,
    licence_column: Annotated[str | None, own_header("licence")] = None,
    note_column: Annotated[str | None, own_header("note")] = None,
    scheme: Annotated[
        str | None,
        typer.Option(
            help="Pr_Im, PrPo_Im, Pr_PoIm, Pr_Po_Im, as-labelled, or a scheme file: says which "
            "words are labels, and counts what it leaves out."
        ),
    ] = None,
    serial_copy: Annotated[
        Path | None,
        typer.Option(help="Also copy the rated photos here as probable-1.jpg, probable-2.jpg, ..."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a data set; its cache is kept.")
    ] = False,
    prepare: Annotated[
        bool,
        typer.Option(
            help="Prepare photos for the default model while they are decoded: training then "
            "decodes none again. 150 KB a photo."
        ),
    ] = True,
    processes: Annotated[
        int | None, typer.Option(min=1, help="Processes that read photos.", show_default="cores")
    ] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Make a data set of the photos under PHOTOS. The photos stay where they are."""
    from functools import partial

    from arborisk.cli.common_options import imminent_if_refused
    from arborisk.cli.dataset_tables import print_import
    from arborisk.dataset.importing import import_photos
    from arborisk.dataset.labelling import ImportOptions
    from arborisk.dataset.storage import check_serial_target, copy_serially
    from arborisk.models.table import DEFAULT_MODEL, model_entry
    from arborisk.preprocess.files import PrepareAhead
    from arborisk.wording.sentences import imminent_line

    columns = {
        "file": file_column,
        "tree": tree_column,
        "site": site_column,
        "view": view_column,
        "time_frame": time_frame_column,
        "season": season_column,
        "rater": rater_column,
        "rated_at": rated_at_column,
        "taken_at": taken_at_column,
        "latitude": latitude_column,
        "longitude": longitude_column,
        "source": source_column,
        "licence": licence_column,
        "note": note_column,
    }
    pairs, labels_said = with_headers(column, columns)
    options = ImportOptions(
        labels=_beside(labels, photos),
        labels_from=labels_from.value,
        label_columns=(*(label_column or ()), *labels_said),
        scheme=scheme,
        choices=choices_of(pairs, mapped=mapped, places=places, sheet=sheet, layer=layer),
    )
    if serial_copy is not None:
        check_serial_target(serial_copy, photos)
    with (
        imminent_if_refused(options.labels, options.choices),
        progress("Reading photos") as step,
    ):
        imported = import_photos(
            photos,
            out,
            options,
            overwrite=overwrite,
            ahead=partial(PrepareAhead, model_entry(DEFAULT_MODEL).preprocess) if prepare else None,
            n_processes=processes,
            progress=step,
        )
    if urgent := imminent_line(imported.report.imminent):
        note(urgent)
    if serial_copy is not None:
        n_copied = copy_serially(imported.dataset, serial_copy)
        note(f"{counted(n_copied, 'photo')} copied to {serial_copy}")
    if format is Format.JSON:
        say(imported.report.to_json().removesuffix("\n"))
    else:
        print_import(imported.report, out)
    if imported.dataset.failures:
        raise typer.Exit(EXIT_SOME_PHOTOS_FAILED)


@with_table_options("units", "places", "sheet", "layer")
def audit_command(
    dataset: Annotated[Path, typer.Argument(help="Folder of a data set.")],
    split: Annotated[
        Path | None,
        typer.Option(
            help="Split to look for leaks in: a table of file and part, ours or anyone's."
        ),
    ] = None,
    *,
    choices: TableChoices,
    format: FormatOption = Format.TEXT,
) -> None:
    """Look for duplicates, conflicting labels, gaps and, with a split, leaks."""
    from arborisk.cli.dataset_tables import print_audit
    from arborisk.dataset.audit import audit_dataset
    from arborisk.dataset.loading import load_dataset

    report = audit_dataset(load_dataset(dataset), split=split, choices=choices)
    if format is Format.JSON:
        say(report.to_json().removesuffix("\n"))
    else:
        print_audit(report)


def _beside(labels: Path | None, photos: Path) -> Path | None:
    """A table by its path, or by its name within the photo folder."""
    if labels is None or labels.exists() or labels.is_absolute():
        return labels
    inside = (photos if photos.is_dir() else photos.parent) / labels
    return inside if inside.exists() else labels


_SUFFIXES = (".md", ".html")


def card(
    dataset: Annotated[Path, typer.Argument(help="Folder of a data set.")],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Croissant JSON-LD to write. Its links hold in the folder of the data set.",
            show_default="standard output",
        ),
    ] = None,
    readable: Annotated[
        Path | None,
        typer.Option(help="Also write the card as people read it: a file .md or .html."),
    ] = None,
    creator: Annotated[
        str, typer.Option(help="Who made the data set.", show_default="not stated")
    ] = "",
    licence: Annotated[
        str,
        typer.Option(help="Licence of the photos that state none.", show_default="not stated"),
    ] = "",
    url: Annotated[
        str, typer.Option(help="Where the data set is published.", show_default="not stated")
    ] = "",
    places: Annotated[
        bool,
        typer.Option(
            "--places",
            help="Give a bounding box of the photos' coordinates, widened to 0.01 degrees, and "
            "describe their columns. Without it no place is told.",
        ),
    ] = False,
) -> None:
    """Describe a data set as Croissant JSON-LD, from its tables.

    It names no photo, no rater and, unless asked, no place. Nothing in it
    is written by hand but what the options state.
    """
    import json

    from arborisk.cli.console import note
    from arborisk.dataset.croissant import data_card
    from arborisk.dataset.data_summary import data_summary
    from arborisk.dataset.data_words import markdown
    from arborisk.dataset.loading import load_dataset
    from arborisk.errors import SettingsError
    from arborisk.files import write_text_whole

    if readable is not None and readable.suffix.lower() not in _SUFFIXES:
        raise SettingsError(
            "a file name that ends with .md or .html",
            str(readable),
            "--readable",
            "Give the file a name with one of these endings.",
        )
    data = load_dataset(dataset)
    summary = data_summary(data, places=places, licence=licence)
    content = data_card(data, places=places, creator=creator, licence=licence, url=url)
    text = json.dumps(content, indent=2, ensure_ascii=False)
    emit(text, out)
    if out is not None:
        note(f"Card: {out}")
    if readable is not None:
        if readable.suffix.lower() == ".html":
            from arborisk.report.page import data_card_page

            write_text_whole(readable, data_card_page(summary, creator=creator))
        else:
            write_text_whole(readable, markdown(summary, creator=creator))
        note(f"To read: {readable}")
    if summary.n_with_place and not places:
        note("Coordinates are left out of the card; --places gives their bounding box.")
