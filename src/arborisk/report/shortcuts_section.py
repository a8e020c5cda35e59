"""The section of a page on shortcuts: does the model read something else than the tree?

A page shows it by ``{% import "shortcuts_section.html.j2" as shortcuts_part %}`` and
``{{ shortcuts_part.section(content) }}``.
"""

from __future__ import annotations

from dataclasses import dataclass

from arborisk.explanation.shortcuts.record import STANDING_WORDS, Finding, Reading, Shortcuts
from arborisk.report.shortcuts_figures import array_uri, places_figure, readings_figure
from arborisk.report.style import on_lines
from arborisk.wording.counts import counted
from arborisk.wording.intervals import interval_text, share_text
from arborisk.wording.numbers import number
from arborisk.wording.percent import percent

TRAVELS = "difference that goes with it"
ORDERS = "order right"
CARD_CLASSES = {
    "found": "worse",
    "noticed": "undecided",
    "not found": "better",
    "not tested": "",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """An altered photo as a data URI, with what was done to it."""

    uri: str
    title: str


@dataclass(frozen=True, slots=True)
class Row:
    """One number of a test, in words."""

    title: str
    number: str
    baseline: str


@dataclass(frozen=True, slots=True)
class Card:
    """One test, as the page shows it."""

    title: str
    standing: str
    css: str
    sentence: str
    rule: str
    rows: tuple[Row, ...]
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class ShortcutsSection:
    """What the page shows.

    Attributes:
        headline: The outcome in a sentence.
        css: Colour of the headline.
        asked: What the score explains.
        basis: Photos and groups.
        orders: Figure of how well altered photos are put in order.
        travels: Figure of what travels with swapped pieces.
        places: Map of the frame, or "".
        cards: One a test.
        drawn: Whether the trees are drawn.
    """

    headline: str
    css: str
    asked: str
    basis: str
    orders: str
    travels: str
    places: str
    cards: tuple[Card, ...]
    drawn: bool


def shortcuts_section(found: Shortcuts) -> ShortcutsSection:
    """The section as the page shows it.

    Args:
        found: What the tests found.
    """
    place = next((item.places for item in found.findings if item.places is not None), None)
    return ShortcutsSection(
        headline=found.headline,
        css="worse" if found.found else "undecided",
        asked=found.contrast_title,
        basis=f"{counted(found.n_photos, 'photo')} of {counted(found.n_groups, 'group')}, each "
        "scored by a model that did not learn from it",
        orders=readings_figure(
            "shortcut-orders",
            [("photos as they are", found.untouched), *_chosen(found, ORDERS)],
            "pairs of photos in the right order, %",
        ),
        travels=_travels(found),
        places=places_figure("shortcut-places", place, found.contrast_title) if place else "",
        cards=tuple(_card(item) for item in found.findings),
        drawn=found.drawn,
    )


def _travels(found: Shortcuts) -> str:
    """Figure of what travels, or "" where nothing was swapped or nothing can be judged."""
    readings = _chosen(found, TRAVELS)
    judged = any(
        item.standing != "not tested" and any(TRAVELS in one.title for one in item.readings)
        for item in found.findings
    )
    if not readings or not judged:
        return ""
    return readings_figure(
        "shortcut-travels", readings, "difference between classes that goes with it, %"
    )


def _chosen(found: Shortcuts, kind: str) -> list[tuple[str, Reading]]:
    """Numbers of one kind, with short titles."""
    chosen = []
    for finding in found.findings:
        for reading in finding.readings:
            if kind in reading.title:
                title = reading.title.partition(":")[0]
                if finding.name == "place":
                    title = f"one place: {title}"
                chosen.append((on_lines(title), Reading(title, reading.interval)))
                if kind == ORDERS:
                    chosen[-1] = (on_lines(title), reading)
    return chosen


def _card(finding: Finding) -> Card:
    return Card(
        finding.title,
        STANDING_WORDS[finding.standing],
        CARD_CLASSES[finding.standing],
        finding.sentence,
        finding.rule,
        tuple(_row(reading) for reading in finding.readings),
        tuple(Picture(array_uri(item.array), item.title) for item in finding.examples),
    )


def _row(reading: Reading) -> Row:
    """A number in words, with what it stands beside."""
    words = interval_text if reading.signed else share_text
    if reading.baseline is None:
        return Row(reading.title, words(reading.interval), "")
    beside = number(reading.baseline, 0) if reading.signed else percent(reading.baseline, "stated")
    return Row(reading.title, words(reading.interval), f"{reading.baseline_title}: {beside}")
