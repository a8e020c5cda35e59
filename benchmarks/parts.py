"""Trains the head that tells the parts of a photo, and measures it on photos left out.

    python benchmarks/parts.py PARKTREES [--write] [--stands FOLDER]

PARKTREES is a folder with ``photos.csv`` (file, outing, ...) and its photos. Trained on stands of
drawn trees, whose masks are exact, and on ``parts_regions.csv``: rectangles of park photos, each of
one part, with the gaps of sky in crowns told by colour (``parts_gaps.py``). Drawn accuracy is of
stands with other seeds; real accuracy is of outings held out (5 folds). Intervals are 95 %, over
drawn trees and over outings. --write puts the head into the package;
--stands keeps the drawn photos for another run.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from torch import nn

from arborisk.explanation.parts import PARTS
from arborisk.explanation.parts.head import FACTS, WEIGHTS
from arborisk.explanation.parts.network import PartHead, PartNetwork
from arborisk.explanation.parts.padding import Padding
from arborisk.explanation.parts.session import BODY, BODY_SIZE_PX, probe_shares
from arborisk.metrics.jackknife import spread_of
from arborisk.metrics.proportions import effective_groups, share_interval
from arborisk.models.efficientnet_lite import pretrained_lite
from arborisk.models.packaged_weights import PACKAGED
from arborisk.simulate import simulate_stand
from parts_columns import Columns, fit, gather, head_probability, joined
from parts_pictures import SKY, Known, drawn_photos, park_photos, plain

HERE = Path(__file__).parent
PACKAGE = HERE.parent / "src/arborisk/explanation/parts"
TRAINING = ((101, 150, 504, 672), (102, 60, 672, 504), (103, 90, 384, 512))
TESTING = ((201, 60, 504, 672), (202, 20, 672, 504))
"""Stands: seed, trees, width and height in pixels."""
N_FOLDS, TIMES_REAL = 5, 2
CLEAR = 0.75
"""Pixels that are of one part by at least this much are counted."""

Share = dict[str, float | int]


def stands(plans: Sequence[tuple[int, int, int, int]], scratch: Path) -> list[Known]:
    """Photos of drawn stands."""
    found = []
    for seed, n_trees, width, height in plans:
        folder = scratch / f"stand-{seed}"
        simulate_stand(folder, n_trees=n_trees, seed=seed, width_px=width, height_px=height)
        found += drawn_photos(folder)
    return found


def probability_of(network: PartNetwork, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Probabilities over a picture on the grid."""
    padding = Padding.of(*picture.shape[:2])
    with torch.inference_mode():
        found = network(torch.from_numpy(padding.add(picture))[None])[0].numpy()
    return padding.cut(found)


def share_of(hits: NDArray[np.float64], size: NDArray[np.float64], n_most: int) -> Share:
    """Sum of hits over sum of sizes with its interval, from the sums of each group."""
    hits, size = hits[size > 0], size[size > 0]
    value = float(hits.sum() / size.sum())
    spread = spread_of(value, (hits.sum() - hits) / (size.sum() - size))
    number = effective_groups(size)
    low, high = share_interval(
        spread, n_if_certain=number, n_fewest=number, n_most=float(n_most), level=0.95
    )
    ends = {"share": round(value, 4), "low": round(low, 4), "high": round(high, 4)}
    return ends | {"n_groups": len(size)}


def measure_drawn(network: PartNetwork, photos: Sequence[Known]) -> dict[str, object]:
    """Recall, precision and overlap of each part, and how much of the tree's outline is filled."""
    tables, filled = [], []
    for known in photos:
        picture, share, _ = plain(known)
        found = probability_of(network, picture)
        table = np.zeros((len(PARTS), len(PARTS)))
        np.add.at(table, (share.argmax(axis=0).ravel(), found.argmax(axis=0).ravel()), 1)
        tables.append(table)
        filled.append(fill_of_outline(share, found))
    by_tree = np.stack(tables)
    right = np.einsum("nii->ni", by_tree)
    true, told = by_tree.sum(axis=2), by_tree.sum(axis=1)
    n = len(photos)
    parts = {
        name: {
            "recall": share_of(right[:, k], true[:, k], n),
            "precision": share_of(right[:, k], told[:, k], n),
            "overlap": share_of(right[:, k], (true + told - right)[:, k], n),
        }
        for k, name in enumerate(PARTS)
    }
    error = np.array([one for one in filled if one is not None])
    fill = {
        "mean_error": round(float(np.diff(error, axis=1).mean()), 4),
        "nine_in_ten_within": round(float(np.quantile(np.abs(np.diff(error, axis=1)), 0.9)), 4),
        "correlation": round(float(np.corrcoef(error.T)[0, 1]), 4),
        "n_trees": len(error),
    }
    return {"parts": parts, "crown_filled": fill}


