"""The photos of a run again: files, labels, groups, and which member held each of them back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.record import BundleDescription
from arborisk.errors import BundleError, DatasetError, Remedy, option
from arborisk.evaluation.results import SplitLeak
from arborisk.evaluation.run_tables import (
    RETRAIN,
    Predictions,
    RunData,
    read_predictions,
    read_rows,
    read_run_data,
)
from arborisk.records import DRAWN, SplitRow
from arborisk.split.plan import Split, tested_parts
from arborisk.wording.counts import counted

UNUSED = ""
"""Part of a photo that a split leaves out."""


def leak_of(run: Path, predictions: Predictions) -> SplitLeak:
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
    return SplitLeak(
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


@dataclass(frozen=True, slots=True)
class RunPhotos:
    """Photos that a run predicted while they were held back, as far as their files are there.

    Attributes:
        data: What the run was done on.
        predictions: Their rows in RUN/predictions.csv.
        paths: File of each row.
    """

    data: RunData
    predictions: Predictions
    paths: tuple[Path, ...]

    @property
    def is_drawn(self) -> bool:
        """Whether they are of drawn trees: never evidence about real ones."""
        return self.data.source == DRAWN

    @property
    def stand(self) -> Path | None:
        """Folder of the drawn stand that they are from, with masks and the truth, or None."""
        folder = self.data.photo_root.parent
        drawn = self.is_drawn and (folder / "masks").is_dir() and (folder / "truth.csv").is_file()
        return folder if drawn else None

    def members(self, description: BundleDescription) -> NDArray[np.int64]:
        """Member of the bundle that held each photo back, shape (n,); see `members_of`.

        Args:
            description: What the bundle of the run states.
        """
        return members_of(
            self.predictions.round_name, kind=description.kind, n_members=description.n_members
        )

    def chosen(self, n_photos: int, seed: int) -> NDArray[np.int64]:
        """Rows of some photos, as many of each class as there can be, in the order of the rows.

        Rare classes would hardly be seen otherwise.

        Args:
            n_photos: How many at most.
            seed: Of the draw.
        """
        order = np.random.default_rng(seed).permutation(len(self.paths))
        by_class = [
            order[self.predictions.class_index[order] == class_index]
            for class_index in range(len(self.data.scheme.classes))
        ]
        rows_chosen: list[int] = []
        for rank in range(max(map(len, by_class), default=0)):
            rows_chosen += [int(rows[rank]) for rows in by_class if rank < len(rows)]
        return np.sort(np.array(rows_chosen[:n_photos], dtype=np.int64))


def members_of(round_names: Sequence[str], *, kind: str, n_members: int) -> NDArray[np.int64]:
    """Member of a bundle that did not learn from each photo of its run, shape (n,).

    The members of a bundle of folds stand in the order of the folds' numbers; a bundle of one
    hold-out has one member.

    Args:
        round_names: Round in which each photo was held back.
        kind: Of the bundle, see `arborisk.bundle.BundleDescription`.
        n_members: Networks averaged in it.

    Raises:
        BundleError: The bundle learnt from all photos, or has other members than the run rounds.
    """
    rounds = tested_parts(set(round_names))
    if kind == "refit" or len(rounds) != n_members:
        raise BundleError(
            "a bundle with one member for each round of its run",
            f"{counted(n_members, 'member')} ({kind}) and {counted(len(rounds), 'round')}",
            "the run and its bundle",
            Remedy(
                "Train without {}: a model may not be asked of photos that it learnt from.",
                option("--refit", "train"),
            ),
        )
    member_of = {name: number for number, name in enumerate(rounds)}
    return np.array([member_of[name] for name in round_names], dtype=np.int64)


def read_run_photos(run: Path) -> RunPhotos:
    """The photos of a run.

    Args:
        run: Run folder of `arborisk train`.

    Raises:
        DatasetError: It is no run folder, or a photo is not where the run found it; says what to
            do.
    """
    data = read_run_data(run)
    predictions = read_predictions(run, data.scheme)
    paths = tuple(data.photo_root / file for file in predictions.file)
    gone = [path for path in paths if not path.is_file()]
    if gone:
        raise DatasetError(
            "the photos of the run where it found them",
            f"{len(gone)} of {len(paths)} are gone, the first {predictions.file[0]!r}",
            str(data.photo_root),
            "Put them back, or move the run and its photos together.",
        )
    return RunPhotos(data, predictions, paths)
