"""From a folder of photos to a data set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from unicodedata import normalize

import numpy as np

from arborisk.dataset.copy_links import find_pairs, link_copies
from arborisk.dataset.labelling import ImportOptions, Labelling, label_photos
from arborisk.dataset.loading import load_dataset
from arborisk.dataset.reports import ImportReport, ranked_labels
from arborisk.dataset.schemes import load_scheme
from arborisk.dataset.storage import DatasetContent, adopt_cache, check_target, write_dataset
from arborisk.dataset.table import Dataset, DuplicatePair, photo_id_of
from arborisk.errors import DatasetError, Remedy, escaped, option
from arborisk.leftovers import scratch_beside
from arborisk.photos.examine import (
    AlsoDo,
    CopySearch,
    ExaminedPhoto,
    copies_not_looked_for,
    examine_files,
    found_search,
)
from arborisk.photos.files import find_files
from arborisk.photos.fingerprints import THUMBNAIL_SHAPE
from arborisk.records import Failure, PhotoFacts, PhotoRow, Progress, Rating
from arborisk.tables.table import words_of
from arborisk.wording.counts import listed

_YEARS = {("year",), ("years",), ("yr",), ("yrs",), ("y",), ("a",)}


def photo_rows(photos: Mapping[str, ExaminedPhoto], labelling: Labelling) -> list[PhotoRow]:
    """Rows of the photos, by file name.

    Raises:
        DatasetError: A time in the table that cannot be read.
    """
    frames: dict[str, set[str]] = defaultdict(set)
    for item in labelling.ratings:
        frames[item.file].add(_years(item.time_frame))
    return [_row(photos[file], file, labelling, frames.get(file, set())) for file in sorted(photos)]


def _row(photo: ExaminedPhoto, file: str, labelling: Labelling, frames: set[str]) -> PhotoRow:
    facts = labelling.facts.get(file, {})
    return PhotoRow(
        photo_id=photo_id_of(normalize("NFC", file)),
        file=file,
        sha256=photo.sha256,
        phash=photo.phash,
        facts=_filled(photo.facts, facts, file),
        tree_id=facts.get("tree", ""),
        site_id=facts.get("site", ""),
        view=facts.get("view", ""),
        label=labelling.labels.get(file, ""),
        time_frame_years=next(iter(frames)) if len(frames) == 1 else "",
        season=facts.get("season", ""),
        source=facts.get("source", ""),
        licence=facts.get("licence", ""),
    )


def _years(text: str) -> str:
    """Time frame in years as text: the number where one stands with or without its unit."""
    words = words_of(text)
    plain = len(words) <= 2 and words[:1] and words[0].isdigit()
    return words[0] if plain and words[1:] in {(), *_YEARS} else text


def _filled(header: PhotoFacts, given: Mapping[str, str], file: str) -> PhotoFacts:
    """Facts of the header, and of the table where the header is silent."""
    if header.taken_at is None and given.get("taken_at"):
        try:
            header = replace(header, taken_at=datetime.fromisoformat(given["taken_at"]))
        except ValueError as error:
            raise _bad_fact(
                "a time such as 2021-06-30T14:05:00", given["taken_at"], file
            ) from error
    if header.latitude is None and "latitude" in given:
        latitude, longitude = float(given["latitude"]), float(given["longitude"])
        header = replace(header, latitude=latitude, longitude=longitude)
    return header


def _bad_fact(expected: str, found: str, file: str) -> DatasetError:
    remedy = Remedy(
        "Correct the cell, or leave its column out: {}.",
        option("--column taken_at=", "import"),
    )
    return DatasetError(expected, repr(found), f"the labels table, photo {file}", remedy)


def rating_rows(rows: Sequence[PhotoRow], labelling: Labelling) -> list[Rating]:
    """Ratings of the photos that could be read, in the order of the table."""
    by_file = {row.file: row for row in rows}
    return [
        Rating(
            rating_id=f"r{number}",
            photo_id=by_file[item.file].photo_id,
            tree_id=by_file[item.file].tree_id,
            rater=item.rater,
            label=item.word,
            rated_at=item.rated_at,
            time_frame_years=_years(item.time_frame),
            note=item.note,
        )
        for number, item in enumerate(labelling.ratings, start=1)
        if item.file in by_file
    ]


@dataclass(frozen=True, slots=True)
class Imported:
    """Result of an import: the data set, and what was found on the way."""

    dataset: Dataset
    report: ImportReport


def import_photos(
    photos: Path,
    out: Path,
    options: ImportOptions | None = None,
    *,
    overwrite: bool = False,
    ahead: Callable[[Path], AlsoDo] | None = None,
    n_processes: int | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Makes a data set of the photos under a folder; the photos stay where they are.

    Args:
        photos: Folder of photos, or one photo.
        out: Folder of the data set; written whole or not at all.
        options: How labels are read.
        overwrite: Replace the tables of a data set that is there; its cache is kept.
        ahead: Called with a folder; gives what else is done with each decoded photo. What that
            leaves in the folder goes into the data set's cache. See
            `arborisk.preprocess.PrepareAhead`.
        n_processes: Processes that read photos; by default one a core.
        progress: Called for each photo read.

    Raises:
        DatasetError: No photo, a target that must not be replaced, or labels that cannot be
            understood; says what to do. Nothing is written then.
    """
    options = options or ImportOptions()
    check_target(out, overwrite=overwrite)
    if options.scheme is not None:
        load_scheme(options.scheme, {"any"})  # a wrong name is told before photos are read
    found = find_files(photos)
    paths = found.photos
    if not paths:
        remedy = "Check the path; JPEG, PNG, WebP, TIFF, BMP, AVIF and HEIC are read."
        raise DatasetError("photos", "none", str(photos), remedy)
    root = photos if photos.is_dir() else photos.parent
    files, unnamed = _nameable({path: path.relative_to(root).as_posix() for path in paths})
    labelling = label_photos(root, list(files.values()), options)
    search = found_search()
    with ExitStack() as stack:
        scratch = None
        if ahead is not None:
            scratch = stack.enter_context(scratch_beside(out))
        examined = examine_files(
            list(files),
            also=ahead(scratch) if ahead is not None and scratch is not None else None,
            search=search,
            n_processes=n_processes,
            progress=progress,
        )
        good = [entry for entry in examined if isinstance(entry, ExaminedPhoto)]
        failures = unnamed + [
            replace(entry, file=file, message=entry.message.replace(escaped(entry.file), file))
            for file, entry in zip(files.values(), examined, strict=True)
            if isinstance(entry, Failure)
        ]
        rows = photo_rows({files[entry.path]: entry for entry in good}, labelling)
        thumbnails = np.array([entry.thumbnail for entry in good], dtype=np.uint8)
        thumbnails = thumbnails.reshape(-1, *THUMBNAIL_SHAPE)  # also where no photo could be read
        features = [entry.features for entry in good if entry.features is not None]
        pairs = find_pairs(rows, thumbnails, features)
        report = _report(rows, failures, pairs, search, labelling, options, found.passed_over)
        write_dataset(
            DatasetContent(
                root,
                rows,
                thumbnails,
                rating_rows(rows, labelling),
                failures,
                pairs,
                search,
                options.as_text(),
                report.to_json(),
            ),
            out,
        )
        if scratch is not None:
            adopt_cache(scratch, out)
    return Imported(load_dataset(out), report)


