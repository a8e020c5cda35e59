"""Audit: what a data set and a split of it hold that would spoil a result."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median

from arborisk.dataset.copy_links import links_of, star_groups
from arborisk.dataset.labelling import Conflict
from arborisk.dataset.leaks import (
    LEAK_KINDS,
    Leak,
    crossing_pairs,
    find_leaks,
    read_split_parts,
    unmatched_error,
)
from arborisk.dataset.reports import (
    SMALL_PX,
    AuditReport,
    GroupFacts,
    LabelClash,
    SizeFacts,
    SplitFacts,
    ranked_labels,
)
from arborisk.dataset.table import Dataset
from arborisk.photos.examine import copies_not_looked_for
from arborisk.records import PhotoRow
from arborisk.tables.choices import TableChoices
from arborisk.wording.leaks import LookedAt


def audit_dataset(
    dataset: Dataset,
    *,
    split: Path | Mapping[str, str] | None = None,
    choices: TableChoices | None = None,
) -> AuditReport:
    """Looks for duplicates, conflicting labels, gaps and, with a split, leaks.

    Args:
        dataset: The data set.
        split: Table of file and part, or a mapping of photo to part.
        choices: What the user says of the columns of that table.

    Raises:
        TableError: The split cannot be read.
        SplitError: Not one of its photos is in the data set.
    """
    rows = dataset.photos
    exact = _same_bytes(rows)
    near = _near_groups(dataset)
    split_facts, leaks = _split_facts(dataset, split, choices) if split is not None else (None, ())
    return AuditReport(
        n_photos=len(rows),
        n_unrated=sum(not row.label for row in rows),
        label_counts=ranked_labels(dataset.label_counts()),
        exact_duplicates=exact,
        near_duplicates=near,
        label_clashes=_clashes(rows, exact, near),
        rater_conflicts=_rater_conflicts(dataset),
        unreadable=tuple(f"{item.file}: {item.reason}" for item in dataset.failures),
        missing_files=tuple(row.file for row in rows if not (dataset.root / row.file).is_file()),
        trees=_group_facts(rows, [row.tree_id for row in rows]),
        sites=_group_facts(rows, [row.site_id for row in rows]),
        sizes=_size_facts(rows),
        n_without_time=sum(row.facts.taken_at is None for row in rows),
        n_without_place=sum(row.facts.latitude is None for row in rows),
        split=split_facts,
        leaks=leaks,
        n_left_apart=len(links_of(dataset).apart),
        copies_not_looked_for=copies_not_looked_for(dataset.copy_search),
    )


def _same_bytes(rows: Iterable[PhotoRow]) -> tuple[tuple[str, ...], ...]:
    groups = defaultdict(list)
    for row in rows:
        groups[row.sha256].append(row.file)
    return tuple(tuple(sorted(files)) for files in groups.values() if len(files) > 1)


def _near_groups(dataset: Dataset) -> tuple[tuple[str, ...], ...]:
    """Groups of near-duplicates; those that are all the same bytes are exact duplicates only."""
    by_id = {row.photo_id: row for row in dataset.photos}
    groups = star_groups(links_of(dataset).kept)
    return tuple(
        tuple(sorted(by_id[photo_id].file for photo_id in group))
        for group in groups
        if len({by_id[photo_id].sha256 for photo_id in group}) > 1
    )


def _clashes(
    rows: Sequence[PhotoRow],
    exact: Sequence[tuple[str, ...]],
    near: Sequence[tuple[str, ...]],
) -> tuple[LabelClash, ...]:
    label_of = {row.file: row.label for row in rows}
    trees = defaultdict(list)
    for row in rows:
        if row.tree_id:
            trees[row.tree_id].append(row.file)
    things = [("photo", "", files) for files in exact]
    things += [("picture", "", files) for files in near]
    things += [("tree", name, tuple(files)) for name, files in trees.items()]
    clashes = []
    for same, name, files in things:
        labels = defaultdict(list)
        for file in files:
            if label_of[file]:
                labels[label_of[file]].append(file)
        if len(labels) > 1:
            listed = {label: tuple(sorted(named)) for label, named in sorted(labels.items())}
            clashes.append(LabelClash(same, name, listed))
    return tuple(clashes)


def _rater_conflicts(dataset: Dataset) -> tuple[Conflict, ...]:
    said = defaultdict(list)
    for rating in dataset.ratings:
        said[rating.photo_id].append(rating.label)
    return tuple(
        Conflict(row.file, tuple(said[row.photo_id]), row.label)
        for row in dataset.photos
        if len(set(said.get(row.photo_id, ()))) > 1
    )


def _group_facts(rows: Sequence[PhotoRow], names: Sequence[str]) -> GroupFacts:
    sizes = Counter(filter(None, names))
    labelled = {(row.label, name) for row, name in zip(rows, names, strict=True) if name}
    by_label = Counter(label for label, _ in labelled if label)
    return GroupFacts(
        n_groups=len(sizes),
        n_photos_without=sum(not name for name in names),
        median_photos=float(median(sizes.values())) if sizes else 0.0,
        most_photos=max(sizes.values(), default=0),
        n_by_label=ranked_labels(by_label),
    )


def _size_facts(rows: Sequence[PhotoRow]) -> SizeFacts | None:
    sizes = [(row.facts.width, row.facts.height) for row in rows]
    if not sizes:
        return None
    return SizeFacts(
        smallest=min(sizes, key=lambda size: size[0] * size[1]),
        largest=max(sizes, key=lambda size: size[0] * size[1]),
        n_sizes=len(set(sizes)),
        n_portrait=sum(height > width for width, height in sizes),
        n_small=sum(min(size) < SMALL_PX for size in sizes),
    )


def _split_facts(
    dataset: Dataset, split: Path | Mapping[str, str], choices: TableChoices | None
) -> tuple[SplitFacts, tuple[Leak, ...]]:
    matched = read_split_parts(split, dataset, choices)
    if not matched.parts:
        raise unmatched_error(matched, str(split) if isinstance(split, Path) else "the split")
    leaks, links = find_leaks(dataset, matched.parts), links_of(dataset)
    label_of = {row.file: row.label for row in dataset.photos}
    labels: dict[str, Counter[str]] = defaultdict(Counter)
    for file, parts in matched.parts.items():
        for part in parts:
            labels[part][label_of[file]] += 1
    leaking: dict[str, dict[str, set[str]]] = {kind: defaultdict(set) for kind in LEAK_KINDS}
    for leak in leaks:
        for part, files in leak.parts.items():
            leaking[leak.kind][part].update(files)
    inside = [row for row in dataset.photos if row.file in matched.parts]
    left_apart = tuple(crossing_pairs(dataset, links.apart, matched.parts))
    facts = SplitFacts(
        n_by_part={part: labels[part].total() for part in sorted(labels)},
        labels_by_part={
            part: ranked_labels({label: n for label, n in labels[part].items() if label})
            for part in sorted(labels)
        },
        unknown=matched.unknown,
        ambiguous=matched.ambiguous,
        refused_rows=matched.refused_rows,
        n_not_in_split=len(dataset.photos) - len(matched.parts),
        n_leaking={
            kind: {part: len(by_part[part]) for part in sorted(by_part)}
            for kind, by_part in leaking.items()
            if by_part
        },
        looked_at=LookedAt(
            len(inside),
            n_without_tree=sum(not row.tree_id for row in inside),
            n_without_site=sum(not row.site_id for row in inside),
            n_ungrouped=sum(not row.site_id and not row.tree_id for row in inside),
            unmatched=bool(matched.unknown or matched.ambiguous or matched.refused_rows),
            copies_not_looked_for=copies_not_looked_for(dataset.copy_search),
            n_left_apart=len(left_apart),
        ),
        trust_tree_ids=matched.trust_tree_ids,
        left_apart=left_apart,
        outvoted=tuple(crossing_pairs(dataset, links.outvoted, matched.parts)),
        one_exposure=tuple(crossing_pairs(dataset, links.trusted, matched.parts)),
    )
    return facts, leaks
