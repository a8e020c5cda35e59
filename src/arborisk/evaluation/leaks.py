"""Whether photos of one tree, site or picture stand on both sides of a run's split."""

from __future__ import annotations

from pathlib import Path

from arborisk.errors import DatasetError
from arborisk.evaluation.reading import RETRAIN, read_rows
from arborisk.evaluation.results import Leak
from arborisk.evaluation.run_tables import Predictions
from arborisk.records import SplitRow
from arborisk.split.plan import Split

UNUSED = ""
"""Part of a photo that a split leaves out."""


def leak_of(run: Path, predictions: Predictions) -> Leak:
    """Counts what stands on both sides of RUN/split.csv: groups, and trees and sites apart.

    Args:
        run: Run folder.
        predictions: Its predictions; every one must be of a photo of the split.

    Raises:
        DatasetError: The split is missing, lacks a column or does not fit the predictions.
    """
    path = run / "split.csv"
    rows = read_rows(path, ["photo_id", "file", "group", "part"])
    unknown = set(predictions.photo_id) - {row["photo_id"] for row in rows}
    if unknown:
        raise DatasetError(
            "every predicted photo in the split",
            f"{len(unknown)} that are not, for example {min(unknown)!r}",
            str(path),
            RETRAIN,
        )
    used = tuple(
        SplitRow(
            *(row["photo_id"], row["file"], row["group"], row["part"]),
            tree_id=row.get("tree_id", ""),
            site_id=row.get("site_id", ""),
        )
        for row in rows
        if row["part"] != UNUSED
    )
    split = Split(used, "given", 0, ())
    spanning = set(split.leaking_groups())
    protocols = {row.get("protocol", "") for row in rows} - {""}
    return Leak(
        protocol=protocols.pop() if len(protocols) == 1 else "given",
        n_groups_spanning=len(spanning),
        n_photos=sum(row.group in spanning for row in used),
        n_trees_apart=len(split.trees_apart()),
        n_sites_apart=len(split.sites_apart()),
        n_photos_used=len(used),
        n_photos_alone=sum(
            not row["tree_id"] and not row["site_id"]
            for row in rows
            if row["part"] != UNUSED and "tree_id" in row and "site_id" in row
        ),
    )
