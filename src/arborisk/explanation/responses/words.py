"""Findings as sentences with figures: what is used, what ignored, where physics disagrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from arborisk.explanation.responses.partial import Dependence, MeasureEffect
from arborisk.explanation.responses.records import Floats, Interventions
from arborisk.explanation.responses.verdicts import LEAST_CHANGE, FactorSummary, summarise
from arborisk.records import Interval
from arborisk.wording.counts import counted
from arborisk.wording.intervals import interval_text
from arborisk.wording.percent import percent
from arborisk.wording.sentences import DRAWN_TREES


def responses_figures(
    found: Interventions, summaries: Sequence[FactorSummary]
) -> dict[str, JsonValue]:
    """Verdict, figures and mean curves of every factor, by its name.

    Args:
        found: All responses.
        summaries: `summarise` of them.
    """
    return {
        one.response.factor.name: {
            "verdict": one.verdict,
            "levels": _numbers(one.response.levels),
            "probability": _numbers(one.response.probability[:, :, found.contrast.of].mean(axis=0)),
            "critical_gust_ms": _numbers(one.response.critical_gust_ms.mean(axis=0)),
            "change_of_probability": _ends(one.change),
            "change_of_score": _ends(one.score_change),
            "rank_correlation": None if one.rank is None else _ends(one.rank),
            "share_never_back": one.monotone_share,
            "same_picture": one.response.same_picture,
        }
        for one in summaries
    }


def dependence_figures(found: Dependence) -> dict[str, JsonValue]:
    """Figures and curve of every measure, by its name, and what all curves explain."""
    figures: dict[str, JsonValue] = {
        one.name: {
            "rank_correlation": _ends(one.rank),
            "corrected_p": one.corrected_p,
            "change_of_score": _ends(one.change),
            "values": _numbers(one.values),
            "curve": _numbers(one.curve),
            "n_photos": one.n_measured,
        }
        for one in found.effects
    }
    return {"r2": found.r2, "n_photos": found.n_photos, "n_groups": found.n_groups, **figures}


def _numbers(values: Floats) -> JsonValue:
    return [round(float(value), 6) for value in values]


def _ends(value: Interval) -> JsonValue:
    return [value.value, value.low, value.high]


DRAWN_ONLY = (
    f"All of this was measured on drawn trees. {DRAWN_TREES} Physics here means the mechanics that "
    "the drawn trees were made with, and its assumptions."
)
NEW_TO_IT = (
    "The model learnt from other photos than drawn ones: how it answers to drawings may differ "
    "from how it answers to photos."
)
NO_LIKELIHOOD = (
    "The classes are no likelihoods of failure, so mechanics has nothing to say on the score: only "
    "whether the score moves is told."
)
NOT_CAUSES = (
    "Over photos as they are, measures go together: a measure may follow the score only because "
    "another one does."
)
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Sentences:
    """Findings in words, each with its figures.

    Attributes:
        uses: What the score follows.
        ignores: What it does not follow though it could.
        disagrees: Where it and mechanics part.
        unclear: What this many trees could not tell.
        cautions: What to know before reading any of it.
    """

    uses: tuple[str, ...]
    ignores: tuple[str, ...]
    disagrees: tuple[str, ...]
    unclear: tuple[str, ...]
    cautions: tuple[str, ...]


def sentences(found: Interventions, summaries: Sequence[FactorSummary] | None = None) -> Sentences:
    """What the interventions say.

    Args:
        found: All responses.
        summaries: `summarise` of them, where already known.
    """
    every = summarise(found) if summaries is None else summaries
    some = [one for one in every if one.response.factor.ordered]
    of = found.of
    cautions = (
        (DRAWN_ONLY, True),
        (NEW_TO_IT, found.learnt_from_drawn is False),
        (NO_LIKELIHOOD, found.direction == 0),
    )
    return Sentences(
        uses=tuple(_line(one, of) for one in some if one.verdict in ("follows physics", "moves")),
        ignores=tuple(
            _line(one, of)
            for one in some
            if one.verdict in ("ignores it", "does not move", "not in the picture")
        ),
        disagrees=tuple(_disagreement(one, of) for one in some if _disagrees(one, found)),
        unclear=tuple(_line(one, of) for one in some if one.verdict == "unclear"),
        cautions=(
            *(_yardstick(one, of) for one in every if not one.response.factor.ordered),
            *(text for text, applies in cautions if applies),
        ),
    )


def dependence_sentences(found: Dependence, titles: Mapping[str, str] | None = None) -> Sentences:
    """What the score follows over photos as they are.

    Args:
        found: What was found.
        titles: Names of measures in words, where they differ.
    """
    words = titles or {}
    shown = [one for one in found.effects if _is_shown(one)]
    others = [one for one in found.effects if not _is_shown(one)]
    seldom = ", ".join(words.get(name, name) for name in found.left_out)
    left_out = (f"Too seldom measured, or always the same: {seldom}.",) if seldom else ()
    explained = (
        f"All measures together explain {percent(found.r2)} of how the score varies over photos "
        "left out"
        if found.r2 > 0
        else "All measures together explain nothing of how the score varies over photos left out"
    )
    return Sentences(
        uses=tuple(_effect_line(one, words.get(one.name, one.name)) for one in shown),
        ignores=(),  # not shown to matter is not shown not to: no bound is put on what is missed
        disagrees=(),
        unclear=(*(_effect_line(one, words.get(one.name, one.name)) for one in others), *left_out),
        cautions=(
            f"{explained} ({counted(found.n_photos, 'photo')}, "
            f"{counted(found.n_groups, 'group')}).",
            NOT_CAUSES,
        ),
    )


def range_words(one: FactorSummary) -> str:
    """The range of a factor, for example ``from 0 to 30°``."""
    factor, levels = one.response.factor, one.response.levels
    unit = f" {factor.unit}" if factor.unit not in ("", "°") else factor.unit
    return f"from {levels[0]:g} to {levels[-1]:g}{unit}"


def _line(one: FactorSummary, of: str) -> str:
    """A factor's finding."""
    title = one.response.factor.title
    if one.verdict == "not in the picture":
        return (
            f"{title}: it is not in the picture. The photos of a tree are the same byte for byte "
            "at all levels, and so is the score."
        )
    change = interval_text(one.change, signed=True)
    if one.rank is None:
        return f"{title} {range_words(one)}: P({of}) moves by {change}."
    rank = f"rank correlation with the critical gust {interval_text(one.rank, signed=True)}"
    if one.verdict == "ignores it":
        close = ""
        if (one.rank.low or 0.0) > 0:
            close = f"the right way but by less than {LEAST_CHANGE:g}, "
        return f"{title} {range_words(one)}: P({of}) hardly moves, {close}{change}; {rank}."
    return f"{title} {range_words(one)}: P({of}) moves by {change} the way mechanics asks; {rank}."


