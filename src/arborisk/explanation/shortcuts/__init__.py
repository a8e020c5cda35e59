"""Does a model read something else than the tree: border, stamp, background, camera, dead wood?

Each test is small, has a figure with an interval over groups beside what chance gives, and a stated
limit beyond which it speaks. Not finding a shortcut does not show that there is none.
"""

from arborisk.explanation.shortcuts.held_back import held_back_scores
from arborisk.explanation.shortcuts.photos import UNSEEN_BY_ALL, ShortcutPhotos
from arborisk.explanation.shortcuts.record import (
    STANDING_WORDS,
    Example,
    Finding,
    Places,
    Reading,
    Shortcuts,
)
from arborisk.explanation.shortcuts.testing import shortcut_tests

__all__ = [
    "STANDING_WORDS",
    "UNSEEN_BY_ALL",
    "Example",
    "Finding",
    "Places",
    "Reading",
    "ShortcutPhotos",
    "Shortcuts",
    "held_back_scores",
    "shortcut_tests",
]
