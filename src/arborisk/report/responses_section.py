"""The sections of a page on responses: drawn trees changed on purpose, and photos as they are.

``render_page("responses_section.html.j2", responses=..., dependence=...)`` gives both as HTML; a
page may include the template where it has the two names. Either may be None.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from arborisk.explanation.responses.partial import Dependence, MeasureEffect
from arborisk.explanation.responses.records import Interventions
from arborisk.explanation.responses.verdicts import (
    RULES,
    FactorSummary,
    Verdict,
    mean_curve,
    summarise,
)
from arborisk.explanation.responses.words import (
    Sentences,
    dependence_sentences,
    range_words,
    sentences,
)
from arborisk.report.page import render_page
from arborisk.report.style import BLUE, GRID, INK, MUTED, VERMILLION, class_mark, draw_svg
from arborisk.wording.counts import counted
from arborisk.wording.intervals import interval_text
from arborisk.wording.numbers import p_text
from arborisk.wording.percent import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


Floats = NDArray[np.float64]

FACTOR_SIZE_IN = (3.3, 3.5)
MEASURE_SIZE_IN = (3.3, 2.2)
GUST = "#3c3c3c"
BAND = 0.22


def factor_figure(one: FactorSummary, found: Interventions, *, name: str) -> str:
    """P(class) above, critical gust below, over the levels of one factor.

    Args:
        one: The factor's response.
        found: All of them, for limits that all figures share.
        name: Of the figure, unique on the page.
    """
    response = one.response
    of_class = response.probability[:, :, found.contrast.of]
    colour = class_mark(found.of, found.contrast.of).colour

    def paint(figure: Figure) -> None:
        above, below = figure.subplots(2, sharex=True)
        _curves(above, response.levels, of_class, colour, "o")
        above.set_ylim(0, _top(found))
        above.set_title(f"model: P({found.of})", fontweight="normal", fontsize=9)
        _curves(below, response.levels, response.critical_gust_ms, GUST, "s")
        _site_gusts(below, response.levels, response.normal_gust_ms, response.extreme_gust_ms)
        below.set_ylim(0, _top_gust(found))
        below.set_title("mechanics: critical gust, m/s", fontweight="normal", fontsize=9)
        below.set_xlabel(_axis_label(one))

    return draw_svg(name, FACTOR_SIZE_IN, paint, _description(one, of_class.mean(axis=0), found))


def measure_figure(effect: MeasureEffect, found: Dependence, title: str, *, name: str) -> str:
    """Partial dependence of the score on one measure.

    Args:
        effect: Of the measure.
        found: All of them, for limits that all figures share.
        title: The measure in words, with its unit.
        name: Of the figure, unique on the page.
    """

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.fill_between(effect.values, effect.low, effect.high, color=BLUE, alpha=BAND, lw=0)
        axes.plot(effect.values, effect.curve, color=BLUE)
        axes.set_ylim(
            min(one.low.min() for one in found.effects),
            max(one.high.max() for one in found.effects),
        )
        axes.grid(True, axis="y", color=GRID)
        axes.set_xlabel(title)
        axes.set_ylabel("score")

    first, last = effect.curve[0], effect.curve[-1]
    said = f"Score expected over {title}: {first:.2f} at the left, {last:.2f} at the right."
    return draw_svg(name, MEASURE_SIZE_IN, paint, said)


def jpeg_uri(jpeg: bytes) -> str:
    """A JPEG as a data URI."""
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii")


def level_words(value: float, unit: str) -> str:
    """A level as a caption, for example ``30°`` or ``0.96``."""
    return f"{value:.3g}{unit if unit == '°' else ''}"


def _curves(axes: Axes, levels: Floats, values: Floats, colour: str, marker: str) -> None:
    """Thin lines of single trees, the mean over them and its interval."""
    mean, low, high = mean_curve(values)
    for row in values:
        axes.plot(levels, row, color=colour, lw=0.5, alpha=0.3)
    axes.fill_between(levels, low, high, color=colour, alpha=BAND, lw=0)
    axes.plot(levels, mean, marker=marker, color=colour, mec=INK, mew=0.6, ms=4.5)
    axes.grid(True, axis="y", color=GRID)


def _site_gusts(axes: Axes, levels: Floats, normal: Floats, extreme: Floats) -> None:
    """Mean gusts of normal and of extreme weather at the sites; below them the classes change."""
    for values, word, colour, shift_pt in (
        (extreme, "extreme", BLUE, 2),
        (normal, "normal", VERMILLION, -8),
    ):
        mean = values.mean(axis=0)
        axes.plot(levels, mean, color=colour, lw=1.0, ls=(0, (4, 2)))
        axes.annotate(
            word,
            (levels[0], mean[0]),
            xytext=(1, shift_pt),
            textcoords="offset points",
            fontsize=7.5,
            color=MUTED,
        )


def _axis_label(one: FactorSummary) -> str:
    factor = one.response.factor
    return {"°": "degrees", "": factor.title.lower()}.get(factor.unit, factor.unit)


def _top(found: Interventions) -> float:
    """Upper end of all axes of probability."""
    largest = max(float(one.probability[:, :, found.contrast.of].max()) for one in found.responses)
    return min(1.0, max(0.2, 1.05 * largest))


def _top_gust(found: Interventions) -> float:
    """Upper end of all axes of gusts; single trees may go beyond it."""
    return 1.15 * max(float(one.critical_gust_ms.mean(axis=0).max()) for one in found.responses)


def _description(one: FactorSummary, mean: Floats, found: Interventions) -> str:
    levels, gusts = one.response.levels, one.response.critical_gust_ms.mean(axis=0)
    points: Sequence[str] = [
        f"at {level:.3g}: P({found.of}) {share:.2f}, critical gust {gust:.0f} m/s"
        for level, share, gust in zip(levels, mean, gusts, strict=True)
    ]
    return f"{one.response.factor.title}, means over drawn trees: {'; '.join(points)}."


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
