"""How well physical measures are read from drawn photos, and what they look like on real ones.

    python benchmarks/measures.py [--seeds 21 22 23 24 25 26] [--trees 120] [--folder STANDS]
    python benchmarks/measures.py --photos FOLDER --out OVERLAYS

The first draws a stand for each seed and reads the parts of each photo with the packaged reader
(unless both are in the folder already), measures, and prints for each measure: share of photos in
which it is claimed, the same of photos in leaf, share of those claimed within the target, bias and
quantiles of the error, correlation, coverage of the intervals. Then the same with the true masks in
place of the parts told, which leaves the errors of geometry alone; then wires. Numbers in
explanation/measures were found on seed 7.

The second writes an overlay and a row of measures for each photo of a folder.
"""

from __future__ import annotations

import argparse
import csv
import multiprocessing
import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np
from PIL import Image

from arborisk.explanation.measures.drawn_truth import DrawnTruth, drawn_truth
from arborisk.explanation.measures.measure import measure_tree
from arborisk.explanation.measures.overlay import measure_overlay
from arborisk.explanation.measures.table import TreeMeasures, column_names, measure_row
from arborisk.explanation.parts.part_map import GRID_LONG_SIDE_PX, PartMap
from arborisk.explanation.parts.reader import PartsReader, load_head_weights
from arborisk.photos.files import find_photos
from arborisk.simulate.drawing.canvas import PART_CODES
from arborisk.simulate.pictures import plan_visits
from arborisk.simulate.sampling import draw_stand
from arborisk.simulate.writing import simulate_stand

TARGETS = {
    "lean_deg": 2.0,
    "crown_asymmetry": 0.05,
    "live_crown_ratio": 0.05,
    "crown_transparency": 0.1,
    "dead_crown_share": 0.1,
    "height_to_diameter": 5.0,
    "n_stems": 0.5,
}
"""Largest error; for the first five nine in ten photos should keep to it. For height to diameter
and the number of stems none was set."""

