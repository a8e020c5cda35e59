"""Frozen records that one stage hands to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

Progress = Callable[[int, int], None]
"""Called as ``progress(done, total)`` by long work; draws nothing itself."""

DRAWN = "drawn"
"""Source of photos of drawn trees, which are never evidence about real ones."""


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """What the header of a photo file says, without decoding its pixels.

    Attributes:
        width: Pixels across, after the EXIF orientation is applied.
        height: Pixels down, after the EXIF orientation is applied.
        taken_at: Local time of exposure, if stated.
        latitude: Degrees north, -90 to 90, if stated.
        longitude: Degrees east, -180 to 180, if stated.
        heading_deg: Compass direction of view, 0 to 360, if stated.
        remark: What the header says and is not used, or "".
    """

    width: int
    height: int
    taken_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    heading_deg: float | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """One photo of a data set; one row of its table. An empty string means "not stated".

    Attributes:
        photo_id: Unique in the data set and stable between imports.
        file: Path relative to the data set's photo root, with forward slashes.
        sha256: Hash of the file's bytes, hexadecimal.
        phash: 64-bit perceptual hash, hexadecimal, for exchange with other tools.
        facts: Size, time and place from the file's header.
        tree_id: Tree shown.
        site_id: Place, street, property or outing: photos of one site are not independent.
        view: Full tree, base, trunk, union, crown, close-up, ...
        label: The agreed label in its canonical spelling, or "" for an unrated photo.
        time_frame_years: Time frame of the label, in years, as text.
        season: As given.
        source: Where the photo came from; `DRAWN` for a drawn tree.
        licence: Licence of the photo.
    """

    photo_id: str
    file: str
    sha256: str
    phash: str
    facts: PhotoFacts
    tree_id: str = ""
    site_id: str = ""
    view: str = ""
    label: str = ""
    time_frame_years: str = ""
    season: str = ""
    source: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Rating:
    """What one rater said of one photo or tree.

    Attributes:
        rating_id: Unique in the data set.
        photo_id: Photo that was rated, or "" when the tree was rated as a whole.
        tree_id: Tree that was rated, or "".
        rater: Who rated, or "".
        label: Label in its canonical spelling.
        rated_at: When, as given, or "".
        time_frame_years: Time frame of the rating, in years, as text, or "".
        note: The rater's note.
    """

    rating_id: str
    photo_id: str
    tree_id: str
    rater: str
    label: str
    rated_at: str = ""
    time_frame_years: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A photo that could not be used, and why.

    Attributes:
        file: Path as the user knows it.
        reason: Short stable code, see `arborisk.errors.PhotoError`.
        message: The full sentence: expected, found, where, what to do.
    """

    file: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class SplitRow:
    """Where one photo goes.

    Attributes:
        photo_id: Photo.
        file: Its path, so that a split can be read without the data set.
        group: Name of the largest thing kept whole: tree, site or near-duplicate cluster.
        part: ``train``, ``test`` or ``validation`` of a hold-out, or ``fold-1`` ... ``fold-K``.
        tree_id: Tree shown, or "".
        site_id: Site of the photo, or "": what the group leaves apart is seen by these two.
    """

    photo_id: str
    file: str
    group: str
    part: str
    tree_id: str = ""
    site_id: str = ""


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its uncertainty.

    Attributes:
        value: The estimate.
        low: Lower end, or None where too few groups allow no honest interval.
        high: Upper end, or None likewise.
        level: Coverage aimed at, in (0, 1).
        note: Why there is no interval, or "".
        errors: Monte Carlo standard errors of the ends, in the unit of the value; 0 where they were
            not drawn. Ends are printed with no more digits than these bear.
    """

    value: float
    low: float | None
    high: float | None
    level: float = 0.95
    note: str = ""
    errors: tuple[float, float] = (0.0, 0.0)
