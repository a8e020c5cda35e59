"""Does the search for copies find them, and only them? Recall by change, false links, time.

    python benchmarks/copies.py [PARKTREES] [--every 1] [--drawn 2000] [--reordered 20000]

PARKTREES is a folder with ``photos.csv`` (file, outing) and its photos. Recall: of one photo an
outing (every so many of them), a copy is looked for among all photos of the park, change by
change. False links: pairs of photos of different outings, and pairs of drawn pictures, all of
which differ; the park's are listed to be looked at. Time: of one core, a photo, features of the
park's 640 px and the search among each number of drawn pictures, in one run, to be compared.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from arborisk.photos.copies.candidates import WordIndex
from arborisk.photos.copies.features import LocalFeatures, local_features
from arborisk.photos.copies.search import compare, find_copies
from arborisk.photos.workers import map_photos, n_cores
from copies_changes import pairs_of_changes, single_changes

DRAWN_PX = 320
N_FEW = 300


def drawn(number: int) -> Image.Image:
    """A drawn picture: sky, ground, a stem, a crown of dabs, and texture; no photo; grey."""
    random = np.random.default_rng(number)
    side = DRAWN_PX
    down = np.linspace(0, 1, side, dtype=np.float32)[:, None]
    pixels = np.repeat(random.uniform(80, 200) + down * random.uniform(-90, 90), side, axis=1)
    pixels[int(random.uniform(0.6, 0.85) * side) :] = random.uniform(40, 140)
    for cells in (5, 20, 80, 160):
        grain = random.normal(0, 70 / cells**0.4, (cells, cells)).astype(np.float32)
        pixels += np.asarray(Image.fromarray(grain).resize((side, side)))
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    pen, middle = ImageDraw.Draw(image), random.uniform(0.2, 0.8) * side
    wide = random.uniform(3, 18)
    pen.rectangle((middle - wide, 0.3 * side, middle + wide, 0.9 * side), fill=54)
    for x, y, size, light in zip(
        random.normal(middle, 50, 250), random.normal(0.35 * side, 45, 250),
        random.uniform(1, 9, 250), random.integers(30, 170, 250), strict=True,
    ):  # fmt: skip
        pen.ellipse((x - size, y - size, x + size, y + size), fill=int(light))
    return image


def print_recall(
    park: Sequence[LocalFeatures], images: dict[int, Image.Image], random: np.random.Generator
) -> None:
    """Shares of copies that are among the candidates and are confirmed."""
    index = WordIndex(park)
    changes = {**single_changes(random), **pairs_of_changes(random)}
    print(f"recall, {len(images)} photos, among {len(park)}")
    for name, change in changes.items():
        copies = [local_features(change(image)) for image in images.values()]
        hits = [
            row in dict(near) and compare(park[row], copy) is not None
            for row, copy, near in zip(images, copies, index.look_up(copies), strict=True)
        ]
        print(f"  {name:38} {np.mean(hits):.2f}", flush=True)


def print_park(folder: Path, every: int) -> None:
    """Links between photos of a park, time, and recall change by change."""
    rows = list(csv.DictReader((folder / "photos.csv").open(encoding="utf-8")))
    start_s = time.process_time()
    images = [Image.open(folder / row["file"]).convert("RGB") for row in rows]
    decoded_s = time.process_time()
    park = [local_features(image) for image in images]
    features_s = time.process_time()
    found = find_copies(park)
    end_s = time.process_time()
    outing = [row["outing"] for row in rows]
    apart = [one for one in found if outing[one.first] != outing[one.second]]
    print(f"park: {len(found)} links, {len(apart)} between outings")
    for one in apart:
        print(f"  {rows[one.first]['file']} {rows[one.second]['file']}: {one}")
    each = 1000 / len(rows)
    print(
        f"ms of one core a photo: decoding {each * (decoded_s - start_s):.1f}, features "
        f"{each * (features_s - decoded_s):.1f}, search {each * (end_s - features_s):.1f}"
    )
    firsts = {name: row for row, name in reversed(list(enumerate(outing)))}
    chosen = {row: images[row] for row in sorted(firsts.values())[::every]}
    print_recall(park, chosen, np.random.default_rng(0))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("park", type=Path, nargs="?", help="without it, drawn pictures only")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--drawn", type=int, action="append", default=[])
    parser.add_argument("--reordered", type=int, action="append", default=[])
    given = parser.parse_args()
    if given.park is not None:
        print_park(given.park, given.every)
    if given.drawn:
        print_drawn(list(map_photos(features_of_drawn, range(max(given.drawn)))), given.drawn)
    if given.reordered:
        print("features of 300 drawn pictures, their descriptors in other orders:")
        few = list(map_photos(features_of_drawn, range(N_FEW)))
        print_drawn([reordered(few, n) for n in range(max(given.reordered))], given.reordered)


def print_drawn(all_pictures: Sequence[LocalFeatures], numbers: Sequence[int]) -> None:
    """False links among the first so many drawn pictures, time of the search, and memory."""
    for n in numbers:
        pictures = all_pictures[:n]
        start_s, start_wall_s = time.process_time(), time.perf_counter()
        links = find_copies(pictures)
        search_s = time.process_time() - start_s
        wall_s = time.perf_counter() - start_wall_s
        print(
            f"{n} drawn pictures: {len(links)} false links; search {1000 * search_s / n:.1f} ms "
            f"of one core a picture, {1000 * wall_s / n:.1f} by the clock on {n_cores()}; "
            f"{sum(one.n_bytes for one in pictures) / n / 1000:.0f} kB kept of each",
            flush=True,
        )


def reordered(few: Sequence[LocalFeatures], number: int) -> LocalFeatures:
    """A drawn picture's features with the numbers of its descriptors in another order.

    To measure the time of a search among many without drawing them: no two have words in common
    more than by chance. They are the features of no picture.
    """
    one, random = few[number % len(few)], np.random.default_rng(number // len(few))
    order = (8 * random.permutation(16)[:, None] + random.permutation(8)).ravel()
    return replace(one, descriptor=np.ascontiguousarray(one.descriptor[:, order]))


def features_of_drawn(number: int) -> LocalFeatures:
    """Features of a drawn picture."""
    return local_features(drawn(number))


if __name__ == "__main__":
    main()
