"""What a run works on: labelled photos, their groups, and who is held back when."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arborisk.agreement.predictions import consensus_shares
from arborisk.bundle.record import SchemeRecord
from arborisk.dataset.copy_links import links_of
from arborisk.dataset.loading import load_dataset
from arborisk.dataset.schemes import ClassScheme, load_scheme
from arborisk.dataset.table import Dataset, LabelledPhotos, apply_scheme
from arborisk.errors import Remedy, SettingsError, option
from arborisk.records import DRAWN
from arborisk.split.files import read_split
from arborisk.split.groups import group_photos, link_notes
from arborisk.split.leaky import make_deck_holdout
from arborisk.split.make import make_folds, make_holdout
from arborisk.split.plan import Split
from arborisk.studies.settings import RunSettings


def class_shares(dataset: Dataset, labelled: LabelledPhotos) -> NDArray[np.float64]:
    """Share of each class in the ratings of each photo.

    A photo's own ratings count, or, where it has none, those of its tree. Ratings that the scheme
    leaves out do not count; a photo without any that does is all of its agreed class.

    Args:
        dataset: With ratings.
        labelled: Its photos that have a class.

    Returns:
        Rows sum to 1, shape (n_photos, n_classes).

    Raises:
        SettingsError: The data set has no ratings; says what to do.
    """
    if not dataset.ratings:
        raise SettingsError(
            expected="ratings of several raters, for labels 'raters'",
            found="none: the labels came without a table",
            where=str(dataset.folder),
            remedy=Remedy(
                "Import with {}, one row a rating or one column a rater, or learn the agreed "
                "labels ({}).",
                option("--labels TABLE", "train"),
                option("--labels agreed", "train"),
            ),
        )
    scheme = labelled.scheme
    of_photo: dict[str, list[int]] = defaultdict(list)
    of_tree: dict[str, list[int]] = defaultdict(list)
    for rating in dataset.ratings:
        said = scheme.class_of(rating.label)
        if said is not None:
            of_photo[rating.photo_id].append(said)
            of_tree[rating.tree_id].append(said)
    n_classes = len(scheme.classes)
    shares = np.eye(n_classes)[labelled.class_index]
    for place, row in enumerate(labelled.rows):
        said_of = of_photo.get(row.photo_id) or (of_tree.get(row.tree_id) if row.tree_id else None)
        if said_of:
            shares[place] = np.bincount(said_of, minlength=n_classes) / len(said_of)
    return shares


@dataclass(frozen=True, slots=True)
class Task:
    """Labelled photos with a split.

    Attributes:
        dataset: The data set.
        labelled: Its photos that the scheme has a class for; row i is row i of `split`.
        groups: Name of the largest thing kept whole, per row.
        split: Who is held back when.
        class_share: What is learnt of each photo where it is not its agreed class alone: shares of
            the classes in its ratings, shape (n, n_classes), or None.
    """

    dataset: Dataset
    labelled: LabelledPhotos
    groups: tuple[str, ...]
    split: Split
    class_share: NDArray[np.float64] | None = None

    @property
    def scheme(self) -> ClassScheme:
        """Class scheme of the task."""
        return self.labelled.scheme

    @property
    def class_index(self) -> NDArray[np.int64]:
        """True class per row, shape (n,)."""
        return self.labelled.class_index

    @property
    def paths(self) -> list[Path]:
        """Photo file per row."""
        return [self.dataset.path_of(row) for row in self.labelled.rows]

    @property
    def is_drawn(self) -> bool:
        """Whether any photo is of a drawn tree: never evidence about real ones."""
        return any(row.source == DRAWN for row in self.labelled.rows)


def make_task(dataset_folder: Path, settings: RunSettings) -> Task:
    """Loads a data set, applies the scheme, and makes or reads the split.

    Raises:
        DatasetError: The data set or the scheme cannot be used.
        SplitError: No valid split exists, or the given one does not fit.
        SettingsError: Raters are to be learnt from, and there are none; or a last layer for ordered
            classes is asked for, and these have no order.
    """
    dataset = load_dataset(dataset_folder)
    scheme = load_scheme(settings.scheme, {row.label for row in dataset.photos if row.label})
    labelled = apply_scheme(dataset, scheme)
    _refuse_unordered(scheme, settings)
    SchemeRecord.of(scheme)  # a name that no bundle can hold is refused before training
    trusted = settings.split.trust_tree_ids
    links = links_of(dataset, trust_tree_ids=trusted)
    groups = group_photos(labelled.rows, links.pairs, by=settings.split.by)
    share = _shares(dataset, labelled, settings)
    split = _split(dataset, labelled, groups, settings)
    notes = (*split.notes, *link_notes(links, trusted=trusted or split.trust_tree_ids))
    split = replace(split, notes=notes, trust_tree_ids=trusted or split.trust_tree_ids)
    return _ordered_like(split, Task(dataset, labelled, groups, split, share))


def _shares(
    dataset: Dataset, labelled: LabelledPhotos, settings: RunSettings
) -> NDArray[np.float64] | None:
    """What is learnt of each photo where it is not its agreed class alone."""
    if settings.labels == "agreed":
        if settings.consensus:
            raise SettingsError(
                "labels 'raters' with a consensus",
                "labels 'agreed'",
                "settings, consensus",
                Remedy("Add {}, or leave the consensus out.", option("--labels raters", "train")),
            )
        return None
    if settings.consensus:
        return consensus_shares(Path(settings.consensus), labelled)
    return class_shares(dataset, labelled)


def _refuse_unordered(scheme: ClassScheme, settings: RunSettings) -> None:
    """Classes without an order have no steps for an ordinal last layer to learn."""
    if settings.output != "nominal" and not scheme.ordered:
        raise SettingsError(
            f"classes with an order for the output {settings.output!r}",
            f"scheme {scheme.name!r}, whose classes have none",
            "settings, output",
            Remedy(
                "Use {}, or a scheme file with ordered = true.", option("--output nominal", "train")
            ),
        )


def _split(
    dataset: Dataset, labelled: LabelledPhotos, groups: tuple[str, ...], settings: RunSettings
) -> Split:
    """The split that the settings ask for."""
    rows, class_index, wanted = labelled.rows, labelled.class_index, settings.split
    if wanted.file:
        return read_split(Path(wanted.file), dataset, rows, groups)
    if wanted.protocol == "deck":
        return make_deck_holdout(
            rows, class_index, groups, test_share=wanted.test_share, seed=settings.seed
        )
    if wanted.folds:
        return make_folds(rows, class_index, groups, n_folds=wanted.folds, seed=settings.seed)
    return make_holdout(rows, class_index, groups, test_share=wanted.test_share, seed=settings.seed)


def _ordered_like(split: Split, task: Task) -> Task:
    """The task with its photos in the split's order; photos without a part are left out."""
    position = {row.photo_id: index for index, row in enumerate(task.labelled.rows)}
    order = [position[row.photo_id] for row in split.rows]
    labelled = replace(
        task.labelled,
        rows=tuple(task.labelled.rows[index] for index in order),
        class_index=task.labelled.class_index[order],
    )
    share = None if task.class_share is None else task.class_share[order]
    return Task(task.dataset, labelled, tuple(row.group for row in split.rows), split, share)
