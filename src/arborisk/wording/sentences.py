"""The sentences that must be the same wherever they stand: texts, pages, tables and cards.

Whoever needs one imports it. A second wording of the same warning would make a reader ask which one
holds.
"""

from __future__ import annotations

from typing import Final

KEEP_AWAY: Final = "keep people away and call an arborist now."
"""What to do about anything Imminent; follows a colon."""
IMMINENT: Final = f"Rated Imminent: {KEEP_AWAY}"
"""Stands first wherever a person rated something Imminent."""
WHEN_TO_CALL: Final = (
    f"Lifted soil or roots, a fresh crack, a hanging limb, a sudden lean: {KEEP_AWAY}"
)
"""Signs that need no rating first."""
NEVER_IMMINENT: Final = f"This model cannot say Imminent. {WHEN_TO_CALL}"
"""Stands with the answers of every model of photos."""

NEAR_WIRES: Final = "Treat as energised; keep clear; qualified line-clearance arborist only."
"""Stands first with every tree that may reach a line, and every photo that shows one."""
WIRES_NOT_RULED_OUT: Final = "Wires are not ruled out: look up before you go near."
"""Stands wherever none was found or looked for; nothing says that there are none."""

DRAWN_TREES: Final = "Drawn trees are never evidence about real ones."
"""Stands with every number that was measured on drawn trees."""
DRAWN_MODEL: Final = "The model was trained on drawn trees: it knows nothing of real ones."
"""Stands with every answer of a model that learnt from drawn trees."""

ONE_SIDE: Final = "at most a Level 1 limited visual assessment of one side"
"""What a photo is, for the middle of a sentence."""
LEVEL_1: Final = (
    f"A photo alone is {ONE_SIDE} of a tree. It gives a likelihood, never a risk rating: that "
    "needs a target and consequences from a person."
)
"""Stands with every answer that comes from a photo."""
LEVEL_1_SHORT: Final = "Level 1 at most, one side, a likelihood, never a risk rating."
"""The same, where a line must do."""

UNSEEN: Final = "roots, far side and inside were not seen"
"""What no photo shows, for the middle of a sentence."""
NOTHING_URGENT: Final = f"nothing in this photo asks for an earlier inspection; {UNSEEN}"
"""The most reassuring thing that a model of photos may say of a tree."""
