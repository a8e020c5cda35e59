"""Which units are shown."""

import numpy as np

from arborisk.explanation.inside.records import (
    ASKED,
    DRAWN,
    USED,
    VARIES,
    Strongest,
    UnitFacts,
    choose_units,
)


def facts(spread, weight=None):
    spread = np.array(spread, dtype=float)
    weight = None if weight is None else np.array(weight, dtype=float)
    return UnitFacts(np.zeros(len(spread)), spread, weight, Strongest(len(spread), 1).found())


def test_those_that_vary_most_come_first_and_one_is_random():
    chosen = choose_units(facts([1, 5, 3, 4, 2, 0]), 3, seed=0)
    assert chosen[:2] == ((1, VARIES), (3, VARIES))
    assert chosen[2][1] == DRAWN
    others = {choose_units(facts([1, 5, 3, 4, 2, 0]), 3, seed=seed)[2][0] for seed in range(40)}
    assert others == {0, 2, 4, 5}


def test_a_weight_counts_by_what_it_moves():
    chosen = choose_units(facts([1, 5, 3], [-9, 0.1, 1]), 1, seed=0)
    assert chosen == ((0, USED),)


def test_what_is_asked_for_comes_first_and_never_twice():
    chosen = choose_units(facts([1, 5, 3]), 9, seed=0, asked=[1])
    assert chosen[0] == (1, ASKED)
    assert sorted(number for number, _ in chosen) == [0, 1, 2]
