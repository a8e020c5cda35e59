"""Does the model read the camera: light, colour cast, sharpness, how the file was stored?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from arborisk.explanation.belief.maps import above
from arborisk.explanation.shortcuts.material import (
    Material,
    ShortcutExample,
    ShortcutFinding,
    ShortcutReading,
    Standing,
)
from arborisk.explanation.shortcuts.measures import (
    correlation,
    difference,
    order_share,
    predict_by_threshold,
    predict_class,
    predict_number,
    share,
    two_sides,
)
from arborisk.explanation.shortcuts.photos import (
    Masks,
    Photos,
    blurred,
    brighter,
    held_back_scores,
    stored,
    tinted,
)
from arborisk.records import Interval
from arborisk.wording.intervals import interval_text, points_text, share_text
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


def camera_test(material: Material) -> ShortcutFinding:
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
    return ShortcutFinding(
        "camera",
        CAMERA_TITLE,
        standing,
        f"Light, colour and sharpness {where} alone put {share_text(alone)} of pairs in the right "
        f"order (the model {share_text(material.order)}, chance 50 %) and explain "
        f"{percent(max(explained, 0))} of the model's score. Of small changes, "
        f'"{worst.title.split(":")[0]}" alters most answers: {share_text(worst.interval)}.',
        CAMERA_RULE,
        (
            ShortcutReading("light, colour, sharpness alone: order right", alone, 0.5, "chance"),
            *flips,
        ),
        tuple(
            ShortcutExample(name, change(first)[0]) for name, change in list(CHANGES.items())[-2:]
        ),
    )


def _flips(material: Material, name: str, change: Callable[[Photos], Photos]) -> ShortcutReading:
    """Share of answers that a change alters."""
    photos, rows = material.photos, np.unique(material.pairs.host)
    said = held_back_scores(material.opened, change(photos.arrays[rows]), photos.member[rows])
    flipped = said.argmax(axis=1) != material.plain[rows].argmax(axis=1)
    return ShortcutReading(f"{name}: answers that change", share(flipped, photos.group_names(rows)))


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


LOW_DEAD_SHARE = 0.15
"""A tree with less dead wood than this counts as living here."""
FOLLOWS = 0.7
DEAD_WOOD_RULE = (
    "Found: the model orders the photos no better than this share does (the difference is not "
    "above 0 at the lower end); among trees with little of it no better than chance, though "
    f"there are enough of them; and its score follows it (rank correlation beyond {FOLLOWS:g} "
    "at the near end of the interval). Worth knowing: the first or the last of these."
)
NO_SHARE = "Its share is not known for these photos."
TOO_FEW = "Too few photos of one of the classes have a known share of it."


def dead_wood_test(material: Material) -> ShortcutFinding:
    """Sets the model beside the share of dead wood alone, and looks at living trees alone."""
    dead, wood = material.photos.dead_share, material.photos.wood
    title = f"{wood} alone"
    if dead is None:
        return ShortcutFinding("dead_wood", title, "not tested", NO_SHARE, DEAD_WOOD_RULE)
    rows = material.rows[np.isfinite(dead[material.rows])]
    is_first = material.photos.class_index[rows] == material.contrast.of
    if min(is_first.sum(), (~is_first).sum()) < 5:
        return ShortcutFinding("dead_wood", title, "not tested", TOO_FEW, DEAD_WOOD_RULE)
    score, groups = material.score(material.plain[rows]), material.photos.group_names(rows)
    follows = correlation(score, dead[rows], groups)
    sign = 1.0 if follows.value >= 0 else -1.0
    model, rule = material.order_of(score, rows), order_share(sign * dead[rows], is_first, groups)
    more = _more(score, sign * dead[rows], is_first, groups)
    living = _living(material, rows, dead)
    standing = _standing(follows, more, living)
    return ShortcutFinding(
        "dead_wood",
        title,
        standing,
        f"The score follows the share of {wood} with a rank correlation of "
        f"{interval_text(follows)}. {_rule_sentence(material, dead, rows, model, rule, more)} "
        f"{_living_sentence(living, wood)}",
        DEAD_WOOD_RULE,
        (
            ShortcutReading("the model on these photos", model, 0.5, "chance"),
            ShortcutReading(f"share of {wood} alone: order right", rule, 0.5, "chance"),
            ShortcutReading(f"the model beyond {wood} alone", more, 0.0, "no better", signed=True),
            *(
                [ShortcutReading(f"with little {wood}: order right", living, 0.5, "chance")]
                if living
                else []
            ),
            ShortcutReading(
                f"rank correlation of score and {wood}", follows, 0.0, "none", signed=True
            ),
        ),
    )


def _standing(follows: Interval, more: Interval, living: Interval | None) -> Standing:
    """What the numbers say; see `DEAD_WOOD_RULE`."""
    near = None
    if follows.low is not None and follows.high is not None:
        near = min(abs(follows.low), abs(follows.high)) if follows.low * follows.high > 0 else 0.0
    tight = near is not None and near > FOLLOWS
    no_better = more.low is not None and more.low <= 0
    blind = living is not None and living.low is not None and living.low <= 0.5
    if near is None:
        return "not tested"
    if no_better and blind and tight:
        return "found"
    return "noticed" if no_better or tight else "not found"


def _more(
    score: NDArray[np.float64],
    dead: NDArray[np.float64],
    is_first: NDArray[np.bool_],
    groups: list[str],
) -> Interval:
    """How much better the score orders photos than dead wood does."""

    def statistic(kept: NDArray[np.bool_]) -> float:
        first = is_first[kept]
        return _order(score[kept], first) - _order(dead[kept], first)

    return difference(statistic, groups, support=two_sides(is_first, groups))


def _order(score: NDArray[np.float64], is_first: NDArray[np.bool_]) -> float:
    wins = score[is_first][:, None] - score[~is_first][None]
    return float(((wins > 0) + 0.5 * (wins == 0)).mean())


def _living(
    material: Material, rows: NDArray[np.int64], dead: NDArray[np.float64]
) -> Interval | None:
    """How well the model orders trees with little dead wood; None where a class has none."""
    alive = rows[dead[rows] < LOW_DEAD_SHARE]
    is_first = material.photos.class_index[alive] == material.contrast.of
    if min(is_first.sum(), (~is_first).sum()) < 5:
        return None
    return material.order_of(material.score(material.plain[alive]), alive)


def _rule_sentence(
    material: Material,
    dead: NDArray[np.float64],
    rows: NDArray[np.int64],
    model: Interval,
    rule: Interval,
    more: Interval,
) -> str:
    is_first = material.photos.class_index[rows] == material.contrast.of
    wood = material.photos.wood
    said = predict_by_threshold(
        dead[rows], is_first, material.photos.group_names(rows), seed=material.seed
    )
    balanced = (said[is_first].mean() + (~said[~is_first]).mean()) / 2
    return (
        f"{wood.capitalize()} alone puts {share_text(rule)} of pairs in the right order, the model "
        f"{share_text(model)}: {points_text(more)}. As a rule with one limit, fitted on other "
        f"groups, it has a balanced accuracy of {percent(balanced)} on this question."
    )


def _living_sentence(living: Interval | None, wood: str) -> str:
    little = f"trees with less than {percent(LOW_DEAD_SHARE, 'stated')} {wood}"
    if living is None:
        return f"Too few {little} in one of the classes to see whether it tells them apart."
    return f"Among {little} the model puts {share_text(living)} of pairs in the right order."
