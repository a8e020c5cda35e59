"""The short model card that goes with every bundle."""

from __future__ import annotations

from arborisk.bundle.card_doubt import LEANS, doubt_sections
from arborisk.bundle.record import BundleDescription, ParityRecord, ScoreRecord
from arborisk.wording.answer_rule import rule_sentence
from arborisk.wording.counts import counted
from arborisk.wording.intervals import ends, share_text
from arborisk.wording.numbers import NOT_DEFINED, number
from arborisk.wording.percent import percent
from arborisk.wording.sentences import LEVEL_1, NEVER_IMMINENT

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
    lines = [rule_sentence(rule)]
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
