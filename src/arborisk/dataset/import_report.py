"""What an import found, counted and named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from arborisk.dataset.labelling import Conflict
from arborisk.dataset.schemes import ISA_WORDS
from arborisk.wording.imminent import imminent_json


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import found. Nothing that was left aside is missing here.

    Attributes:
        imminent: Photos, or rows without a photo, that somebody rated Imminent.
        n_files: Photo files found.
        passed_over: Number of other files by suffix, see `arborisk.photos.FoundFiles`.
        n_photos: Photos that could be read.
        n_unrated: Of these, those without a label.
        label_counts: Photos by label, the likeliest first.
        class_counts: Photos by class of the chosen scheme, in class order; empty without one.
        labels_from: Where the labels came from.
        columns: Role to header of the table.
        n_matched_by: Table rows by how they named their photo.
        n_blank: Photos that the table names and leaves unrated.
        n_not_in_table: Photos that the table does not name.
        n_near_duplicate_pairs: Pairs of photos that show nearly the same picture.
        n_left_apart: Of these, those that no group joins, see `arborisk.dataset.copy_links`.
        copy_search: How they were searched.
        copies_not_looked_for: A sentence on the copies that this search cannot find; "" if none.
        rows_without_photo: Table rows whose photo is not there.
        refused_rows: Table rows that cannot be used, each with its reason.
        unread_places: Table rows whose place cannot be used, each with its reason.
        table_notes: Sentences on how the table was read.
        taken_for: ``'Imp.' -> Improbable (12)`` for each word that is written in another way than
            its label.
        n_no_answer: Words of the table that say that there is no rating, with their number.
        n_doubtful: Ratings that their writer doubted, taken as written.
        n_without_tree: Photos of which no tree is stated.
        n_without_site: Photos of which no site is stated.
        conflicts: Photos whose raters disagree, and the label taken.
        unclear_names: Photos whose names contradict themselves.
        unrated_files: Photos without a label.
        left_out: Label to number of photos that the chosen scheme leaves out.
        left_out_files: Their files.
        failures: Unreadable files, each with its reason.
    """

    imminent: tuple[str, ...]
    n_files: int
    passed_over: Mapping[str, int]
    n_photos: int
    n_unrated: int
    label_counts: Mapping[str, int]
    class_counts: Mapping[str, int]
    labels_from: str
    columns: Mapping[str, str]
    n_matched_by: Mapping[str, int]
    n_blank: int
    n_not_in_table: int
    n_near_duplicate_pairs: int
    n_left_apart: int
    copy_search: str
    copies_not_looked_for: str
    rows_without_photo: tuple[str, ...]
    refused_rows: tuple[str, ...]
    unread_places: tuple[str, ...]
    table_notes: tuple[str, ...]
    taken_for: tuple[str, ...]
    n_no_answer: Mapping[str, int]
    n_doubtful: int
    n_without_tree: int
    n_without_site: int
    conflicts: tuple[Conflict, ...]
    unclear_names: tuple[str, ...]
    unrated_files: tuple[str, ...]
    left_out: Mapping[str, int]
    left_out_files: tuple[str, ...]
    failures: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The report as plain values."""
        found = asdict(self)
        return {"imminent": imminent_json(found.pop("imminent")), **found}

    def to_json(self) -> str:
        """The report as JSON text."""
        return json.dumps(self.as_dict(), indent=2, ensure_ascii=False) + "\n"


def ranked_labels(counts: Mapping[str, int]) -> dict[str, int]:
    """Counts in the deck's order: ISA words from the likeliest down, then others by alphabet."""
    isa = [word for word in reversed(ISA_WORDS) if word in counts]
    return {word: counts[word] for word in [*isa, *sorted(set(counts) - set(isa))]}
