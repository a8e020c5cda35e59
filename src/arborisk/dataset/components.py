"""Groups of things that hang together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from typing import TypeVar

Thing = TypeVar("Thing", bound=Hashable)


def connected(pairs: Iterable[tuple[Thing, Thing]]) -> list[list[Thing]]:
    """Connected components of a graph given by its edges, in order of first mention.

    >>> connected([("a", "b"), ("c", "d"), ("b", "e")])
    [['a', 'b', 'e'], ['c', 'd']]
    """
    leader: dict[Thing, Thing] = {}

    def find(thing: Thing) -> Thing:
        leader.setdefault(thing, thing)
        while leader[thing] != thing:
            leader[thing] = leader[leader[thing]]  # halve the path, so that it stays short
            thing = leader[thing]
        return thing

    for first, second in pairs:
        one, other = find(first), find(second)
        leader[other] = one
    groups: dict[Thing, list[Thing]] = defaultdict(list)
    for thing in list(leader):
        groups[find(thing)].append(thing)
    return list(groups.values())
