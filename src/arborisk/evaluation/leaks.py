"""Whether photos of one tree, site or picture stand on both sides of a run's split."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from arborisk.errors import DatasetError
from arborisk.evaluation.reading import RETRAIN, read_rows
from arborisk.evaluation.results import Leak
from arborisk.evaluation.run_tables import Predictions

UNUSED = ""
"""Part of a photo that a split leaves out."""


def leak_of(run: Path, predictions: Predictions) -> Leak:
    """Counts the groups that span parts in RUN/split.csv.

    Args:
        run: Run folder.
        predictions: Its predictions; every one must be of a photo of the split.

    Raises:
        DatasetError: The split is missing, lacks a column or does not fit the predictions.
    """
    path = run / "split.csv"
    rows = read_rows(path, ["photo_id", "file", "group", "part"])
    parts: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row["part"] != UNUSED:
            parts[row["group"]].add(row["part"])
    unknown = set(predictions.photo_id) - {row["photo_id"] for row in rows}
    if unknown:
        raise DatasetError(
            "every predicted photo in the split",
            f"{len(unknown)} that are not, for example {min(unknown)!r}",
            str(path),
            RETRAIN,
        )
    spanning = {group for group, its_parts in parts.items() if len(its_parts) > 1}
    protocols = {row.get("protocol", "") for row in rows} - {""}
    return Leak(
        protocol=protocols.pop() if len(protocols) == 1 else "given",
        n_groups_spanning=len(spanning),
        n_photos=sum(row["group"] in spanning for row in rows),
    )
