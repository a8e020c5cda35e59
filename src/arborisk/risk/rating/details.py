"""Species, place, sizes and the visit, read from a form and doubted where they look like slips."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from arborisk.errors import AssessmentError, TableError
from arborisk.risk.rating.assessment import SIZES, TEXTS, Details, StatedSize
from arborisk.risk.rating.reading import (
    checked_day,
    checked_number,
    checked_text,
    checked_texts,
    day_of,
)
from arborisk.tables.quantities import (
    NoUnitError,
    Quantity,
    doubtful,
    doubtful_shape,
    read_quantity,
)
from arborisk.tables.role_table import RoleTable

_EXAMPLES: Final = {
    "dbh": '"24 in" or "60 cm"',
    "height": '"65 ft" or "20 m"',
    "crown_width": '"30 ft" or "9 m"',
}


def details_of(data: Mapping[str, Any], where: str) -> Details:
    """Reads the keys `DETAIL_KEYS` of a form.

    Raises:
        AssessmentError: A size without a unit, a place off the globe, a day that does not exist, or
            what is no text; says what to write.
    """
    latitude, longitude = _place(data, where)
    stated: dict[str, Any] = {key: checked_text(data.get(key), key, where) for key in TEXTS}
    stated |= {key: _size(data.get(key), key, where) for key in SIZES}
    return Details(
        **stated,
        latitude=latitude,
        longitude=longitude,
        notes=_paragraphs(data.get("notes"), where),
        next_inspection=checked_day(data.get("next_inspection"), "next_inspection", where),
    )


def doubts_of(details: Details, date: str) -> Iterator[str]:
    """Sentences on what is stated and is most often a slip."""
    values = {key: size.quantity.value for key, size in details.sizes.items()}
    for key, value in values.items():
        if doubt := doubtful(key, value):
            yield f"Doubted: {doubt}"
    if doubt := doubtful_shape(values.get("height", math.nan), values.get("dbh", math.nan)):
        yield f"Doubted: {doubt}"
    if details.latitude == details.longitude == 0:
        yield "Doubted: latitude 0 and longitude 0 lie in the sea; what is the place?"
    inspected, following = day_of(date), day_of(details.next_inspection)
    if inspected and following and following <= inspected:
        yield f"Doubted: the next inspection, {following}, is not after this one, {inspected}."


def _size(value: object, key: str, where: str) -> StatedSize | None:
    where = f"{where}, {key}"
    if isinstance(value, bool | list | dict):
        raise _no_size(key, repr(value)[:80], where)
    try:
        found = read_quantity(value, "length")
    except NoUnitError as error:
        raise AssessmentError(
            f"{key} with its unit",
            str(error),
            where,
            f"Write {_EXAMPLES[key]}: a number alone may be either.",
        ) from error
    except ValueError as error:
        raise _no_size(key, str(error), where) from error
    if found.is_missing:
        return None
    size = StatedSize(checked_text(value, key, where), found.to(SIZES[key]))
    if not 0 < size.quantity.value < math.inf:
        raise _no_size(key, size.text, where)
    return size


def _no_size(key: str, found: str, where: str) -> AssessmentError:
    return AssessmentError(f"{key}: a length above 0", found, where, f"Write {_EXAMPLES[key]}.")


def _place(data: Mapping[str, Any], where: str) -> tuple[float | None, float | None]:
    """Both coordinates, or neither."""
    stated = [key for key in ("latitude", "longitude") if data.get(key) not in (None, "")]
    if not stated:
        return None, None
    if len(stated) == 1:
        raise AssessmentError(
            "latitude and longitude", f"{stated[0]} alone", where, "State both, or neither."
        )
    return (
        checked_number(data["latitude"], "latitude", where, low=-90.0, high=90.0),
        checked_number(data["longitude"], "longitude", where, low=-180.0, high=180.0),
    )


def _paragraphs(value: object, where: str) -> tuple[str, ...]:
    """Notes: a text of one or more lines, or a list of texts."""
    if isinstance(value, str):
        value = value.splitlines()
    return checked_texts(value, "notes", where)


_TEXTS: Final = {
    "species": ("species",),
    "address": ("address", "street"),
    "date": ("inspected_at",),
    "next_inspection": ("next_inspection",),
}
"""Key of a form to the roles that may hold it, the better first."""


def details_of_rows(table: RoleTable, rows: Sequence[int]) -> Mapping[str, Any]:
    """Keys of a form, from the first of a tree's rows that says each; those not said are left out.

    A size whose unit nobody states is left out too: it does not enter the rating.

    Args:
        table: An inventory by its roles.
        rows: Rows of one tree.
    """
    found: dict[str, Any] = {}
    for key, roles in _TEXTS.items():
        cells = [table.text(role)[row] for role in roles for row in rows]
        found[key] = next(filter(None, cells), "")
    found["notes"] = list(dict.fromkeys(filter(None, (table.text("note")[row] for row in rows))))
    found |= dict(_sizes(table, rows)) | dict(_place_of_row_details(table, rows))
    return {key: value for key, value in found.items() if value not in ("", [])}


def _sizes(table: RoleTable, rows: Sequence[int]) -> Iterator[tuple[str, str]]:
    for key, unit in SIZES.items():
        try:
            column = table.quantity(key)
        except TableError:
            continue
        for row in rows:
            value, deviation = float(column.value[row]), float(column.deviation[row])
            if value > 0:
                yield key, Quantity(value, deviation, unit=unit).words
                break


def _place_of_row_details(table: RoleTable, rows: Sequence[int]) -> Iterator[tuple[str, float]]:
    try:
        places = table.places
    except TableError:
        return
    for row in rows:
        latitude, longitude = float(places.latitude[row]), float(places.longitude[row])
        if np.isfinite(latitude) and np.isfinite(longitude):
            yield "latitude", round(latitude, 7)
            yield "longitude", round(longitude, 7)
            return
