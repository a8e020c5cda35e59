"""``arborisk risk annual``: chances in years, counts, harm and money."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arborisk.cli.common_options import (
    Format,
    FormatOption,
    ModelSchemeOption,
    ModelTakesOption,
    StudyOnlyOption,
    TakeFrom,
)
from arborisk.cli.console import note, say, say_json
from arborisk.errors import Remedy, option
from arborisk.wording.counts import counted

if TYPE_CHECKING:
    from arborisk.risk.annual.chances import ClassChances
    from arborisk.risk.annual.harm import Failing
    from arborisk.risk.model_answers import ModelAnswer


def annual(
    storms: Annotated[
        str,
        typer.Option(
            help="Storms of the prior's kind at this site: '2 in 10' (counted in years) or 0.2."
        ),
    ],
    failure: Annotated[
        str | None,
        typer.Option(help="Likelihood of failure of one tree: a word or a range."),
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Table of `arborisk predict`: many trees."),
    ] = None,
    model_takes: ModelTakesOption = TakeFrom.CHANCES,
    scheme: ModelSchemeOption = None,
    allow_study_only: StudyOnlyOption = False,
    count: Annotated[
        bool, typer.Option(help="Of --model: the expected number too. Needs its prevalence.")
    ] = False,
    years: Annotated[float, typer.Option(help="Length of time, in years.")] = 1.0,
    prior: Annotated[
        str, typer.Option(help="Table of what became of each class: its name, or a TOML file.")
    ] = "koeser_2020_matthew",
    equivalent: Annotated[
        list[str] | None,
        typer.Option(
            help="CLASS=N: trees that the prior's share of a class rests on. Repeatable.",
            show_default="of the prior",
        ),
    ] = None,
    impact_chance: Annotated[
        str | None,
        typer.Option(help="Chance that the part strikes: 0.1, 0.05..0.2, or 1e-4..1e-2 log."),
    ] = None,
    harm_chance: Annotated[
        str | None, typer.Option(help="Chance that an impact kills that person; in the same form.")
    ] = None,
    person: Annotated[
        str | None, typer.Option(help="Whose risk: the one who is there most.")
    ] = None,
    loss: Annotated[
        str | None, typer.Option(help="Loss from an impact, in money: 500, or 500..20000.")
    ] = None,
    currency: Annotated[str, typer.Option(help="For print only.")] = "(your currency)",
    seed: Annotated[int, typer.Option(help="For what is drawn.")] = 0,
    format: FormatOption = Format.TEXT,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Of --model: table to write, one row a tree; its ending says the format.",
            show_default="not written",
        ),
    ] = None,
) -> None:
    """Chance of damage in some years, from a class, a cited prior and the site's storms.

    With --impact-chance and --harm-chance: one person's risk in a year
    against the public thresholds. With --loss: the expected loss a year.
    """
    from arborisk.errors import SettingsError
    from arborisk.risk.annual.sentences import basis_lines
    from arborisk.tables.rating_words import says_imminent
    from arborisk.wording.sentences import imminent_json, imminent_line

    if (failure is None) == (model is None):
        raise SettingsError(
            "--failure or --model", "both or neither", "the options", "Give one of them."
        )
    urgent = ["the tree of --failure"] if failure is not None and says_imminent(failure) else []
    if line := imminent_line(urgent):
        note(line)
    if out is not None:
        from arborisk.tables.write import check_out

        check_out(out)
    chances = _chances(prior, equivalent or [], storms, years)
    found: dict[str, Any]
    of_one = {"--impact-chance": impact_chance, "--harm-chance": harm_chance, "--loss": loss}
    if model is not None and any(value is not None for value in of_one.values()):
        raise SettingsError(
            "one tree for harm and loss: thresholds are for one person, never for a sum over trees",
            "a table of trees",
            f"--model with {', '.join(name for name in of_one if of_one[name] is not None)}",
            Remedy("Give one tree's {}, or leave these out.", option("--failure", "risk annual")),
        )
    if model is not None:
        found, lines = _of_model(
            _answers(model, str(model_takes), scheme, allow_study_only), chances, count, out, seed
        )
    else:
        found, lines = _of_word(
            str(failure),
            chances,
            {"impact": impact_chance, "harm": harm_chance, "person": person, "loss": loss},
            currency,
            seed,
        )
    found = {"imminent": imminent_json(urgent), **found}
    lines = [line, *lines] if line else lines
    if format is Format.JSON:
        found |= {"years": years, "storms": chances.rate.text, "basis": list(basis_lines(chances))}
        say_json(found)
    else:
        say("\n".join([*lines, "", *basis_lines(chances)]))


def _chances(prior: str, equivalent: list[str], storms: str, years: float) -> ClassChances:
    from arborisk.errors import SettingsError
    from arborisk.risk.annual.chances import ClassChances
    from arborisk.risk.annual.prior import load_prior, read_storm_rate
    from arborisk.risk.rating.reading import checked_number, checked_years
    from arborisk.scales import FailureLikelihood

    table = load_prior(prior)
    for text in equivalent:
        word, sign, number = text.partition("=")
        level = {one.word.lower(): one for one in FailureLikelihood}.get(word.strip().lower())
        if level is None or not sign:
            raise SettingsError(
                "CLASS=N, for example Improbable=1000",
                repr(text),
                "--equivalent",
                "Write a class, the sign = and a number of trees.",
            )
        table = table.resting_on({level: checked_number(number, word, "--equivalent")})
    return ClassChances(table, read_storm_rate(storms), checked_years(years, "--years"))


def _answers(
    path: Path, take: str, scheme: str | None, allow_study_only: bool
) -> dict[str, ModelAnswer]:
    from arborisk.risk.model_answers import Take, read_model_answers

    return read_model_answers(
        path, take=Take(take), scheme=scheme, allow_study_only=allow_study_only
    )


def _of_word(
    failure: str,
    chances: ClassChances,
    told: dict[str, str | None],
    currency: str,
    seed: int,
) -> tuple[dict[str, Any], list[str]]:
    """One tree by its word: chance, and harm and loss where they were asked for."""
    import numpy as np

    from arborisk.risk.annual.sentences import chance_text
    from arborisk.risk.rating.reading import read_belief
    from arborisk.scales import FailureLikelihood

    belief = read_belief(
        FailureLikelihood, failure, name="likelihood of failure", by="you", where="--failure"
    )
    low, high = chances.of(np.stack([belief.array("lowest"), belief.array("highest")]))
    ends = [low] if belief.is_certain else [low, high]
    said = " up to ".join(chance_text(one) for one in ends)
    years = counted(chances.years, "year")
    lines = [f"{belief.words}: chance of the event below within {years}: {said}."]
    found: dict[str, Any] = {
        "failure": belief.words,
        "chance": [{"mean": one.mean, "low": one.low, "high": one.high} for one in ends],
    }
    if told["impact"] is not None:
        from arborisk.risk.annual.harm import Failing

        # A range of words is taken at its likelier end: risk is not made small by not knowing.
        failing = Failing(weights=belief.array("highest"), chances=chances)
        if not belief.is_certain:
            lines.append(f"Harm and loss below: for {belief.possible[-1].word}, the likelier end.")
        more, more_lines = _harm(failing, chances, told, currency, seed)
        found |= more
        lines += more_lines
    return found, lines


def _harm(
    failing: Failing,
    chances: ClassChances,
    told: dict[str, str | None],
    currency: str,
    seed: int,
) -> tuple[dict[str, Any], list[str]]:
    import math

    from arborisk.errors import SettingsError
    from arborisk.risk.annual.chances import read_quantity
    from arborisk.risk.annual.harm import Struck, expected_harm, place
    from arborisk.risk.annual.sentences import OF_BRANCHES, harm_lines, loss_lines

    found: dict[str, Any] = {}
    lines = [OF_BRANCHES]
    if chances.years != 1:
        raise SettingsError(
            "one year, for harm and loss",
            f"{chances.years:g}",
            "--years",
            "Leave it out: harm and loss are stated for one year.",
        )
    impact = read_quantity(told["impact"] or "", "--impact-chance")
    if told["harm"] is not None:
        outcome = read_quantity(told["harm"], "--harm-chance")
        harm = expected_harm(failing, [Struck("the person", impact, outcome)], seed=seed)
        where = place(harm.value.mean, harm.draws, person=told["person"] or "", years=chances.years)
        lines += harm_lines(harm, where, "death of one person")
        found["harm"] = {
            "person": where.person,
            "mean": harm.value.mean,
            "low": harm.value.low,
            "high": harm.value.high,
            "band": where.band.name,
        }
    if told["loss"] is not None:
        outcome = read_quantity(told["loss"], "--loss", high=math.inf)
        lost = expected_harm(failing, [Struck("the target", impact, outcome)], seed=seed)
        lines += loss_lines(lost, currency)
        found["loss"] = {
            "mean": lost.value.mean,
            "low": lost.value.low,
            "high": lost.value.high,
        }
    return found, lines


def _of_model(
    answers: dict[str, ModelAnswer],
    chances: ClassChances,
    count: bool,
    out: Path | None,
    seed: int,
) -> tuple[dict[str, Any], list[str]]:
    """Many trees by a model: a table, and the expected number where it may be given."""
    from arborisk.risk.annual.chances import expected_count, refuse_without_prevalence, weights_of
    from arborisk.risk.annual.sentences import chance_rows, count_lines, write_chances

    told = list(answers.values())
    if count:
        refuse_without_prevalence(told)
    rows = chance_rows(told, chances)
    lines = [f"{counted(len(rows), 'tree')} or photos with an answer."]
    notes = sorted({note for one in told for note in one.notes})
    found: dict[str, Any] = {"n": len(rows), "notes": notes}
    if count:
        ends = [
            expected_count(weights_of(told, highest=highest), chances, seed=seed)
            for highest in (False, True)
        ]
        ends = ends[:1] if ends[0].expected.mean == ends[1].expected.mean else ends
        if len(ends) > 1:
            lines.append("Some answers are ranges of words: at their lower, then their upper ends:")
        for one in ends:
            lines += count_lines(one, chances.years)
        found["expected"] = [
            {"mean": one.expected.mean, "low": one.expected.low, "high": one.expected.high}
            for one in ends
        ]
    if out is not None:
        write_chances(rows, out)
        lines.append(f"Written: {out}")
    else:
        found["trees"] = [row.as_dict() for row in rows]
    return found, [*lines, *notes]
