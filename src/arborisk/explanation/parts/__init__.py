"""What each pixel of a photo shows: sky, crown, bare wood, stem, ground, built, trees behind.

From a small head on the features of pretrained networks; see docs/parts.md for how well it tells
them apart, on drawn and on real photos left out.
"""

from arborisk.explanation.parts.colours import PART_COLOURS
from arborisk.explanation.parts.part_map import PART_TITLES, PARTS, PartMap
from arborisk.explanation.parts.reader import PartsReader, read_parts
from arborisk.explanation.parts.shares import PartShare, Shares, attribution_shares

__all__ = [
    "PARTS",
    "PART_COLOURS",
    "PART_TITLES",
    "PartMap",
    "PartShare",
    "PartsReader",
    "Shares",
    "attribution_shares",
    "read_parts",
]
