"""Which columns of a table of ratings hold labels, and what the others hold."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Literal

from arborisk.errors import Remedy, TableError, option
from arborisk.tables.choices import TableChoices
from arborisk.tables.columns import headers_text, index_of, without
from arborisk.tables.rating_words import is_no_answer, isa_word
from arborisk.tables.role_table import RoleTable, role_table_of
from arborisk.tables.table import Table, clean, fold, words_of
from arborisk.tables.vocabulary import HOW, fits_of
from arborisk.tables.word_columns import cell_text

MOST_KEPT = 65_536
"""Cells whose meaning is remembered: the same few words fill most of a table."""
_ONE_RATER = re.compile(
    r"(rater|arborist|assessor|annotator|expert|reviewer|inspector|rating|label) (\d+|[a-h])"
)
"""Headers of tables with a column a rater: Rater 1, Arborist B, rating_2."""
_COUNTED = re.compile(r" \(\d+\)\Z")


@dataclass(frozen=True, slots=True, eq=False)
class RatingsTable:
    """A table of ratings by what its columns hold.

    Attributes:
        table: Its columns of one role each; without that of labels.
        labels: Indices of the columns of labels; more than one where each rater has a column.
        notes: Sentences on how it was read.
    """

    table: RoleTable
    labels: tuple[int, ...]
    notes: tuple[str, ...]

    def label_cells(self, index: int) -> list[str]:
        """Cells of a column of labels as text."""
        return [cell_text(row[index]) for row in self.table.table.rows]


def rating_columns(
    table: Table,
    choices: TableChoices,
    label_columns: Sequence[str],
    words: Collection[str],
    *,
    command: str,
    own: bool = False,
) -> RatingsTable:
    """Finds the columns of a table of ratings.

    A column of labels is known by its header, else by what stands in its cells: half of the filled
    ones, or more, are label words. Not all of them need to be: a column with a misspelt word is one
    too, and the word is then refused by name, where passing over the column would drop a rater
    unseen. For the same reason a column that shares a word of its header with one of these
    (``JB rating``, ``AK rating``) needs one label only.

    Args:
        table: Table.
        choices: What the user says of it.
        label_columns: Headers of the columns of labels; empty to recognise them.
        words: Folded label words.
        command: ``import`` or ``agree``, see `arborisk.tables.commands`.
        own: Whether labels are the user's own, so that no short form of a word of ISA is read.

    Raises:
        TableError: A chosen header is not there, two columns fit the label equally well, or the
            table has no rows.
    """
    if not label_columns and choices.columns.get("label"):
        label_columns = (choices.columns["label"],)
    given = tuple(index_of(table, header, "label") for header in label_columns)
    masked = _masked(table, given)
    roles = role_table_of(masked, replace(choices, columns=_but_label(choices)), needed=(),
                          command=command)  # fmt: skip
    roles = replace(roles, table=table)
    others = [column.index for role, column in roles.columns.items() if role != "label"]
    labels = given
    if not labels and choices.columns.get("label") != "":
        labels = (
            _by_header(table, roles, others)
            or _by_cells(table, words, others, own=own)
            or _with_remark(table, others)
        )
    return RatingsTable(
        replace(roles, columns=without(roles.columns, "label")), labels, roles.notes
    )


def _but_label(choices: TableChoices) -> dict[str, str]:
    return {role: header for role, header in choices.columns.items() if role != "label"}


def _masked(table: Table, taken: Collection[int]) -> Table:
    """The table, with headers that mean nothing where the user has said what a column holds."""
    headers = (f"#{index}" if index in taken else name for index, name in enumerate(table.headers))
    return replace(table, headers=tuple(headers))


def _by_header(table: Table, roles: RoleTable, others: Collection[int]) -> tuple[int, ...]:
    """The one column that is called as labels are, or one a rater.

    Raises:
        TableError: Several columns are called so equally well.
    """
    fits = {
        index: (HOW.index(fit.how), fit.rank)
        for index, header in enumerate(table.headers)
        if index not in others
        for fit in fits_of(_COUNTED.sub("", header))
        if fit.role == "label"
    }
    best = [index for index, rank in fits.items() if rank == min(fits.values())]
    if len(best) > 1:
        raise TableError(
            "one column for the label",
            f"{len(best)}: {', '.join(repr(table.headers[index]) for index in best)}",
            table.source,
            Remedy(
                "Choose one with {}; repeat it where each rater has a column.",
                option("--column label=HEADER"),
            ),
        )
    if best:
        return (best[0],)
    return tuple(
        index
        for index, header in enumerate(table.headers)
        if index not in others and _ONE_RATER.fullmatch(" ".join(words_of(header)))
    )


def _by_cells(
    table: Table, words: Collection[str], others: Collection[int], *, own: bool
) -> tuple[int, ...]:
    """Columns known by their cells; numbers do not count, since they stand in others too."""
    labels = {word for word in words if any(part.isalpha() for part in words_of(word))}
    share = {}
    for index in range(len(table.headers)):
        if index in others:
            continue
        cells = (cell_text(row[index]) for row in table.rows)
        filled = [cell for cell in cells if cell and not _is_no_answer(cell)]
        if filled:
            n_labels = sum(
                fold(cell) in labels or (not own and _isa_word(cell) is not None) for cell in filled
            )
            share[index] = n_labels / len(filled)
    header = {index: set(words_of(table.headers[index])) for index in share}
    sure = [index for index in share if share[index] >= 0.5]
    return tuple(
        index
        for index in share
        if index in sure
        or (share[index] > 0 and any(header[index] & header[other] for other in sure))
    )


_isa_word = lru_cache(maxsize=MOST_KEPT)(isa_word)
_is_no_answer = lru_cache(maxsize=MOST_KEPT)(is_no_answer)


def _with_remark(table: Table, others: Collection[int]) -> tuple[int, ...]:
    """The one column of labels whose header ends with a remark: ``Likelihood (P/Po/I)``."""
    remark = re.compile(r"[(\[][^)\]]*[)\]]\s*$")
    hits = [
        index
        for index, header in enumerate(table.headers)
        if index not in others
        and any(fit.role == "label" for fit in fits_of(remark.sub("", header).strip()))
    ]
    return tuple(hits) if len(hits) == 1 else ()


def need_labels(ratings: RatingsTable, what: str) -> None:
    """Refuses a table without a column of labels.

    Raises:
        TableError: Lists the headers seen.
    """
    if not ratings.labels:
        table = ratings.table.table
        raise TableError(
            what,
            f"the headers {headers_text(table.headers)}",
            table.source,
            Remedy(
                "Name it with {}; repeat it where each rater has a column.",
                option("--column label=HEADER"),
            ),
        )


def rater_named_by(header: str) -> str:
    """Rater whose column has this header: it without the word rating, ``JB rating`` is JB.

    >>> rater_named_by("Rating 1")
    'Rating 1'
    """
    name = " ".join(part for part in header.split() if fold(part) not in {"rating", "ratings"})
    return name if any(mark.isalpha() for mark in name) else header


_NEGATIONS = {"not", "no", "non", "un", "im", "never", "neither", "nor", "less"}
Believe = Literal["names", "file-name", "folder"]


@dataclass(frozen=True, slots=True)
class NameLabel:
    """What the name of a photo says.

    Attributes:
        label: Canonical label, or "".
        problem: Why the names decide nothing although they speak of labels, or "".
    """

    label: str
    problem: str = ""


def label_from_names(file: str, words: Mapping[str, str], believe: Believe = "names") -> NameLabel:
    """Label that the file name and the folders of a photo agree on.

    Args:
        file: Path relative to the photo root, with forward slashes.
        words: Word or words to canonical label; "" for words that mean unrated.
        believe: Both names, the file name only, or the nearest folder that speaks of a label.

    >>> label_from_names("Improbable_12.jpg", {"improbable": "Improbable", "probable": "Probable"})
    NameLabel(label='Improbable', problem='')
    """
    path = PurePosixPath(file)
    said_by_file = _labels_in(path.stem, words) if believe != "folder" else set()
    said_by_folder: set[str] = set()
    if believe != "file-name":
        for folder in reversed(path.parts[:-1]):
            said_by_folder = _labels_in(folder, words)
            if said_by_folder:
                break
    # A folder such as "probable and possible" leaves the choice to the file name.
    if len(said_by_folder) > 1 and len(said_by_file) == 1:
        said_by_folder = set()
    said = said_by_file | said_by_folder
    if len(said) > 1 or "?" in said:
        told = [
            f"{place} says {' and '.join(sorted(labels))}"
            for place, labels in (("file name", said_by_file), ("folder", said_by_folder))
            if labels
        ]
        return NameLabel("", ", ".join(told).replace("?", "something negated"))
    return NameLabel(next(iter(said), ""))


def _labels_in(name: str, words: Mapping[str, str]) -> set[str]:
    """Labels that a name holds as whole words; ``?`` for a negated one."""
    in_name = words_of(name)
    phrases = {words_of(word): label for word, label in words.items()}
    found = set()
    position = 0
    while position < len(in_name):
        hit = _longest_phrase(in_name[position:], phrases)
        if not hit:
            position += 1
            continue
        negated = position > 0 and in_name[position - 1] in _NEGATIONS
        found.add("?" if negated else phrases[hit])
        position += len(hit)
    return found - {""}


def _longest_phrase(
    in_name: tuple[str, ...], phrases: Mapping[tuple[str, ...], str]
) -> tuple[str, ...]:
    """Longest phrase at the start of a name; numbers alone are no label."""
    fitting = [
        phrase
        for phrase in phrases
        if in_name[: len(phrase)] == phrase and not all(word.isdigit() for word in phrase)
    ]
    return max(fitting, key=len, default=())


def folder_labels(files: Iterable[str]) -> dict[str, str]:
    """File to label where the top folder is the class; photos outside any folder are left out."""
    return {
        file: clean(PurePosixPath(file).parts[0])
        for file in files
        if len(PurePosixPath(file).parts) > 1
    }
