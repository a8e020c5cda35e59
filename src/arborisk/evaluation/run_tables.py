"""Predictions and history of a run: RUN/predictions.csv and RUN/history.csv, read and checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arborisk.dataset.schemes import ClassScheme
from arborisk.errors import DatasetError
from arborisk.evaluation.reading import RETRAIN, read_rows
from arborisk.metrics.sums import predicted_class

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
