"""How often `arborisk drift` alarms without a change, and what change it sees.

    python benchmarks/drift_park.py PARKTREES [--repeats 200]

PARKTREES is a folder with ``photos.csv`` (file, outing, season) and its photos. Luck: the outings
of 2020, and those of all years, are dealt into two halves again and again; one half is remembered
as a bundle would, the other compared with it. Prints the share of repeats with an alarm at a level
of 5 %, of all tests together and of each. Luck with few outings: the same with 5 new ones. Change:
summer against winter, whole trees against trees cut to their middle, and photos made darker,
lighter or blurred, each of outings not remembered; prints the share of repeats with an alarm.
Classes: a season model of five members, fitted anew in every repeat, with its photos held back.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from arborisk.bundle.reference import Reference, build_reference, light_facts
from arborisk.calibration.table import CalibrationMap, CalibrationTable
from arborisk.metrics.paired_tests import holm
from arborisk.metrics.scores import number_groups
from arborisk.models.embedding import embed_arrays
from arborisk.models.table import DEFAULT_MODEL, model_entry
from arborisk.photos.files import sha256_of
from arborisk.prediction.drift.classes import mix_differs
from arborisk.prediction.drift.compare import LEVEL, apart_of, compare_photos
from arborisk.prediction.drift.photos import NewPhotos
from arborisk.preprocess.prepare import prepare_file

SETTINGS = model_entry(DEFAULT_MODEL).preprocess
N_FOLDS = 5
Change = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]


@dataclass(frozen=True, slots=True)
class Park:
    """All photos."""

    arrays: NDArray[np.uint8]
    embedding: NDArray[np.float32]
    group: NDArray[np.str_]
    season: NDArray[np.str_]


def load(park: Path, scratch: Path) -> Park:
    rows = list(csv.DictReader((park / "photos.csv").open(encoding="utf-8")))
    paths = [park / row["file"] for row in rows]
    arrays = np.stack([prepare_file(path, SETTINGS, seed=0) for path in paths])
    names = [sha256_of(path) for path in paths]
    return Park(
        arrays,
        embed(arrays, names, scratch),
        np.array([row["outing"] for row in rows]),
        np.array([row["season"] for row in rows]),
    )


def embed(arrays: NDArray[np.uint8], names: list[str], scratch: Path) -> NDArray[np.float32]:
    return embed_arrays(
        arrays, sha256=names, preprocess=SETTINGS, cache_dir=scratch, model=DEFAULT_MODEL
    )


def changed(park: Park, change: Change, name: str, scratch: Path) -> Park:
    arrays = np.stack([change(array) for array in park.arrays])
    names = [f"{name} {number}" for number in range(len(arrays))]
    return Park(arrays, embed(arrays, names, scratch / name), park.group, park.season)


def alarms(
    old: Park, old_rows: NDArray[np.int64], new: Park, new_rows: NDArray[np.int64], seed: int
) -> tuple[dict[str, float], float, float]:
    """P value of each test, how far apart, and the share beyond the gate's limit."""
    groups = old.group[old_rows].tolist()
    kinds = np.zeros(len(old_rows), dtype=np.int64)
    reference = build_reference(old.embedding[old_rows], old.arrays[old_rows], groups, kinds)
    embedding = new.embedding[new_rows]
    distance = reference.distance(embedding)
    photos = NewPhotos(
        names=tuple(map(str, new_rows)),
        groups=tuple(new.group[new_rows].tolist()),
        grouped_by="given",
        points=reference.project(embedding),
        distance=distance,
        facts=np.array([light_facts(array) for array in new.arrays[new_rows]]),
        members=np.empty((len(new_rows), 0, 0)),
        probability=np.empty((len(new_rows), 0)),
        months=(),
        leafless=None,
        failures={},
        n_left_out=0,
    )
    compared = compare_photos(reference, photos, seed=seed)
    p_values = {name: one.p_value for name, one in compared.outcomes.items() if one}
    classes = class_test(reference, old, old_rows, new, new_rows, seed)
    if classes is not None:
        p_values["classes"] = classes
    return p_values, apart_of(compared.outcomes), float((distance > reference.limit(0.01)).mean())


