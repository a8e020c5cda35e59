"""What a data set holds, counted; it names no photo, no person and no place."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from arborisk.dataset.audit import audit_dataset
from arborisk.dataset.schemes import ISA_WORDS
from arborisk.dataset.storage import REPORT
from arborisk.dataset.table import Dataset
from arborisk.errors import DatasetError
from arborisk.records import DRAWN
from arborisk.text_files import read_json

MOST_NAMED = 10
"""Different sources or licences that are named; of more only their number is given, since then
each is likely to be that of one photo."""
BOX_STEP_DEG = 0.01
"""A bounding box is widened to this step, about 1 km: its corners are not those of a tree."""
NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class BoundingBox:
    """Where the photos were taken, in degrees, widened to whole steps of `BOX_STEP_DEG`."""

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True, slots=True)
class DataSummary:
    """A data set in numbers. File names, raters' names and coordinates are left out.

    Attributes:
        name: Name of the data set's folder.
        content_hash: Hash over photo ids, file hashes and labels.
        n_photos: Readable photos.
        n_drawn: Of these, photos of drawn trees.
        n_unrated: Photos without a label.
        label_counts: Photos by label, the likeliest first.
        isa_labels: Whether every label is an ISA word.
        labels_from: Where the labels came from, in words.
        label_column: Header of the labels in their table, or "".
        n_ratings: Ratings kept one by one.
        n_raters: Raters named; 0 where none is.
        most_ratings: Largest number of ratings of one photo.
        n_rater_conflicts: Photos whose raters disagree.
        n_label_clashes: Photos, pictures or trees that stand under different labels.
        n_trees: Trees named.
        n_without_tree: Photos that name no tree.
        n_sites: Sites named.
        n_without_site: Photos that name no site.
        time_frames: Time frame of the labels, in years, to number of rated photos.
        views: View to number of photos.
        seasons: Season to number of photos.
        formats: Ending of the file name to number of photos.
        licences: Licence to number of photos.
        sources: Source to number of photos; empty when more than `MOST_NAMED` differ.
        n_sources: Number of different sources.
        first_day: Day of the earliest photo, or None.
        last_day: Day of the latest photo, or None.
        n_without_time: Photos without a time.
        n_with_place: Photos with coordinates.
        box: Bounding box of these where it was asked for, else None.
        smallest_px: Width and height of the smallest photo, or None.
        largest_px: Width and height of the largest photo, or None.
        n_exact_copies: Groups of files with the same bytes.
        n_near_duplicates: Groups of photos that show nearly the same picture.
        failures: Why files could not be read, to number of files.
    """

    name: str
    content_hash: str
    n_photos: int
    n_drawn: int
    n_unrated: int
    label_counts: Mapping[str, int]
    isa_labels: bool
    labels_from: str
    label_column: str
    n_ratings: int
    n_raters: int
    most_ratings: int
    n_rater_conflicts: int
    n_label_clashes: int
    n_trees: int
    n_without_tree: int
    n_sites: int
    n_without_site: int
    time_frames: Mapping[str, int]
    views: Mapping[str, int]
    seasons: Mapping[str, int]
    formats: Mapping[str, int]
    licences: Mapping[str, int]
    sources: Mapping[str, int]
    n_sources: int
    first_day: date | None
    last_day: date | None
    n_without_time: int
    n_with_place: int
    box: BoundingBox | None
    smallest_px: tuple[int, int] | None
    largest_px: tuple[int, int] | None
    n_exact_copies: int
    n_near_duplicates: int
    failures: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """The summary as plain values; days in ISO form."""
        content = asdict(self)
        for key in ("first_day", "last_day"):
            content[key] = content[key].isoformat() if content[key] else None
        return content


def data_summary(dataset: Dataset, *, places: bool = False, licence: str = "") -> DataSummary:
    """Counts what a data set holds.

    Args:
        dataset: The data set.
        places: Give a bounding box of the coordinates. Without it only their number is told.
        licence: Licence of the photos that state none, as a person states it.
    """
    rows, audit = dataset.photos, audit_dataset(dataset)
    ratings_of = Counter(rating.photo_id for rating in dataset.ratings)
    days = sorted(row.facts.taken_at.date() for row in rows if row.facts.taken_at)
    at = [
        (row.facts.latitude, row.facts.longitude)
        for row in rows
        if row.facts.latitude is not None and row.facts.longitude is not None
    ]
    report = _import_report(dataset)
    sources = _counted(row.source for row in rows)
    return DataSummary(
        name=dataset.folder.resolve().name,
        content_hash=dataset.content_hash,
        n_photos=len(rows),
        n_drawn=sum(row.source == DRAWN for row in rows),
        n_unrated=audit.n_unrated,
        label_counts=audit.label_counts,
        isa_labels=bool(audit.label_counts) and set(audit.label_counts) <= set(ISA_WORDS),
        labels_from=str(report.get("labels_from", NOT_STATED)),
        label_column=str((report.get("columns") or {}).get("label", "")),
        n_ratings=len(dataset.ratings),
        n_raters=len({rating.rater for rating in dataset.ratings if rating.rater}),
        most_ratings=max(ratings_of.values(), default=0),
        n_rater_conflicts=len(audit.rater_conflicts),
        n_label_clashes=len(audit.label_clashes),
        n_trees=audit.trees.n_groups,
        n_without_tree=audit.trees.n_photos_without,
        n_sites=audit.sites.n_groups,
        n_without_site=audit.sites.n_photos_without,
        time_frames=_counted(row.time_frame_years for row in rows if row.label),
        views=_counted(row.view for row in rows),
        seasons=_counted(row.season for row in rows),
        formats=_counted(PurePosixPath(row.file).suffix.lower() for row in rows),
        licences=_counted(row.licence or licence for row in rows),
        sources=sources if len(sources) <= MOST_NAMED else {},
        n_sources=len(set(sources) - {NOT_STATED}),
        first_day=days[0] if days else None,
        last_day=days[-1] if days else None,
        n_without_time=audit.n_without_time,
        n_with_place=len(at),
        box=_box(at) if places and at else None,
        smallest_px=audit.sizes.smallest if audit.sizes else None,
        largest_px=audit.sizes.largest if audit.sizes else None,
        n_exact_copies=len(audit.exact_duplicates),
        n_near_duplicates=len(audit.near_duplicates),
        failures=_counted(failure.reason for failure in dataset.failures),
    )


def _import_report(dataset: Dataset) -> dict[str, Any]:
    """What the import found, where its report still lies beside the tables."""
    path = dataset.folder / REPORT
    if not path.is_file():
        return {}
    report: dict[str, Any] = read_json(path, "the report of an import", DatasetError)
    return report


def _counted(values: Iterable[str]) -> dict[str, int]:
    """How often each value occurs, the commonest first; an empty one is called not stated."""
    counts = Counter(value or NOT_STATED for value in values)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _box(at: list[tuple[float, float]]) -> BoundingBox:
    """Box around places, widened to whole steps."""
    latitudes, longitudes = zip(*at, strict=True)

    def below(degrees: float) -> float:
        return round(math.floor(degrees / BOX_STEP_DEG) * BOX_STEP_DEG, 2)

    def above(degrees: float) -> float:
        return round(math.ceil(degrees / BOX_STEP_DEG) * BOX_STEP_DEG, 2)

    return BoundingBox(
        below(min(latitudes)), below(min(longitudes)), above(max(latitudes)), above(max(longitudes))
    )
