"""Which maps are to be believed? All checks of `arborisk.explanation.belief`, method by method.

    python benchmarks/belief.py RUN [--of TITLE] [--n-photos 24] [--method gradcam ...]

Photos are of the class asked about, as many as asked for, spread over the run. Two controls stand
beside the methods: edges of the photo, which ask no network, and a blob in the middle, which asks
nothing at all; neither may pass. `activation` and `gradient` are plain: gradient times feature map
(for heads on mean features the exact class activation map) and size of the gradient of the pixels.
Others are those of `arborisk.explanation.attribution`. Figures: docs/believing-a-map.md.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from arborisk.bundle.contrast import Contrast
from arborisk.evaluation.run_photos import RunPhotos, read_run_photos
from arborisk.explanation.belief import (
    Belief,
    DrawnTruth,
    Embedded,
    HeldBack,
    MapMaker,
    check_maps,
    codes_on_array,
    embeddings_of,
    headline,
    read_drawn_trees,
)
from arborisk.explanation.belief.altered import only_last_learnt
from arborisk.explanation.belief.check import spread_out
from arborisk.explanation.belief.maps import centre_blob
from arborisk.explanation.opened import OpenedModel, open_model
from arborisk.preprocess import photo_seed, prepare_file

BATCH = 4
Maps = NDArray[np.float32]


def activation(opened: OpenedModel, arrays: NDArray[np.uint8], contrast: Contrast) -> Maps:
    """Gradient of the score times feature map, summed over the maps."""
    found = []
    for start in range(0, len(arrays), BATCH):
        pictures = opened.pictures(arrays[start : start + BATCH])
        with torch.no_grad():
            maps = [body.features(pictures) for body in opened.bodies]
        for one in maps:
            one.requires_grad_(True)
        score = opened.score_of(opened.log_probability_of_maps(maps), contrast).sum()
        slopes = torch.autograd.grad(score, maps)
        parts = [(one * own).sum(1) for one, own in zip(slopes, maps, strict=True)]
        found.append(torch.stack(parts).sum(0).detach().numpy())
    return np.concatenate(found)


def gradient(opened: OpenedModel, arrays: NDArray[np.uint8], contrast: Contrast) -> Maps:
    """Size of the gradient of the score at each pixel."""
    found = []
    for start in range(0, len(arrays), BATCH):
        pictures = opened.pictures(arrays[start : start + BATCH]).requires_grad_(True)
        (slopes,) = torch.autograd.grad(opened.score(pictures, contrast).sum(), pictures)
        found.append(slopes.abs().sum(1).numpy())
    return np.concatenate(found)


def edges(opened: OpenedModel, arrays: NDArray[np.uint8], contrast: Contrast) -> Maps:
    """Control: edges of the photo."""
    grey = arrays.mean(axis=3, dtype=np.float32)
    return np.hypot(*np.gradient(grey, axis=(1, 2))).astype(np.float32)


def centre(opened: OpenedModel, arrays: NDArray[np.uint8], contrast: Contrast) -> Maps:
    """Control: always the middle."""
    return centre_blob(len(arrays)).astype(np.float32)


OWN: dict[str, MapMaker] = {
    "activation": activation,
    "gradient": gradient,
    "edges": edges,
    "centre": centre,
}


def maker_of(method: str) -> MapMaker:
    """Makes the maps of a method by name."""
    if method in OWN:
        return OWN[method]
    from arborisk.explanation.attribution import attribute

    def make(opened: OpenedModel, arrays: NDArray[np.uint8], contrast: Contrast) -> Maps:
        return np.concatenate(
            [
                attribute(opened, arrays[start : start + BATCH], contrast, method).values
                for start in range(0, len(arrays), BATCH)
            ]
        )

    return make


def checker(
    opened: OpenedModel, photos: RunPhotos, contrast: Contrast, n_photos: int
) -> Callable[[MapMaker], Belief]:
    """Prepares all that the checks need, and gives what runs them."""
    predictions = photos.predictions
    rows = np.flatnonzero(predictions.class_index == contrast.of)
    rows = rows[spread_out(len(rows), n_photos)]
    embedded = None
    if only_last_learnt(opened):
        every = np.stack([prepared(opened, path) for path in photos.paths])
        embedded = Embedded(
            embeddings_of(opened, every, batch=BATCH), predictions.class_index, predictions.group
        )
    arrays = np.stack([prepared(opened, photos.paths[row]) for row in rows])
    truth = truth_of(opened, photos, rows)

    def check(make_maps: MapMaker) -> Belief:
        return check_maps(
            opened,
            arrays,
            contrast,
            make_maps,
            groups=[predictions.group[row] for row in rows],
            held_back=HeldBack(predictions.probability, predictions.class_index, predictions.group),
            embedded=embedded,
            truth=truth,
        )

    return check


def prepared(opened: OpenedModel, path: Path) -> NDArray[np.uint8]:
    """A photo as the network sees it; a random crop follows from its name."""
    return prepare_file(path, opened.preprocess, seed=photo_seed(path.stem.encode().hex()))


def truth_of(
    opened: OpenedModel, photos: RunPhotos, rows: NDArray[np.int64]
) -> list[DrawnTruth] | None:
    """What is known of drawn photos, or None for real ones."""
    if photos.stand is None:
        return None
    trees = read_drawn_trees(photos.stand / "truth.csv")
    found = []
    for row in rows:
        mask = photos.stand / "masks" / f"{photos.paths[row].stem}.png"
        codes = codes_on_array(np.array(Image.open(mask)), opened.preprocess)
        found.append(DrawnTruth(trees[photos.predictions.tree[row]], codes))
    return found


def main() -> None:
    """Checks every method on one run, and prints what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--of", default="", help="class asked about; the last one by default")
    parser.add_argument("--n-photos", type=int, default=24)
    parser.add_argument("--method", action="append", default=[])
    given = parser.parse_args()
    opened, photos = open_model(given.run), read_run_photos(given.run)
    contrast = Contrast.between(opened.titles, given.of or opened.titles[-1])
    print(f"{given.run.name}: why {contrast.title(opened.titles)}?", flush=True)
    check = checker(opened, photos, contrast, given.n_photos)
    for method in given.method or OWN:
        start, processor = time.perf_counter(), time.process_time()
        belief = check(maker_of(method))
        seconds = time.perf_counter() - start, time.process_time() - processor
        print(f"\n== {method}: {headline(belief)}")
        print(*belief.sentences, sep="\n")
        print(f"[{seconds[0]:.0f} s, of the processor {seconds[1]:.0f} s]", flush=True)


if __name__ == "__main__":
    main()
