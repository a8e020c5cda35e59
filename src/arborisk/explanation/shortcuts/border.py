"""Does the model read the border of the frame?"""

from __future__ import annotations

from arborisk.explanation.belief.interval import above
from arborisk.explanation.shortcuts.material import Material
from arborisk.explanation.shortcuts.pairs import Rows, swapped
from arborisk.explanation.shortcuts.pictures import Photos, border_mask, only, pasted
from arborisk.explanation.shortcuts.record import Example, Finding, Reading
from arborisk.wording.intervals import share_text
from arborisk.wording.percent import percent

BORDER_TITLE = "the border of the frame"
MOST_BY_BORDER = 0.5
"""Share of the difference between classes that makes the border a shortcut: it decides more than
the middle, where the tree stands."""
SOME_BY_BORDER = 0.25
BORDER_RULE = (
    f"Found: more than {percent(MOST_BY_BORDER, 'stated')} of the difference between classes goes with the "
    "border (a tenth of the side all round), at the lower end of the interval. Worth knowing: "
    f"more than {percent(SOME_BY_BORDER, 'stated')}, or the border alone orders the photos better than "
    "chance."
)


def border_test(material: Material) -> Finding:
    """Keeps only the border; and swaps the border, or the middle, for that of another photo."""
    photos = material.photos
    border = border_mask(photos.size_px)

    def swap_border(host: Rows, donor: Rows) -> Photos:
        return pasted(photos.arrays[host], photos.arrays[donor], border)

    def swap_middle(host: Rows, donor: Rows) -> Photos:
        return pasted(photos.arrays[host], photos.arrays[donor], ~border)

    alone = material.altered_order(
        only(photos.arrays[material.rows], border), "only the border kept: order right"
    )
    with_border = swapped(material.opened, photos, material.plain, material.pairs, swap_border)
    with_middle = swapped(material.opened, photos, material.plain, material.pairs, swap_middle)
    host, donor = material.pairs.host[:1], material.pairs.donor[:1]
    reads = above(alone.interval, 0.5)
    standing = "not found"
    if reads or above(with_border.travel, SOME_BY_BORDER):
        standing = "noticed"
    if above(with_border.travel, MOST_BY_BORDER):
        standing = "found"
    return Finding(
        "border",
        BORDER_TITLE,
        standing,  # type: ignore[arg-type]
        f"With another photo's border, {share_text(with_border.changed)} of the answers change, "
        f"and {share_text(with_border.travel)} of the difference between classes goes with the "
        f"border; with another photo's middle, {share_text(with_middle.changed)} change. From the "
        f"border alone the model puts {share_text(alone.interval)} of pairs of photos in the right "
        "order, where chance gives 50 %.",
        BORDER_RULE,
        (
            alone,
            Reading("border swapped: difference that goes with it", with_border.travel),
            Reading("middle swapped: difference that goes with it", with_middle.travel),
            Reading("border swapped: answers that change", with_border.changed),
            Reading("middle swapped: answers that change", with_middle.changed),
        ),
        (
            Example("only the border kept", only(photos.arrays[host], border)[0]),
            Example("border of another photo", swap_border(host, donor)[0]),
        ),
    )
