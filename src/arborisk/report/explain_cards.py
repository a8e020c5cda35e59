"""Explained photos as a page shows them: the answer, three pictures, and what goes with them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from arborisk.explanation.parts.colours import PART_COLOURS
from arborisk.explanation.parts.part_map import PART_TITLES
from arborisk.explanation.photo_record import PhotoExplanation
from arborisk.report.assessed import AssessedPhoto
from arborisk.report.content import ClassEntry
from arborisk.report.measure_lines import MeasureLines, measure_lines
from arborisk.report.thumbnails import thumbnail_uri

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
