"""Predictions and history of a run: RUN/predictions.csv and RUN/history.csv, read and checked."""

from __future__ import annotations

import json
import os
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arborisk.dataset.schemes import ClassScheme, SchemeClass
from arborisk.errors import DatasetError, Remedy, command
from arborisk.files import write_text_whole
from arborisk.metrics.scores import predicted_class
from arborisk.tables.write import exact_rows
from arborisk.wording.counts import counted

RETRAIN = Remedy("Run {} again, or restore the file.", command("train"))


def read_rows(path: Path, columns: Sequence[str], *, remedy: str = RETRAIN) -> list[dict[str, str]]:
    """Rows of a CSV file that must hold certain columns.

    Args:
        path: The file.
        columns: Columns that must be there; others are read as well.
        remedy: What to do when it cannot be read.

    Raises:
        DatasetError: The file is missing, lacks a column, or a row is too short; says which.
    """
    try:
        rows = exact_rows(read_text(path, remedy=remedy))
    except ValueError as error:
        raise DatasetError("a CSV file", str(error), str(path), remedy) from error
    header = rows[0] if rows else []
    missing = [name for name in columns if name not in header]
    if missing:
        raise DatasetError(
            f"the columns {', '.join(columns)}", f"none named {missing}", str(path), remedy
        )
    body = rows[1:]
    for number, row in enumerate(body, start=2):
        if len(row) != len(header):
            raise DatasetError(
                f"{counted(len(header), 'cell')}", f"{len(row)}", f"{path}, line {number}", remedy
            )
    return [dict(zip(header, row, strict=True)) for row in body]


def read_text(path: Path, *, remedy: str = RETRAIN) -> str:
    """Text of a file of a run folder.

    Args:
        path: The file.
        remedy: What to do when it cannot be read.

    Raises:
        DatasetError: The file is missing or is no text; says what to do.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise DatasetError(
            f"a file {path.name}", "no such file", str(path.parent), remedy
        ) from error
    except (UnicodeDecodeError, OSError) as error:
        raise DatasetError("text in UTF-8", str(error), str(path), remedy) from error


@dataclass(frozen=True, slots=True)
class RunData:
    """The data of a run, as far as its settings do not say.

    Attributes:
        scheme: Classes with their titles and members, ascending by likelihood when ordered.
        dataset: Name of the data set.
        dataset_hash: Hash of its photos and labels.
        photo_root: Folder that the files of predictions.csv are relative to.
        source: `arborisk.records.DRAWN` for drawn trees, else "".
        n_tuned_on: Photos of the run that its settings were chosen on by a search.
        n_photos: Photos of the run, to compare with; 0 where it is not known.
        counts_classes_alike: Whether the model was trained as if all classes were equally common.
    """

    scheme: ClassScheme
    dataset: str
    dataset_hash: str
    photo_root: Path
    source: str = ""
    n_tuned_on: int = 0
    n_photos: int = 0
    counts_classes_alike: bool = False


@dataclass(frozen=True, slots=True)
class RunConfig:
    """What a run was asked to do.

    Attributes:
        model: Name of the model.
        size_px: Side of the square the network sees, in pixels, if stated.
        values: All settings, nested as in the file.
        data: What it was done on.
    """

    model: str
    size_px: int | None
    values: Mapping[str, Any]
    data: RunData

    @property
    def scheme(self) -> ClassScheme:
        """Classes of the run."""
        return self.data.scheme


def write_run_data(data: RunData, run: Path) -> Path:
    """Writes RUN/data.json and gives its path.

    Args:
        data: The data of the run. Its photo root is written relative to the run folder, so that
            both can be moved together.
        run: Run folder.
    """
    path = run / "data.json"
    content = asdict(data)
    content["photo_root"] = os.path.relpath(data.photo_root, run)
    write_text_whole(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    return path


def read_run_data(run: Path) -> RunData:
    """Reads RUN/data.json.

    Raises:
        DatasetError: The file is missing or holds something else; says what to do.
    """
    path = run / "data.json"
    try:
        content = json.loads(read_text(path))
        scheme = content["scheme"]
        classes = tuple(
            SchemeClass(str(item["name"]), str(item["title"]), tuple(map(str, item["members"])))
            for item in scheme["classes"]
        )
        data = RunData(
            ClassScheme(str(scheme["name"]), classes, bool(scheme["ordered"])),
            dataset=str(content["dataset"]),
            dataset_hash=str(content["dataset_hash"]),
            photo_root=(run / str(content["photo_root"])).resolve(),
            source=str(content["source"]),
            n_tuned_on=int(content.get("n_tuned_on", 0)),  # runs before `tune` do not state it
            n_photos=int(content.get("n_photos", 0)),
            counts_classes_alike=bool(content.get("counts_classes_alike", False)),
        )
    except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise DatasetError(
            "the scheme, data set, its hash, photo_root and source of a run",
            f"a problem: {error!r}",
            str(path),
            RETRAIN,
        ) from error
    if len(classes) < 2:
        raise DatasetError("two classes or more", f"{len(classes)}", str(path), RETRAIN)
    return data


def read_config(run: Path) -> RunConfig:
    """Reads RUN/config.toml and RUN/data.json.

    Raises:
        DatasetError: A file is missing, is not in its format, or names no model; says what to do.
    """
    path = run / "config.toml"
    try:
        values = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise DatasetError("TOML", str(error), str(path), RETRAIN) from error
    model = values.get("model")
    if not isinstance(model, str):
        raise DatasetError("the name of a model", repr(model), f"{path}, model", RETRAIN)
    preprocess = values.get("preprocess", {})
    size_px = preprocess.get("size_px") if isinstance(preprocess, dict) else None
    return RunConfig(
        model=model,
        size_px=size_px if isinstance(size_px, int) else None,
        values=values,
        data=read_run_data(run),
    )


PROBABILITY_SUM_TOLERANCE = 1e-3
"""Probabilities are written with a few decimals; a row may miss 1 by this much."""


@dataclass(frozen=True, slots=True)
class Predictions:
    """Out-of-fold or validation predictions, one row a photo, rows in the file's order.

    Attributes:
        photo_id: Photo of each row.
        file: Path of each photo relative to the photo root.
        group: Tree, site or near-duplicate cluster that the split kept whole.
        round_name: Round in which the photo was held back.
        label: The label as people wrote it.
        class_index: True class, shape (n,).
        probability: Of each class, rows sum to 1, shape (n, k).
        prior: Share of each class in the training part of the row's round, shape (n, k).
        tree: Tree of each photo, "" where none is stated.
    """

    photo_id: tuple[str, ...]
    file: tuple[str, ...]
    group: tuple[str, ...]
    round_name: tuple[str, ...]
    label: tuple[str, ...]
    class_index: NDArray[np.int64]
    probability: NDArray[np.float64]
    prior: NDArray[np.float64]
    tree: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.tree:
            object.__setattr__(self, "tree", ("",) * len(self.file))

    @property
    def said(self) -> NDArray[np.int64]:
        """Class with the largest probability, the likelier one on a tie, shape (n,)."""
        return predicted_class(self.probability)


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One epoch of one round. Losses and accuracy are NaN where they were not measured.

    Attributes:
        round_name: Round of the split.
        epoch: Counted from 1.
        train_loss: Mean loss over the training part.
        validation_loss: Mean loss over the photos held back.
        validation_accuracy: Share of the photos held back that were told right, 0 to 1.
    """

    round_name: str
    epoch: int
    train_loss: float
    validation_loss: float
    validation_accuracy: float


