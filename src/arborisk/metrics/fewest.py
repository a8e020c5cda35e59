"""The one table of how many groups, trees or raters something needs before it is said.

Below, words stand in place of a number, an interval or a promise. Each entry has its reason: a
simulation (named), or the arithmetic of luck. At length: docs/decisions/0003-intervals.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FEWEST: Final[Mapping[str, int]] = {
    # Groups of a class (of all photos, for accuracy) for the interval of a score; from the second
    # number on it is drawn no wider. Source: benchmarks/promises.py.
    "groups of a class": 15,
    "groups of a class, not widened": 30,
    # Groups of equal size that the groups of a class must be worth, by the sizes of all groups: a
    # rare class may have missed the large ones that there are. Source: benchmarks/promises.py.
    "groups of equal size": 4,
    # Groups for the interval of a calibration error. Source: benchmarks/guarantees.py.
    "groups for a calibration error": 30,
    # Groups from which a calibration map is fitted; likewise of the rarest class for a bias each.
    "groups for a calibration map": 15,
    # New groups for the interval of an estimated prevalence; groups of the rarest class held back
    # for an estimate, and for its interval: below, redraws repeat an error that all of them share.
    # Source: benchmarks/guarantees.py.
    "new groups for a prevalence": 30,
    "groups of the rarest class for a prevalence": 15,
    "groups of the rarest class for its interval": 50,
    # Training groups from which a photo can be called unlike them: fewer do not show their spread.
    "groups for what is unlike": 10,
    # Trees that failed, and trees that stood, for a score of the ranking after a storm.
    # Source: benchmarks/promises_others.py.
    "trees of a kind for a ranking": 10,
    # Trees rated twice for an interval of agreement, and trees on which anyone left the commonest
    # class for a coefficient that allows for chance. Source: benchmarks/agreement.py.
    "trees rated twice": 15,
    "trees off the commonest class": 5,
    # Raters for an interval that speaks of other raters, not only of other trees.
    "raters for other raters": 3,
    # Groups with a photo of a class, and with one of another: all pairs of five and five come into
    # the right order by luck in 1 of 252 tries.
    "groups for an order of photos": 5,
    # Groups for the interval of a mean over photos: with five, even differences that all point one
    # way come about by luck in 1 of 16 tries (2 x 1/32), which is more than 5 %.
    "groups for a mean over photos": 6,
}
"""What is counted to the least number of it."""
