"""The short model card that goes with every bundle."""

from __future__ import annotations

from arborisk.bundle.record import BundleDescription, CalibrationRecord, ParityRecord, ScoreRecord
from arborisk.calibration.misses import attainable_coverage, groups_needed, misses_allowed
from arborisk.calibration.table import METHOD_WORDS
from arborisk.wording.counts import counted
from arborisk.wording.intervals import ends, share_range, share_text
from arborisk.wording.leaks import ERRORS_LOOK_SMALL
from arborisk.wording.numbers import NOT_DEFINED, number
from arborisk.wording.percent import percent
from arborisk.wording.sentences import LEVEL_1, NEVER_IMMINENT, rule_sentence

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


KINDS = {
    "folds_averaged": (
        "The models of all folds, averaged. Each was measured on groups that it had not seen; the "
        "average itself on none."
    ),
    "held_out": "One model, measured on groups held back from its training.",
    "refit": "Refitted on every photo after measuring. This model itself was never measured.",
}
LEAKING_KINDS = {
    "folds_averaged": (
        "The models of all folds, averaged. Each was measured on photos that it had not seen, "
        "but of some groups it had seen other photos; the average itself on none."
    ),
    "held_out": (
        "One model, measured on photos held back from its training; of some groups it had seen "
        "other photos."
    ),
    "refit": KINDS["refit"],
}
PROTOCOLS = {
    "grouped": "The split keeps every group on one side.",
    "deck": "The split is at random by photo, whatever group it shows.",
    "given": "The split was given by the user.",
}


def write_card(
    description: BundleDescription, parity: ParityRecord, *, data: str, licence: str
) -> str:
    """Text of ``card.md`` in Markdown.

    Args:
        description: What the bundle states.
        parity: How closely the shipped file follows the trained network.
        data: What the photos are and where they come from, in a sentence or two.
        licence: Licence of the weights and of what they were made from.
    """
    scheme = description.scheme
    shares = [
        f"| {item.name} | {item.title} | {', '.join(item.members)} "
        f"| {percent(description.training_share[item.name], 1)} |"
        for item in scheme.classes
    ]
    return "\n".join(
        [
            f"# Model card: {description.model}, classes {scheme.name}",
            "",
            *_cautions(description),
            "## Use",
            "",
            f"{LEVEL_1} {NEVER_IMMINENT}",
            *_study_only(description),
            "",
            "## Classes, and how often each occurred in training",
            "",
            "| class | title | labels | training share |",
            "|---|---|---|---|",
            *shares,
            "",
            *_answers(description),
            f"Order: {'ascending by likelihood' if scheme.ordered else 'without meaning'}. "
            f"Time frame of the labels in years: {description.time_frame_years}.",
            "",
            "## Data",
            "",
            f"{data} {counted(description.n_training_photos, 'photo')} in "
            f"{counted(description.n_training_groups, 'group')} (trees, sites or near-duplicate "
            "clusters).",
            "",
            "## How it was measured",
            "",
            _how_measured(description),
            "",
            *_scores(description.scores),
            *doubt_sections(description),
            "## Limits",
            "",
            *([] if description.calibration else [f"- {LEANS[description.lean]}"]),
            "- A photo that shows no tree, a sapling, a stump or a bare crown gets an answer all "
            "the same.",
            "- Other species, seasons, cameras and places than those of the data: not measured.",
            "- What a photo hides (decay, roots, the far side) the model cannot see.",
            "",
            "## Export",
            "",
            f"Largest difference of a probability between ONNX Runtime and the trained network "
            f"on {counted(parity.n_arrays, 'photo')}: {parity.largest_probability_difference:.1e} "
            f"(allowed {parity.tolerance:g}).",
            "",
            "## Licence",
            "",
            licence,
            "",
        ]
    )


def _cautions(description: BundleDescription) -> list[str]:
    if not description.cautions:
        return []
    return ["## Cautions", "", *(f"- {caution}" for caution in description.cautions), ""]


def _answers(description: BundleDescription) -> list[str]:
    """The rule of answers, and what each rule misses."""
    rule, measured = description.rule, description.measured_rule
    lines = [rule_sentence(rule, on_a_page=True)]
    if rule == "most-raised":
        lines.append("The likeliest class can be another one.")
    if rule != measured:
        lines.append(f"Scores below are of the answers by the rule {measured}, not by this one.")
    if not description.answer_missed:
        return [" ".join(lines), ""]
    title = description.scheme.classes[-1].title
    rows = [
        f"| {name} | {share_text(one.interval)} |"
        for name, one in description.answer_missed.items()
    ]
    return [
        " ".join(lines),
        "",
        f"| rule | trees of {title} held back that get another answer |",
        "|---|---|",
        *rows,
        "",
        "An answer is no ground to leave a tree: go by the referral.",
        "",
    ]


def _how_measured(description: BundleDescription) -> str:
    """What was measured on what, and how many groups the split tore apart."""
    kinds = LEAKING_KINDS if description.split_leaks else KINDS
    if description.kind == "refit" or description.protocol is None:
        return kinds[description.kind]
    spanning = description.n_groups_spanning_parts
    return (
        f"{kinds[description.kind]} {PROTOCOLS[description.protocol]} "
        f"Groups with photos on both sides: {spanning or 'none, of those that are known'}."
    )


def _study_only(description: BundleDescription) -> list[str]:
    if not description.scheme.study_only:
        return []
    return [
        "",
        "**For study only.** A rating that occurs in practice has no class here, so every such "
        "tree is forced into another class.",
    ]


def _scores(scores: dict[str, ScoreRecord]) -> list[str]:
    if not scores:
        return []
    return [
        "| score | value | interval over groups | majority class | drawn from shares | photos "
        "| groups |",
        "|---|---|---|---|---|---|---|",
        *(_score_line(name, score) for name, score in scores.items()),
        "",
        "Beside each value: what always giving the commonest class of the training photos, and "
        "what drawing from their shares, score on the same photos.",
        "",
    ]


def _score_line(name: str, score: ScoreRecord) -> str:
    cells = [
        name,
        number(score.value, 3),
        ends(score.interval, 3),
        _number(score.majority),
        _number(score.prior_sampling),
        str(score.n_photos),
        str(score.n_groups),
    ]
    return f"| {' | '.join(cells)} |"


def _number(value: float | None) -> str:
    return NOT_DEFINED if value is None else number(value, 3)
