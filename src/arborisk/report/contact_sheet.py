"""A few photos of each label, evenly taken, so that a person sees what the data look like."""

from __future__ import annotations

from dataclasses import dataclass

from arborisk.dataset.table import Dataset
from arborisk.report.content import ClassEntry
from arborisk.report.style import class_mark
from arborisk.report.thumbnails import thumbnail_uri

SHEET_LONG_SIDE_PX = 170


@dataclass(frozen=True, slots=True)
class ContactPhoto:
    """One photo of the sheet, as a data URI where it can be read."""

    file: str
    uri: str | None
    entry: ClassEntry


def contact_sheet(dataset: Dataset, labels: list[str], *, n_per_label: int) -> list[ContactPhoto]:
    """Photos of each label, spread evenly over the data set.

    Args:
        dataset: The data set.
        labels: Labels in the order to be shown.
        n_per_label: Largest number of photos a label.
    """
    sheet = []
    for rank, label in enumerate(labels):
        rows = [row for row in dataset.photos if row.label == label]
        step = max(1, len(rows) // n_per_label)
        entry = ClassEntry(label, class_mark(label, rank))
        for row in rows[::step][:n_per_label]:
            uri = thumbnail_uri(dataset.path_of(row), long_side_px=SHEET_LONG_SIDE_PX)
            sheet.append(ContactPhoto(row.file, uri, entry))
    return sheet