def fill_of_outline(
    share: NDArray[np.float32], found: NDArray[np.float32]
) -> tuple[float, float] | None:
    """Share of the convex outline of a crown that is not sky, in truth and as told."""
    from PIL import Image, ImageDraw
    from scipy.spatial import ConvexHull

    rows_columns = np.argwhere(share[1] + share[2] > 0.5)
    if len(rows_columns) < 200:
        return None
    corners = rows_columns[ConvexHull(rows_columns).vertices][:, ::-1]
    outline = Image.new("1", share.shape[:0:-1])
    ImageDraw.Draw(outline).polygon([(int(x), int(y)) for x, y in corners], fill=1)
    inside = np.asarray(outline)
    told = found.argmax(axis=0) != SKY
    return 1 - float(share[SKY, inside].mean()), float(told[inside].mean())


def folds_of(group: NDArray[np.str_]) -> NDArray[np.int64]:
    """Fold of each pixel; a group is in one alone."""
    names = np.unique(group)
    place = dict(zip(names, np.random.default_rng(0).permutation(len(names)), strict=True))
    return np.array([place[one] % N_FOLDS for one in group])


def measure_real(
    drawn: Columns, real: Columns, as_they_are: Columns, marked: NDArray[np.int64]
) -> dict[str, object]:
    """Accuracy on outings left out, by the marked part; gaps in crowns apart.

    Args:
        drawn: Pixels of drawn photos, for training.
        real: Pixels of changed park photos, for training.
        as_they_are: Pixels of unchanged park photos, for testing.
        marked: Part of each rectangle.
    """
    fold_real, fold = folds_of(real.group), folds_of(as_they_are.group)
    told = np.empty(len(fold), dtype=np.int64)
    for number in range(N_FOLDS):
        head = fit(joined([drawn, real.only(fold_real != number)]), seed=number)
        out = fold == number
        told[out] = head_probability(head, as_they_are.inputs[out]).argmax(axis=1)
        print(f"fold {number + 1}: {int(out.sum())} pixels")
    truth = as_they_are.share.argmax(axis=1)
    clear = as_they_are.share.max(axis=1) >= CLEAR
    asked = marked[as_they_are.region]
    gap = clear & (truth == SKY) & (asked != SKY)
    rows = {name: clear & (truth == k) & ~gap for k, name in enumerate(PARTS)}
    rows["gaps in crowns"] = gap
    found: dict[str, object] = {}
    for name, use in rows.items():
        _, own = np.unique(as_they_are.group[use], return_inverse=True)
        hit = told[use] == truth[use]
        n_regions = len(np.unique(as_they_are.region[use]))
        share = share_of(np.bincount(own, hit), np.bincount(own).astype(float), n_regions)
        taken = np.bincount(told[use][~hit], minlength=len(PARTS)) / max(len(hit), 1)
        mostly = {PARTS[k]: round(float(taken[k]), 3) for k in np.argsort(-taken)[:2]}
        found[name] = share | {"n_regions": n_regions, "taken_for": mostly}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("park", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--stands", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(1)
    body: nn.Module = pretrained_lite(BODY, size=BODY_SIZE_PX)
    with tempfile.TemporaryDirectory() as temporary:
        scratch = given.stands or Path(temporary)
        training, testing = stands(TRAINING, scratch), stands(TESTING, scratch)
    park = park_photos(given.park, HERE / "parts_regions.csv")
    marked = marked_parts(HERE / "parts_regions.csv")
    print(f"{len(training)} and {len(testing)} drawn photos, {len(marked)} regions of {len(park)}")
    drawn = gather(body, training, seed=1, times=1)
    real = gather(body, park, seed=2, times=TIMES_REAL)
    as_they_are = gather(body, park, seed=3, times=0)
    print(f"{len(drawn.share)} pixels of drawn photos, {len(real.share)} of regions")
    head = fit(joined([drawn, real]), seed=0)
    print("fitted")
    network = PartNetwork(body, head).eval()
    facts = {
        "trained_on": f"{len(training)} drawn photos and {len(marked)} regions of {len(park)} park "
        f"photos of {len({one.group for one in park})} outings (CC BY 4.0, see NOTICE)",
        "command": "python benchmarks/parts.py PARKTREES --write",
        "body": f"{BODY} {PACKAGED[BODY].identity}",
        "probe": probe_shares(network),
        "drawn": measure_drawn(network, testing),
        "real": measure_real(drawn, real, as_they_are, marked),
    }
    print(json.dumps(facts, indent=1))
    if given.write:
        write(head, facts)


def marked_parts(regions: Path) -> NDArray[np.int64]:
    """Part of each rectangle, place in `PARTS`."""
    lines = regions.read_text(encoding="utf-8").split("\n")[1:]
    return np.array([PARTS.index(line.split(",")[1]) for line in lines if line])


def write(head: PartHead, facts: dict[str, object]) -> None:
    """Puts the head, in float16, and its facts into the package."""
    arrays = {name: value.numpy().astype(np.float16) for name, value in head.state_dict().items()}
    save_file(arrays, PACKAGE / WEIGHTS)
    (PACKAGE / FACTS).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
