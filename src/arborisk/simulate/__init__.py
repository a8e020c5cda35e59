"""Drawn trees: stands whose failure likelihood follows from mechanics, and their pictures."""

from arborisk.simulate.ceiling import Ceiling, expected_balanced_accuracy
from arborisk.simulate.raters import RATERS, DrawnRater
from arborisk.simulate.sampling import CLASS_LABELS
from arborisk.simulate.stand import Stand, draw_stand
from arborisk.simulate.trees import DrawnTree, Site
from arborisk.simulate.writing import simulate_stand

__all__ = [
    "CLASS_LABELS",
    "RATERS",
    "Ceiling",
    "DrawnRater",
    "DrawnTree",
    "Site",
    "Stand",
    "draw_stand",
    "expected_balanced_accuracy",
    "simulate_stand",
]
