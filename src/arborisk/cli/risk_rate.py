"""``arborisk risk rate``: one tree, from a form or from words on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arborisk.cli.common_options import (
    Format,
    FormatOption,
    ModelOption,
    ModelSchemeOption,
    ModelTakesOption,
    StudyOnlyOption,
    TakeFrom,
)
from arborisk.cli.console import as_json_text, emit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arborisk.risk.rating.assessment import Assessment
    from arborisk.risk.rating.rating import Information, Rated


KINDS = {
    ".html": "page",
    ".htm": "page",
    ".pdf": "pdf",
    ".txt": "printed",
    ".json": "printed",
    "": "printed",
}
"""What `--out` writes, by suffix."""


def rate(
    form: Annotated[
        Path | None,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="One tree as TOML or JSON: targets, findings, options; or a CSV or GeoJSON of "
            "trees, with --tree.",
            show_default="the words below",
        ),
    ] = None,
    failure: Annotated[
        str | None,
        typer.Option(
            help="Improbable, Possible, Probable, Imminent, or a range: 'Possible | Probable'."
        ),
    ] = None,
    impact: Annotated[
        str | None, typer.Option(help="Very low, Low, Medium or High, or a range.")
    ] = None,
    occupancy: Annotated[
        str | None,
        typer.Option(help="Rare, Occasional, Frequent or Constant, for the default rule."),
    ] = None,
    protection: Annotated[
        str | None, typer.Option(help="Exposed, Partly protected or Well protected.")
    ] = None,
    zone: Annotated[
        str | None, typer.Option(help="Whether the part reaches the target: Within or Outside.")
    ] = None,
    consequences: Annotated[
        str | None, typer.Option(help="Negligible, Minor, Significant or Severe, or a range.")
    ] = None,
    target: Annotated[
        str | None, typer.Option(help="What could be hit.", show_default="none")
    ] = None,
    tree: Annotated[
        str | None, typer.Option(help="Name of the tree.", show_default="of the form")
    ] = None,
    species: Annotated[str | None, typer.Option(help="Species of the tree.")] = None,
    address: Annotated[str | None, typer.Option(help="Where it stands, in words.")] = None,
    latitude: Annotated[
        float | None, typer.Option(help="Degrees north, WGS84; with --longitude.")
    ] = None,
    longitude: Annotated[float | None, typer.Option(help="Degrees east, WGS84.")] = None,
    dbh: Annotated[
        str | None,
        typer.Option(help="Diameter of the stem at breast height, in cm; '24 in' is taken too."),
    ] = None,
    height: Annotated[
        str | None, typer.Option(help="Height of the tree, in m; '65 ft' is taken too.")
    ] = None,
    crown_width: Annotated[
        str | None, typer.Option(help="Width of the crown, in m; '30 ft' is taken too.")
    ] = None,
    client: Annotated[str | None, typer.Option(help="For whom the report is.")] = None,
    assessor: Annotated[str | None, typer.Option(help="Who answers for the words.")] = None,
    qualification: Annotated[
        str | None, typer.Option(help="Qualification and number of the assessor.")
    ] = None,
    date: Annotated[str | None, typer.Option(help="Day of the inspection, year-month-day.")] = None,
    tools: Annotated[str | None, typer.Option(help="Tools used.")] = None,
    notes: Annotated[str | None, typer.Option(help="Notes of the assessor.")] = None,
    next_inspection: Annotated[
        str | None, typer.Option(help="When to look again: a day, or words.")
    ] = None,
    level: Annotated[int | None, typer.Option(help="Level of the assessment: 1, 2 or 3.")] = None,
    time_frame_years: Annotated[
        float | None, typer.Option(help="Years that the likelihood of failure is about.")
    ] = None,
    model: ModelOption = None,
    model_takes: ModelTakesOption = TakeFrom.CHANCES,
    scheme: ModelSchemeOption = None,
    allow_study_only: StudyOnlyOption = False,
    photo: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Picture for the page; small, no EXIF."),
    ] = None,
    save_form: Annotated[
        Path | None,
        typer.Option(help="Write what was stated as a form: .toml, .json or .csv."),
    ] = None,
    format: FormatOption = Format.TEXT,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write here: .html for a page, .pdf for paper, .txt or .json.",
            show_default="print",
        ),
    ] = None,
) -> None:
    """Rates the risk of one tree: parts times conditions times targets, the highest row wins.

    Missing inputs give the range of possible ratings, and which input would
    narrow it most. Nothing has a default; a photo alone has no rating.
    """
    from arborisk.cli.risk_stated import read_stated
    from arborisk.risk.rating.rating import rate as rate_tree
    from arborisk.risk.rating.rating import value_of_information

    kind = _kind_of(out)
    words: dict[str, Any] = {
        "failure": failure,
        "impact": impact,
        "occupancy": occupancy,
        "protection": protection,
        "zone": zone,
        "consequences": consequences,
        "target": target,
    }
    about: dict[str, Any] = {
        "tree": tree,
        "species": species,
        "address": address,
        "latitude": latitude,
        "longitude": longitude,
        "dbh": dbh,
        "height": height,
        "crown_width": crown_width,
        "client": client,
        "assessor": assessor,
        "qualification": qualification,
        "date": date,
        "tools": tools,
        "notes": notes,
        "next_inspection": next_inspection,
        "level": level,
        "time_frame_years": time_frame_years,
    }
    looked_up = (out is None or kind == "printed") and model is None and save_form is None
    assessment = read_stated(form, words, about, few_words=looked_up)
    if model is not None:
        assessment = _with_model(assessment, model, str(model_takes), scheme, allow_study_only)
    if save_form is not None:
        from arborisk.risk.rating.form_rows import write_form

        write_form(assessment, save_form)
    rated = rate_tree(assessment)
    information = value_of_information(assessment)
    if out is not None and kind != "printed":
        if kind == "pdf":
            from arborisk.report.risk_pdf import write_risk_pdf as write
        else:
            from arborisk.report.risk_draft import write_risk_page as write
        write(rated, information, out, photo=photo)
        return
    if out is not None and out.suffix.lower() == ".json":
        format = Format.JSON
    text = _as_text(rated, information, format)
    emit(text, out)


def _kind_of(out: Path | None) -> str:
    """What the suffix asks for: ``page``, ``pdf`` or ``printed``."""
    from arborisk.errors import SettingsError

    suffix = "" if out is None else out.suffix.lower()
    if suffix not in KINDS:
        raise SettingsError(
            f"a file to write that ends in {', '.join(filter(None, KINDS))}",
            suffix,
            str(out),
            "Name the file by what it should be: .html for a page, .pdf for paper.",
        )
    return KINDS[suffix]


def _with_model(
    assessment: Assessment, path: Path, take: str, scheme: str | None, allow_study_only: bool
) -> Assessment:
    from arborisk.errors import AssessmentError
    from arborisk.risk.model_answers import Take, read_model_answers, with_model

    answers = read_model_answers(
        path, take=Take(take), scheme=scheme, allow_study_only=allow_study_only
    )
    if assessment.tree not in answers:
        raise AssessmentError(
            f"an answer for tree {assessment.tree}",
            f"answers for {len(answers)} others",
            str(path),
            "Give the tree the name that the table has, in the column tree_id or photo.",
        )
    return with_model(assessment, answers[assessment.tree])


def _as_text(rated: Rated, information: Sequence[Information], format: Format) -> str:
    from arborisk.cli.risk_rating_text import rating_text
    from arborisk.risk.rating.sentences import rating_json

    if format is Format.JSON:
        return as_json_text(rating_json(rated, information))
    return rating_text(rated, information)
