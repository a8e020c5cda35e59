"""The pages of explained photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import arborisk
from arborisk.bundle.load import Bundle
from arborisk.report.content import Fact, class_entries
from arborisk.report.explain_cards import ExplainedCard
from arborisk.report.page import render_page, write_page
from arborisk.wording.counts import counted

CARDS_PER_PAGE = 24
"""A page of 24 photos is about 5 MB: it holds all its pictures."""
PAGE_NAMES = ("index.html", "page-{}.html")


@dataclass(frozen=True, slots=True)
class ExplainContext:
    """What is the same on all pages.

    Attributes:
        bundle: The model.
        method: Name of the method of the maps.
        method_sentence: What it does, and its limits.
        belief_headline: Whether the maps are to be believed, in a sentence, or why that was not
            checked.
        belief_standing: ``better``, ``undecided`` or ``worse``, for the colour.
        belief_word: The same in a few words.
        belief_html: Section with the checks, or "".
        about: Which photos these are, in a sentence.
        drawn: Whether the photos are of drawn trees.
        strange: What to know of the model before these photos, or "".
    """

    bundle: Bundle
    method: str
    method_sentence: str
    belief_headline: str
    belief_standing: str
    belief_word: str
    belief_html: str
    about: str
    drawn: bool
    strange: str


def write_explain_pages(
    folder: Path, context: ExplainContext, cards: Sequence[ExplainedCard]
) -> Path:
    """Writes the pages and gives the first one's path.

    Args:
        folder: Folder of the explanations.
        context: What is the same on all pages.
        cards: Photos in the order in which they are shown; those without an answer last.

    Raises:
        MissingDependencyError: Jinja2 is not installed.
    """
    shown = [card for card in cards if card.explanation.failure is None]
    failed = [card for card in cards if card.explanation.failure is not None]
    starts = range(0, max(len(shown), 1), CARDS_PER_PAGE)
    names = [_name(number) for number in range(len(starts))]
    for number, start in enumerate(starts):
        text = render_page(
            "explain.html.j2",
            kind="arborisk · why",
            title="Why the model said what it said",
            subtitle=context.about,
            version=arborisk.__version__,
            context=context,
            cards=shown[start : start + CARDS_PER_PAGE],
            failed=failed if number == 0 else [],
            n_shown=len(shown),
            first=start + 1,
            number=number,
            names=names,
            facts=_facts(context),
            scheme=context.bundle.description.scheme.scheme,
            entries=class_entries(context.bundle.description.scheme.scheme),
        )
        write_page(folder / names[number], text)
    return folder / names[0]


def _name(number: int) -> str:
    """File of a page, counted from 0."""
    return PAGE_NAMES[0] if number == 0 else PAGE_NAMES[1].format(number + 1)


def _facts(context: ExplainContext) -> list[Fact]:
    """Of the model."""
    description = context.bundle.description
    return [
        Fact("Model", f"{description.model}, bundle {context.bundle.bundle_id}"),
        Fact("Trained on", f"{counted(description.n_training_photos, 'photo')}"),
        Fact("Map", context.method_sentence),
    ]
