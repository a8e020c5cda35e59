"""The short model card that goes with every bundle."""

from __future__ import annotations

from arborisk.bundle.record import BundleDescription, ParityRecord, ScoreRecord

IMMINENT_SENTENCE = (
    "This model cannot say Imminent. Lifted soil or roots, a fresh crack, a hanging limb, a sudden "
    "lean: keep people away and call an arborist now."
)
LEVEL_SENTENCE = (
    "A photo alone is at most a Level 1 limited visual assessment of one side of a tree. The "
    "answer is a likelihood only, not a risk rating: that needs a target and consequences from a "
    "person."
)
LEANS = {
    "training_shares": (
        "Probabilities are not calibrated and lean to the shares of the classes in training."
    ),
    "equal_shares": (
        "Probabilities are not calibrated. The model was trained as if all classes were equally "
        "common, so those of rare classes are too high for a street like the training photos."
    ),
}
KINDS = {
    "folds_averaged": (
        "The models of all folds, averaged. Each was measured on trees that it had not seen; the "
        "average itself on none."
    ),
    "held_out": "One model, measured on trees held back from its training.",
    "refit": "Refitted on every photo after measuring. This model itself was never measured.",
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
        f"| {description.training_share[item.name]:.1%} |"
        for item in scheme.classes
    ]
    return "\n".join(
        [
            f"# Model card: {description.model}, classes {scheme.name}",
            "",
            "## Use",
            "",
            f"{LEVEL_SENTENCE} {IMMINENT_SENTENCE}",
            *_study_only(description),
            "",
            "## Classes, and how often each occurred in training",
            "",
            "| class | title | labels | training share |",
            "|---|---|---|---|",
            *shares,
            "",
            f"Order: {'ascending by likelihood' if scheme.ordered else 'without meaning'}. "
            f"Time frame of the labels in years: {description.time_frame_years}.",
            "",
            "## Data",
            "",
            f"{data} {description.n_training_photos} photos in {description.n_training_groups} "
            "groups (trees, sites or near-duplicate clusters, each kept whole).",
            "",
            "## How it was measured",
            "",
            KINDS[description.kind],
            "",
            *_scores(description.scores),
            "## Limits",
            "",
            f"- {LEANS[description.lean]}",
            "- A photo that shows no tree, a sapling, a stump or a bare crown gets an answer all "
            "the same.",
            "- Other species, seasons, cameras and places than those of the data: not measured.",
            "- What a photo hides (decay, roots, the far side) the model cannot see.",
            "",
            "## Export",
            "",
            f"Largest difference of a probability between ONNX Runtime and the trained network "
            f"on {parity.n_arrays} photos: {parity.largest_probability_difference:.1e} "
            f"(allowed {parity.tolerance:g}).",
            "",
            "## Licence",
            "",
            licence,
            "",
        ]
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
        "| score | value | interval over groups | photos | groups |",
        "|---|---|---|---|---|",
        *(_score_line(name, score) for name, score in scores.items()),
        "",
    ]


def _score_line(name: str, score: ScoreRecord) -> str:
    interval = score.note or "none"
    if score.low is not None and score.high is not None:
        interval = f"{score.low:.3f} to {score.high:.3f}"
    return f"| {name} | {score.value:.3f} | {interval} | {score.n_photos} | {score.n_groups} |"
