"""``arborisk dataset``: import photos with their labels, audit and describe what came of it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from typer.models import OptionInfo

from arborisk.cli import EXIT_SOME_PHOTOS_FAILED
from arborisk.cli.console import note, progress, say
from arborisk.cli.dataset_card import card

app = typer.Typer(
    help="Make a data set of photos and ratings, and look for what would spoil a result.",
    no_args_is_help=True,
)


class Format(StrEnum):
    """Form of the answer on standard output."""

    TEXT = "text"
    JSON = "json"


class LabelsFrom(StrEnum):
    """Where labels come from."""

    AUTO = "auto"
    TABLE = "table"
    NAMES = "names"
    FILE_NAME = "file-name"
    FOLDER = "folder"
    NONE = "none"


def _header(what: str) -> OptionInfo:
    """Option that names the column of something."""
    option: OptionInfo = typer.Option(
        help=f"Header of the column of {what}; '' leaves it out.", show_default="usual headers"
    )
    return option


@app.command("import")
def import_command(
    photos: Annotated[Path, typer.Argument(help="Folder of photos, searched with sub-folders.")],
    out: Annotated[Path, typer.Option(help="Folder of the data set to write.")],
    labels: Annotated[
        Path | None,
        typer.Option(help="CSV or XLSX of ratings; a bare name is also looked for in PHOTOS."),
    ] = None,
    labels_from: Annotated[
        LabelsFrom,
        typer.Option(
            help="auto: the table if given, else words in file and folder names, else a folder a "
            "class. names: file and folder must agree. folder, file-name: believe that one."
        ),
    ] = LabelsFrom.AUTO,
    sheet: Annotated[
        str | None, typer.Option(help="Sheet of an XLSX file.", show_default="the first")
    ] = None,
    file_column: Annotated[str | None, _header("photos (path, name, stem or image number)")] = None,
    label_column: Annotated[
        list[str] | None,
        typer.Option(
            help="Header of the labels; repeat it where each rater has a column.",
            show_default="usual headers",
        ),
    ] = None,
    tree_column: Annotated[str | None, _header("trees")] = None,
    site_column: Annotated[str | None, _header("sites, streets or outings")] = None,
    view_column: Annotated[str | None, _header("views (full tree, base, crown, ...)")] = None,
    time_frame_column: Annotated[str | None, _header("time frames of the rating, in years")] = None,
    season_column: Annotated[str | None, _header("seasons")] = None,
    rater_column: Annotated[str | None, _header("raters")] = None,
    rated_at_column: Annotated[str | None, _header("dates of rating")] = None,
    taken_at_column: Annotated[
        str | None, _header("times of exposure, used where the photo states none")
    ] = None,
    latitude_column: Annotated[str | None, _header("latitudes in degrees, used likewise")] = None,
    longitude_column: Annotated[str | None, _header("longitudes in degrees, used likewise")] = None,
    source_column: Annotated[str | None, _header("sources of the photos")] = None,
    licence_column: Annotated[str | None, _header("licences of the photos")] = None,
    note_column: Annotated[str | None, _header("raters' notes")] = None,
    word: Annotated[
        list[str] | None,
        typer.Option(
            "--map", help="WORD=LABEL: read WORD as LABEL; WORD= as unrated. May be repeated."
        ),
    ] = None,
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
    output: Annotated[Format, typer.Option("--format", help="Form of the report.")] = Format.TEXT,
) -> None:
    """Make a data set of the photos under PHOTOS. The photos stay where they are."""
    from functools import partial

    from arborisk.cli.dataset_tables import print_import
    from arborisk.dataset import ImportOptions, import_photos
    from arborisk.dataset.serial_copy import check_serial_target, copy_serially
    from arborisk.models import DEFAULT_MODEL, model_entry
    from arborisk.preprocess import PrepareAhead
    from arborisk.wording.imminent import imminent_line

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
    options = ImportOptions(
        labels=_beside(labels, photos),
        labels_from=labels_from.value,
        sheet=sheet,
        columns={role: header for role, header in columns.items() if header is not None},
        label_columns=tuple(label_column or ()),
        word_map=_word_map(word or []),
        scheme=scheme,
    )
    if serial_copy is not None:
        check_serial_target(serial_copy, photos)
    with progress("Reading photos") as step:
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
        note(f"{n_copied} {'photo' if n_copied == 1 else 'photos'} copied to {serial_copy}")
    if output is Format.JSON:
        say(imported.report.to_json().removesuffix("\n"))
    else:
        print_import(imported.report, out)
    if imported.dataset.failures:
        raise typer.Exit(EXIT_SOME_PHOTOS_FAILED)


@app.command("audit")
def audit_command(
    dataset: Annotated[Path, typer.Argument(help="Folder of a data set.")],
    split: Annotated[
        Path | None,
        typer.Option(help="Split to look for leaks in: a CSV of file and part, ours or anyone's."),
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="Form of the report.")] = Format.TEXT,
) -> None:
    """Look for duplicates, conflicting labels, gaps and, with a split, leaks."""
    from arborisk.cli.dataset_tables import print_audit
    from arborisk.dataset import audit_dataset, load_dataset

    report = audit_dataset(load_dataset(dataset), split=split)
    if output is Format.JSON:
        say(report.to_json().removesuffix("\n"))
    else:
        print_audit(report)


app.command("card")(card)


def _beside(labels: Path | None, photos: Path) -> Path | None:
    """A table by its path, or by its name within the photo folder."""
    if labels is None or labels.exists() or labels.is_absolute():
        return labels
    inside = (photos if photos.is_dir() else photos.parent) / labels
    return inside if inside.exists() else labels


def _word_map(pairs: list[str]) -> dict[str, str]:
    words = {}
    for pair in pairs:
        word, equals, label = pair.rpartition("=")
        if not equals or not word.strip():
            raise typer.BadParameter(f"write WORD=LABEL, not {pair!r}", param_hint="--map")
        words[word.strip()] = label.strip()
    return words
