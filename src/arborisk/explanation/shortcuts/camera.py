"""Does the model read the camera: light, colour cast, sharpness, how the file was stored?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from arborisk.explanation.belief.interval import above
from arborisk.explanation.shortcuts.held_back import held_back_scores
from arborisk.explanation.shortcuts.material import Material
from arborisk.explanation.shortcuts.measures import share
from arborisk.explanation.shortcuts.out_of_fold import predict_class, predict_number
from arborisk.explanation.shortcuts.pictures import (
    Masks,
    Photos,
    blurred,
    brighter,
    stored,
    tinted,
)
from arborisk.explanation.shortcuts.record import Example, Finding, Reading, Standing
from arborisk.wording.intervals import share_text
from arborisk.wording.percent import percent

CAMERA_TITLE = "the camera (light, colour, sharpness, storage)"
FLIPPED = 0.2
"""Share of answers that a change too small to matter to a person may alter."""
EXPLAINED = 0.5
CHANGES: dict[str, Callable[[Photos], Photos]] = {
    "10 % brighter": lambda photos: brighter(photos, 1.1),
    "10 % darker": lambda photos: brighter(photos, 0.9),
    "5 % warmer": lambda photos: tinted(photos, 0.05),
    "5 % cooler": lambda photos: tinted(photos, -0.05),
    "slightly out of focus": lambda photos: blurred(photos, photos.shape[1] / 300),
    "stored as JPEG 50": lambda photos: stored(photos, 50),
}
"""Small changes of the camera, by name."""
CAMERA_RULE = (
    "Found: light, colour and sharpness outside the tree, fitted out of fold, tell the classes at "
    f"least as well as the model and explain more than {percent(EXPLAINED, 'stated')} of its "
    "score. Worth knowing: they tell the classes better than chance; or a small change alters "
    f"more than {percent(FLIPPED, 'stated')} of the answers, at the lower end of the interval: "
    "then answers hang on the camera, though it says nothing of the class."
)


def camera_test(material: Material) -> Finding:
    """Fits light and sharpness alone to the classes and to the score; changes photos a little.

    They are taken outside the tree where its outline is known; else they hold the tree as well, and
    can show no shortcut by themselves.
    """
    photos, rows = material.photos, material.rows
    numbers = global_numbers(photos.arrays, photos.tree_mask)
    if photos.camera_facts is not None:
        numbers = np.column_stack([numbers, photos.camera_facts])
    groups = photos.group_names(rows)
    is_first = photos.class_index[rows] == material.contrast.of
    told = predict_class(numbers[rows], is_first, groups, seed=material.seed)
    alone = material.order_of(told, rows)
    score = material.score(material.plain[rows])
    explained = predict_number(numbers[rows], score, groups, seed=material.seed)
    flips = [_flips(material, name, change) for name, change in CHANGES.items()]
    worst = max(flips, key=lambda item: item.interval.value)
    as_well = above(alone, 0.5) and alone.value >= material.order.value
    apart = photos.tree_mask is not None
    standing: Standing = "not found"
    if above(alone, 0.5) or above(worst.interval, FLIPPED):
        standing = "noticed"
    if apart and as_well and explained > EXPLAINED:
        standing = "found"
    first = photos.arrays[rows[:1]]
    where = "outside the tree" if apart else "of the whole frame, which hold the tree as well,"
    return Finding(
        "camera",
        CAMERA_TITLE,
        standing,
        f"Light, colour and sharpness {where} alone put {share_text(alone)} of pairs in the right "
        f"order (the model {share_text(material.order)}, chance 50 %) and explain "
        f"{percent(max(explained, 0))} of the model's score. Of small changes, "
        f'"{worst.title.split(":")[0]}" alters most answers: {share_text(worst.interval)}.',
        CAMERA_RULE,
        (
            Reading("light, colour, sharpness alone: order right", alone, 0.5, "chance"),
            *flips,
        ),
        tuple(Example(name, change(first)[0]) for name, change in list(CHANGES.items())[-2:]),
    )


def _flips(material: Material, name: str, change: Callable[[Photos], Photos]) -> Reading:
    """Share of answers that a change alters."""
    photos, rows = material.photos, np.unique(material.pairs.host)
    said = held_back_scores(material.opened, change(photos.arrays[rows]), photos.member[rows])
    flipped = said.argmax(axis=1) != material.plain[rows].argmax(axis=1)
    return Reading(f"{name}: answers that change", share(flipped, photos.group_names(rows)))


def global_numbers(arrays: Photos, outlines: Masks | None = None) -> NDArray[np.float64]:
    """Light, contrast, colour cast (two), colourfulness and sharpness of photos, shape (n, 6).

    Grey photos have no colour: those columns are 0.

    Args:
        arrays: Bytes, shape (n, size, size, channels).
        outlines: What is left out, shape (n, size, size), or None; a photo that it covers wholly is
            taken whole.
    """
    found = np.empty((len(arrays), 6))
    for number, photo in enumerate(arrays):
        pixels = photo.astype(np.float64)
        grey = pixels.mean(axis=2)
        bend = 4 * grey[1:-1, 1:-1] - grey[:-2, 1:-1] - grey[2:, 1:-1]
        bend -= grey[1:-1, :-2] + grey[1:-1, 2:]
        kept = np.ones(grey.shape, dtype=bool)
        if outlines is not None and not outlines[number][1:-1, 1:-1].all():
            kept = ~outlines[number]
        red, green, blue = (pixels[kept][:, min(i, pixels.shape[2] - 1)] for i in range(3))
        found[number] = (
            grey[kept].mean(),
            grey[kept].std(),
            (red - blue).mean(),
            (green - (red + blue) / 2).mean(),
            np.ptp(pixels[kept], axis=1).mean(),
            np.log1p(bend[kept[1:-1, 1:-1]].std()),
        )
    return found
