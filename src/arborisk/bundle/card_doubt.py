"""What the model card says of calibration and of what may be promised."""

from __future__ import annotations

from arborisk.bundle.record import BundleDescription, CalibrationRecord
from arborisk.calibration.attainable import attainable_coverage, groups_needed, misses_allowed
from arborisk.calibration.maps import METHOD_WORDS
from arborisk.wording.counts import counted
from arborisk.wording.intervals import share_range
from arborisk.wording.leaks import ERRORS_LOOK_SMALL
from arborisk.wording.percent import percent

COVERAGE = 0.9
MISS_RATE, CONFIDENCE = 0.05, 0.95
MEASURES = {
    "log_loss": "log-loss",
    "calibration_error": "calibration error",
    "brier": "Brier score",
    "brier_reliability": "its part from wrong probabilities",
}
LEANS = {
    "training_shares": (
        "Probabilities are not calibrated and lean to the shares of the classes in training."
    ),
    "equal_shares": (
        "Probabilities are not calibrated. The model was trained as if all classes were equally "
        "common, so those of rare classes are too high for a street like the training photos."
    ),
}
EXCHANGEABLE = (
    "All this holds for new groups (trees, sites) like those of the data. In another town, season, "
    "species or camera nothing of it is promised."
)


def doubt_sections(description: BundleDescription) -> list[str]:
    """Lines of the sections on calibration and promises; a plain no for a model without."""
    calibration = description.calibration
    if calibration is None:
        why = (
            "it is a refit, which was measured on nothing"
            if description.kind == "refit"
            else ERRORS_LOOK_SMALL
        )
        return [
            "## How far to trust an answer",
            "",
            f"This model has no calibration, no likelihood sets and no promise on misses: {why}.",
            "",
        ]
    return [
        "## How far to trust an answer",
        "",
        f"Probabilities are calibrated by {METHOD_WORDS[calibration.method]}, fitted on "
        f"{counted(calibration.n_photos, 'photo')} of {counted(calibration.n_groups, 'group')}, "
        "each said by a network that had not seen its group.",
        "",
        *_before_and_after(calibration),
        *_promises(description, calibration),
        EXCHANGEABLE,
        "",
    ]


def _before_and_after(calibration: CalibrationRecord) -> list[str]:
    rows = [
        f"| {title} | {calibration.before[name]:.3f} | {calibration.after[name]:.3f} |"
        for name, title in MEASURES.items()
        if name in calibration.before and name in calibration.after
    ]
    if not rows:
        return []
    chance = calibration.after.get("calibration_error_by_chance")
    return [
        "| measure, on groups that did not fit the map | raw | calibrated |",
        "|---|---|---|",
        *rows,
        "",
        *(
            [f"If every probability were right, the calibration error would be {chance:.3f}.", ""]
            if chance is not None
            else []
        ),
    ]


def _promises(description: BundleDescription, calibration: CalibrationRecord) -> list[str]:
    lines = [
        "| class | groups held back | real coverage of sets asked for "
        f"{percent(COVERAGE, 'stated')} | at most {percent(MISS_RATE, 'stated')} missed, "
        f"{percent(CONFIDENCE, 'stated')} confidence |",
        "|---|---|---|---|",
    ]
    needed = groups_needed(MISS_RATE, CONFIDENCE)
    for place, item in enumerate(description.scheme.classes):
        n_groups = calibration.groups_of_class[item.name]
        from_here = calibration.groups_from_class.get(item.name, n_groups)
        low, high = attainable_coverage(n_groups, COVERAGE)
        covered = share_range(low, high) if low < 1 else "never ruled out: too few groups"
        allowed = misses_allowed(from_here, MISS_RATE, CONFIDENCE)
        sent = calibration.referred_from_class.get(item.name)
        price = "" if sent is None else f"; sends a person to {percent(sent)} of the trees"
        promise = (
            f"can be promised ({allowed} of {from_here} may be missed)" + price
            if allowed >= 0
            else f"cannot be promised: {needed} groups are needed"
        )
        if description.scheme.ordered and place == 0:
            promise = "every tree is of this class or a likelier one"
        lines.append(f"| {item.title} | {n_groups} | {covered} | {promise} |")
    return [
        *lines,
        "",
        *([calibration.set_price, ""] if calibration.set_price else []),
        "Misses are counted over groups (trees, sites): one tree of the class, or of a likelier "
        "one, is drawn from each, seen in one photo. With sites as groups, sites with many trees "
        "count no more than others.",
        "",
    ]
