"""What is said of suspect labels, on the page and in the table."""

from __future__ import annotations

from arborisk.evaluation.label_quality import FEW_PHOTOS, LabelQuality, Suspect
from arborisk.wording.counts import agreeing, counted
from arborisk.wording.percent import percent

NEVER_CORRECTED = (
    "Nothing was corrected. A suspect is a label to look at again, by a person who knows trees; "
    "the model is often the one that is wrong."
)


def headline(quality: LabelQuality, n_shown: int) -> str:
    """How many labels are suspect; not how many of them are wrong, which the model cannot know.

    The sum of what the model gives the other classes is no bound on it: in drawn data it was below
    the number of wrong labels as often as above (benchmarks/label_quality.py).
    """
    n_photos, n_suspects = quality.evaluation.n_photos, len(quality.suspects)
    if not n_suspects:
        photos = counted(n_photos, "photo")
        others = " of the other classes" if quality.unjudged else ""
        return f"No label of {photos}{others} is contradicted confidently enough to be listed."
    listed = f"{n_suspects:,} of {counted(n_photos, 'label')} {agreeing(n_suspects, 'is')} suspect."
    if n_shown < n_suspects:
        listed += f" The first {n_shown} are shown."
    return f"{listed} How many of them are wrong, and how many other labels, only looking tells."


def verdict_line(quality: LabelQuality) -> str:
    """What may be said of the model, which stands before all that it says of labels."""
    return quality.verdict.headline


def cautions(quality: LabelQuality) -> list[str]:
    """What must be known before the suspects are believed, a sentence each."""
    evaluation, verdict = quality.evaluation, quality.verdict
    titles, counts = evaluation.config.scheme.titles, list(evaluation.class_counts.values())
    found = [
        f"No label {titles[label]} is listed: the model contradicts {n} of {counts[label]}, so "
        "either most of them are wrong or it does not know this class; it cannot tell which. Look "
        "at all of them."
        for label, n in quality.unjudged.items()
    ]
    if verdict.standing == "leaking":
        found.append(
            "The model has seen other photos of the same groups with the same labels, so a wrong "
            "label that a whole group shares is missed."
        )
    agreement = evaluation.metrics["accuracy"].interval.value
    found.append(
        f"It agrees with {percent(agreement)} of the labels. A doubt of the model and a wrong "
        "label look the same: where trees of two classes look alike, most suspects are right "
        "labels."
    )
    for title, count in quality.few.items():
        photos = counted(count, "photo") if count else "no photos"
        found.append(
            f"{title} has {photos}, fewer than {FEW_PHOTOS}: what the model usually gives them is "
            "a guess, so suspects labelled so, or said to be so, are the least certain."
        )
    return found


def reason(quality: LabelQuality, suspect: Suspect) -> str:
    """Why one label is suspect, in a sentence or two."""
    evaluation = quality.evaluation
    titles = evaluation.config.scheme.titles
    label, said = titles[suspect.given_index], titles[suspect.said_index]
    text = (
        f"Photos labelled {label} usually get {percent(suspect.usual_probability)} for it; this "
        f"one gets {percent(suspect.given_probability)}, and {said} "
        f"{percent(suspect.said_probability)}."
    )
    if evaluation.config.scheme.ordered and suspect.n_steps > 1:
        text += f" {suspect.n_steps} classes apart."
    if suspect.n_otherwise:
        text += (
            f" {suspect.n_otherwise} of {suspect.n_others} other photos of this tree are labelled "
            "otherwise."
        )
    return text
