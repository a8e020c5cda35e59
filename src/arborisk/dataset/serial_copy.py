"""The deck's serially named set: ``probable-1.jpg``, ``probable-2.jpg``, ..."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from pathlib import Path

from arborisk.dataset.rows import to_csv
from arborisk.dataset.table import Dataset
from arborisk.errors import DatasetError, Remedy, option
from arborisk.leftovers import scratch_beside
from arborisk.tables.table import words_of

INDEX = "serial-names.csv"


def check_serial_target(target: Path, photos: Path) -> None:
    """Refuses a folder that is in use, or that the next import would find photos in.

    Raises:
        DatasetError: As said; says to choose another folder.
    """
    remedy = Remedy("Choose a new folder with {}.", option("--serial-copy", "dataset import"))
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise DatasetError("a new or empty folder", "something in it", str(target), remedy)
    if target.resolve().is_relative_to(photos.resolve()):
        raise DatasetError("a folder outside PHOTOS", "one inside", str(target), remedy)


def copy_serially(dataset: Dataset, target: Path) -> int:
    """Copies rated photos under serial names, numbered by file name within each label.

    The files are copied byte by byte, so their time, place and orientation stay. Beside them,
    ``serial-names.csv`` says which file each came from. Unrated photos are not copied.

    Returns:
        Number of photos copied.

    Raises:
        DatasetError: The target is in use, or lies inside the photo folder.
    """
    check_serial_target(target, dataset.root)
    n_of_label: dict[str, int] = defaultdict(int)
    names = []
    with scratch_beside(target) as new:
        for row in dataset.photos:
            if not row.label:
                continue
            word = "-".join(words_of(row.label)) or "label"
            n_of_label[word] += 1
            name = f"{word}-{n_of_label[word]}{Path(row.file).suffix.lower()}"
            shutil.copy2(dataset.path_of(row), new / name)
            names.append((name, row.file, row.label))
        (new / INDEX).write_bytes(to_csv(("file", "original", "label"), names))
        os.replace(new, target)
    return len(names)
