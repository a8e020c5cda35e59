"""The photos of a run, each with the member of its bundle that did not learn from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from arborisk.errors import PhotoError
from arborisk.evaluation.run_photos import members_of
from arborisk.evaluation.run_tables import read_predictions, read_rows, read_run_data
from arborisk.explanation.belief.localisation import DRAW_AGAIN
from arborisk.explanation.opened import OpenedModel
from arborisk.explanation.parts.part_map import PartMap
from arborisk.explanation.shortcuts.photos import ShortcutPhotos
from arborisk.preprocess.prepare import prepare_file, prepare_image
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.records import DRAWN

TREE_PARTS = ("crown", "bare_wood", "stem")


def photos_of_run(run: Path, opened: OpenedModel) -> tuple[ShortcutPhotos, tuple[str, ...]]:
    """Photos that a run held back, prepared as its model takes them.

    Args:
        run: Run folder.
        opened: Its bundle.

    Returns:
        The photos and the file of each. Photos that can no longer be read are left out.

    Raises:
        BundleError: The bundle was fitted to all photos, so that none was held back.
        DatasetError: The run's tables cannot be read.
    """
    data = read_run_data(run)
    predictions = read_predictions(run, data.scheme)
    member = members_of(
        predictions.round_name,
        kind=opened.bundle.description.kind if opened.bundle else "folds_averaged",
        n_members=len(opened.network.classifiers),
    )
    arrays, rows = [], []
    for row, file in enumerate(predictions.file):
        try:
            arrays.append(prepare_file(data.photo_root / file, opened.preprocess))
            rows.append(row)
        except PhotoError:
            continue
    photos = ShortcutPhotos(
        np.stack(arrays) if arrays else np.empty((0, *opened.preprocess.shape), dtype=np.uint8),
        predictions.class_index[rows],
        tuple(predictions.group[row] for row in rows),
        member[rows],
        drawn=data.source == DRAWN,
    )
    return photos, tuple(predictions.file[row] for row in rows)


def with_stand(
    photos: ShortcutPhotos, files: Sequence[str], stand: Path, preprocess: PreprocessSettings
) -> ShortcutPhotos:
    """The same with outlines and dead shares from the stand that was drawn.

    Args:
        photos: Photos of drawn trees.
        files: File of each.
        stand: Folder of the stand, with ``masks`` and ``truth.csv``.
        preprocess: How arrays are made.
    """
    rows = read_rows(stand / "truth.csv", ["tree_id", "dead_crown_share"], remedy=DRAW_AGAIN)
    dead = {row["tree_id"]: float(row["dead_crown_share"]) for row in rows}
    masks = []
    for file in files:
        codes = np.asarray(Image.open(stand / "masks" / f"{Path(file).stem}.png"))
        blank = np.zeros((*codes.shape, 3), dtype=np.uint8)
        masks.append(tree_mask(PartMap.from_drawn(codes, blank), preprocess))
    shares = [dead.get(Path(file).stem.rpartition("-")[0], np.nan) for file in files]
    return replace(photos, tree_mask=np.stack(masks), dead_share=np.array(shares))


def with_part_maps(
    photos: ShortcutPhotos, maps: Iterable[PartMap | None], preprocess: PreprocessSettings
) -> ShortcutPhotos:
    """The same with outlines and shares of bare wood as read from the photos themselves.

    Photos without a map get an empty outline and an unknown share.

    Args:
        photos: The photos.
        maps: Parts of each whole photo, or None; looked at one by one, so that they need not all be
            in memory.
        preprocess: How arrays are made.
    """
    masks = np.zeros(photos.arrays.shape[:3], dtype=bool)
    shares = np.full(len(photos), np.nan)
    for number, one in enumerate(maps):
        if one is not None:
            masks[number], shares[number] = tree_mask(one, preprocess), bare_share(one)
    return replace(photos, tree_mask=masks, dead_share=shares, wood="dead or bare wood")


def tree_mask(parts: PartMap, preprocess: PreprocessSettings) -> NDArray[np.bool_]:
    """Where the tree is, on the grid of the array, shape (size, size)."""
    whole = np.any([parts.is_part(name) for name in TREE_PARTS], axis=0)
    image = Image.fromarray(whole.astype(np.uint8) * 255)
    grey = preprocess.model_copy(update={"channels": 1})
    return np.asarray(prepare_image(image, grey)[..., 0] > 127)


def bare_share(parts: PartMap) -> float:
    """Bare wood over bare wood and leaf, 0 to 1; NaN where neither is seen.

    Out of leaf, living twigs are bare as well: then it says nothing of dead wood.
    """
    bare, leaf = parts.is_part("bare_wood").sum(), parts.is_part("crown").sum()
    return float(bare / (bare + leaf)) if bare + leaf else float("nan")
