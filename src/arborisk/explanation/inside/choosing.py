"""Which units of a layer are shown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from arborisk.explanation.inside.records import UnitFacts

ASKED = "was asked for"
USED = "is used most: its weight times its spread over the photos is among the largest"
VARIES = "varies most from photo to photo"
DRAWN = "was taken at random, so that not only striking units are seen"


def choose_units(
    facts: UnitFacts, n_units: int, *, seed: int, asked: Sequence[int] = ()
) -> tuple[tuple[int, str], ...]:
    """Units with the reason for each: those asked for, then the foremost, then one at random.

    The foremost are those that the score of the contrast uses most, where the classifier reads the
    layer, and else those that vary most.

    Args:
        facts: Of the layer's units.
        n_units: Units wanted beside those asked for; the last of two or more is random.
        seed: Chooses it.
        asked: Units asked for.

    Returns:
        Number and reason, fewer than wanted in a narrow layer.
    """
    rank, why = facts.spread, VARIES
    if facts.weight is not None:
        rank, why = np.abs(facts.weight) * facts.spread, USED
    chosen = dict.fromkeys(asked, ASKED)
    foremost = [int(number) for number in np.argsort(-rank, kind="stable") if number not in chosen]
    n_first = n_units - 1 if n_units > 1 else n_units
    chosen.update((number, why) for number in foremost[:n_first])
    rest = foremost[n_first:]
    if n_units > 1 and rest:
        chosen[rest[int(np.random.default_rng(seed).integers(len(rest)))]] = DRAWN
    return tuple(chosen.items())
