"""A sheet of photos, each beside its parts as the packaged head tells them.

    python benchmarks/parts_overlays.py PHOTO [PHOTO ...] --out SHEET.jpg

For looking at one by one: docs/parts.md names what went wrong. With --drawn the sheet is of drawn
trees of a seed that was not trained on, and no photos are needed.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from arborisk.explanation.parts.part_map import PartMap
from arborisk.explanation.parts.reader import PartsReader
from arborisk.report.parts_section import part_overlay
from arborisk.simulate.drawing.compose import draw_photo
from arborisk.simulate.pictures import plan_visits
from arborisk.simulate.sampling import draw_stand

CELL_PX = 300
SEED, N_STAND, WIDTH_PX, HEIGHT_PX = 901, 60, 504, 672


def drawn(n_trees: int) -> Iterator[Image.Image]:
    """Drawn trees."""
    stand = draw_stand(n_trees=N_STAND, seed=SEED)
    jobs = plan_visits(stand.trees, stand.sites, photos_per_tree=1, seed=SEED)
    for job in jobs[:n_trees]:
        photo = draw_photo(
            job.tree, job.site, width_px=WIDTH_PX, height_px=HEIGHT_PX, seed=job.seed
        )
        yield Image.fromarray(photo.image)


def pair(parts: PartMap) -> Image.Image:
    """Photo and parts side by side."""
    photo = Image.fromarray(parts.picture)
    both = Image.new("RGB", (2 * photo.width, photo.height))
    both.paste(photo, (0, 0))
    both.paste(part_overlay(parts), (photo.width, 0))
    return both.resize((2 * CELL_PX, round(CELL_PX / photo.width * photo.height)))


def sheet(pairs: list[Image.Image], n_columns: int) -> Image.Image:
    """All pairs on one picture."""
    height = max(one.height for one in pairs)
    n_rows = -(-len(pairs) // n_columns)
    found = Image.new("RGB", (2 * CELL_PX * n_columns, height * n_rows), "white")
    for place, one in enumerate(pairs):
        found.paste(one, (place % n_columns * 2 * CELL_PX, place // n_columns * height))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("photos", type=Path, nargs="*")
    parser.add_argument("--drawn", type=int, default=0)
    parser.add_argument("--columns", type=int, default=2)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    reader = PartsReader.load(n_threads=1)
    pictures: list[Path | Image.Image] = [*given.photos, *drawn(given.drawn)]
    start = time.process_time()
    maps = [reader.read(picture) for picture in pictures]
    seconds = (time.process_time() - start) / len(maps)
    print(f"{seconds:.2f} s of one core a photo, decoding included")
    pairs = [pair(parts) for parts in maps]
    sheet(pairs, given.columns).save(given.out, quality=80)


if __name__ == "__main__":
    main()
