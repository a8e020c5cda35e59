"""The page of suspect labels: pictures in order of suspicion, for a person to look at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

import arborisk
from arborisk.evaluation.label_quality import LabelQuality, Suspect
from arborisk.records import DRAWN
from arborisk.report.content import ClassEntry, class_entries
from arborisk.report.label_quality_words import (
    NEVER_CORRECTED,
    cautions,
    headline,
    reason,
    verdict_line,
)
from arborisk.report.page import render_page, write_page
from arborisk.report.thumbnails import thumbnail_uri
from arborisk.wording.counts import counted

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
