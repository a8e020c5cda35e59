"""``arborisk strike``: where a failing tree may fall, and on what."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arborisk.cli.console import say

if TYPE_CHECKING:
    from arborisk.risk.strike.analysis import StrikeAnalysis

MOST_TARGETS = 20
DONE_WITH_REFUSALS = 3


class Format(enum.StrEnum):
    """How the result is printed."""

    TABLE = "table"
    JSON = "json"


class Condition(enum.StrEnum):
    """Condition of trees that do not say."""

    LIVING = "living"
    DEAD = "dead"


def strike(
    inventory: Annotated[
        Path,
        typer.Argument(
            help="CSV, GeoJSON or GeoPackage: one row a tree, with its place, height_m and "
            "condition (living, dead, brittle)."
        ),
    ],
    position_error: Annotated[
        float,
        typer.Option(help="Standard deviation of each coordinate of a tree, m."),
    ],
    lines: Annotated[
        str, typer.Option(help="Layer of conductors; file.gpkg:layer.", show_default="none")
    ] = "",
    roads: Annotated[
        str, typer.Option(help="Layer of roads, as outlines or lines.", show_default="none")
    ] = "",
    buildings: Annotated[
        str, typer.Option(help="Layer of building footprints.", show_default="none")
    ] = "",
    conductor_height: Annotated[
        str,
        typer.Option(
            help="Height of the lowest conductor where a line states none, m: 9±1 or 9+-1.",
            show_default="refuse them",
        ),
    ] = "",
    road_width: Annotated[
        float | None,
        typer.Option(help="Width of roads drawn as lines, m.", show_default="refuse them"),
    ] = None,
    condition: Annotated[
        Condition | None,
        typer.Option(help="Condition of trees that do not say.", show_default="refuse them"),
    ] = None,
    crown: Annotated[
        bool,
        typer.Option(help="Let a strip as wide as the crown fall, instead of the stem's axis."),
    ] = False,
    direction: Annotated[
        str,
        typer.Option(
            help="Which way trees fall: uniform; BEARING,KAPPA (von Mises, degrees from north); or "
            "a CSV with bearing_deg and weight."
        ),
    ] = "uniform",
    failure: Annotated[
        str,
        typer.Option(
            help="Column with the chance of failure, with _low and _high beside it, such as "
            "p_storm of arborisk storm --out.",
            show_default="none: chances given a failure only",
        ),
    ] = "",
    draws: Annotated[int, typer.Option(help="Draws of height, place and conductor height.")] = 200,
    seed: Annotated[int, typer.Option(help="Same seed, same numbers.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Write one row a tree as CSV.", show_default="not written")
    ] = None,
    pairs_out: Annotated[
        Path | None,
        typer.Option(help="Write one row a tree and target as CSV.", show_default="not written"),
    ] = None,
    zones_out: Annotated[
        Path | None,
        typer.Option(help="Write fall zones as GeoJSON.", show_default="not written"),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write an HTML report here.", show_default="no report")
    ] = None,
    format: Annotated[Format, typer.Option(help="Table for people, or JSON.")] = Format.TABLE,
) -> None:
    """Chance that a failing tree strikes a line, a road or a building.

    Exact windows of fall directions within each tree's reach, averaged over
    what is measured with error. Rows and features that cannot be used are
    named and left out; the exit status is then 3. Needs the extra geo.

    Near wires: treat as energised; keep clear; qualified line-clearance
    arborist only.
    """
    import json

    from arborisk.cli.console import note, progress
    from arborisk.risk.strike import words
    from arborisk.risk.strike.analysis import StrikeRequest, analyse_strike

    request = StrikeRequest(
        inventory=inventory,
        position_error_m=position_error,
        lines=lines,
        roads=roads,
        buildings=buildings,
        conductor_height=conductor_height,
        road_width_m=road_width,
        condition=condition.value if condition else None,
        crown=crown,
        direction=direction,
        failure=failure,
        draws=draws,
        seed=seed,
    )
    with progress("Felling trees on paper") as step:
        found = analyse_strike(request, step)
    if out is not None:
        note(f"Trees: {words.write_rows(words.tree_rows(found), out)}")
    if pairs_out is not None:
        note(f"Trees and targets: {words.write_rows(words.pair_rows(found), pairs_out)}")
    if zones_out is not None:
        note(f"Fall zones: {words.write_zones(found, zones_out)}")
    if report is not None:
        from arborisk.report.strike_report import write_strike_report

        note(f"Report: {write_strike_report(found, report)}")
    if format is Format.JSON:
        say(json.dumps(words.as_json(found), indent=2, ensure_ascii=False, allow_nan=False))
    else:
        say(_as_text(found))
    if found.n_refused:
        raise typer.Exit(DONE_WITH_REFUSALS)


def _as_text(found: StrikeAnalysis) -> str:
    """Sentences, targets, and what strikes on lines would mean."""
    import textwrap

    from arborisk.cli.text_table import text_table
    from arborisk.risk.strike import words
    from arborisk.risk.strike.by_target import strikes_by_target

    def wrapped(sentence: str) -> list[str]:
        return textwrap.wrap(f"* {sentence}", 98, subsequent_indent="  ")

    strikes = strikes_by_target(found.result)
    lines = textwrap.wrap(words.headline(found), 98)
    if strikes:
        rows = words.target_rows(strikes[:MOST_TARGETS])
        lines += ["", text_table(words.TARGET_COLUMNS, rows, numbers=words.TARGET_COLUMNS[2:])]
    if len(strikes) > MOST_TARGETS:
        lines.append(f"The first {MOST_TARGETS} of {len(strikes)}; the JSON holds all.")
    lines.append("")
    for sentence in words.detail_sentences(found):
        lines += wrapped(sentence)
    for one in strikes[:MOST_TARGETS]:
        said = words.consequence_sentences(one)
        if said:
            lines += ["", f"If circuit {one.target.name} is struck"]
            for sentence in said:
                lines += wrapped(sentence)
    lines += ["", "Limits"]
    for sentence in words.limits_of(found):
        lines += wrapped(sentence)
    return "\n".join(lines)
