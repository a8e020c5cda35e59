"""Trains the gates on what a photo shows, and measures every gate on real photos.

    python benchmarks/gates.py PARKTREES [--no-trees FOLDER] [--other FOLDER] [--write]

PARKTREES is a folder with ``photos.csv`` (file, outing, season, boxes_xywh) and its photos. Trees:
its photos, and the same made as small as patches are (so that sharpness does not give the answer
away). Parts: squares cut from the inside of large tree boxes. No trees: ``gates_patches.csv``,
squares of sky, ground and buildings that touch no box and were looked at one by one. No photos:
drawn trees, pages of text, screens with and without a photo, photos made into drawings of eight
kinds, children's drawings, plain colours and noise. All error rates are of outings held out (5
folds); limits are chosen on the other folds for a false alarm of 1 in 100 (of "tree", 1 in 80).
What is caught of a kind of drawing that was left out of training is printed as well. --no-trees
names photos without a tree, on which nothing is fitted; --other names photos of another source, of
which only the answers are printed. --write puts the heads into the package.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter
from safetensors.numpy import save_file

from arborisk.bundle.reference import build_reference, light_facts
from arborisk.bundle.session import probe_array
from arborisk.metrics.over_groups import effective_groups, ratio_over_groups, share_interval
from arborisk.models.embedding import embed_arrays
from arborisk.models.table import DEFAULT_MODEL, model_entry
from arborisk.photos.files import find_photos
from arborisk.prediction.decide import package_rules
from arborisk.prediction.gates.gating import (
    FACTS,
    FALSE_ALARM,
    GATES,
    WEIGHTS,
    GateHeads,
)
from arborisk.preprocess.prepare import prepare_file
from arborisk.simulate.writing import simulate_stand
from gates_drawings import cartoon, screen, sketch
from gates_heads import Head, fit, fit_head, to_ship
from gates_inks import INKS

HERE = Path(__file__).parent
PACKAGE = HERE.parent / "src/arborisk/prediction/gates"
SETTINGS = model_entry(DEFAULT_MODEL).preprocess
LIMITS = {rule.measure: rule.limit for rule in package_rules().gates}
N_FOLDS = 5
STOPPED = dict.fromkeys(GATES, FALSE_ALARM) | {"tree": 0.0125}
"""Share that a limit stops wrongly: of trees one in 50 may be, and some room is kept."""
SMALL_PX = (120, 260)
PART_OF_BOX = 0.4
MADE = ("sketch", "cartoon", "screen", "photo in a screen", *INKS)
QUESTIONS = {
    "tree": (("whole", "small"), ("none",)),
    "whole": (("whole", "small"), ("part",)),
    "leaf": (("leaf_on",), ("leaf_off",)),
    "photo": (("whole", "small", "part", "none"), ("drawn", "text", "plain", *MADE)),
}
PARTS_TOO = {"tree": ("part",)}
"""Kinds that a head is fitted on as a yes, without a promise on how many of them it stops."""
N_LITE2 = sum(model_entry(DEFAULT_MODEL).parts[:2])
"""The heads read the last and the middle map, which the former default has as well."""
ARRAYS = ("weight", "mean", "scale", "directions")
UNSEEN = ("drawn", "text", *MADE)
"""Kinds of drawings and screens that are left out of training in turn."""


@dataclass
class Pictures:
    """Prepared pictures with their kind and group."""

    scratch: Path
    arrays: list[NDArray[np.uint8]] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)
    group: list[str] = field(default_factory=list)
    season: list[str] = field(default_factory=list)

    def add(self, picture: Image.Image | Path, kind: str, group: str, season: str = "") -> None:
        """Prepares a picture as the default model sees it."""
        path = picture if isinstance(picture, Path) else self.scratch / "picture.png"
        if isinstance(picture, Image.Image):
            picture.save(path)
        self.arrays.append(prepare_file(path, SETTINGS, seed=0))
        self.kind.append(kind)
        self.group.append(group)
        self.season.append(season)


def collect(park: Path, scratch: Path) -> Pictures:
    found, random = Pictures(scratch), np.random.default_rng(1)
    rows = list(csv.DictReader((park / "photos.csv").open(encoding="utf-8")))
    outing = {row["file"]: row["outing"] for row in rows}
    for place, row in enumerate(rows):
        photo = Image.open(park / row["file"]).convert("RGB")
        if place % 3 == 0:
            found.add(sketch(photo), "sketch", row["outing"])
        elif place % 3 == 1:
            found.add(cartoon(photo, random), "cartoon", row["outing"])
        elif place % 6 == 2:
            found.add(screen(random, photo), "photo in a screen", row["outing"])
        ink = list(INKS)[place % len(INKS)]
        found.add(INKS[ink](photo, random), ink, row["outing"])
        found.add(park / row["file"], "whole", row["outing"], row["season"])
        side = int(random.integers(*SMALL_PX))
        found.add(photo.resize((side, side)), "small", row["outing"])
        box = max(json.loads(row["boxes_xywh"]), key=lambda one: one[2] * one[3])
        if min(box[2:]) > 300:
            side = int(min(box[2:]) * PART_OF_BOX)
            left = int(box[0] + random.uniform(0.2, 0.8) * (box[2] - side))
            top = int(box[1] + random.uniform(0.2, 0.8) * (box[3] - side))
            found.add(photo.crop((left, top, left + side, top + side)), "part", row["outing"])
    for patch in csv.DictReader((HERE / "gates_patches.csv").open(encoding="utf-8")):
        left, top, side = (int(patch[name]) for name in ("x_px", "y_px", "side_px"))
        photo = Image.open(park / patch["file"]).convert("RGB")
        square = photo.crop((left, top, left + side, top + side))
        found.add(square, "none", outing[patch["file"]])
    add_no_photos(found, scratch)
    return found


def add_no_photos(found: Pictures, scratch: Path) -> None:
    stand = scratch / "stand"
    simulate_stand(stand, n_trees=120, width_px=504, height_px=672, seed=11)
    for number, path in enumerate(find_photos(stand / "photos")):
        found.add(path, "drawn", f"drawn {number % 10}")
    for number in range(40):
        random = np.random.default_rng(number)
        page = Image.new("RGB", (360, 640), tuple(random.integers(180, 256, 3).tolist()))
        pen = ImageDraw.Draw(page)
        for line in range(20):
            words = ["".join(random.choice(list("abcdefghij"), size=6)) for _ in range(6)]
            pen.text((20, 20 + line * 30), " ".join(words), fill=(20, 20, 20))
        found.add(page, "text", f"text {number % 10}")
    for number in range(80):
        page = screen(np.random.default_rng(1_000 + number))
        found.add(page, "screen", f"screen {number % 20}")
    for number in range(20):
        random = np.random.default_rng(number)
        noise = random.integers(0, 256, (300, 300, 3), dtype=np.uint8)
        flat = np.full((300, 300, 3), noise[0, 0], dtype=np.uint8)
        found.add(Image.fromarray(noise if number % 2 else flat), "plain", f"plain {number % 10}")


def embed(arrays: NDArray[np.uint8], scratch: Path) -> NDArray[np.float32]:
    names = [f"{number:064x}" for number in range(len(arrays))]
    return embed_arrays(
        arrays, sha256=names, preprocess=SETTINGS, cache_dir=scratch / "cache", model=DEFAULT_MODEL
    )


def folds_of(group: NDArray[np.str_]) -> NDArray[np.int64]:
    names = np.unique(group)
    place = dict(zip(names, np.random.default_rng(0).permutation(len(names)), strict=True))
    return np.array([place[one] % N_FOLDS for one in group])


def share_with_interval(hit: NDArray[np.bool_], group: NDArray[np.str_]) -> dict[str, object]:
    """Share of hits with its 95 % interval over groups."""
    _, own = np.unique(group, return_inverse=True)
    hits, size = np.bincount(own, hit), np.bincount(own).astype(float)
    spread = ratio_over_groups(hits, size)
    number = effective_groups(size)
    low, high = share_interval(
        spread, n_if_certain=number, n_fewest=number, n_most=float(len(hit)), level=0.95
    )
    return {
        "share": round(float(hit.mean()), 4),
        "low": round(low, 4),
        "high": round(high, 4),
        "n_pictures": len(hit),
        "n_groups": len(size),
    }


def measure_head(
    gate: str, embedding: NDArray[np.float32], kind: NDArray[np.str_], group: NDArray[np.str_]
) -> tuple[Head, dict[str, object]]:
    yes_kinds, no_kinds = QUESTIONS[gate]
    more = PARTS_TOO.get(gate, ())
    use = np.isin(kind, yes_kinds + no_kinds + more)
    x, own, kinds = embedding[use], group[use], kind[use]
    yes, promised = np.isin(kinds, yes_kinds + more), np.isin(kinds, yes_kinds)
    fold = folds_of(own)
    score = np.empty(len(yes))
    for number in range(N_FOLDS):
        inside = fold != number
        head = fit_head(gate, x[inside], yes[inside], promised[inside])
        score[~inside] = head.score(x[~inside])
    stopped = np.empty(len(yes), dtype=bool)
    for number in range(N_FOLDS):
        limit = np.quantile(score[promised & (fold != number)], STOPPED[gate])
        stopped[fold == number] = score[fold == number] < limit
    facts = {
        "limit": float(np.quantile(score[promised], STOPPED[gate])),
        "stopped_wrongly": share_with_interval(stopped[promised], own[promised]),
        "stopped_rightly": share_with_interval(stopped[~yes], own[~yes]),
    }
    print(f"{gate}: {facts}")
    for each in (*yes_kinds, *more):
        print(f"{gate}, {each}: {stopped[kinds == each].mean():.3f} stopped")
    if gate == "photo":
        for name in UNSEEN:
            _print_unseen(name, x, yes, kinds, fold)
    return fit_head(gate, x, yes, promised), facts


def _print_unseen(
    name: str,
    x: NDArray[np.float32],
    yes: NDArray[np.bool_],
    kind: NDArray[np.str_],
    fold: NDArray[np.int64],
) -> None:
    """What is caught of a kind that the head was not trained on; outings held out as well."""
    caught: list[bool] = []
    for number in range(N_FOLDS):
        inside = (fold != number) & (kind != name)
        weight = fit(x[inside], yes[inside])
        own = (fold == number) & yes
        limit = np.quantile(x[own] @ weight[:-1] + weight[-1], FALSE_ALARM)
        unseen = x[(fold == number) & (kind == name)]
        caught += (unseen @ weight[:-1] + weight[-1] < limit).tolist()
    print(f"photo, {name} not trained on: {np.mean(caught):.3f} caught")


def measure_unlike(
    pictures: Pictures, embedding: NDArray[np.float32], arrays: NDArray[np.uint8]
) -> NDArray[np.bool_]:
    """Prints what "unlike" and the gates on light stop; which pictures are unlike all the trees."""
    kind, group = np.array(pictures.kind), np.array(pictures.group)
    trees = np.flatnonzero(kind == "whole")
    fold = folds_of(group[trees])
    beyond = np.empty(len(trees), dtype=bool)
    caught: dict[str, list[float]] = {}
    blurred: dict[float, list[bool]] = {}
    blur_wrong = np.empty(len(trees), dtype=bool)
    for number in range(N_FOLDS):
        inside, out = trees[fold != number], trees[fold == number]
        reference = build_reference(
            embedding[inside], arrays[inside], group[inside].tolist(), np.zeros(len(inside), int)
        )
        limit = reference.limit(FALSE_ALARM)
        beyond[fold == number] = reference.distance(embedding[out]) > limit
        for other in ("part", "none", "drawn", "text", "plain", *MADE):
            far = reference.distance(embedding[kind == other]) > limit
            caught.setdefault(other, []).append(float(far.mean()))
        blur_limit = reference.fact_limit("blur", 1 - FALSE_ALARM)
        blur_wrong[fold == number] = [light_facts(arrays[row])[3] > blur_limit for row in out]
        for sigma in (0.7, 1.0, 2.0):
            for row in out:
                again = Image.fromarray(arrays[row]).filter(ImageFilter.GaussianBlur(sigma))
                blurred.setdefault(sigma, []).append(light_facts(np.asarray(again))[3] > blur_limit)
    print(f"unlike, wrongly: {share_with_interval(beyond, group[trees])}")
    print(
        f"unlike, caught: { {name: round(np.mean(shares), 3) for name, shares in caught.items()} }"
    )
    print(f"blur, wrongly: {share_with_interval(blur_wrong, group[trees])}")
    print(
        f"blur of so many px, caught: { {s: round(np.mean(hit), 3) for s, hit in blurred.items()} }"
    )
    for gain in (1.0, 0.15, 0.25, 0.4, 2.5, 4.0):
        facts = [light_facts(np.clip(arrays[row] * gain, 0, 255).astype(np.uint8)) for row in trees]
        bad = [
            bright < LIMITS["bright"] or middle > LIMITS["middle"] for _, middle, bright, _ in facts
        ]
        print(f"exposure, light times {gain:g}: {np.mean(bad):.3f} stopped")
    reference = build_reference(
        embedding[trees], arrays[trees], group[trees].tolist(), np.zeros(len(trees), int)
    )
    return np.asarray(reference.distance(embedding) > reference.limit(FALSE_ALARM))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("park", type=Path)
    parser.add_argument("--no-trees", type=Path)
    parser.add_argument("--other", type=Path)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = Path(temporary)
        pictures = collect(given.park, scratch)
        n_known = len(pictures.arrays)
        others = find_photos(given.other) if given.other else []
        without = find_photos(given.no_trees) if given.no_trees else []
        for path in (*without, *others):
            pictures.add(path, "other", path.name)
        arrays = np.concatenate([np.stack(pictures.arrays), probe_array(SETTINGS)])
        embedding = embed(arrays, scratch)
    whole, embedding = embedding[:-1], embedding[:, :N_LITE2]
    probe, known = embedding[-1], embedding[:n_known]
    kind, group = np.array(pictures.kind), np.array(pictures.group)
    print({str(name): int((kind == name).sum()) for name in np.unique(kind)})
    by_season = np.where(kind == "whole", np.array(pictures.season), "")
    fitted, facts = [], {}
    for gate in GATES:
        of = by_season if gate == "leaf" else kind
        head, facts[gate] = measure_head(gate, known, of[:n_known], group[:n_known])
        fitted.append(head)
    far = measure_unlike(pictures, whole, arrays[:-1])
    heads = to_ship(fitted, probe, facts)
    print_answers(heads, whole[n_known:], far[n_known:], without, others)
    if given.write:
        arrays_of = {name: getattr(heads, name).astype(np.float16) for name in ARRAYS}
        arrays_of["bias"] = heads.bias
        save_file(arrays_of, PACKAGE / WEIGHTS)
        (PACKAGE / FACTS).write_text(json.dumps(heads.facts, indent=2) + "\n", encoding="utf-8")


def print_answers(
    heads: GateHeads,
    embedding: NDArray[np.float32],
    far: NDArray[np.bool_],
    without: Sequence[Path],
    others: Sequence[Path],
) -> None:
    """What the gates say of photos on which nothing is fitted."""
    if not len(embedding):
        return
    limits = np.array([heads.limit(gate) for gate in GATES])
    stopped = heads.scores(embedding) < limits
    for place, gate in enumerate(GATES):
        if without:
            print(f"no trees, stopped by {gate}: {stopped[: len(without), place].mean():.3f}")
    if without:
        own = far[: len(without)]
        print(f"no trees, stopped by unlike: {own.mean():.3f}")
        either = own | stopped[: len(without), GATES.index("tree")]
        print(f"no trees, stopped by tree or unlike: {either.mean():.3f}")
    for place, path in enumerate(others, start=len(without)):
        by = [gate for gate, one in zip(GATES, stopped[place], strict=True) if one]
        by += ["unlike"] * bool(far[place])
        print(f"{path.name}: stopped by {', '.join(by) or 'none'}")


if __name__ == "__main__":
    main()
