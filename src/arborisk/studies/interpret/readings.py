"""What is read off the photos once, and used by several chapters: parts, outlines, measures."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

import arborisk
from arborisk.explanation.measures.measure import measure_tree
from arborisk.explanation.measures.table import MEASURES, TreeMeasures
from arborisk.explanation.parts.part_map import PartMap
from arborisk.explanation.parts.reader import PartsReader
from arborisk.explanation.parts.shares import photo_shares
from arborisk.explanation.shortcuts.run_photos import bare_share, tree_mask
from arborisk.files import write_text_whole, written_whole
from arborisk.records import Progress
from arborisk.report.interpret_page import Chapter
from arborisk.studies.interpret.subject import InterpretOptions, Subject, own_class_maps
from arborisk.text_files import read_json

CHAPTERS = "chapters"


def fingerprint(content: dict[str, JsonValue]) -> str:
    """Hash of all that decides a chapter; the version of arborisk is part of it."""
    whole = {"arborisk": arborisk.__version__, **content}
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def keep_chapter(folder: Path, chapter: Chapter, mark: str) -> None:
    """Writes a finished chapter.

    Args:
        folder: Folder of the report.
        chapter: The chapter.
        mark: Its `fingerprint`.
    """
    content = {"fingerprint": mark, **asdict(chapter)}
    write_text_whole(_path(folder, chapter.name), json.dumps(content, ensure_ascii=False))


def kept_chapter(folder: Path, name: str, mark: str) -> Chapter | None:
    """A chapter that an earlier run finished with the same fingerprint, or None.

    Args:
        folder: Folder of the report.
        name: Name of the chapter.
        mark: Its `fingerprint`.
    """
    path = _path(folder, name)
    if not path.is_file():
        return None
    content = read_json(path, "a finished chapter")
    if content.pop("fingerprint", None) != mark:
        return None
    listed = ("uses", "ignores", "disagrees", "cautions")
    return Chapter(**{**content, **{key: tuple(content[key]) for key in listed}})


def _path(folder: Path, name: str) -> Path:
    """File of a chapter."""
    return folder / CHAPTERS / f"{name}.json"


FILE = "readings.npz"
MEASURE_NAMES = tuple(kind.name for kind in MEASURES)


SIDED = ("lean_deg", "crown_asymmetry")
"""Measures whose sign is a side: their size is what a score might follow."""


@dataclass(frozen=True, slots=True)
class Readings:
    """What was read off each photo; row i is photo i of the subject.

    Attributes:
        positive: Share of each part of what speaks for the photo's own class, NaN where nothing
            does, shape (n, n_parts).
        absolute: The same of all attribution, whatever its sign.
        area: Share of each part of what the network saw.
        tree_mask: Where the tree is, on the grid of the arrays, shape (n, size, size).
        bare_share: Bare wood over bare wood and leaf, NaN where neither is seen, shape (n,).
        measures: By `MEASURE_NAMES`, NaN where not measurable, shape (n, n_measures).
    """

    positive: NDArray[np.float64]
    absolute: NDArray[np.float64]
    area: NDArray[np.float64]
    tree_mask: NDArray[np.bool_]
    bare_share: NDArray[np.float64]
    measures: NDArray[np.float64]


def readings_of(
    subject: Subject, options: InterpretOptions, out: Path, progress: Progress
) -> Readings:
    """Reads every photo of a subject, or takes what an earlier run read.

    Args:
        subject: Model and photos.
        options: What is asked.
        out: Folder of the report.
        progress: Called with photos read and all.
    """
    mark = fingerprint(
        {
            "bundle_id": subject.opened.own_bundle.bundle_id,
            "files": list(subject.files),
            **options.as_json(),
            "chapters": [],
        }
    )
    path = out / FILE
    if path.is_file():
        with np.load(path) as kept:
            if str(kept["mark"]) == mark:
                return Readings(**{name: kept[name] for name in Readings.__slots__})
    maps = own_class_maps(subject, options.method)
    reader = PartsReader.load()
    rows = []
    for number, photo in enumerate(subject.paths):
        parts = reader.read(photo)
        rows.append(_row(subject, maps[number], parts))
        progress(number + 1, len(subject.paths))
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    found = Readings(*columns)
    values = {name: getattr(found, name) for name in Readings.__slots__}
    with written_whole(path) as temporary:
        np.savez(temporary, mark=np.array(mark), **values)
    return found


def _row(subject: Subject, values: NDArray[np.float32], parts: PartMap) -> tuple[object, ...]:
    """One photo, in the order of the columns."""
    preprocess = subject.opened.preprocess
    shares = photo_shares(values, parts, preprocess)
    measured = measure_tree(parts)
    return (*shares, tree_mask(parts, preprocess), bare_share(parts), _values(measured))


def _values(measured: TreeMeasures) -> list[float]:
    """Values of all measures, NaN where there is none; to which side a tree leans is no matter."""
    values = [measured[name].value for name in MEASURE_NAMES]
    return [
        float("nan") if value is None else abs(value) if name in SIDED else value
        for name, value in zip(MEASURE_NAMES, values, strict=True)
    ]
