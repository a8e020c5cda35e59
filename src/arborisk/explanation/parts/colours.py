"""Colours of the parts, the same on every page: those of Okabe and Ito.

They stay apart for people with any colour vision; a name always stands beside them.

Source: M. Okabe and K. Ito, "Color Universal Design", 2008.
"""

from __future__ import annotations

from typing import Final

PART_COLOURS: Final[dict[str, str]] = {
    "sky": "#56B4E9",
    "crown": "#009E73",
    "bare_wood": "#D55E00",
    "stem": "#CC79A7",
    "ground": "#F0E442",
    "built": "#E69F00",
    "other_trees": "#0072B2",
}
"""By part, as #rrggbb."""
