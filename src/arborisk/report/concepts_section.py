"""The section of a page on concepts: what the network has a direction for, and what it uses.

A page shows it by ``{% import "concepts_section.html.j2" as concepts_part %}`` and
``{{ concepts_part.section(content) }}``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from arborisk.explanation.concepts.sets import ConceptFinding, Concepts, ConceptSet
from arborisk.report.shortcuts_section import array_uri
from arborisk.report.style import BLUE, FIGURE_WIDTH_IN, GRID, INK, MUTED, VERMILLION, draw_svg
from arborisk.wording.numbers import p_text
from arborisk.wording.percent import percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STANDING_WORDS = {
    "towards": "moves the answer towards",
    "away": "moves the answer away",
    "no more than random": "no more than a random direction",
    "not readable": "not readable: no statement",
}
LINEAR = (
    "The last layer is linear, so that the score grows in one and the same direction at every "
    "photo: the share of photos that a concept moves is 0 or 1, which says no more than the sign."
)
ROW_IN = 0.44


@dataclass(frozen=True, slots=True)
class ConceptRow:
    """One concept at one depth, in words."""

    title: str
    layer: str
    standing: str
    accuracy: str
    cosine: str
    p_value: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ConceptExample:
    """A pair of pictures of a concept, as data URIs."""

    title: str
    present: str
    absent: str


@dataclass(frozen=True, slots=True)
class ConceptsSection:
    """What the page shows.

    Attributes:
        asked: What the score explains.
        headline: What was found, in a sentence.
        notes: What must be known to read it.
        figure: Cosines beside those of random directions.
        drawn_in: Figure of what drawing the concept into a scene does to the score, or "".
        rows: One a concept and depth.
        examples: One pair a concept.
    """

    asked: str
    headline: str
    notes: tuple[str, ...]
    figure: str
    drawn_in: str
    rows: tuple[ConceptRow, ...]
    examples: tuple[ConceptExample, ...]


def concepts_section(found: Concepts, sets: tuple[ConceptSet, ...] = ()) -> ConceptsSection:
    """The section as the page shows it.

    Args:
        found: What was found.
        sets: The pictures, of which the first pair of each is shown.
    """
    notes = [
        f"{found.n_splits} splits of each concept's pictures beside {found.n_random} random "
        "directions, made of the same pictures so that the concept cancels out; p values are "
        "corrected for the number of concepts and depths (Holm). A concept that a network tells "
        "apart on fewer than 70 % of pictures left out gets no statement."
    ]
    if found.constant:
        notes.append(LINEAR)
    if found.drawn:
        notes.append(
            "The concepts are drawn: what holds for drawn wires need not for real ones. Sky is a "
            "window of sky beside another window of the same photo, which is no photo of a tree."
        )
    return ConceptsSection(
        found.contrast_title,
        _headline(found),
        tuple(notes),
        _cosines(found),
        _drawn_in(found),
        tuple(_row(item) for item in found.findings),
        tuple(
            ConceptExample(item.title, array_uri(item.present[0]), array_uri(item.absent[0]))
            for item in sets
        ),
    )


def _headline(found: Concepts) -> str:
    """Which concepts move the answer, at any depth."""
    parts = []
    for standing, words in (("towards", "towards it"), ("away", "away from it")):
        titles = dict.fromkeys(one.title for one in found.findings if one.standing == standing)
        if titles:
            parts.append(f"{words}: {', '.join(titles)}")
    if not parts:
        return "No concept moves the answer more than a random direction does."
    return f"Concepts that move the answer {'; '.join(parts)}."


def _row(item: ConceptFinding) -> ConceptRow:
    return ConceptRow(
        item.title,
        item.layer,
        STANDING_WORDS[item.standing],
        percent(item.accuracy),
        f"{item.cosine:+.2f}",
        "\N{EN DASH}" if item.corrected_p is None else p_text(item.corrected_p),
        item.sentence,
    )


def _cosines(found: Concepts) -> str:
    """Cosine of each concept with the growth of the score, over the band of random directions."""
    items = found.findings

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        places = np.arange(len(items))[::-1]
        for place, item in zip(places, items, strict=True):
            axes.barh(
                place,
                item.random_band[1] - item.random_band[0],
                left=item.random_band[0],
                height=0.62,
                color=GRID,
            )
            if item.standing == "not readable":
                axes.plot(item.cosine, place, "x", color=MUTED, ms=7, mew=1.6)
                continue
            sure = item.standing in ("towards", "away")
            axes.hlines(place, *item.spread, color=BLUE, linewidth=2)
            colour = VERMILLION if sure else "white"
            axes.plot(item.cosine, place, "D" if sure else "o", color=colour, mec=INK, ms=7)
        axes.axvline(0, color=MUTED, linewidth=0.8)
        axes.set_yticks(places, [f"{item.title}\n{item.layer}" for item in items])
        axes.set_ylim(-0.6, len(items) - 0.4)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel("cosine with the way in which the score grows")

    said = "; ".join(f"{item.title}, {item.layer}: {item.cosine:.2f}" for item in items)
    size = (FIGURE_WIDTH_IN, 0.7 + ROW_IN * len(items))
    return draw_svg("concept-cosines", size, paint, f"Cosines of concepts: {said}.")


def _drawn_in(found: Concepts) -> str:
    """What drawing each concept into a scene does to the score."""
    shifts = {item.title: item.direct for item in found.findings if item.direct is not None}
    if not shifts:
        return ""

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        places = np.arange(len(shifts))[::-1]
        for place, shift in zip(places, shifts.values(), strict=True):
            if shift.low is not None and shift.high is not None:
                axes.hlines(place, shift.low, shift.high, color=BLUE, linewidth=2)
            axes.plot(shift.value, place, "o", color=BLUE, mec=INK, ms=7)
        axes.axvline(0, color=MUTED, linewidth=0.8)
        axes.set_yticks(places, list(shifts))
        axes.set_ylim(-0.6, len(shifts) - 0.4)
        axes.tick_params(axis="y", length=0)
        axes.grid(True, axis="x", color=GRID)
        axes.set_xlabel("change of the score, standard deviations")

    said = "; ".join(f"{title} {shift.value:+.2f}" for title, shift in shifts.items())
    size = (FIGURE_WIDTH_IN, 0.75 + 0.34 * len(shifts))
    return draw_svg("concept-drawn-in", size, paint, f"Change of the score: {said}.")
