"""Trains the head that tells the parts of a photo, and measures it on photos left out.

    python benchmarks/parts.py PARKTREES [--write] [--stands FOLDER]

PARKTREES is a folder with ``photos.csv`` (file, outing, ...) and its photos. Trained on stands of
drawn trees, whose masks are exact, and on ``parts_regions.csv``: rectangles of park photos, each of
one part, with the gaps of sky in crowns told by colour (``parts_gaps.py``). It
learns from drawn photos first, then from both. Drawn accuracy is of stands with other seeds; real
accuracy is of outings held out (3 folds): a head that learnt from the drawn photos goes on without
the fold. Intervals are 95 %, over drawn trees and over outings. --write puts the head into the
package; --stands keeps the drawn photos and the fitted heads, so that a run that was stopped goes
on: empty it when anything else has changed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from itertools import compress
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from torch import nn

from arborisk.explanation.parts.network import PartHead, PartNetwork
from arborisk.explanation.parts.part_map import PARTS, Padding
from arborisk.explanation.parts.reader import BODY, BODY_SIZE_PX, FACTS, WEIGHTS, probe_shares
from arborisk.metrics.over_groups import effective_groups, ratio_over_groups, share_interval
from arborisk.models.efficientnet import pretrained_lite
from arborisk.models.weights import PACKAGED
from arborisk.simulate.writing import simulate_stand
from parts_pictures import SKY, Known, drawn_photos, park_photos, plain
from parts_training import fit, standardised

HERE = Path(__file__).parent
REGIONS = HERE / "parts_regions.csv"
WHOLE, WITHOUT = "head.safetensors", "head-without-{}.safetensors"
PACKAGE = HERE.parent / "src/arborisk/explanation/parts"
TRAINING = ((101, 300, 504, 672), (102, 120, 672, 504), (103, 180, 384, 512))
TESTING = ((201, 60, 504, 672), (202, 20, 672, 504))
"""Stands: seed, trees, width and height in pixels."""
N_FOLDS = 3
N_STEPS_DRAWN, RATE_DRAWN = 1800, 2e-3
N_STEPS_BOTH, RATE_BOTH, TIMES_REAL = 600, 1e-3, 3
"""First on drawn photos alone, then on park photos, each as often as three drawn ones, and as many
drawn ones."""
SHARE_BOTH = 0.7
"""Weight of the head after the second step in the mean with the one after the first: what was
learnt first is not forgotten (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models")."""
N_ASKED = 60
"""Pixels of each rectangle that accuracy is measured on."""
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
    spread = ratio_over_groups(hits, size)
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


def folds_of(photos: Sequence[Known]) -> NDArray[np.int64]:
    """Fold of each photo; an outing is in one alone."""
    names = sorted({one.group for one in photos})
    place = dict(zip(names, np.random.default_rng(0).permutation(len(names)), strict=True))
    return np.array([place[one.group] % N_FOLDS for one in photos])


@dataclass(frozen=True, slots=True)
class Asked:
    """Pixels of rectangles, as many of each, and what was told of them: (n,) each."""

    truth: NDArray[np.int64]
    told: NDArray[np.int64]
    is_clear: NDArray[np.bool_]
    region: NDArray[np.int64]
    group: NDArray[np.str_]


def ask(network: PartNetwork, known: Known, *, seed: int) -> Asked:
    """What a network tells of the rectangles of a park photo."""
    picture, share, region = plain(known)
    found = probability_of(network, picture).argmax(axis=0).ravel()
    is_known = ((share.sum(axis=0) > 0.95) & (region >= 0)).ravel()
    random = np.random.default_rng(seed)
    chosen = [np.zeros(0, np.int64)]
    for number in np.unique(region.ravel()[is_known]):
        inside = np.flatnonzero(is_known & (region.ravel() == number))
        chosen.append(random.choice(inside, N_ASKED, replace=len(inside) < N_ASKED))
    use = np.concatenate(chosen)
    share = share.reshape(len(PARTS), -1)[:, use]
    return Asked(
        truth=share.argmax(axis=0),
        told=found[use],
        is_clear=share.max(axis=0) >= CLEAR,
        region=region.ravel()[use].astype(np.int64),
        group=np.full(len(use), known.group),
    )


def measure_real(asked: Sequence[Asked], marked: NDArray[np.int64]) -> dict[str, object]:
    """Accuracy by the marked part, intervals over outings; gaps in crowns apart.

    Args:
        asked: Of each photo, by a network that has not seen its outing.
        marked: Part of each rectangle.
    """
    names = Asked.__dataclass_fields__
    every = Asked(*(np.concatenate([getattr(one, name) for one in asked]) for name in names))
    gap = every.is_clear & (every.truth == SKY) & (marked[every.region] != SKY)
    rows = {name: every.is_clear & (every.truth == k) & ~gap for k, name in enumerate(PARTS)}
    rows["gaps in crowns"] = gap
    found: dict[str, object] = {}
    for name, use in rows.items():
        _, own = np.unique(every.group[use], return_inverse=True)
        hit = every.told[use] == every.truth[use]
        n_regions = len(np.unique(every.region[use]))
        share = share_of(np.bincount(own, hit), np.bincount(own).astype(float), n_regions)
        taken = np.bincount(every.told[use][~hit], minlength=len(PARTS)) / max(len(hit), 1)
        mostly = {PARTS[k]: round(float(taken[k]), 3) for k in np.argsort(-taken)[:2]}
        found[name] = share | {"n_regions": n_regions, "taken_for": mostly}
    return found


def fit_drawn(path: Path, folder: Path) -> None:
    """Fits a head on drawn photos alone."""
    body, drawn = the_body(), stands(TRAINING, folder)
    torch.manual_seed(0)
    head = standardised(body, PartHead(), drawn[::10])
    keep(path, fit(body, head, drawn, seed=0, n_steps=N_STEPS_DRAWN, rate=RATE_DRAWN))


def fit_both(path: Path, folder: Path, park_folder: Path, without: int | None) -> None:
    """A head that has learnt from drawn photos goes on with park photos among them."""
    torch.set_num_threads(1)
    body, start = the_body(), kept(folder / "head-drawn.safetensors")
    drawn, park = stands(TRAINING, folder), park_photos(park_folder, REGIONS)
    if without is not None:
        park = list(compress(park, folds_of(park) != without))
    often = park * TIMES_REAL
    some = np.random.default_rng(1).permutation(len(drawn))[: len(often)]
    both = [*often, *(drawn[one] for one in some)]
    head = fit(body, deepcopy(start), both, seed=1, n_steps=N_STEPS_BOTH, rate=RATE_BOTH)
    with torch.no_grad():
        for value, first in zip(head.parameters(), start.parameters(), strict=True):
            value.lerp_(first, 1.0 - SHARE_BOTH)
    keep(path, head)


def the_body() -> nn.Module:
    return pretrained_lite(BODY, size=BODY_SIZE_PX).eval()


def keep(path: Path, head: PartHead) -> None:
    """Writes a head, rounded to float16; a file that is there is whole."""
    begun = path.with_suffix(".part")
    save_file({name: value.half().numpy() for name, value in head.state_dict().items()}, begun)
    begun.replace(path)


def kept(path: Path) -> PartHead:
    """A head from its file."""
    head = PartHead()
    stored = load_file(path)
    head.load_state_dict({name: torch.from_numpy(one).float() for name, one in stored.items()})
    return head.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("park", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--stands", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = given.stands or Path(temporary)
        scratch.mkdir(parents=True, exist_ok=True)
        train(given.park, scratch)
        facts = measure(given.park, scratch)
        print(json.dumps(facts, indent=1))
        if given.write:
            shutil.copyfile(scratch / WHOLE, PACKAGE / WEIGHTS)
            text = json.dumps(facts, indent=2) + "\n"
            (PACKAGE / FACTS).write_text(text, encoding="utf-8")


def train(park_folder: Path, scratch: Path) -> None:
    """Fits all heads that are not there yet, those of both steps side by side."""
    first = scratch / "head-drawn.safetensors"
    if not first.is_file():
        fit_drawn(first, scratch)
    work: list[tuple[Path, int | None]] = [(scratch / WHOLE, None)]
    work += [(scratch / WITHOUT.format(fold), fold) for fold in range(N_FOLDS)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
        waiting = [
            pool.submit(fit_both, path, scratch, park_folder, without)
            for path, without in work
            if not path.is_file()
        ]
        for one in waiting:
            one.result()


def measure(park_folder: Path, scratch: Path) -> dict[str, object]:
    """What is known of the head: what it was trained on, and how well it tells parts."""
    park, marked, body = park_photos(park_folder, REGIONS), marked_parts(REGIONS), the_body()
    folds = folds_of(park)
    asked: list[Asked] = []
    for fold in range(N_FOLDS):
        network = PartNetwork(body, kept(scratch / WITHOUT.format(fold))).eval()
        held_out = np.flatnonzero(folds == fold)
        asked += [ask(network, park[number], seed=int(number)) for number in held_out]
    network = PartNetwork(body, kept(scratch / WHOLE)).eval()
    n_drawn = sum(n_trees for _, n_trees, _, _ in TRAINING)
    return {
        "trained_on": f"{n_drawn} drawn photos and {len(marked)} regions of {len(park)} park "
        f"photos of {len({one.group for one in park})} outings (CC BY 4.0, see NOTICE)",
        "command": "python benchmarks/parts.py PARKTREES --write",
        "body": f"{BODY} {PACKAGED[BODY].identity}",
        "probe": probe_shares(network),
        "drawn": measure_drawn(network, stands(TESTING, scratch)),
        "real": measure_real(asked, marked),
    }


def marked_parts(regions: Path) -> NDArray[np.int64]:
    """Part of each rectangle, place in `PARTS`."""
    lines = regions.read_text(encoding="utf-8").split("\n")[1:]
    return np.array([PARTS.index(line.split(",")[1]) for line in lines if line])


if __name__ == "__main__":
    main()
