"""The pages of explained photos."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import arborisk
from arborisk.bundle.load import Bundle
from arborisk.explanation.measures.table import KIND_BY_NAME, Measure, value_text
from arborisk.explanation.parts.part_map import PART_COLOURS, PART_TITLES
from arborisk.explanation.photo_record import PhotoExplanation
from arborisk.report.assessed import AssessedPhoto
from arborisk.report.page import (
    ClassEntry,
    Fact,
    class_entries,
    render_page,
    thumbnail_uri,
    write_page,
)
from arborisk.wording.counts import counted

SCALES: Final[dict[str, tuple[float, float]]] = {
    "lean_deg": (-30.0, 30.0),
    "crown_asymmetry": (-1.0, 1.0),
    "height_to_diameter": (0.0, 100.0),
    "n_stems": (0.0, 3.0),
}
"""Ends of the scale on which a measure is drawn; shares go from 0 to 1."""


@dataclass(frozen=True, slots=True)
class MeasureBar:
    """Where a measure and its interval lie on its scale, percent of the scale's length."""

    value: float
    left: float
    width: float
    zero: float


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One measure, as the page shows it.

    Attributes:
        title: In words.
        text: Value with interval.
        remark: What goes with it.
        bar: Where it lies.
        ends: Ends of the scale in words.
        what: Definition and caution.
    """

    title: str
    text: str
    remark: str
    bar: MeasureBar
    ends: tuple[str, str]
    what: str


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """Measures that are not measurable here for one reason."""

    titles: tuple[str, ...]
    why_not: str


@dataclass(frozen=True, slots=True)
class MeasureLines:
    """All measures of one photo: those with a value, then the others by their reason."""

    measured: tuple[MeasureLine, ...]
    missing: tuple[NotMeasured, ...]


def measure_lines(measures: Sequence[Measure]) -> MeasureLines:
    """The measures of one photo, for ``measure_lines.html.j2``.

    Args:
        measures: Of `arborisk.explanation.measures.measure_tree`, in its order.
    """
    by_reason: dict[str, list[str]] = {}
    for one in measures:
        if not one.is_measured:
            by_reason.setdefault(one.why_not, []).append(one.title)
    return MeasureLines(
        tuple(_line(one) for one in measures if one.is_measured),
        tuple(NotMeasured(tuple(titles), reason) for reason, titles in by_reason.items()),
    )


def _line(measure: Measure) -> MeasureLine:
    """One measure for the page."""
    kind = KIND_BY_NAME[measure.name]
    low, high = SCALES.get(measure.name, (0.0, 1.0))
    return MeasureLine(
        title=measure.title,
        text=value_text(measure),
        remark=measure.remark,
        bar=_bar(measure, low, high),
        ends=(f"{low:g}", f"{high:g}"),
        what=f"{kind.what[0].upper()}{kind.what[1:]}. {kind.caution}",
    )


def _bar(measure: Measure, low: float, high: float) -> MeasureBar:
    """Places on the scale; what lies beyond its ends is drawn at them."""

    def place(value: float | None) -> float:
        return 100.0 * min(max(((value or 0.0) - low) / (high - low), 0.0), 1.0)

    left = place(measure.low)
    return MeasureBar(place(measure.value), left, place(measure.high) - left, place(0.0))


KINDS = ("map", "parts", "measures")
"""Pictures of a photo, by the end of their names."""
NEIGHBOUR_PX = 160
LEAST_SHOWN = 0.005


@dataclass(frozen=True, slots=True)
class ShareBar:
    """A part's share of the map beside its share of the picture, both 0 to 1."""

    title: str
    colour: str
    share: float
    area: float


@dataclass(frozen=True, slots=True)
class NeighbourCard:
    """A labelled photo nearby, with its picture where it is at hand."""

    photo: str
    uri: str | None
    label: ClassEntry
    distance: float


@dataclass(frozen=True, slots=True)
class ExplainedCard:
    """One photo.

    Attributes:
        answer: What the model said of it, with its picture.
        label: What people said, where it is known.
        explanation: What was found out.
        pictures: Data URI by kind, see `KINDS`; None where there is none.
        shares: Parts with the largest share first.
        measures: All measures; None where none were asked for.
        neighbours: Nearest labelled photos.
    """

    answer: AssessedPhoto
    label: ClassEntry | None
    explanation: PhotoExplanation
    pictures: Mapping[str, str | None]
    shares: tuple[ShareBar, ...]
    measures: MeasureLines | None
    neighbours: tuple[NeighbourCard, ...]


def picture_path(folder: Path, photo: str, kind: str) -> Path:
    """Where a picture of a photo lies below the folder of the explanations.

    Args:
        folder: Folder of the explanations.
        photo: Name of the photo.
        kind: One of `KINDS`.
    """
    return folder / "pictures" / f"{photo}.{kind}.jpg"


def explained_card(
    answer: AssessedPhoto,
    explanation: PhotoExplanation,
    *,
    folder: Path,
    entries: Mapping[str, ClassEntry],
    label: str = "",
    photo_root: Path | None = None,
) -> ExplainedCard:
    """A card.

    Args:
        answer: What the model said.
        explanation: What was found out.
        folder: Folder of the explanations, with the pictures.
        entries: Class by title.
        label: Title of the class that people gave, or "".
        photo_root: Folder that the neighbours' files are relative to, or None.
    """
    return ExplainedCard(
        answer=answer,
        label=entries.get(label),
        explanation=explanation,
        pictures={kind: _uri(picture_path(folder, explanation.photo, kind)) for kind in KINDS},
        shares=_bars(explanation),
        measures=measure_lines(explanation.measures) if explanation.measures else None,
        neighbours=tuple(
            NeighbourCard(
                one.photo,
                thumbnail_uri(photo_root / one.photo, long_side_px=NEIGHBOUR_PX)
                if photo_root and one.photo
                else None,
                entries[one.label],
                one.distance,
            )
            for one in explanation.neighbours
        ),
    )


def _bars(explanation: PhotoExplanation) -> tuple[ShareBar, ...]:
    """Parts that hold something, the largest share first."""
    bars = [
        ShareBar(PART_TITLES[one.part], PART_COLOURS[one.part], one.share or 0.0, one.area)
        for one in explanation.shares
        if max(one.share or 0.0, one.area) >= LEAST_SHOWN
    ]
    return tuple(sorted(bars, key=lambda bar: -bar.share))


def _uri(path: Path) -> str | None:
    """A JPEG as a data URI."""
    if not path.is_file():
        return None
    return "data:image/jpeg;base64," + base64.b64encode(path.read_bytes()).decode("ascii")


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