def _yardstick(one: FactorSummary, of: str) -> str:
    """How far the score moves when nothing does that mechanics asks for."""
    return (
        f"Yardstick: between two drawn trees at one place with all measures in common, P({of}) "
        f"differs by {one.typical_difference:.2f} on average."
    )


def _disagrees(one: FactorSummary, found: Interventions) -> bool:
    """Whether mechanics asks for a change that the score does not make, or the other way round."""
    if found.direction == 0:
        return False
    if one.is_flat:
        return one.verdict == "moves"
    return one.verdict in ("ignores it", "goes against physics")


def _disagreement(one: FactorSummary, of: str) -> str:
    """What mechanics says beside what the score does."""
    low, high = one.gust_ends_ms
    gust = f"the critical gust goes from {low:.0f} to {high:.0f} m/s"
    if one.is_flat:
        gust = "the critical gust hardly changes"
    change = interval_text(one.change, signed=True)
    does = {
        "ignores it": f"P({of}) hardly moves: {change}",
        "goes against physics": f"P({of}) goes the other way: {change}",
        "moves": f"P({of}) moves: {change}",
    }[one.verdict]
    return f"{one.response.factor.title} {range_words(one)}: {gust}, {does}."


def _is_shown(effect: MeasureEffect) -> bool:
    """Whether the correlation is beyond luck and the curve goes the same way.

    The curve allows for the other measures.
    """
    low, high = effect.change.low or 0.0, effect.change.high or 0.0
    beyond_luck = effect.corrected_p is not None and effect.corrected_p < LEVEL
    return beyond_luck and low * high > 0 and effect.change.value * effect.rank.value > 0


def _effect_line(effect: MeasureEffect, title: str) -> str:
    """One measure's finding."""
    p = "" if effect.corrected_p is None else f", p {_p_words(effect.corrected_p)} after Holm"
    first, last = (f"{round(end, 2):g}" for end in effect.range)
    return (
        f"{title[:1].upper()}{title[1:]}: rank correlation with the score "
        f"{interval_text(effect.rank, signed=True)}{p}; with the other measures allowed for, the "
        f"score changes by {interval_text(effect.change, signed=True)} from {first} to {last} "
        f"({counted(effect.n_measured, 'photo')})."
    )


def _p_words(p_value: float) -> str:
    return "below 0.001" if p_value < 0.001 else f"{p_value:.3f}"
