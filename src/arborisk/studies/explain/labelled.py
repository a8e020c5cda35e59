"""The labelled photos to compare with: a run's own, or the numbers that a bundle remembers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.load import Bundle
from arborisk.bundle.reference import MOST_PHOTOS, Reference
from arborisk.errors import PhotoError
from arborisk.evaluation.run_photos import RunPhotos
from arborisk.explanation.neighbours import LabelledPhotos
from arborisk.photos.files import sha256_of
from arborisk.photos.workers import n_cores
from arborisk.preprocess.prepare import photo_seed, prepare_file
from arborisk.records import Progress


def labelled_photos(
    bundle: Bundle, run_photos: RunPhotos | None, *, progress: Progress | None = None
) -> LabelledPhotos | None:
    """Labelled photos as points in the bundle's own space, or None where it remembers none.

    Args:
        bundle: The model.
        run_photos: Photos of its run, where they are at hand: then neighbours have pictures.
        progress: Called with photos looked at and all.
    """
    reference = bundle.reference
    if reference is None:
        return None
    titles = bundle.description.scheme.scheme.titles
    if run_photos is None:
        return LabelledPhotos.of_reference(reference, titles)
    predictions = run_photos.predictions
    n_photos = len(run_photos.paths)
    rows = np.unique(np.linspace(0, n_photos - 1, min(n_photos, MOST_PHOTOS)).astype(np.int64))
    points: list[NDArray[np.float64]] = []
    kept: list[int] = []
    with ThreadPoolExecutor(n_cores()) as pool:
        jobs = [pool.submit(_point, bundle, reference, run_photos.paths[row]) for row in rows]
        for done, (row, job) in enumerate(zip(rows.tolist(), jobs, strict=True), start=1):
            point = job.result()
            if point is not None:
                points.append(point)
                kept.append(row)
            if progress:
                progress(done, len(rows))
    return LabelledPhotos.of(
        np.array(points).reshape(len(points), -1),
        [predictions.file[row] for row in kept],
        [titles[predictions.class_index[row]] for row in kept],
        [predictions.group[row] for row in kept],
    )


def _point(bundle: Bundle, reference: Reference, path: Path) -> NDArray[np.float64] | None:
    """Place of a photo in the space; None for one that cannot be read."""
    settings = bundle.description.preprocess
    try:
        seed = photo_seed(sha256_of(path)) if settings.crop == "random" else 0
        array = prepare_file(path, settings, seed=seed)
    except PhotoError:
        return None
    point: NDArray[np.float64] = reference.project(bundle.predict(array[None]).embedding)[0]
    return point
