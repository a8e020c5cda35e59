"""Does the search find the copies that a publisher's tool made of each photo, and only them?

    python benchmarks/copies_published.py PARKTREES [--every 1] [--copies 2]

Such tools draw several changes at once for each copy: here a turn by up to 15 degrees with empty,
mirrored or repeated corners, light, mirroring, zoom, grey, blur, noise, painted-over squares, by
four recipes. All copies and their photos are one data set, of 640 px and JPEG quality 75. Recall:
pairs of one photo and its copy, and of two copies of one photo, that are linked, and that end in
one group. False links: pairs of photos of different outings.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter

from arborisk.dataset.copy_links import star_groups, stars_of, strength_of
from arborisk.dataset.table import DuplicatePair
from arborisk.photos.copies.features import LocalFeatures, local_features
from arborisk.photos.copies.search import CopyPair, find_copies
from arborisk.photos.workers import map_photos
from copies_changes import jpeg

SIDE_PX = 640
Random = np.random.Generator
WAYS = (Image.Resampling.NEAREST, Image.Resampling.BILINEAR, Image.Resampling.BICUBIC)


def turned(image: Image.Image, random: Random, corners: str) -> Image.Image:
    """Turned by up to 15 degrees; what comes in at the corners is black, mirrored or repeated."""
    degrees, way = random.uniform(-15, 15), WAYS[random.integers(3)]
    if corners == "black":
        return image.rotate(degrees, way)
    pixels, edge = np.asarray(image), image.width // 3
    mode = "reflect" if corners == "mirrored" else "edge"
    wide = Image.fromarray(np.pad(pixels, ((edge, edge), (edge, edge), (0, 0)), mode=mode))  # type: ignore[call-overload]
    return wide.rotate(degrees, way).crop((edge, edge, edge + image.width, edge + image.height))


def lit(image: Image.Image, random: Random, most: float = 0.35) -> Image.Image:
    """Brighter or darker."""
    return ImageEnhance.Brightness(image).enhance(1 + random.uniform(-most, most))


def mirrored(image: Image.Image, random: Random) -> Image.Image:
    """Mirrored, every second time."""
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if random.random() < 0.5 else image


def zoomed(image: Image.Image, random: Random, most: float = 0.25) -> Image.Image:
    """Cut to a part of each side and enlarged again."""
    side = round(SIDE_PX * (1 - random.uniform(0, most)))
    x, y = random.integers(0, SIDE_PX - side + 1, 2)
    box = (int(x), int(y), int(x) + side, int(y) + side)
    return image.crop(box).resize((SIDE_PX, SIDE_PX), WAYS[random.integers(3)])


def painted(image: Image.Image, random: Random) -> Image.Image:
    """Six squares of 15 % of the side painted black."""
    made, side = image.copy(), round(0.15 * SIDE_PX)
    for x, y in random.integers(0, SIDE_PX - side, (6, 2)):
        made.paste((0, 0, 0), (int(x), int(y), int(x) + side, int(y) + side))
    return made


def grey_and_soft(image: Image.Image, random: Random) -> Image.Image:
    """Grey, and blurred by up to 2.5 px."""
    soft = image.filter(ImageFilter.GaussianBlur(random.uniform(0.5, 2.5)))
    return soft.convert("L").convert("RGB")


def noisy(image: Image.Image, random: Random) -> Image.Image:
    """Five of a hundred pixels black or white."""
    pixels = np.asarray(image).copy()
    hit = random.random(pixels.shape[:2]) < 0.05
    pixels[hit] = 255 * random.integers(0, 2, (int(hit.sum()), 1))
    return Image.fromarray(pixels)


Step = Callable[[Image.Image, Random], Image.Image]
RECIPES: dict[str, tuple[Step, ...]] = {
    "turned, black corners, light": (partial(turned, corners="black"), lit),
    "turned, mirrored corners, light, mirrored": (
        partial(turned, corners="mirrored"), lit, mirrored,
    ),
    "turned, repeated corners, zoomed": (partial(turned, corners="repeated"), zoomed),
    "turned, black corners, zoomed, mirrored, light": (
        partial(turned, corners="black"), zoomed, mirrored, lit,
    ),
    "grey and soft, turned": (grey_and_soft, partial(turned, corners="black")),
    "painted over, mirrored, light": (painted, mirrored, lit),
    "painted over, turned": (partial(turned, corners="black"), painted),
    "noise, zoomed": (zoomed, noisy),
}  # fmt: skip


def features_of(item: tuple[Path, str, int]) -> LocalFeatures:
    """Features of a photo, or of a copy of it by a recipe and a seed."""
    path, recipe, seed = item
    image = Image.open(path).convert("RGB").resize((SIDE_PX, SIDE_PX))
    random = np.random.default_rng(seed)
    for step in RECIPES.get(recipe, ()):
        image = step(image, random)
    return local_features(jpeg(75)(image) if recipe else image)


def print_recipe(recipe: str, paths: Sequence[Path], outing: Sequence[str], copies: int) -> None:
    """Recall and false links of one recipe."""
    items = [(path, name, 1000 * number + k)
             for k, name in enumerate(["", *[recipe] * copies])
             for number, path in enumerate(paths)]  # fmt: skip
    n, photos = len(paths), list(map_photos(features_of, items))
    found = {(one.first, one.second): one for one in find_copies(photos)}
    group = _groups(len(photos), list(found.values()))
    asked = [pair for row in range(n)
             for pair in combinations(range(row, len(photos), n), 2)]  # fmt: skip
    apart = [pair for pair in found if outing[pair[0] % n] != outing[pair[1] % n]]
    to_photo = [pair in found for pair in asked if pair[0] < n]
    among = [pair in found for pair in asked if pair[0] >= n]
    grouped = [group[first] == group[second] for first, second in asked]
    print(
        f"  {recipe:48} {np.mean(to_photo):.3f} {np.mean(among) if among else np.nan:.3f} "
        f"{np.mean(grouped):.3f} {len(apart):4}",
        flush=True,
    )
    for first, second in apart:
        one = found[first, second]
        print(
            f"    {paths[first % n].name} {paths[second % n].name} "
            f"{one.correlation:.2f} {one.n_alike}"
        )


def _groups(n: int, found: Sequence[CopyPair]) -> NDArray[np.int64]:
    """Group of each photo, as a split makes them where no tree and no time is stated."""
    pairs = [
        DuplicatePair(
            str(one.first),
            str(one.second),
            one.correlation,
            one.mirrored,
            one.whole,
            strength=strength_of(one),
        )
        for one in found
    ]
    group = np.arange(n)
    for members in star_groups(stars_of(pairs)[0]):
        group[[int(one) for one in members]] = int(members[0])
    return group


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("park", type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--copies", type=int, default=2)
    given = parser.parse_args()
    rows = list(csv.DictReader((given.park / "photos.csv").open(encoding="utf-8")))[:: given.every]
    paths, outing = [given.park / row["file"] for row in rows], [row["outing"] for row in rows]
    print(f"{len(paths)} photos and {given.copies} copies of each")
    print(f"  {'recipe':48} photo-copy copy-copy one group, links between outings")
    for recipe in RECIPES:
        print_recipe(recipe, paths, outing, given.copies)


if __name__ == "__main__":
    main()