def read_predictions(run: Path, scheme: ClassScheme) -> Predictions:
    """Reads RUN/predictions.csv and checks every row of it.

    Args:
        run: Run folder.
        scheme: Classes that the columns ``p_<name>`` and ``prior_<name>`` are read for.

    Raises:
        DatasetError: The file is missing or empty, a column is missing, a photo stands twice, a
            class is unknown, or a probability is none; names the row.
    """
    path = run / "predictions.csv"
    names = scheme.names
    p_columns = [f"p_{name}" for name in names]
    prior_columns = [f"prior_{name}" for name in names]
    needed = ["photo_id", "file", "group", "round", "label", "class", *p_columns, *prior_columns]
    rows = read_rows(path, needed)
    if not rows:
        raise DatasetError("at least one prediction", "an empty table", str(path), RETRAIN)
    photo_id = tuple(row["photo_id"] for row in rows)
    commonest, n_times = Counter(photo_id).most_common(1)[0]
    if n_times > 1:
        found = f"{commonest!r} {n_times} times"
        raise DatasetError("each photo once", found, str(path), RETRAIN)
    unknown = {row["class"] for row in rows} - set(names)
    if unknown:
        raise DatasetError(
            f"the classes {', '.join(names)}", ", ".join(sorted(unknown)), str(path), RETRAIN
        )
    return Predictions(
        photo_id=photo_id,
        file=tuple(row["file"] for row in rows),
        group=tuple(row["group"] for row in rows),
        round_name=tuple(row["round"] for row in rows),
        label=tuple(row["label"] for row in rows),
        class_index=np.array([names.index(row["class"]) for row in rows], dtype=np.int64),
        probability=_shares(rows, p_columns, path),
        prior=_shares(rows, prior_columns, path),
        tree=tuple(row.get("tree_id", "") for row in rows),  # runs made before do not state it
    )


def _shares(
    rows: Sequence[Mapping[str, str]], columns: Sequence[str], path: Path
) -> NDArray[np.float64]:
    """Columns of shares as an array (n, k) whose rows sum to exactly 1."""
    try:
        shares = np.array([[float(row[name]) for name in columns] for row in rows])
    except ValueError as error:
        raise DatasetError("numbers", str(error), f"{path}, {columns}", RETRAIN) from error
    total = shares.sum(axis=1)
    wrong = ~np.isclose(total, 1.0, atol=PROBABILITY_SUM_TOLERANCE) | (shares < 0).any(axis=1)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise DatasetError(
            "shares of at least 0 that sum to 1",
            ", ".join(f"{name} {value}" for name, value in zip(columns, shares[row], strict=True)),
            f"{path}, line {row + 2}",
            RETRAIN,
        )
    return np.asarray(shares / total[:, None], dtype=np.float64)


def read_history(run: Path) -> tuple[HistoryRow, ...]:
    """Reads RUN/history.csv; empty for a model that is not trained in epochs.

    Raises:
        DatasetError: The file is missing, lacks a column or holds something else than numbers.
    """
    path = run / "history.csv"
    columns = ["round", "epoch", "train_loss", "validation_loss", "validation_accuracy"]
    rows = read_rows(path, columns)
    try:
        return tuple(
            HistoryRow(
                row["round"],
                int(row["epoch"]),
                *(float(row[name]) if row[name] else float("nan") for name in columns[2:]),
            )
            for row in rows
        )
    except ValueError as error:
        raise DatasetError("numbers", str(error), str(path), RETRAIN) from error
