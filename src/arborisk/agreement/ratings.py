"""Ratings of several people as arrays: who said which class of which tree or photo."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.dataset.label_words import WordsRead
from arborisk.dataset.schemes import ClassScheme
from arborisk.errors import DatasetError, Remedy, option
from arborisk.photos.files import PHOTO_SUFFIXES
from arborisk.tables.table import fold, is_missing, read_flag, words_of
from arborisk.wording.counts import counted, listed

MISSING = -1
"""Stands for a class that was not given."""

NOT_STATED, BLIND, SHOWN = -1, 0, 1
"""Whether the rater saw the model's answer."""


@dataclass(frozen=True, slots=True)
class Ratings:
    """Ratings in the order in which they were given, one entry a rating.

    Attributes:
        items: Names of what was rated.
        kind: Whether these are photos or whole trees.
        trees: Tree of each item; the item itself where no tree is named.
        raters: Names of the raters.
        scheme: The classes; ascending by likelihood where ordered.
        item: Index into ``items``, shape (n_ratings,).
        rater: Index into ``raters``, shape (n_ratings,).
        class_index: Class said, shape (n_ratings,).
        words: Label of each rating in its canonical spelling, before the scheme joins any.
        saw_model: `BLIND`, `SHOWN` or `NOT_STATED`, shape (n_ratings,).
        imminent: What somebody rated Imminent, each once, in the order of the table.
        notes: What a reader must know of how the table was read, a sentence each.
    """

    items: tuple[str, ...]
    kind: Literal["photo", "tree"]
    trees: tuple[str, ...]
    raters: tuple[str, ...]
    scheme: ClassScheme
    item: NDArray[np.int64]
    rater: NDArray[np.int64]
    class_index: NDArray[np.int64]
    words: tuple[str, ...]
    saw_model: NDArray[np.int64]
    imminent: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def tree_of_item(self) -> NDArray[np.int64]:
        """Number of the tree of each item, from 0, shape (n_items,)."""
        number = {tree: index for index, tree in enumerate(dict.fromkeys(self.trees))}
        return np.array([number[tree] for tree in self.trees], dtype=np.int64)

    @property
    def independent(self) -> NDArray[np.bool_]:
        """Ratings made without the model's answer; all of them where each saw it."""
        blind = self.saw_model != SHOWN
        return blind if blind.any() else np.ones(len(blind), dtype=bool)

    def first(self, chosen: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """First rating by each rater of each item; `MISSING` where there is none.

        Args:
            chosen: Ratings to look at, shape (n_ratings,); by default the independent ones.

        Returns:
            Class index, shape (n_items, n_raters).
        """
        rows = np.flatnonzero(self.independent if chosen is None else chosen)[::-1]
        said = np.full((len(self.items), len(self.raters)), MISSING, dtype=np.int64)
        said[self.item[rows], self.rater[rows]] = self.class_index[rows]  # the first comes last
        return said


def class_counts(said: NDArray[np.int64], n_classes: int) -> NDArray[np.float64]:
    """How many raters gave each class to each item.

    Args:
        said: Class index or `MISSING`, shape (n_items, n_raters).
        n_classes: Number of classes.

    Returns:
        Counts, shape (n_items, n_classes).
    """
    return np.stack([(said == k).sum(axis=1) for k in range(n_classes)], axis=1).astype(float)


_YES = {"shown", "seen", "with", "after", "aided", "assisted", "yes", "true"}
_YES |= {"with model", "with the model", "with ai", "model", "ai"}
_NO = {"hidden", "blind", "without", "before", "unaided", "unassisted", "no", "false", "-"}
_NO |= {"without model", "without the model", "without ai", "no model", "no ai"}
_NUMBER = re.compile(r"\d+")


def read_saw_model(text: str, where: str) -> int:
    """`SHOWN`, `BLIND` or `NOT_STATED` from a cell.

    Args:
        text: The cell.
        where: File and row, for messages.

    Raises:
        DatasetError: Neither yes nor no; names the row.
    """
    word = " ".join(fold(text).split())
    if word in _NO or read_flag(word) is False:
        return BLIND
    if is_missing(word):
        return NOT_STATED
    if word in _YES or read_flag(word):
        return SHOWN
    raise DatasetError(
        "yes or no (or blank) for whether the rater saw the model's answer",
        repr(text),
        where,
        "Write yes or no.",
    )


def read_round(text: str) -> tuple[tuple[int, str], int]:
    """Key by which rounds sort, and whether the round's own name tells if the model was shown.

    >>> read_round("round 2")
    ((2, 'round 2'), -1)
    >>> read_round("after")[1]
    1
    """
    word = " ".join(words_of(text))
    if word in _YES:
        return (2, word), SHOWN
    if word in _NO:
        return (1, word), BLIND
    number = _NUMBER.search(word)
    return (int(number[0]) if number else 0, word), NOT_STATED


MOST_LISTED = 8


def reading_notes(
    read: WordsRead,
    *,
    n_blank: int,
    left_out: Mapping[str, int],
    spellings: Sequence[str],
    time_frames: Collection[str],
    imminent: Sequence[str],
    rounds: bool,
) -> tuple[str, ...]:
    """Sentences, none where there is nothing to tell.

    Args:
        read: What the words mean.
        n_blank: Blank label cells.
        left_out: Labels for which the scheme has no class, with their counts.
        spellings: Raters written in several ways.
        time_frames: Time frames of the ratings, as written.
        imminent: What was rated Imminent, once for each rating.
        rounds: Whether there are rounds of which nothing tells if the model was seen.
    """
    notes = []
    if imminent:
        named = list(dict.fromkeys(imminent))
        notes.append(
            f"{counted(len(imminent), 'rating')} Imminent "
            f"({listed(named, most=MOST_LISTED)}): have these trees seen to now, whatever "
            "the others said. In the figures below Imminent counts as Probable."
        )
    n_no_answer = n_blank + sum(read.n_no_answer.values())
    if n_no_answer:
        words = f" ({_listed(read.n_no_answer)})" if read.n_no_answer else ""
        notes.append(
            f"{counted(n_no_answer, 'cell')} without a rating{words}: missing, not a class."
        )
    if read.n_taken_for:
        taken = {f"{word!r} as {label}": n for (word, label), n in read.n_taken_for.items()}
        notes.append(f"Words read as labels: {_listed(taken, quoted=False)}.")
    if read.n_unknown:
        notes.append(f"Unknown words, passed over: {_listed(read.n_unknown)}.")
    if read.n_doubtful:
        notes.append(
            f"{counted(read.n_doubtful, 'rating')} with a question mark or a hedge, taken as "
            "written."
        )
    if left_out:
        notes.append(f"Ratings for which the scheme has no class, left out: {_listed(left_out)}.")
    if spellings:
        notes.append(f"Raters written in several ways, taken as one: {'; '.join(spellings)}.")
    if len(time_frames) > 1:
        notes.append(
            f"Time frames differ ({', '.join(sorted(time_frames))}): some disagreement may be of "
            "time, not of judgement."
        )
    if rounds:
        notes.append(
            "Rounds are taken as repeats in the same condition. If the model's answer was shown in "
            "one, add a column saw_model with yes and no."
        )
    return tuple(notes)


def _listed(counts: Mapping[str, int], *, quoted: bool = True) -> str:
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    told = (f"{word!r} {n}" if quoted else f"{word} {n}" for word, n in ranked)
    return listed(told, last="", most=MOST_LISTED)


MOST_KEPT = 65_536
"""Cells whose meaning is remembered: the same few words fill most of a table."""


@dataclass(frozen=True, slots=True)
class RatingCell:
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
    rated: Sequence[tuple[RatingCell, str]],
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
    kept = sorted(
        (pair for pair in rated if pair[1] not in left_out), key=lambda pair: pair[0].order
    )
    if not kept:
        remedy = Remedy("Choose another {}.", option("--scheme", "agree"))
        raise DatasetError("ratings that the scheme has classes for", "none", path.name, remedy)
    in_file = sorted(kept, key=lambda pair: pair[0].row)
    item_name = _names([cell.item for cell, _ in in_file], _item_key)
    rater_name = _names([cell.rater for cell, _ in in_file], _rater_key)
    items = {key: index for index, key in enumerate(item_name)}
    raters = {key: index for index, key in enumerate(sorted(rater_name, key=fold))}
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


def _rounds_without_condition(rated: Sequence[tuple[RatingCell, str]]) -> bool:
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


def _trees(rated: Sequence[tuple[RatingCell, str]], path: Path) -> dict[str, str]:
    """Tree of each photo that has one."""
    known: dict[str, RatingCell] = {}
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
