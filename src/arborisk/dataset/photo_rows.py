"""Rows of the table: what the file says, what the labels say, joined."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from unicodedata import normalize

from arborisk.dataset.labelling import Labelling
from arborisk.dataset.table import photo_id_of
from arborisk.errors import DatasetError, Remedy, option
from arborisk.photos.examine import ExaminedPhoto
from arborisk.records import PhotoFacts, PhotoRow, Rating
from arborisk.tables.table import words_of

_YEARS = {("year",), ("years",), ("yr",), ("yrs",), ("y",), ("a",)}


def photo_rows(photos: Mapping[str, ExaminedPhoto], labelling: Labelling) -> list[PhotoRow]:
    """Rows of the photos, by file name.

    Raises:
        DatasetError: A time in the table that cannot be read.
    """
    frames: dict[str, set[str]] = defaultdict(set)
    for item in labelling.ratings:
        frames[item.file].add(_years(item.time_frame))
    return [_row(photos[file], file, labelling, frames.get(file, set())) for file in sorted(photos)]


def _row(photo: ExaminedPhoto, file: str, labelling: Labelling, frames: set[str]) -> PhotoRow:
    facts = labelling.facts.get(file, {})
    return PhotoRow(
        photo_id=photo_id_of(normalize("NFC", file)),
        file=file,
        sha256=photo.sha256,
        phash=photo.phash,
        facts=_filled(photo.facts, facts, file),
        tree_id=facts.get("tree", ""),
        site_id=facts.get("site", ""),
        view=facts.get("view", ""),
        label=labelling.labels.get(file, ""),
        time_frame_years=next(iter(frames)) if len(frames) == 1 else "",
        season=facts.get("season", ""),
        source=facts.get("source", ""),
        licence=facts.get("licence", ""),
    )


def _years(text: str) -> str:
    """Time frame in years as text: the number where one stands with or without its unit."""
    words = words_of(text)
    plain = len(words) <= 2 and words[:1] and words[0].isdigit()
    return words[0] if plain and words[1:] in {(), *_YEARS} else text


def _filled(header: PhotoFacts, given: Mapping[str, str], file: str) -> PhotoFacts:
    """Facts of the header, and of the table where the header is silent."""
    if header.taken_at is None and given.get("taken_at"):
        try:
            header = replace(header, taken_at=datetime.fromisoformat(given["taken_at"]))
        except ValueError as error:
            raise _bad_fact(
                "a time such as 2021-06-30T14:05:00", given["taken_at"], file
            ) from error
    if header.latitude is None and "latitude" in given:
        latitude, longitude = float(given["latitude"]), float(given["longitude"])
        header = replace(header, latitude=latitude, longitude=longitude)
    return header


def _bad_fact(expected: str, found: str, file: str) -> DatasetError:
    remedy = Remedy(
        "Correct the cell, or leave its column out: {}.",
        option("--column taken_at=", "dataset import"),
    )
    return DatasetError(expected, repr(found), f"the labels table, photo {file}", remedy)


def rating_rows(rows: Sequence[PhotoRow], labelling: Labelling) -> list[Rating]:
    """Ratings of the photos that could be read, in the order of the table."""
    by_file = {row.file: row for row in rows}
    return [
        Rating(
            rating_id=f"r{number}",
            photo_id=by_file[item.file].photo_id,
            tree_id=by_file[item.file].tree_id,
            rater=item.rater,
            label=item.word,
            rated_at=item.rated_at,
            time_frame_years=_years(item.time_frame),
            note=item.note,
        )
        for number, item in enumerate(labelling.ratings, start=1)
        if item.file in by_file
    ]
