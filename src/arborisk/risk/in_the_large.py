"""Whether as many trees failed as the stated chances allow, all together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from arborisk.wording.counts import counted

LEAST_TAIL = 1e-12
"""What rounding leaves of a smaller tail is noise."""
_FOLD_DIRECTLY = 2_000  # trees; a transform is faster beyond, and right to 1e-15


def in_the_large(
    chance: NDArray[np.float64], failed: NDArray[np.bool_]
) -> tuple[float, int, float] | None:
    """Expected and seen numbers, and twice the exact tail of the number seen; None without trees.

    The tail is 0 where the chances allow no such number, else at least `LEAST_TAIL`.

    Args:
        chance: Chance stated for each tree, in [0, 1], shape (n_trees,).
        failed: Whether it failed, shape (n_trees,).

    >>> in_the_large(np.array([0.5, 0.5]), np.array([True, True]))
    (1.0, 2, 0.5)
    >>> in_the_large(np.array([0.0, 0.0]), np.array([True, False]))
    (0.0, 1, 0.0)
    """
    if not len(chance):
        return None
    expected, seen = float(chance.sum()), int(failed.sum())
    undecided = chance[(chance > 0) & (chance < 1)]
    further = seen - int((chance == 1).sum())
    if not 0 <= further <= len(undecided):
        return expected, seen, 0.0
    law = number_law(undecided)
    tail = min(float(law[: further + 1].sum()), float(law[further:].sum()))
    return expected, seen, min(1.0, 2 * max(tail, LEAST_TAIL))


def against_certain(chance: NDArray[np.float64], failed: NDArray[np.bool_]) -> Iterator[str]:
    """Trees that did what their stated chance says is impossible, whatever the others did."""
    fell, stood = int((failed & (chance == 0)).sum()), int((~failed & (chance == 1)).sum())
    if fell:
        yield f"{counted(fell, 'tree')} with a stated chance of 0 failed: no chance may be 0"
    if stood:
        yield f"{counted(stood, 'tree')} with a stated chance of 1 did not fail"


def odds_words(chance: float) -> str:
    """A chance of being so far off, with no more digits than it has."""
    least = 2 * LEAST_TAIL
    return (
        f"chance of being so far off {f'below {least:.0e}' if chance <= least else f'{chance:.2g}'}"
    )


def number_law(chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chance of each number of failures of trees that fail independently, shape (n + 1,).

    The Poisson-binomial law, exact but for rounding: the laws of halves are folded into each other.

    Args:
        chance: Chance of each tree, shape (n,).
    """
    from scipy import signal

    if not len(chance):
        return np.ones(1)
    if len(chance) == 1:
        return np.array([1 - chance[0], chance[0]])
    half = len(chance) // 2
    left, right = number_law(chance[:half]), number_law(chance[half:])
    folded = signal.convolve(left, right, method="direct" if half < _FOLD_DIRECTLY else "fft")
    return np.asarray(np.maximum(folded, 0.0), dtype=np.float64)