def class_test(
    reference: Reference,
    old: Park,
    old_rows: NDArray[np.int64],
    new: Park,
    new_rows: NDArray[np.int64],
    seed: int,
) -> float | None:
    """P value of the mix of seasons as five members see it; None where a fold lacks a season."""
    from sklearn.linear_model import LogisticRegression

    rows = old_rows[old.season[old_rows] != ""]
    leafless = old.season[rows] == "leaf_off"
    _, number = np.unique(old.group[rows], return_inverse=True)
    if not leafless.any() or number.max() < N_FOLDS:
        return None
    points = reference.project(old.embedding[rows])
    # Photos without a season are of other months: with them the mix would have changed.
    new_rows = new_rows[new.season[new_rows] != ""]
    if not len(new_rows):
        return None
    fresh_points = reference.project(new.embedding[new_rows])
    fold = np.random.default_rng(seed).permutation(number.max() + 1)[number] % N_FOLDS
    held_out, fresh = np.empty((len(rows), 2)), np.empty((len(new_rows), N_FOLDS, 2))
    for place in range(N_FOLDS):
        inside = fold != place
        if leafless[inside].all() or not leafless[inside].any():
            return None
        model = LogisticRegression(C=1e-2, max_iter=300)
        model.fit(points[inside], leafless[inside])
        held_out[~inside] = model.predict_log_proba(points[~inside])
        fresh[:, place] = model.predict_log_proba(fresh_points)
    table = CalibrationTable(held_out, leafless.astype(np.int64), fold, number, number)
    now = number_groups(new.group[new_rows].tolist())
    plain = CalibrationMap("none", np.eye(2), np.zeros(2))
    return mix_differs(table, plain, fresh, now, seed=seed).p_value


def report(title: str, results: list[tuple[dict[str, float], float, float]]) -> None:
    """Share of repeats with an alarm, after Holm's correction and of each test alone."""
    single: Counter[str] = Counter()
    any_alarm = 0
    for p_values, _, _ in results:
        corrected = holm(list(p_values.values()))
        any_alarm += any(p is not None and p <= LEVEL for p in corrected)
        single.update(name for name, p in p_values.items() if p <= LEVEL)
    n = len(results)
    apart = [one for _, one, _ in results]
    beyond = np.mean([share for *_, share in results])
    alone = ", ".join(f"{name} {single[name] / n:.3f}" for name in results[0][0])
    print(
        f"{title}: alarm {any_alarm / n:.3f} of {n}; alone at 5 %: {alone}; apart "
        f"{np.mean(apart):.1%} (5 to 95 %: {np.quantile(apart, 0.05):.1%} to "
        f"{np.quantile(apart, 0.95):.1%}); beyond the gate {beyond:.4f}",
        flush=True,
    )


def halves(
    park: Park, rows: NDArray[np.int64], seed: int, n_new: int | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of outings to remember, and of the others (or of `n_new` of them)."""
    names = np.unique(park.group[rows])
    dealt = np.random.default_rng(seed).permutation(names)
    n_new = len(names) // 2 if n_new is None else n_new
    new = np.isin(park.group[rows], dealt[:n_new])
    return rows[~new], rows[new]


def middle(array: NDArray[np.uint8]) -> NDArray[np.uint8]:
    side = len(array)
    box = (side // 4, side // 4, side - side // 4, side - side // 4)
    return np.asarray(
        Image.fromarray(array).crop(box).resize((side, side), Image.Resampling.BICUBIC)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("park", type=Path)
    parser.add_argument("--repeats", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = Path(temporary)
        park = load(given.park, scratch)
        changes: dict[str, Change] = {
            "light times 0.7": lambda array: (array * 0.7).astype(np.uint8),
            "light times 1.3": lambda array: np.minimum(array * 1.3, 255).astype(np.uint8),
            "blurred by 1 px of 224": lambda array: np.asarray(
                Image.fromarray(array).filter(ImageFilter.GaussianBlur(1))
            ),
            "trees cut to their middle": middle,
        }
        altered = {name: changed(park, change, name, scratch) for name, change in changes.items()}
    everything = np.arange(len(park.group))
    year = np.array([name[:4] for name in park.group])
    for title, rows, n_new in (
        ("luck, outings of 2020 in halves", everything[year == "2020"], None),
        ("luck, all outings in halves", everything, None),
        ("luck, 5 outings against all others", everything, 5),
    ):
        dealt = [halves(park, rows, seed, n_new) for seed in range(given.repeats)]
        report(title, [alarms(park, *_pair(park, one), seed) for seed, one in enumerate(dealt)])
    few = max(10, given.repeats // 10)
    for name, other in altered.items():
        for n_new in (None, 5):
            dealt = [halves(park, everything, seed, n_new) for seed in range(few)]
            results = [alarms(park, old, other, new, seed) for seed, (old, new) in enumerate(dealt)]
            outings = "half of the outings" if n_new is None else f"{n_new} outings"
            report(f"{name}, {outings}", results)
    summer, winter = (everything[park.season == name] for name in ("leaf_on", "leaf_off"))
    results = []
    for seed in range(few):
        old, _ = halves(park, summer, seed)
        results.append(alarms(park, old, park, winter, seed))
    report("winter after a summer of training", results)


def _pair(
    park: Park, dealt: tuple[NDArray[np.int64], NDArray[np.int64]]
) -> tuple[NDArray[np.int64], Park, NDArray[np.int64]]:
    old, new = dealt
    return old, park, new


if __name__ == "__main__":
    main()
