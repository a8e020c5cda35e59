"""Whether leaves and twigs at a crown's edge are clearly its own, or may be of a tree behind."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from arborisk.explanation.measures.crown import CrownParts
from arborisk.explanation.measures.part_masks import OTHER
from arborisk.explanation.parts.part_map import PartMap

NEAR_SHARE = 0.04
"""How far around the crown's outline is looked at, as a share of the tree's height."""

UNSURE = (0.15, 0.85)
"""Probabilities of "trees behind" between which it is not clear whose leaves they are."""

MOST_SHARE = 0.12
"""Most of such area, over the outline's, with which the crown's shape is measured; found on drawn
trees of seed 7."""

NOT_ITS_OWN = "a tree behind runs into the crown: which leaves are whose cannot be told"


def shape_doubt(part_map: PartMap, crown: CrownParts) -> str:
    """Why the crown's shape cannot be measured; empty when it can.

    Args:
        part_map: What each pixel shows.
        crown: The crown.
    """
    rows, columns = np.nonzero(crown.outline)
    room = int(np.ceil(NEAR_SHARE * crown.height_px)) + 1
    window = (
        slice(max(int(rows.min()) - room, 0), int(rows.max()) + room + 1),
        slice(max(int(columns.min()) - room, 0), int(columns.max()) + room + 1),
    )
    away = ndimage.distance_transform_edt(~crown.outline[window])
    behind = part_map.probability[OTHER][window]
    unsure = (away <= NEAR_SHARE * crown.height_px) & (behind > UNSURE[0]) & (behind < UNSURE[1])
    return NOT_ITS_OWN if unsure.sum() > MOST_SHARE * len(rows) else ""
