"""Which column of a table holds what."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from arborisk.dataset.cell_columns import date_column, label_columns_by_cells
from arborisk.dataset.tables import RawTable
from arborisk.errors import DatasetError
from arborisk.tables.text import fold, words_of


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


ROLES: dict[str, tuple[str, ...]] = {
    "file": _names(
        "file, file name, filename, file path, filepath, path, relative path, photo file, "
        "photo name, photo path, photo, image file, image name, image path, image "
        "filename, image, picture, picture name, picture file, img, labeled image, photo "
        "number, photo no, photo nr, photo id, image number, image no, image nr, image "
        "id, picture number, picture no, stem"
    ),
    "label": _names(
        "label, likelihood of failure, likelihood of failure rating, failure likelihood, "
        "likelihood of tree failure, overall likelihood of failure, lof, lof rating, "
        "failure category, likelihood, rating, category, class, classification, category "
        "assignment, assessment"
    ),
    "tree": _names(
        "tree, tree id, treeid, tree no, tree nr, tree number, tree name, tree tag, tag, "
        "tag number, tag id, asset id"
    ),
    "site": _names(
        "site, site id, siteid, site no, site number, site name, location, location id, "
        "place, street, address, property, plot, park, outing"
    ),
    "view": _names("view, photo view, view type, angle, aspect, shot, part shown"),
    "time_frame": _names(
        "time frame, timeframe, time frame years, time frame yr, time frame yrs, "
        "timeframe years, period years"
    ),
    "season": _names("season, leaf state, foliage"),
    "rater": _names(
        "rater, rater id, rated by, arborist, assessor, assessed by, annotator, expert, "
        "reviewer, inspector, labeller, labeler"
    ),
    "rated_at": _names("rated at, rating date, date rated, assessment date, date of assessment"),
    "taken_at": _names("taken at, date taken, photo date, datetime original, capture time"),
    "latitude": _names("latitude, lat"),
    "longitude": _names("longitude, lon, lng, long"),
    "source": _names("source"),
    "licence": _names("licence, license"),
    "note": _names("note, notes, comment, comments, remark, remarks"),
}
"""Headers in which a role is recognised, in words, the surest first."""

_PHRASES = {
    "file": ("file name", "filename", "image number", "photo number", "image id", "photo id"),
    "label": ("likelihood of failure", "failure likelihood", "likelihood of tree failure"),
    "tree": ("tree id", "tree number", "tree tag"),
    "site": ("site id", "site name", "site number"),
    "time_frame": ("time frame", "timeframe"),
}
"""Phrases that settle a role wherever they stand in a longer header."""

_ONE_RATER = re.compile(
    r"(rater|arborist|assessor|annotator|expert|reviewer|inspector|rating|label) (\d+|[a-h])"
)
"""Headers of tables with a column a rater: Rater 1, Arborist B, rating_2."""

_REMARK = re.compile(r"[(\[][^)\]]*[)\]]\s*$")


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of a table by what they hold.

    Attributes:
        one: Role to column index, for roles of one column; a role that is not there is absent.
        labels: Column indices that hold labels; more than one when each rater has a column.
    """

    one: Mapping[str, int]
    labels: tuple[int, ...]


def find_columns(
    table: RawTable,
    chosen: Mapping[str, str],
    label_columns: tuple[str, ...],
    words: Collection[str] = (),
) -> Columns:
    """Finds the column of every role.

    Args:
        table: Table.
        chosen: Role to header, as the user asked; "" means that the role is not to be read.
        label_columns: Headers of label columns as the user asked; empty to recognise them.
        words: Folded label words, by which a column is recognised where no header tells.

    Raises:
        DatasetError: A chosen header is not there, or two columns fit one role.
    """
    one = {}
    for role in ROLES:
        if role == "label":
            continue
        if role in chosen:
            index = _index_of(table, chosen[role], role) if chosen[role] else None
        else:
            index = _recognise(table, role)
        if index is not None:
            one[role] = index
    if "rated_at" not in {*chosen, *one}:
        date = date_column(table, one.values())
        if date is not None:
            one["rated_at"] = date
    if label_columns:
        labels = tuple(_index_of(table, header, "label") for header in label_columns)
    else:
        labels = (
            _recognise_labels(table)
            or label_columns_by_cells(table, words, one.values())
            or _labels_with_remark(table)
        )
    return Columns(one, labels)


def _index_of(table: RawTable, header: str, role: str) -> int:
    hits = [index for index, name in enumerate(table.headers) if fold(name) == fold(header)]
    if len(hits) == 1:
        return hits[0]
    near = get_close_matches(header, table.headers, n=1)
    raise DatasetError(
        f"one column {header!r} for the {role.replace('_', ' ')}",
        f"{len(hits)} of that name among: {', '.join(filter(None, table.headers))}",
        table.path.name,
        f"Did you mean {near[0]!r}?" if near else "Choose one of these headers.",
    )


def _recognise(table: RawTable, role: str) -> int | None:
    headers = [" ".join(words_of(header)) for header in table.headers]
    for name in ROLES[role]:
        hits = [index for index, header in enumerate(headers) if header == name]
        if hits:
            return _only(table, hits, role)
    hits = [
        index
        for index, header in enumerate(headers)
        if any(f" {phrase} " in f" {header} " for phrase in _PHRASES.get(role, ()))
    ]
    return _only(table, hits, role) if hits else None


def _recognise_labels(table: RawTable) -> tuple[int, ...]:
    index = _recognise(table, "label")
    if index is not None:
        return (index,)
    return tuple(
        index
        for index, header in enumerate(table.headers)
        if _ONE_RATER.fullmatch(" ".join(words_of(header)))
    )


def _labels_with_remark(table: RawTable) -> tuple[int, ...]:
    """The one column of labels whose header ends with a remark: ``Likelihood (P/Po/I)``."""
    plain = [" ".join(words_of(_REMARK.sub("", header))) for header in table.headers]
    hits = [index for index, header in enumerate(plain) if header in ROLES["label"]]
    return tuple(hits) if len(hits) == 1 else ()


def rater_named_by(header: str) -> str:
    """Rater whose column has this header: it without the word rating, ``JB rating`` is JB.

    >>> rater_named_by("Rating 1")
    'Rating 1'
    """
    name = " ".join(part for part in header.split() if fold(part) not in {"rating", "ratings"})
    return name if any(mark.isalpha() for mark in name) else header


def _only(table: RawTable, hits: list[int], role: str) -> int:
    if len(hits) == 1:
        return hits[0]
    raise DatasetError(
        f"one column for the {role.replace('_', ' ')}",
        f"{len(hits)}: {', '.join(repr(table.headers[index]) for index in hits)}",
        table.path.name,
        f"Choose one with --{role.replace('_', '-')}-column, or rename the others.",
    )
