"""``arborisk risk outcomes``: what failed after a storm, against what was said before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arborisk.cli.common_options import Format, FormatOption
from arborisk.cli.console import note, say, say_json
from arborisk.cli.table_options import with_table_options
from arborisk.records import Interval
from arborisk.wording.counts import counted
from arborisk.wording.intervals import share_text
from arborisk.wording.percent import counted_share, percent

if TYPE_CHECKING:
    from arborisk.risk.annual.chances import Chance
    from arborisk.risk.outcomes import Learnt
    from arborisk.tables.choices import TableChoices


_MOST_SHOWN = 5
"""Rows left out of which the reason is printed; the JSON has all."""


@with_table_options("places")
def outcomes(
    table: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="Table: tree, failure (the word before the storm), failed (yes or no); chance, if "
            "one was stated. Trees that stood too.",
        ),
    ],
    storm: Annotated[str, typer.Option(help="Name of the storm.")],
    prior: Annotated[
        str, typer.Option(help="What was believed before: by name, or a TOML file.")
    ] = "koeser_2020_matthew",
    out: Annotated[
        Path | None,
        typer.Option(help="TOML to write: the updated table.", show_default="not written"),
    ] = None,
    *,
    choices: TableChoices,
    format: FormatOption = Format.TEXT,
) -> None:
    """Updates the shares of the classes, scores what was said, and says if it holds.

    Count as failed only what the prior counts, and look at trees that
    stood as well: reports alone have no denominator.
    """
    from arborisk.cli.common_options import imminent_if_refused
    from arborisk.risk.annual.prior import load_prior, write_prior
    from arborisk.risk.outcomes import learn, read_outcomes
    from arborisk.wording.sentences import imminent_json, imminent_line

    before = load_prior(prior)
    with imminent_if_refused(table, choices):
        read = read_outcomes(table, choices)
    line = imminent_line(read.imminent)
    if line:
        note(line)
    found = learn(read, before, storm=storm)
    if out is not None:
        write_prior(found.prior, out)
    if format is Format.JSON:
        say_json({"imminent": imminent_json(read.imminent), **_json(found, read.problems)})
        return
    if line:
        say(line)
    say(f"Event that counts: {before.event}.")
    for one in found.classes:
        say(
            f"{one.level.word}: {one.n_failed} of {one.n}; before {_told(one.before)}, "
            f"now {_told(one.after)}"
        )
    if found.ranking is None:
        say("Ranking: too few trees with or without the event to score.")
    else:
        say(
            f"Ranking: a tree with the event stood above one without in {_told(found.ranking)}; "
            "50 % is chance."
        )
    for stated, share, n in found.reliability:
        seen = counted_share(round(share * n), n, 1)
        say(f"Stated {percent(stated, 1)}, seen in {seen} of {counted(n, 'tree')}.")
    if read.problems:
        say(f"Rows left out: {len(read.problems)}.")
    for problem in read.problems[:_MOST_SHOWN]:
        say(problem)
    if found.reasons:
        say(f"Recalibration is due: {'; '.join(found.reasons)}.")
    else:
        say("Nothing here says that recalibration is due; one storm says little.")


def _told(chance: Chance) -> str:
    return share_text(Interval(chance.mean, chance.low, chance.high), 1)


def _json(found: Learnt, problems: tuple[str, ...]) -> dict[str, Any]:
    def ends(one: Chance | None) -> list[float] | None:
        return None if one is None else [one.mean, one.low, one.high]

    return {
        "classes": [
            {
                "class": one.level.word,
                "n": one.n,
                "n_failed": one.n_failed,
                "before": ends(one.before),
                "after": ends(one.after),
                "surprise": one.surprise,
            }
            for one in found.classes
        ],
        "ranking": ends(found.ranking),
        "reliability": [list(one) for one in found.reliability],
        "in_the_large": found.in_the_large and list(found.in_the_large),
        "recalibration_due": bool(found.reasons),
        "reasons": list(found.reasons),
        "problems": list(problems),
    }
