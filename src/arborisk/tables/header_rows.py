"""Which of the first rows holds the headers, and headers that are each there once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from arborisk.tables.text import clean
from arborisk.wording.counts import counted

N_ROWS_TO_JUDGE = 60
"""Filled rows from which headers, delimiter and unnamed columns are judged."""
_MOST_SHOWN = 60


def header_index(n_filled: Sequence[int]) -> int:
    """Index of the row of headers among the first rows that are filled.

    Titles fill far fewer cells than most rows of the table that begins below them.

    Args:
        n_filled: Filled cells of each of these rows.

    >>> header_index([1, 1, 8, 8, 7])
    2
    >>> header_index([1, 2, 1])
    0
    """
    for index, n_cells in enumerate(n_filled):
        below = n_filled[index + 1 :]
        first = next((place for place, n_below in enumerate(below) if n_below > n_cells), None)
        table = sorted(below[first:] if first is not None else [])
        usual = table[(len(table) - 1) // 2] if table else 0
        if n_cells > max(1, usual // 3) or n_cells >= usual:
            return index
    return 0


def titles_note(titles: Sequence[Sequence[object]]) -> str:
    """Sentence on the rows above the headers."""
    texts = [" ".join(clean(str(cell)) for cell in row if cell not in (None, "")) for row in titles]
    shown = ", ".join(f"'{text[:_MOST_SHOWN]}'" for text in texts[:3])
    more = ", ..." if len(texts) > 3 else ""
    return f"Passed over {counted(len(texts), 'row')} above the headers: {shown}{more}."


def unique_headers(headers: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Headers, each once and none empty, and sentences on what was changed.

    >>> unique_headers(["file", "rating", "", "rating"])[0]
    ('file', 'rating', 'column 3', 'rating (2)')
    """
    found: list[str] = []
    taken = set(headers)
    seen: Counter[str] = Counter()
    notes = []
    for number, header in enumerate(headers, start=1):
        name = header or f"column {number}"
        seen[name] += 1
        if seen[name] > 1 or (not header and name in taken):
            count = max(2, seen[name])
            while (new := f"{name} ({count})") in taken:
                count += 1
            notes.append(f"Two columns are called '{name}'; the one further right is '{new}'.")
            name = new
        if not header:
            notes.append(f"Column {number} has no header; it is called '{name}'.")
        taken.add(name)
        found.append(name)
    return tuple(found), tuple(notes)