def _nameable(files: Mapping[Path, str]) -> tuple[dict[Path, str], list[Failure]]:
    """Photos whose names are text; the others cannot stand in a table."""
    named, failures = {}, []
    for path, file in files.items():
        shown = file.encode(errors="backslashreplace").decode()
        if shown == file and not any(mark < " " or mark == "\x7f" for mark in file):
            named[path] = file
        else:
            message = (
                f"Expected a file name in UTF-8 without control characters; found {shown!r}. "
                "Rename the file."
            )
            failures.append(Failure(repr(shown)[1:-1], "unreadable_name", message))
    return named, failures


def _header_remarks(rows: Sequence[PhotoRow]) -> list[str]:
    """Headers with a time that cannot be, in one sentence."""
    remarked = [f"{row.file} ({row.facts.remark})" for row in rows if row.facts.remark]
    return [f"Times left aside: {listed(remarked, most=3)}."] if remarked else []


def _report(
    rows: Sequence[PhotoRow],
    failures: Sequence[Failure],
    pairs: Sequence[DuplicatePair],
    search: CopySearch,
    labelling: Labelling,
    options: ImportOptions,
    passed_over: Mapping[str, int],
) -> ImportReport:
    counts: dict[str, int] = {}
    for row in rows:
        if row.label:
            counts[row.label] = counts.get(row.label, 0) + 1
    left_out: list[PhotoRow] = []
    class_counts: dict[str, int] = {}
    if options.scheme is not None and counts:
        scheme = load_scheme(options.scheme, set(counts))
        left_out = [row for row in rows if row.label and scheme.class_of(row.label) is None]
        class_counts = {
            item.title: sum(counts.get(label, 0) for label in item.members)
            for item in scheme.classes
        }
    return ImportReport(
        imminent=labelling.imminent,
        n_files=len(rows) + len(failures),
        passed_over=passed_over,
        n_photos=len(rows),
        n_unrated=sum(not row.label for row in rows),
        label_counts=ranked_labels(counts),
        class_counts=class_counts,
        labels_from=labelling.source,
        columns=labelling.columns,
        n_matched_by=labelling.n_matched_by,
        n_blank=labelling.n_blank,
        n_not_in_table=labelling.n_not_in_table,
        n_near_duplicate_pairs=len(pairs),
        n_left_apart=len(link_copies(rows, pairs).apart),
        copy_search=search,
        copies_not_looked_for=copies_not_looked_for(search),
        rows_without_photo=labelling.rows_without_photo,
        refused_rows=labelling.refused_rows,
        unread_places=labelling.unread_places,
        table_notes=(*labelling.table_notes, *_header_remarks(rows)),
        taken_for=tuple(
            f"{word!r} -> {label} ({n})" for (word, label), n in labelling.n_taken_for.items()
        ),
        n_no_answer=labelling.n_no_answer,
        n_doubtful=labelling.n_doubtful,
        n_without_tree=sum(not row.tree_id for row in rows),
        n_without_site=sum(not row.site_id for row in rows),
        conflicts=labelling.conflicts,
        unclear_names=labelling.unclear_names,
        unrated_files=tuple(row.file for row in rows if not row.label),
        left_out={
            label: sum(row.label == label for row in left_out)
            for label in sorted({row.label for row in left_out})
        },
        left_out_files=tuple(row.file for row in left_out),
        failures=tuple(f"{failure.file}: {failure.reason}" for failure in failures),
    )
