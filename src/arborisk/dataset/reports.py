"""What an import found, counted and named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from arborisk.dataset.labelling import Conflict
from arborisk.dataset.leaks import Leak
from arborisk.dataset.schemes import ISA_WORDS
from arborisk.wording.leaks import LookedAt
from arborisk.wording.sentences import imminent_json


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


SMALL_PX = 224
"""Shorter side below which a photo is enlarged for the default model's input."""


@dataclass(frozen=True, slots=True)
class LabelClash:
    """Photos that show the same thing under different labels.

    Attributes:
        same: ``photo`` (same bytes), ``picture`` (near-duplicates) or ``tree``.
        name: Tree, or "".
        labels: Label to its photos; unrated ones left out.
    """

    same: str
    name: str
    labels: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """How photos spread over trees or sites.

    Attributes:
        n_groups: Number of trees or sites named.
        n_photos_without: Photos that name none.
        median_photos: Median number of photos a group.
        most_photos: Largest number of photos a group.
        n_by_label: Label to number of groups with a photo of that label.
    """

    n_groups: int
    n_photos_without: int
    median_photos: float
    most_photos: int
    n_by_label: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class SizeFacts:
    """Sizes of the photos in pixels, as (width, height).

    Attributes:
        smallest: Of the fewest pixels.
        largest: Of the most pixels.
        n_sizes: Number of different sizes.
        n_portrait: Photos higher than wide.
        n_small: Photos whose shorter side is below `SMALL_PX`.
    """

    smallest: tuple[int, int]
    largest: tuple[int, int]
    n_sizes: int
    n_portrait: int
    n_small: int


@dataclass(frozen=True, slots=True)
class SplitFacts:
    """A split as it fits the data set.

    Attributes:
        n_by_part: Part to number of photos.
        labels_by_part: Part to label to number of photos.
        unknown: What the split names and the data set lacks.
        ambiguous: What the split names and fits several photos.
        refused_rows: Rows of the split's table that cannot be used, each with its reason.
        n_not_in_split: Photos of the data set that the split does not name.
        n_leaking: Kind of leak to part to number of photos that another part shares.
        looked_at: What of the split could show a leak.
        trust_tree_ids: Whether the split states that it parts even one exposure where stated trees
            differ.
        left_apart: Similar pictures on two sides that no group joins: a chain of others lies
            between them.
        outvoted: Similar pictures on two sides of different stated trees, two exposures.
        one_exposure: Pictures on two sides that are one exposure under different stated trees; they
            are among the leaks.
    """

    n_by_part: Mapping[str, int]
    labels_by_part: Mapping[str, Mapping[str, int]]
    unknown: tuple[str, ...]
    ambiguous: tuple[str, ...]
    refused_rows: tuple[str, ...]
    n_not_in_split: int
    n_leaking: Mapping[str, Mapping[str, int]]
    looked_at: LookedAt
    trust_tree_ids: bool
    left_apart: tuple[str, ...]
    outvoted: tuple[str, ...]
    one_exposure: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What an audit found; groups are lists of files relative to the photo root.

    Attributes:
        n_photos: Readable photos.
        n_unrated: Photos without a label.
        label_counts: Photos by label, the likeliest first.
        exact_duplicates: Groups of files with the same bytes.
        near_duplicates: Groups of photos that show nearly the same picture.
        label_clashes: The same photo, picture or tree under different labels.
        rater_conflicts: Photos whose raters disagree.
        unreadable: Files that could not be read, each with its reason.
        missing_files: Photos that are no longer where they were.
        trees: How photos spread over trees.
        sites: How photos spread over sites.
        sizes: Sizes, or None without photos.
        n_without_time: Photos without a time.
        n_without_place: Photos without a place.
        split: How the split fits, or None without one.
        leaks: What parts of the split share, the worst kind first.
        n_left_apart: Pairs of similar pictures that no group joins.
        copies_not_looked_for: A sentence on copies that the import could not find; "" if none.
    """

    n_photos: int
    n_unrated: int
    label_counts: Mapping[str, int]
    exact_duplicates: tuple[tuple[str, ...], ...]
    near_duplicates: tuple[tuple[str, ...], ...]
    label_clashes: tuple[LabelClash, ...]
    rater_conflicts: tuple[Conflict, ...]
    unreadable: tuple[str, ...]
    missing_files: tuple[str, ...]
    trees: GroupFacts
    sites: GroupFacts
    sizes: SizeFacts | None
    n_without_time: int
    n_without_place: int
    split: SplitFacts | None
    leaks: tuple[Leak, ...]
    n_left_apart: int
    copies_not_looked_for: str

    def to_json(self) -> str:
        """The report as JSON text."""
        content: dict[str, Any] = asdict(self)
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
