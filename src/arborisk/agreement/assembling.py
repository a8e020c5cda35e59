"""From the cells of a table to arrays of ratings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Literal

import numpy as np

from arborisk.agreement.ratings import NOT_STATED, Ratings
from arborisk.agreement.reading_notes import reading_notes
from arborisk.dataset.label_words import WordsRead
from arborisk.dataset.schemes import ClassScheme
from arborisk.errors import DatasetError, Remedy, option
from arborisk.photos.files import PHOTO_SUFFIXES
from arborisk.tables.table import fold, words_of

MOST_KEPT = 65_536
"""Cells whose meaning is remembered: the same few words fill most of a table."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One filled cell of a label column.

    Attributes:
        row: Row number in the table.
        item: What was rated, as written.
        tree: Its tree as written, or "".
        rater: Who rated, as written.
        word: Label as written.
        saw_model: See `arborisk.agreement.ratings`.
        order: By what ratings of one item sort: round, then date as written if ISO, then row.
        time_frame: As written, or "".
    """

    row: int
    item: str
    tree: str
    rater: str
    word: str
    saw_model: int
    order: tuple[object, ...]
    time_frame: str = ""


def assemble(
    rated: Sequence[tuple[Cell, str]],
    kind: Literal["photo", "tree"],
    scheme: ClassScheme,
    read: WordsRead,
    n_blank: int,
    path: Path,
    imminent: Sequence[str],
    notes: Sequence[str] = (),
) -> Ratings:
    """Arrays of the ratings that have a class, in the order in which they were given.

    Args:
        rated: Cells with their labels.
        kind: What was rated.
        scheme: Classes of the labels.
        read: What the words mean.
        n_blank: Blank cells.
        path: Table, for messages.
        imminent: Item of each cell that says Imminent, also where it says more than one word.
        notes: Sentences on how the table was read, told last: Imminent is told first.
    """
    class_of = {label: scheme.class_of(label) for _, label in rated}
    left_out = Counter(label for _, label in rated if class_of[label] is None)
    kept = sorted((pair for pair in rated if pair[1] not in left_out), key=lambda one: one[0].order)
    if not kept:
        remedy = Remedy("Choose another {}.", option("--scheme", "agree"))
        raise DatasetError("ratings that the scheme has classes for", "none", path.name, remedy)
    in_file = sorted(kept, key=lambda pair: pair[0].row)
    item_name = _names([cell.item for cell, _ in in_file], _item_key)
    rater_name = _names([cell.rater for cell, _ in in_file], _rater_key)
    items = {key: place for place, key in enumerate(item_name)}
    raters = {key: place for place, key in enumerate(sorted(rater_name, key=fold))}
    tree = _trees(rated, path) if kind == "photo" else {}
    names = tuple(item_name[key] for key in items)
    return Ratings(
        items=names,
        kind=kind,
        trees=tuple(tree.get(key) or item_name[key] for key in items),
        raters=tuple(rater_name[key] for key in raters),
        scheme=scheme,
        item=np.array([items[_item_key(cell.item)] for cell, _ in kept], dtype=np.int64),
        rater=np.array([raters[_rater_key(cell.rater)] for cell, _ in kept], dtype=np.int64),
        class_index=np.array([class_of[label] for _, label in kept], dtype=np.int64),
        words=tuple(label for _, label in kept),
        saw_model=np.array([cell.saw_model for cell, _ in kept], dtype=np.int64),
        imminent=tuple(f"{kind} {item}" for item in dict.fromkeys(imminent)),
        notes=(
            *reading_notes(
                read,
                n_blank=n_blank,
                left_out=left_out,
                spellings=_spellings([c.rater for c, _ in rated], rater_name),
                time_frames={c.time_frame for c, _ in rated if c.time_frame},
                imminent=imminent,
                rounds=_rounds_without_condition(rated),
            ),
            *notes,
        ),
    )


def _rounds_without_condition(rated: Sequence[tuple[Cell, str]]) -> bool:
    """Whether there are rounds and nothing tells in which of them the model was seen."""
    rounds = {cell.order[0] for cell, _ in rated}
    return len(rounds) > 1 and all(cell.saw_model == NOT_STATED for cell, _ in rated)


def _names(texts: Sequence[str], key_of: Callable[[str], str]) -> dict[str, str]:
    """Key to the spelling used most often, in order of first mention."""
    spelled: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        spelled[key_of(text)][text] += 1
    return {key: counts.most_common(1)[0][0] for key, counts in spelled.items()}


@lru_cache(maxsize=MOST_KEPT)
def _item_key(text: str) -> str:
    """Key under which ways to write one photo or tree are the same: case, slashes, JPEG suffix."""
    path = PurePosixPath(fold(text).replace("\\", "/"))
    return str(path.with_suffix("")) if path.suffix in PHOTO_SUFFIXES else str(path)


@lru_cache(maxsize=MOST_KEPT)
def _rater_key(text: str) -> str:
    """Key under which ways to write one rater are the same: ``J.B.`` and ``jb``."""
    return "".join(words_of(text)) or fold(text)


def _spellings(texts: Sequence[str], names: Mapping[str, str]) -> list[str]:
    """``J. Brown = j brown`` for each rater written in several ways."""
    ways: dict[str, set[str]] = defaultdict(set)
    for text in texts:
        ways[_rater_key(text)].add(text)
    return [
        f"{names[key]} (also {', '.join(sorted(way - {names[key]}))})"
        for key, way in ways.items()
        if len(way) > 1 and key in names
    ]


def _trees(rated: Sequence[tuple[Cell, str]], path: Path) -> dict[str, str]:
    """Tree of each photo that has one."""
    known: dict[str, Cell] = {}
    for cell, _ in rated:
        if not cell.tree:
            continue
        before = known.setdefault(_item_key(cell.item), cell)
        if fold(before.tree) != fold(cell.tree):
            raise DatasetError(
                "one tree for a photo",
                f"{before.tree!r} in row {before.row} and {cell.tree!r} in row {cell.row} for "
                f"{cell.item}",
                path.name,
                "Correct one of the rows.",
            )
    return {key: f"tree {fold(cell.tree)}" for key, cell in known.items()}
