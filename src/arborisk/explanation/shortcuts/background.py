"""Does the model read the background rather than the tree?"""

from __future__ import annotations

import numpy as np

from arborisk.explanation.belief.interval import above
from arborisk.explanation.shortcuts.material import Material
from arborisk.explanation.shortcuts.pairs import Rows, swapped
from arborisk.explanation.shortcuts.pictures import Photos, filled, pasted
from arborisk.explanation.shortcuts.record import Example, Finding, Reading, Standing
from arborisk.wording.intervals import share_text
from arborisk.wording.percent import percent

BACKGROUND_TITLE = "the background"
MOST_BY_BACKGROUND = 0.5
SOME_BY_BACKGROUND = 0.25
BACKGROUND_RULE = (
    f"Found: more than {percent(MOST_BY_BACKGROUND, 'stated')} of the difference between classes goes with the "
    "background, at the lower end of the interval. Worth knowing: more than "
    f"{percent(SOME_BY_BACKGROUND, 'stated')}, or photos without their tree are still put in order better than "
    "chance."
)
NO_MASKS = "No outline of the trees was given, so that they cannot be taken out."


def background_test(material: Material) -> Finding:
    """Takes the tree out; and swaps background, or tree, for that of another photo.

    The tree is filled in with a blur of its surroundings: the outline itself may leave a trace.
    """
    photos, masks = material.photos, material.photos.tree_mask
    if masks is None:
        return Finding("background", BACKGROUND_TITLE, "not tested", NO_MASKS, BACKGROUND_RULE)
    bare = filled(photos.arrays, masks)

    def swap_background(host: Rows, donor: Rows) -> Photos:
        return pasted(bare[donor], photos.arrays[host], masks[host])

    def swap_tree(host: Rows, donor: Rows) -> Photos:
        return pasted(bare[host], photos.arrays[donor], masks[donor])

    alone = material.altered_order(bare[material.rows], "tree taken out: order right")
    behind = swapped(material.opened, photos, material.plain, material.pairs, swap_background)
    tree = swapped(material.opened, photos, material.plain, material.pairs, swap_tree)
    standing: Standing = "not found"
    if above(alone.interval, 0.5) or above(behind.travel, SOME_BY_BACKGROUND):
        standing = "noticed"
    if above(behind.travel, MOST_BY_BACKGROUND):
        standing = "found"
    host, donor = material.pairs.host[:1], material.pairs.donor[:1]
    covered = float(np.mean(masks))
    return Finding(
        "background",
        BACKGROUND_TITLE,
        standing,
        f"With the tree taken out ({percent(covered)} of the picture on average) the model puts "
        f"{share_text(alone.interval)} of pairs in the right order, against "
        f"{share_text(material.order)} with it; chance gives 50 %. Of the difference between "
        f"classes {share_text(behind.travel)} goes with the background and "
        f"{share_text(tree.travel)} with the tree; another background changes "
        f"{share_text(behind.changed)} of the answers, another tree {share_text(tree.changed)}.",
        BACKGROUND_RULE,
        (
            alone,
            Reading("background swapped: difference that goes with it", behind.travel),
            Reading("tree swapped: difference that goes with it", tree.travel),
            Reading("background swapped: answers that change", behind.changed),
            Reading("tree swapped: answers that change", tree.changed),
        ),
        (
            Example("tree taken out", bare[host][0]),
            Example("before another background", swap_background(host, donor)[0]),
            Example("another tree", swap_tree(host, donor)[0]),
        ),
    )