WIDTH_PX, HEIGHT_PX = 504, 672
WIRES = PART_CODES["wires"]
Row = tuple[TreeMeasures, DrawnTruth, int]
"""Measures, truth, and pixels of wires in the mask."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[21, 22, 23, 24, 25, 26])
    parser.add_argument("--trees", type=int, default=120)
    parser.add_argument("--folder", type=Path, help="stands are kept here as seed-N")
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    if options.photos is not None:
        write_overlays(options.photos, options.out or Path("overlays"), PartsReader.load())
        return
    with tempfile.TemporaryDirectory() as scratch:
        folders = [(options.folder or Path(scratch)) / f"seed-{seed}" for seed in options.seeds]
        work = partial(read_stand, n_trees=options.trees)
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(
            min(len(folders), os.cpu_count() or 1), mp_context=context
        ) as pool:
            stands = list(pool.map(work, folders, options.seeds))
    told, true = (list(chain(*rows)) for rows in zip(*stands, strict=True))
    print(f"{len(told)} drawn trees, seeds {options.seeds}")
    print_table("Parts as the reader tells them", told)
    print_table("True masks: errors of geometry alone", true)
    print_wires("Parts told", told)
    print_wires("True masks", true)


def read_stand(folder: Path, seed: int, *, n_trees: int) -> tuple[list[Row], list[Row]]:
    """Measures of each photo of a stand, with parts told and with true ones."""
    reader = PartsReader.load(n_threads=1)
    size = {"width_px": WIDTH_PX, "height_px": HEIGHT_PX}
    simulate_stand(folder, n_trees=n_trees, seed=seed, n_processes=1, **size)
    rows, true_rows = [], []
    stand = draw_stand(n_trees=n_trees, seed=seed)
    for job in plan_visits(stand.trees, stand.sites, photos_per_tree=1, seed=seed):
        mask = np.asarray(Image.open(folder / "masks" / f"{job.name}.png"))
        told = read_kept(reader, folder, job.name)
        truth = drawn_truth(job.tree, job.site, seed=job.seed, **size)
        n_wire = int((mask == WIRES).sum())
        true_map = on_the_grid(PartMap.from_drawn(mask, np.zeros((*mask.shape, 3), np.uint8)), told)
        rows.append((measure_tree(told), truth, n_wire))
        true_rows.append((measure_tree(true_map), truth, n_wire))
    return rows, true_rows


def read_kept(reader: PartsReader, folder: Path, name: str) -> PartMap:
    """Parts of a photo, kept in the folder in half precision, which changes nothing that counts."""
    kept = folder / f"parts-{load_head_weights().sha256[:8]}" / f"{name}.npz"
    if not kept.is_file():
        kept.parent.mkdir(exist_ok=True)
        told = reader.read(folder / "photos" / f"{name}.jpg")
        probability = told.probability.astype(np.float16)
        np.savez_compressed(kept, probability=probability, picture=told.picture)
    stored = np.load(kept)
    return PartMap(stored["probability"].astype(np.float32), stored["picture"])


def on_the_grid(true_map: PartMap, told: PartMap) -> PartMap:
    """True parts on the grid of the parts told, with its picture."""
    height, width = told.picture.shape[:2]
    assert max(height, width) == GRID_LONG_SIDE_PX
    shares = [
        np.asarray(Image.fromarray(one).resize((width, height), Image.Resampling.BOX))
        for one in true_map.probability
    ]
    return PartMap(np.array(shares, dtype=np.float32), told.picture)


def print_table(title: str, rows: list[Row]) -> None:
    print(f"\n{title}")
    print(f"{'':20s} claimed in leaf within  bias   q50    q80    q90    r     covered")
    in_leaf = np.array([np.isfinite(row[1].crown_transparency) for row in rows])
    for name, target in TARGETS.items():
        found = [row[0][name] for row in rows]
        truth = np.array([getattr(row[1], name) for row in rows])
        use = np.array([one.is_measured for one in found])
        value, low, high = (
            np.array([getattr(one, part) for one in found if one.is_measured])
            for part in ("value", "low", "high")
        )
        true = truth[use]
        error = value - true
        # A measure of leaves where there are none has no truth: it counts as a miss.
        has = np.isfinite(error)
        q50, q80, q90 = np.quantile(np.abs(error[has]), [0.5, 0.8, 0.9])
        covered = np.mean((low <= true) & (true <= high))
        print(
            f"{name:20s} {use.mean():6.0%} {use[in_leaf].mean():6.0%} "
            f"{np.mean(np.abs(error) <= target):7.1%} "
            f"{error[has].mean():+6.3f} {q50:6.3f} {q80:6.3f} {q90:6.3f} "
            f"{np.corrcoef(value[has], true[has])[0, 1]:6.3f} {covered:6.0%}"
        )
    reasons = [one.why_not for row in rows for one in row[0].measures[:7] if one.why_not]
    for reason in sorted(set(reasons), key=lambda one: -reasons.count(one)):
        print(f"  {reasons.count(reason) / len(rows) / 7:5.1%} of measures: {reason}")


def print_wires(title: str, rows: list[Row]) -> None:
    """Photos with wires in which some were found, and photos without in which some were."""
    has = np.array([row[2] > 0 for row in rows])
    found = np.array([len(row[0].shown.wires) > 0 for row in rows])
    print(
        f"\n{title}: wires found in {found[has].sum()} of {has.sum()} photos that show some, "
        f"and in {found[~has].sum()} of {(~has).sum()} that show none"
    )


def write_overlays(photos: Path, out: Path, reader: PartsReader) -> None:
    """An overlay for each photo, and measures.csv."""
    out.mkdir(parents=True, exist_ok=True)
    spent, n_wires, files = 0.0, 0, find_photos(photos)
    with (out / "measures.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, ["photo", *column_names()])
        writer.writeheader()
        for path in files:
            parts = reader.read(path)
            start = time.process_time()
            measures = measure_tree(parts)
            spent += time.process_time() - start
            n_wires += len(measures.shown.wires) > 0
            writer.writerow({"photo": path.name, **measure_row(measures)})
            measure_overlay(parts, measures).save(out / f"{path.stem}.jpg", quality=85)
    print(f"{len(files)} photos, {spent / max(len(files), 1):.2f} s of processor time each")
    print(f"wires found in {n_wires}")


if __name__ == "__main__":
    main()
