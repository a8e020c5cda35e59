"""How often does `arborisk drift` alarm without a change, and how often with one?

    python benchmarks/drift.py             the whole table (about an hour on one core)
    python benchmarks/drift.py --quick     seconds; exits with 1 where the promise is broken

Each repeat draws training trees and new ones with their photos (benchmarks/drift_shapes.py), with
no change between them but luck, builds what a bundle would remember, trains five members that tell
three classes, and runs the four tests as the command does. Promised: any alarm in at most 5 % of
repeats; a row fails where there are more by over three Monte Carlo standard errors. Then the same
new photos are changed: what they show is moved by 0.7 of the spread of single photos along one of
its widest directions, or one fact on their light by 0.6 of it. "One draw" is the rule before this
one: as many photos of each tree as the smallest has, drawn once.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections import Counter
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from arborisk.bundle.reference import Reference, build_reference
from arborisk.calibration.table import CalibrationMap, CalibrationTable
from arborisk.metrics.paired_tests import holm
from arborisk.metrics.scores import number_groups
from arborisk.prediction.drift.classes import mix_differs
from arborisk.prediction.drift.compare import LEVEL, compare_photos
from arborisk.prediction.drift.dealing import N_DRAWS
from arborisk.prediction.drift.photos import NewPhotos
from drift_shapes import NOT_PROMISED, QUICK, SHAPES, Drawn, draw

TESTS = ("embedding", "distance", "light", "classes")
N_FOLDS, N_CLASSES, N_SEEN = 5, 3, 8
SHOWS_MOVED, LIGHT_MOVED = 0.7, 0.6
QUICK_REPEATS = 20
HEAD = (
    "| Trees and photos | any alarm | shows, alone | distance | light | classes "
    "| shows moved | one draw | light moved | one draw |"
)
PValues = dict[str, float]


def remember(drawn: Drawn) -> Reference:
    """What a bundle would keep of the training photos."""
    old = ~drawn.new
    blank = np.zeros((int(old.sum()), 8, 8, 3), dtype=np.uint8)
    groups, kinds = drawn.group[old].tolist(), drawn.class_index[old]
    embedding = drawn.embedding[old].astype(np.float32)
    kept = build_reference(embedding, blank, groups, kinds)
    # Light is no picture here: the facts of the photos that were kept stand in its place.
    rows = np.unique(np.linspace(0, len(blank) - 1, len(kept.points)).astype(np.int64))
    return dataclasses.replace(kept, facts=drawn.facts[old][rows].astype(np.float32))


def members_of(drawn: Drawn, seed: int) -> tuple[CalibrationTable, NDArray[np.float64]]:
    """Answers to training photos held back by tree, and of all members to the new ones."""
    seen, kind = drawn.embedding[:, :N_SEEN], drawn.class_index
    old = np.flatnonzero(~drawn.new)
    number = np.array(number_groups(drawn.group[old].tolist()))
    fold = np.random.default_rng(seed).permutation(int(number.max()) + 1)[number] % N_FOLDS
    held = np.zeros((len(old), N_CLASSES))
    fresh = np.zeros((int(drawn.new.sum()), N_FOLDS, N_CLASSES))
    for member in range(N_FOLDS):
        inside = old[fold != member]
        middle = np.stack([seen[inside][kind[inside] == one].mean(axis=0) for one in range(3)])
        rest = seen[inside] - middle[kind[inside]]
        inverse = np.linalg.inv(rest.T @ rest / len(inside) + 1e-3 * np.eye(N_SEEN))
        weight = middle @ inverse
        scores = seen @ weight.T - 0.5 * (weight * middle).sum(axis=1)
        log = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
        held[fold == member], fresh[:, member] = log[old[fold == member]], log[drawn.new]
    return CalibrationTable(held, kind[old], fold, number, number), fresh


def photos_of(drawn: Drawn, reference: Reference) -> NewPhotos:
    """The new photos as the command measures them."""
    embedding = drawn.embedding[drawn.new].astype(np.float32)
    n = len(embedding)
    return NewPhotos(
        names=tuple(map(str, range(n))),
        groups=tuple(drawn.group[drawn.new].tolist()),
        grouped_by="given",
        points=reference.project(embedding),
        distance=reference.distance(embedding),
        facts=drawn.facts[drawn.new],
        members=np.empty((n, 0, 0)),
        probability=np.empty((n, 0)),
        months=(),
        leafless=None,
        failures={},
        n_left_out=0,
    )


def p_values_of(drawn: Drawn, seed: int, n_draws: int = N_DRAWS) -> PValues:
    """P value of each test, before the correction for four."""
    reference = remember(drawn)
    photos = photos_of(drawn, reference)
    compared = compare_photos(reference, photos, seed=seed, n_draws=n_draws)
    table, fresh = members_of(drawn, seed)
    plain = CalibrationMap("none", np.eye(N_CLASSES), np.zeros(N_CLASSES))
    group = number_groups(drawn.group[drawn.new].tolist())
    mix = mix_differs(table, plain, fresh, group, seed=seed, n_draws=n_draws)
    found = {name: one.p_value for name, one in compared.outcomes.items() if one}
    return found | {"classes": mix.p_value}


def moved(drawn: Drawn, *, shows: float = 0.0, light: float = 0.0) -> Drawn:
    """The same with new photos changed, in units of the spread of single photos."""
    embedding, facts = drawn.embedding.copy(), drawn.facts.copy()
    embedding[drawn.new, 2] += shows * 3**-0.55
    facts[drawn.new, 1] += light
    return dataclasses.replace(drawn, embedding=embedding, facts=facts)


def alarms(p_values: PValues) -> bool:
    """Whether any test alarms."""
    corrected = holm([p_values[name] for name in TESTS])
    return any(p is not None and p <= LEVEL for p in corrected)


def one_repeat(shape: str, seed: int, *, with_change: bool) -> Counter[str]:
    """What alarmed in one repeat."""
    # No two shapes have their luck in common.
    drawn = draw(SHAPES[shape], np.random.default_rng([seed, list(SHAPES).index(shape)]))
    found: Counter[str] = Counter()
    luck = p_values_of(drawn, seed)
    found["any"] = alarms(luck)
    found.update(name for name in TESTS if luck[name] <= LEVEL)
    if not with_change:
        return found
    changed = {
        "shows": moved(drawn, shows=SHOWS_MOVED),
        "light moved": moved(drawn, light=LIGHT_MOVED),
    }
    for name, one in changed.items():
        found[name] = alarms(p_values_of(one, seed))
        found[f"{name}, one draw"] = alarms(p_values_of(one, seed, n_draws=1))
    return found


def main(
    repeats: Annotated[int, typer.Option(help="Samples a shape without a change.")] = 400,
    changes: Annotated[int, typer.Option(help="Of these, samples that are changed too.")] = 100,
    shape: Annotated[list[str] | None, typer.Option(help="Only these.  [default: all]")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="A few shapes, few repeats.")] = False,
) -> None:
    """Prints the table; exits with 1 where luck alarms more often than promised."""
    started, broken = time.perf_counter(), []
    if quick:
        repeats, changes = QUICK_REPEATS, 0
    print(HEAD + "\n" + "|---" * 10 + "|")
    for name in shape or (QUICK if quick else SHAPES):
        found: Counter[str] = Counter()
        for seed in range(repeats):
            found += one_repeat(name, seed, with_change=seed < changes)
        error = math.sqrt(LEVEL * (1 - LEVEL) / repeats)
        share = found["any"] / repeats
        if share > LEVEL + 3 * error and name not in NOT_PROMISED:
            broken.append(f"{name}: {share:.3f}")
        cells = [f"{share:.1%}", *(f"{found[test] / repeats:.1%}" for test in TESTS)]
        for change in ("shows", "light moved"):
            for way in (change, f"{change}, one draw"):
                cells.append(f"{found[way] / changes:.0%}" if changes else "-")
        print(f"| {name} | {' | '.join(cells)} |".replace("%", " %"), flush=True)
    print(
        f"\nMonte Carlo standard error of 5 %: {error:.1%}; {time.perf_counter() - started:.0f} s"
    )
    if broken:
        print("Broken:", *broken, sep="\n  ")
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
