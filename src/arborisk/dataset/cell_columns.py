"""Columns known by what stands in their cells, where no header tells."""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime

from arborisk.dataset.tables import RawTable
from arborisk.tables.text import fold, words_of

_TIME_OF_DAY = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[ap]\.?m\.?)?$", re.IGNORECASE)
_DATE_FORMATS = (
    *("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d.%m.%y", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y"),
    *("%d/%m/%y", "%d-%m-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%Y"),
)


def label_columns_by_cells(
    table: RawTable, words: Collection[str], taken: Collection[int]
) -> tuple[int, ...]:
    """Columns that hold labels: half of their filled cells, or more, are label words.

    Not all of them need to be: a column with a misspelt word is a label column, and the word is
    then refused by name, where passing over the column would drop a rater unseen. For the same
    reason a column that shares a word of its header with one of these (``JB rating``, ``AK
    rating``) needs one label only.

    Args:
        table: Table.
        words: Folded label words; numbers are passed over, since they stand in other columns too.
        taken: Columns that hold something else.
    """
    labels = {word for word in words if any(part.isalpha() for part in words_of(word))}
    share = {}
    for index in range(len(table.headers)):
        filled = [fold(cells[index]) for _, cells in table.rows if cells[index]]
        if filled and index not in taken:
            share[index] = sum(cell in labels for cell in filled) / len(filled)
    header = {index: set(words_of(table.headers[index])) for index in share}
    sure = [index for index in share if share[index] >= 0.5]
    return tuple(
        index
        for index in share
        if index in sure
        or (share[index] > 0 and any(header[index] & header[other] for other in sure))
    )


def date_column(table: RawTable, taken: Collection[int]) -> int | None:
    """The column headed ``Date``, where it is the only one and all its filled cells are dates."""
    hits = [index for index, header in enumerate(table.headers) if fold(header) == "date"]
    if len(hits) != 1 or hits[0] in taken:
        return None
    filled = [cells[hits[0]] for _, cells in table.rows if cells[hits[0]]]
    return hits[0] if filled and all(map(_is_date, filled)) else None


def _is_date(text: str) -> bool:
    day = _TIME_OF_DAY.sub("", text)
    for form in _DATE_FORMATS:
        with suppress(ValueError):
            datetime.strptime(day, form)
            return True
    return False
