"""The page of suspect labels: pictures in order of suspicion, for a person to look at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

import arborisk
from arborisk.evaluation.label_quality import FEW_PHOTOS, LabelQuality, Suspect
from arborisk.metrics.drawn import never_certain
from arborisk.records import DRAWN
from arborisk.report.page import ClassEntry, class_entries, render_page, thumbnail_uri, write_page
from arborisk.tables.fields import Row
from arborisk.tables.write import Field, write_table
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


COLUMNS = (
    Field("rank", "whole"),
    *map(Field, ("photo_id", "file", "group", "tree_id", "label", "class", "model_says")),
    *(Field(name, "number") for name in ("p_class", "p_model_says", "steps_off")),
    *map(Field, ("why", "decision")),
)
_DIGITS = 6


def write_suspects_table(quality: LabelQuality, path: Path) -> Path:
    """Writes every suspect as a row, the most suspect first; ``decision`` is left empty.

    Args:
        quality: The suspect labels.
        path: File to write or replace; its ending says the format.
    """
    predictions, names = quality.evaluation.predictions, quality.evaluation.config.scheme.names

    def row_of(suspect: Suspect) -> Row:
        row = suspect.row
        return {
            "rank": suspect.rank,
            "photo_id": predictions.photo_id[row],
            "file": predictions.file[row],
            "group": predictions.group[row],
            "tree_id": predictions.tree[row],
            "label": predictions.label[row],
            "class": names[suspect.given_index],
            "model_says": names[suspect.said_index],
            "p_class": round(never_certain(suspect.given_probability), _DIGITS),
            "p_model_says": round(never_certain(suspect.said_probability), _DIGITS),
            "steps_off": round(float(suspect.steps_off), _DIGITS),
            "why": reason(quality, suspect),
        }

    write_table(path, COLUMNS, map(row_of, quality.suspects))
    return path


N_SUSPECTS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class SuspectCard:
    """One suspect label with its picture as a data URI where it was found."""

    rank: int
    file: str
    group: str
    uri: str | None
    alt: str
    given: ClassEntry
    said: ClassEntry
    given_probability: float
    said_probability: float
    why: str


@dataclass(frozen=True, slots=True)
class PairCount:
    """Suspects of one label that the model takes for one class."""

    given: ClassEntry
    said: ClassEntry
    n_suspects: int
    n_labelled: int


def write_suspects_page(
    quality: LabelQuality, path: Path, *, n_shown: int = N_SUSPECTS_SHOWN
) -> Path:
    """Writes the page of suspect labels and gives its path.

    Args:
        quality: The suspect labels.
        path: HTML file to write or replace.
        n_shown: Largest number of suspects with a picture.

    Raises:
        MissingDependencyError: Jinja2 is not installed.
    """
    return write_page(path, suspects_page(quality, n_shown=n_shown))


def suspects_page(quality: LabelQuality, *, n_shown: int = N_SUSPECTS_SHOWN) -> str:
    """The page as HTML; the same run gives the same text."""
    evaluation = quality.evaluation
    scheme = evaluation.config.scheme
    shown = quality.suspects[:n_shown]
    n_suspects = len(quality.suspects)
    return render_page(
        "label_quality.html.j2",
        kind="arborisk · suspect labels",
        title=f"Labels to look at again: {' vs '.join(reversed(scheme.titles))}",
        subtitle=(
            f"{counted(evaluation.n_photos, 'photo')} of {evaluation.config.data.dataset}, each "
            f"judged by a model ({evaluation.config.model}) that was not trained on it"
        ),
        version=arborisk.__version__,
        scheme=scheme,
        standing=quality.verdict.standing,
        standing_word=(counted(n_suspects, "suspect label") if n_suspects else "No suspect label"),
        verdict=verdict_line(quality),
        headline=headline(quality, len(shown)),
        never_corrected=NEVER_CORRECTED,
        cautions=cautions(quality),
        drawn=evaluation.config.data.source == DRAWN,
        pairs=_pairs(quality),
        cards=[_card(quality, suspect) for suspect in shown],
        n_suspects=n_suspects,
        corrected_for_shares=evaluation.config.data.counts_classes_alike,
    )


def _pairs(quality: LabelQuality) -> list[PairCount]:
    """What the suspects are labelled and taken for, the commonest first."""
    entries = class_entries(quality.evaluation.config.scheme)
    counts = list(quality.evaluation.class_counts.values())
    rows, columns = np.nonzero(quality.pairs)
    pairs = [
        PairCount(entries[given], entries[said], int(quality.pairs[given, said]), counts[given])
        for given, said in zip(rows.tolist(), columns.tolist(), strict=True)
    ]
    return sorted(pairs, key=lambda pair: -pair.n_suspects)


def _card(quality: LabelQuality, suspect: Suspect) -> SuspectCard:
    """One suspect with its picture."""
    evaluation = quality.evaluation
    entries = class_entries(evaluation.config.scheme)
    given, said = entries[suspect.given_index], entries[suspect.said_index]
    file = evaluation.predictions.file[suspect.row]
    return SuspectCard(
        rank=suspect.rank,
        file=file,
        group=evaluation.predictions.group[suspect.row],
        uri=thumbnail_uri(evaluation.config.data.photo_root / file),
        alt=f"Photo {file}: labelled {given.title}, the model says {said.title}",
        given=given,
        said=said,
        given_probability=suspect.given_probability,
        said_probability=suspect.said_probability,
        why=reason(quality, suspect),
    )
