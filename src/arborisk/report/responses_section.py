"""The sections of a page on responses: drawn trees changed on purpose, and photos as they are.

``render_page("responses_section.html.j2", responses=..., dependence=...)`` gives both as HTML; a
page may include the template where it has the two names. Either may be None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from arborisk.explanation.responses.partial import Dependence, MeasureEffect
from arborisk.explanation.responses.records import Interventions
from arborisk.explanation.responses.verdicts import RULES, FactorSummary, Verdict, summarise
from arborisk.explanation.responses.words import (
    Sentences,
    dependence_sentences,
    range_words,
    sentences,
)
from arborisk.report.page import render_page
from arborisk.report.responses_figures import (
    factor_figure,
    jpeg_uri,
    level_words,
    measure_figure,
)
from arborisk.wording.counts import counted
from arborisk.wording.intervals import interval_text
from arborisk.wording.numbers import p_text
from arborisk.wording.percent import percent

VERDICT_STANDING: dict[Verdict, str] = {
    "follows physics": "better",
    "goes against physics": "worse",
    "ignores it": "undecided",
    "unclear": "",
    "not in the picture": "",
    "moves": "undecided",
    "does not move": "",
}
"""Colour of a verdict's chip; its words always stand in it."""


@dataclass(frozen=True, slots=True)
class StripPicture:
    """One picture of a strip: the drawn tree at a level."""

    uri: str
    level: str


@dataclass(frozen=True, slots=True)
class FactorCard:
    """One factor, as the page shows it: words, pictures, figure, and the figures of the table."""

    title: str
    range: str
    verdict: str
    standing: str
    figure: str
    strip: tuple[StripPicture, ...]
    change: str
    rank: str
    monotone: str
    index_change: str
    gusts: str


@dataclass(frozen=True, slots=True)
class ResponsesSection:
    """What the page shows of the interventions.

    Attributes:
        asked: What the score is of, in words.
        basis: Trees, sizes and seed.
        sentences: Findings.
        cards: By factor.
        rules: How verdicts are given.
        directed: Whether the classes are likelihoods of failure.
    """

    asked: str
    basis: str
    sentences: Sentences
    cards: tuple[FactorCard, ...]
    rules: str
    directed: bool


@dataclass(frozen=True, slots=True)
class MeasureCard:
    """One measure, as the page shows it."""

    title: str
    figure: str
    rank: str
    p_value: str
    change: str
    n_measured: int


@dataclass(frozen=True, slots=True)
class DependenceSection:
    """What the page shows of the dependence over photos."""

    sentences: Sentences
    cards: tuple[MeasureCard, ...]


def responses_section(found: Interventions) -> ResponsesSection:
    """The section on one thing changed at a time."""
    summaries = summarise(found)
    return ResponsesSection(
        asked=found.contrast.title(found.titles),
        basis=(
            f"{counted(found.n_trees, 'drawn tree')}, each at a place of its own, photos of "
            f"{found.size_px[0]} x {found.size_px[1]} pixels, seed {found.seed}."
        ),
        sentences=sentences(found, summaries),
        cards=tuple(_card(one, found) for one in summaries),
        rules=RULES,
        directed=found.direction != 0,
    )


def dependence_section(
    found: Dependence, titles: Mapping[str, str] | None = None
) -> DependenceSection:
    """The section on measures over photos as they are.

    Args:
        found: What was found.
        titles: Names of measures in words, with units, where they differ.
    """
    words = titles or {}
    return DependenceSection(
        sentences=dependence_sentences(found, words),
        cards=tuple(
            _measure_card(one, found, words.get(one.name, one.name)) for one in found.effects
        ),
    )


def responses_html(
    found: Interventions | None = None,
    measured: Dependence | None = None,
    titles: Mapping[str, str] | None = None,
) -> str:
    """Both sections as HTML, for a page or a chapter.

    Raises:
        MissingDependencyError: matplotlib or Jinja2 is not installed.
    """
    return render_page(
        "responses_section.html.j2",
        responses=None if found is None else responses_section(found),
        dependence=None if measured is None else dependence_section(measured, titles),
    )


def _card(one: FactorSummary, found: Interventions) -> FactorCard:
    factor = one.response.factor
    low, high = one.gust_ends_ms
    return FactorCard(
        title=factor.title,
        range=range_words(one),
        verdict=one.verdict,
        standing=VERDICT_STANDING[one.verdict],
        figure=factor_figure(one, found, name=f"response-{factor.name}"),
        strip=tuple(
            StripPicture(jpeg_uri(jpeg), level_words(level, factor.unit))
            for level, jpeg in one.response.strip.items()
        ),
        change=interval_text(one.change, signed=True),
        rank="" if one.rank is None else interval_text(one.rank, signed=True),
        monotone="" if one.monotone_share is None else percent(one.monotone_share),
        index_change=""
        if one.index_change is None
        else interval_text(one.index_change, signed=True),
        gusts=f"{low:.0f} to {high:.0f} m/s",
    )


def _measure_card(effect: MeasureEffect, found: Dependence, title: str) -> MeasureCard:
    p_value = effect.corrected_p
    return MeasureCard(
        title=title,
        figure=measure_figure(effect, found, title, name=f"measure-{effect.name}"),
        rank=interval_text(effect.rank, signed=True),
        p_value="" if p_value is None else p_text(p_value),
        change=interval_text(effect.change, signed=True),
        n_measured=effect.n_measured,
    )
