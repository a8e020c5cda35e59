"""Reports of imports and audits as people read them, on standard output."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from rich.table import Table

from arborisk.cli.console import ShownConsole
from arborisk.dataset.leaks import TRAIN, VALIDATION, sides_of
from arborisk.dataset.reports import AuditReport, ImportReport
from arborisk.dataset.schemes import ISA_SCHEMES, ISA_WORDS
from arborisk.errors import escaped
from arborisk.photos.files import passed_over_text
from arborisk.wording.counts import counted, first_lines, listed
from arborisk.wording.leaks import (
    SCORES_FLATTER,
    left_apart_line,
    no_leak_lines,
    ungrouped_lines,
    unseen_lines,
)
from arborisk.wording.percent import counted_share
from arborisk.wording.sentences import imminent_line

_MAX_LISTED = 10
_MAX_JOINED = 3
_KINDS = {
    "same_photo": "same photo",
    "augmented_copy": "changed copy of a photo",
    "near_duplicate": "near-duplicate",
    "taken_within_seconds": "taken within seconds",
    "same_tree": "same tree",
    "same_site": "same site",
}


def print_import(report: ImportReport, out: Path) -> None:
    """Prints what an import found; the whole lists stand in ``import.json``."""
    console = ShownConsole()
    if urgent := imminent_line(report.imminent):
        _say(console, urgent)
    counts = ", ".join(f"{label} {n}" for label, n in report.label_counts.items()) or "none"
    n_rated = report.n_photos - report.n_unrated
    _say(console, f"{counted(n_rated, 'rated photo')}: {counts}. Unrated: {report.n_unrated}.")
    if report.passed_over:
        _say(console, passed_over_text(report.passed_over))
    _say(console, f"Labels from: {report.labels_from}.")
    if report.columns:
        columns = ", ".join(
            f"{role.replace('_', ' ')} = {header!r}"
            for role, header in report.columns.items()
            if header
        )
        _say(console, f"Columns read: {columns}.")
    for sentence in report.table_notes:
        _say(console, sentence)
    if report.taken_for:
        _say(console, f"Words taken for labels: {_joined(report.taken_for, _MAX_LISTED)}.")
    if report.n_no_answer:
        words = ", ".join(f"{word!r} ({n})" for word, n in report.n_no_answer.items())
        _say(console, f"Words that give no rating, missing and not a class: {words}.")
    if report.n_doubtful:
        doubtful = counted(report.n_doubtful, "rating")
        _say(console, f"{doubtful} with a question mark or a hedge, taken as written.")
    if any(label in ISA_WORDS for label in report.label_counts):
        console.print(_scheme_table(report.label_counts))
    if report.class_counts:
        classes = " | ".join(f"{title} {n}" for title, n in report.class_counts.items())
        _say(console, f"Classes of the chosen scheme, in class order: {classes}.")
    if report.n_matched_by:
        how = ", ".join(f"{n} by {kind}" for kind, n in report.n_matched_by.items())
        _say(console, f"Rows matched to photos: {how}.")
    if report.n_blank:
        _say(console, f"Photos that the table names without a label: {report.n_blank}.")
    if report.n_not_in_table:
        _say(console, f"Photos that are not in the table: {report.n_not_in_table}.")
    if report.n_near_duplicate_pairs:
        _say(console, f"Pairs of (near-)duplicates, see audit: {report.n_near_duplicate_pairs}.")
    if report.copies_not_looked_for:
        _say(console, report.copies_not_looked_for)
    if report.n_left_apart:
        _say(console, left_apart_line(report.n_left_apart))
    conflicts = [
        f"{item.file}: {', '.join(item.labels)} -> {item.agreed or 'unrated'}"
        for item in report.conflicts
    ]
    left_out = ", ".join(f"{label} {n}" for label, n in report.left_out.items())
    for line in ungrouped_lines(report.n_photos, report.n_without_tree, report.n_without_site):
        _say(console, line)
    _list(console, "Table rows that cannot be used, left out", report.refused_rows)
    _list(console, "Table rows whose photo is not here", report.rows_without_photo)
    _list(console, "Table rows whose place cannot be used", report.unread_places)
    _list(console, "Photos with differing labels (and the label taken)", conflicts)
    _list(console, "Photos with unclear names, left unrated", report.unclear_names)
    _list(console, f"Photos the scheme leaves out ({left_out})", report.left_out_files)
    _list(console, "Files that could not be used", report.failures)
    _say(console, f"Data set: {out}. Whole lists: {out / 'import.json'}.")


def _scheme_table(counts: Mapping[str, int]) -> Table:
    """Photos a class under each built-in scheme, least likely class first."""
    table = Table(title="Photos by class", title_justify="left")
    table.add_column("scheme")
    table.add_column("classes, least likely first")
    table.add_column("left out", justify="right")
    for scheme in ISA_SCHEMES.values():
        classes = [
            f"{item.title} {sum(counts.get(word, 0) for word in item.members)}"
            for item in scheme.classes
        ]
        left_out = sum(n for label, n in counts.items() if scheme.class_of(label) is None)
        table.add_row(scheme.name, " | ".join(classes), str(left_out))
    return table


def print_audit(report: AuditReport) -> None:
    """Prints an audit."""
    console = ShownConsole()
    console.print(_facts_table(report))
    if report.trees.n_groups or report.sites.n_groups:
        console.print(_groups_table(report))
    _list(console, "Groups of exact duplicates", map(_joined, report.exact_duplicates))
    _list(console, "Groups of near-duplicates", map(_joined, report.near_duplicates))
    clashes = [
        f"same {clash.same} {clash.name}".rstrip()
        + ": "
        + "; ".join(f"{label}: {_joined(files)}" for label, files in clash.labels.items())
        for clash in report.label_clashes
    ]
    _list(console, "Things with more than one label", clashes)
    raters = [
        f"{item.file}: {', '.join(item.labels)} -> {item.agreed or 'unrated'}"
        for item in report.rater_conflicts
    ]
    _list(console, "Photos on which raters disagree (and the label taken)", raters)
    _list(console, "Files that could not be read at import", report.unreadable)
    _list(console, "Photos that are no longer where they were", report.missing_files)
    if report.split is not None:
        _print_split(console, report)
        return
    for line in (
        *(_partly_stated(report)),
        report.copies_not_looked_for,
        left_apart_line(report.n_left_apart),
    ):
        if line:
            _say(console, line)


def _partly_stated(report: AuditReport) -> list[str]:
    """That a column of trees or of sites is filled for some photos only."""
    n_without = [
        facts.n_photos_without if facts.n_groups else 0 for facts in (report.trees, report.sites)
    ]
    return ungrouped_lines(report.n_photos, *n_without)


def _facts_table(report: AuditReport) -> Table:
    table = Table(title="Audit", title_justify="left", show_header=False)
    table.add_column("what")
    table.add_column("number", justify="right")
    n_rated = max(report.n_photos - report.n_unrated, 1)
    table.add_row("photos", str(report.n_photos))
    for label, n in report.label_counts.items():
        table.add_row(escaped(f"  {label}"), f"{counted_share(n, n_rated)} of the rated")
    table.add_row("  unrated", str(report.n_unrated))
    table.add_row("unreadable files", str(len(report.unreadable)))
    table.add_row("groups of exact duplicates", str(len(report.exact_duplicates)))
    table.add_row("groups of near-duplicates", str(len(report.near_duplicates)))
    table.add_row("things with more than one label", str(len(report.label_clashes)))
    table.add_row("photos on which raters disagree", str(len(report.rater_conflicts)))
    table.add_row("photos without time", str(report.n_without_time))
    table.add_row("photos without place", str(report.n_without_place))
    table.add_row("photos without tree", str(report.trees.n_photos_without))
    table.add_row("photos without site", str(report.sites.n_photos_without))
    if report.sizes is not None:
        small, large = report.sizes.smallest, report.sizes.largest
        table.add_row(
            f"sizes ({report.sizes.n_sizes} different)",
            f"{small[0]} x {small[1]} to {large[0]} x {large[1]} px",
        )
        table.add_row("portrait", str(report.sizes.n_portrait))
        table.add_row("shorter side below 224 px", str(report.sizes.n_small))
    return table


def _groups_table(report: AuditReport) -> Table:
    table = Table(title="Groups", title_justify="left")
    for header in ("", "number", "photos each (median, most)", "number by label"):
        table.add_column(header)
    for name, facts in (("trees", report.trees), ("sites", report.sites)):
        if facts.n_groups:
            by_label = ", ".join(f"{label} {n}" for label, n in facts.n_by_label.items())
            photos = f"{facts.median_photos:g}, {facts.most_photos}"
            table.add_row(name, str(facts.n_groups), photos, escaped(by_label))
    return table


def _print_split(console: ShownConsole, report: AuditReport) -> None:
    facts = report.split
    if facts is None:
        return
    table = Table(title="Split", title_justify="left")
    for header in ("part", "photos", "labels"):
        table.add_column(header)
    for part, n in facts.n_by_part.items():
        labels = ", ".join(f"{label} {n}" for label, n in facts.labels_by_part[part].items())
        table.add_row(escaped(part), str(n), escaped(labels))
    console.print(table)
    if facts.n_not_in_split:
        _say(console, f"Photos of the data set that are not in the split: {facts.n_not_in_split}.")
    _list(console, "Rows of the split that cannot be used", facts.refused_rows)
    _list(console, "Photos of the split that are not in the data set", facts.unknown)
    _list(console, "Photos of the split that fit several files", facts.ambiguous)
    if sides_of(facts.n_by_part).get(VALIDATION) == TRAIN:
        _say(console, "Validation joins training: what only these two share is no leak.")
    unseen = unseen_lines(facts.looked_at) if report.leaks else no_leak_lines(facts.looked_at)
    for line in unseen:
        _say(console, line)
    if facts.trust_tree_ids:
        _say(
            console,
            "The split was made with --trust-tree-ids: one exposure under different stated trees "
            "may lie on two sides, and is listed.",
        )
    for title, pairs in (
        (
            "Similar pictures in training and in test that no group joins",
            facts.left_apart,
        ),
        ("Similar pictures of different stated trees in training and in test", facts.outvoted),
        ("One exposure in training and in test, under different trees", facts.one_exposure),
    ):
        _list(console, title, pairs)
    if not report.leaks:
        return
    table = Table(title="Leaks", title_justify="left")
    for header in ("shared by parts", "how many", "photos in each part that another part shares"):
        table.add_column(header)
    for kind, by_part in facts.n_leaking.items():
        shares = ", ".join(f"{part}: {n} of {facts.n_by_part[part]}" for part, n in by_part.items())
        n_leaks = sum(leak.kind == kind for leak in report.leaks)
        table.add_row(_KINDS[kind], str(n_leaks), escaped(shares))
    console.print(table)
    _list(
        console,
        "Leaks",
        (
            f"{_KINDS[leak.kind]} {leak.name}".rstrip()
            + ": "
            + "; ".join(f"{part}: {_joined(files)}" for part, files in leak.parts.items())
            + (f" ({_joined(leak.changes)})" if leak.changes else "")
            for leak in report.leaks
        ),
    )
    _say(console, f"{SCORES_FLATTER}. Make one that keeps groups whole.")


def _joined(files: Sequence[str], most: int = _MAX_JOINED) -> str:
    return listed(files, last="", most=most)


def _list(console: ShownConsole, title: str, items: Iterable[str]) -> None:
    """The first few of a list, and how many more there are."""
    found = list(items)
    if not found:
        return
    _say(console, f"{title}: {len(found)}")
    for line in first_lines(found, _MAX_LISTED):
        _say(console, f"  {line}")


def _say(console: ShownConsole, line: str) -> None:
    """One line, as it is: file names are not markup and are not broken at hyphens."""
    console.print(escaped(line), soft_wrap=True)
