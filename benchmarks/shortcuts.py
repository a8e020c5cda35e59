"""Shortcut tests and concept directions of a run; and whether a planted stamp is found.

    python benchmarks/shortcuts.py RUN [STAND] [--of TITLE] [--against TITLE]
    python benchmarks/shortcuts.py RUN --read-parts [--of TITLE]
    python benchmarks/shortcuts.py RUN --concepts 30
    python benchmarks/shortcuts.py RUN STAND --stamp TITLE

RUN is a run folder with its bundle, its photos still where they were. STAND, for drawn trees, is
the folder that `arborisk learn simulate` wrote: it gives outlines and dead shares; with
`--read-parts` both are read from the photos. Prints what each shortcut test says. With
`--concepts N` it draws N pairs of pictures for each concept instead, and prints what the network
makes of them.

With `--stamp TITLE` the photos of that class get a small stamp in the lower right corner, the
default model is trained anew on all, by the same rounds as RUN, and is tested: it must be caught.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from arborisk.bundle.activation_map import Contrast
from arborisk.evaluation.run_tables import read_run_data
from arborisk.explanation.concepts.sets import drawn_concepts
from arborisk.explanation.concepts.testing import concept_tests
from arborisk.explanation.opened import OpenedModel, open_model
from arborisk.explanation.parts.reader import PartsReader
from arborisk.explanation.shortcuts.material import Shortcuts
from arborisk.explanation.shortcuts.photos import ShortcutPhotos
from arborisk.explanation.shortcuts.run_photos import photos_of_run, with_part_maps, with_stand
from arborisk.explanation.shortcuts.testing import shortcut_tests

STAMP_SHARE = 1 / 14
"""Side of the planted stamp over the side of the picture: 0.5 % of the picture."""


def print_shortcuts(found: Shortcuts) -> None:
    print(f"\n{found.contrast_title}: {found.n_photos} photos of {found.n_groups} groups", end="")
    print(" (drawn trees)" if found.drawn else "")
    print(found.headline)
    for item in found.findings:
        print(f"- {item.title}: {item.standing.upper()}\n  {item.sentence}")
        if item.places is not None:
            print(np.array2string(100 * item.places.share, precision=0, suppress_small=True))


def stamped(photos: ShortcutPhotos, class_index: int) -> ShortcutPhotos:
    """Photos of one class with a chequered stamp a little inside the lower right corner."""
    size = photos.size_px
    side, edge = round(STAMP_SHARE * size), round(0.02 * size)
    stamp = (np.add.outer(np.arange(side) // 4, np.arange(side) // 4) % 2 * 255).astype(np.uint8)
    arrays = photos.arrays.copy()
    place = slice(size - edge - side, size - edge)
    arrays[photos.class_index == class_index, place, place] = stamp[..., None]
    return replace(photos, arrays=arrays)


def retrained(opened: OpenedModel, photos: ShortcutPhotos) -> OpenedModel:
    """A frozen model whose last layers are fitted anew, each to what its fold did not hold back."""
    from sklearn.linear_model import LogisticRegression

    from arborisk.models.averaged import AveragedNetwork

    body = opened.bodies[0]
    points = []
    with torch.inference_mode():
        for start in range(0, len(photos), 16):
            pictures = opened.pictures(photos.arrays[start : start + 16])
            points.append(body.pool(body.features(pictures)).numpy())
    points = np.concatenate(points)
    centre, spread = points.mean(axis=0), points.std(axis=0) + 1e-6
    members = []
    for member in range(len(opened.network.classifiers)):
        learnt = photos.member != member
        model = LogisticRegression(C=0.01, class_weight="balanced", max_iter=2000)
        model.fit(((points - centre) / spread)[learnt], photos.class_index[learnt])
        weight = model.coef_ / spread
        head = torch.nn.Linear(points.shape[1], opened.n_classes)
        with torch.no_grad():
            head.weight.copy_(torch.from_numpy(weight))
            head.bias.copy_(torch.from_numpy(model.intercept_ - weight @ centre))
        members.append(body.with_classifier(head))
    network = AveragedNetwork(members, opened.preprocess)
    return replace(opened, network=network)  # its file still gives the same embedding


def look_for_concepts(
    opened: OpenedModel, photos: ShortcutPhotos, contrast: Contrast, n_pairs: int
) -> None:
    """Draws the concepts and prints what the network makes of them."""
    sets = drawn_concepts(opened.preprocess, n_pairs=n_pairs, seed=0, progress=_progress)
    of_class = photos.arrays[photos.class_index == contrast.of]
    found = concept_tests(opened, of_class, contrast, sets, seed=0)
    print(f"\n{found.contrast_title}; {n_pairs} drawn pairs a concept")
    print("The score grows the same way at every photo." if found.constant else "")
    for item in found.findings:
        print(f"- {item.title}, {item.layer}: {item.standing.upper()}\n  {item.sentence}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("stand", type=Path, nargs="?")
    parser.add_argument("--of", default="")
    parser.add_argument("--against", default="")
    parser.add_argument("--pairs", type=int, default=80)
    parser.add_argument("--stamp", default="")
    parser.add_argument("--read-parts", action="store_true")
    parser.add_argument("--concepts", type=int, default=0, metavar="N")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    opened = open_model(asked.run)
    photos, files = photos_of_run(asked.run, opened)
    contrast = Contrast.between(opened.titles, asked.of or opened.titles[-1], asked.against or None)
    if asked.concepts:
        look_for_concepts(opened, photos, contrast, asked.concepts)
        return
    if asked.stand is not None:
        photos = with_stand(photos, files, asked.stand, opened.preprocess)
    if asked.read_parts:
        root = read_run_data(asked.run).photo_root
        reader = PartsReader.load()
        maps = (reader.read(root / file) for file in files)
        photos = with_part_maps(photos, maps, opened.preprocess)
    if asked.stamp:
        photos = stamped(
            photos, [title.casefold() for title in opened.titles].index(asked.stamp.casefold())
        )
        opened = retrained(opened, photos)
    start = time.perf_counter()
    found = shortcut_tests(
        opened, photos, contrast, seed=0, n_pairs=asked.pairs, progress=_progress
    )
    print_shortcuts(found)
    print(f"took {time.perf_counter() - start:.0f} s")


def _progress(done: int, total: int) -> None:
    print(f"\r{done} of {total}", end="\n" if done == total else "", file=sys.stderr)


if __name__ == "__main__":
    main()
