"""Which maps are to be believed? All checks of `arborisk.explanation.belief`, method by method.

    python benchmarks/belief.py RUN DATASET [--of TITLE] [--n-photos 24] [--method saliency ...]

Photos are of the class asked about, as many as asked for, spread over the run. Methods are those of
`arborisk.explanation.attribution`. Two controls stand beside them: edges of the photo, which ask no
network, and a blob in the middle, which asks nothing at all; neither may pass. Embeddings come from
the data set's cache where training left them. Figures: docs/believing-a-map.md.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from arborisk.bundle.activation_map import Contrast
from arborisk.dataset.loading import load_dataset
from arborisk.evaluation.run_photos import RunPhotos, read_run_photos
from arborisk.explanation.attribution.methods import attribute
from arborisk.explanation.belief.check import HeldBack, MapBelief, check_maps, headline, spread_out
from arborisk.explanation.belief.localisation import CauseTruth, codes_on_array, read_drawn_trees
from arborisk.explanation.belief.maps import MapMaker, centre_blob
from arborisk.explanation.belief.refit import Embedded, only_last_learnt
from arborisk.explanation.opened import OpenedModel, open_model
from arborisk.models.embedding import embed_arrays
from arborisk.preprocess.files import prepare_files

BATCH = 4
Maps = NDArray[np.float32]


def edges(opened: OpenedModel, arrays: NDArray[np.uint8], contrast: Contrast) -> Maps:
    """Control: edges of the photo."""
    grey = arrays.mean(axis=3, dtype=np.float32)
    return np.hypot(*np.gradient(grey, axis=(1, 2))).astype(np.float32)


def centre(opened: OpenedModel, arrays: NDArray[np.uint8], contrast: Contrast) -> Maps:
    """Control: always the middle."""
    return centre_blob(len(arrays)).astype(np.float32)


CONTROLS: dict[str, MapMaker] = {"edges": edges, "centre": centre}
USUAL = ("class_activation", "grad_cam", "grad_cam_pp", "saliency", *CONTROLS)
"""Methods of some passes a photo; the checks make some 200 maps, which takes hours by occlusion."""


def maker_of(method: str) -> MapMaker:
    """Makes the maps of a method by name."""
    if method in CONTROLS:
        return CONTROLS[method]

    def make(opened: OpenedModel, arrays: NDArray[np.uint8], contrast: Contrast) -> Maps:
        return attribute(opened, arrays, contrast, method, batch=BATCH).values

    return make


def checker(
    opened: OpenedModel, run: Path, folder: Path, of: str, n_photos: int
) -> Callable[[MapMaker], MapBelief]:
    """Prepares all that the checks need, and gives what runs them."""
    photos, dataset = read_run_photos(run), load_dataset(folder)
    predictions = photos.predictions
    contrast = Contrast.between(opened.titles, of or opened.titles[-1])
    print(f"{run.name}: why {contrast.title(opened.titles)}?", flush=True)
    sha256_of = {row.file: row.sha256 for row in dataset.photos}
    sha256 = [sha256_of[file] for file in predictions.file]
    arrays = prepare_files(photos.paths, sha256, opened.preprocess, cache_dir=dataset.cache_dir)
    embedded = None
    if only_last_learnt(opened):
        embeddings = embed_arrays(
            arrays,
            sha256=sha256,
            preprocess=opened.preprocess,
            cache_dir=dataset.cache_dir,
            model=opened.model,
        )
        embedded = Embedded(embeddings, predictions.class_index, predictions.group)
    rows = np.flatnonzero(predictions.class_index == contrast.of)
    rows = rows[spread_out(len(rows), n_photos)]
    shown, truth = np.array(arrays[rows]), truth_of(opened, photos, rows)

    def check(make_maps: MapMaker) -> MapBelief:
        return check_maps(
            opened,
            shown,
            contrast,
            make_maps,
            groups=[predictions.group[row] for row in rows],
            held_back=HeldBack(predictions.probability, predictions.class_index, predictions.group),
            embedded=embedded,
            truth=truth,
        )

    return check


def truth_of(
    opened: OpenedModel, photos: RunPhotos, rows: NDArray[np.int64]
) -> list[CauseTruth] | None:
    """What is known of drawn photos, or None for real ones."""
    if photos.stand is None:
        return None
    trees = read_drawn_trees(photos.stand / "truth.csv")
    found = []
    for row in rows:
        mask = photos.stand / "masks" / f"{photos.paths[row].stem}.png"
        codes = codes_on_array(np.array(Image.open(mask)), opened.preprocess)
        found.append(CauseTruth(trees[photos.predictions.tree[row]], codes))
    return found


def main() -> None:
    """Checks every method on one run, and prints what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--of", default="", help="class asked about; the last one by default")
    parser.add_argument("--n-photos", type=int, default=24)
    parser.add_argument("--method", action="append", default=[])
    given = parser.parse_args()
    opened = open_model(given.run)
    check = checker(opened, given.run, given.dataset, given.of, given.n_photos)
    for method in given.method or USUAL:
        start, processor = time.perf_counter(), time.process_time()
        belief = check(maker_of(method))
        seconds = time.perf_counter() - start, time.process_time() - processor
        print(f"\n== {method}: {headline(belief)}")
        print(*belief.sentences, sep="\n")
        print(f"[{seconds[0]:.0f} s, of the processor {seconds[1]:.0f} s]", flush=True)


if __name__ == "__main__":
    main()
