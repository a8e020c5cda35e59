"""The page on drift: are new photos still like those that the model learnt from?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import arborisk
from arborisk.bundle.load import Bundle
from arborisk.prediction.drift.record import Drift
from arborisk.prediction.drift.words import (
    GROUPS_WORDS,
    WHAT_TO_DO,
    beyond_sentence,
    headline,
    leaf_sentence,
)
from arborisk.report.content import Fact
from arborisk.report.drift_figures import (
    classes_figure,
    distance_figure,
    map_figure,
    shifts_figure,
)
from arborisk.report.page import render_page, write_page
from arborisk.report.thumbnails import thumbnail_uri
from arborisk.wording.counts import counted
from arborisk.wording.percent import percent

MONTHS = "January February March April May June July August September October November December"


@dataclass(frozen=True, slots=True)
class FarCard:
    """A new photo far from training, with its picture as a data URI where it can be read."""

    photo: str
    group: str
    distance: float
    uri: str | None


def write_drift_report(drift: Drift, bundle: Bundle, photos: Path, path: Path) -> Path:
    """Writes the page and gives its path.

    Args:
        drift: What was found.
        bundle: The model.
        photos: Folder of the new photos, for the pictures of the farthest ones.
        path: HTML file to write or replace.

    Raises:
        MissingDependencyError: matplotlib or Jinja2 is not installed.
    """
    return write_page(path, drift_page(drift, bundle, photos))


def drift_page(drift: Drift, bundle: Bundle, photos: Path) -> str:
    """The page as HTML; the same photos give the same text."""
    root = photos if photos.is_dir() else photos.parent
    standing = "worse" if drift.alarm else "undecided"
    word = "The photos have changed" if drift.alarm else "No change shown"
    if not drift.alarm and not drift.can_alarm:
        word = "Too few groups to tell"
    return render_page(
        "drift.html.j2",
        kind="arborisk · drift",
        title="Are the new photos like those of training?",
        subtitle=(
            f"{counted(drift.n_new, 'new photo')} of {counted(drift.n_new_groups, 'group')} "
            f"against {counted(drift.n_old, 'training photo')} of "
            f"{counted(drift.n_old_groups, 'group')}"
        ),
        version=arborisk.__version__,
        standing=standing,
        standing_word=word,
        headline=headline(drift),
        cautions=drift.cautions,
        drawn=bundle.description.drawn,
        drift=drift,
        shifts=shifts_figure(drift),
        map=map_figure(drift),
        distances=distance_figure(drift),
        classes=classes_figure(drift.classes),
        beyond=beyond_sentence(drift.beyond, drift.n_new),
        cards=[
            FarCard(item.photo, item.group, item.distance, thumbnail_uri(root / item.photo))
            for item in drift.farthest
        ],
        what_to_do=WHAT_TO_DO,
        facts=_facts(drift, bundle),
        scheme=bundle.description.scheme.scheme,
    )


def _facts(drift: Drift, bundle: Bundle) -> list[Fact]:
    """What was compared with what."""
    failed = ", ".join(f"{reason} ({count})" for reason, count in drift.failures.items())
    return [
        Fact("Model", f"{bundle.description.model}, bundle {bundle.bundle_id}"),
        Fact("New photos grouped by", GROUPS_WORDS[drift.grouped_by]),
        Fact("Months of the new photos", months_in_words(drift.months)),
        Fact("Out of leaf", leaf_sentence(drift.leafless)),
        Fact("Photos that could not be used", failed or "none"),
        Fact("Found and not looked at", str(drift.n_left_out)),
        Fact("Chance of any alarm without a change", percent(drift.level, "stated")),
        Fact(
            "Smallest p value that can come out",
            f"{drift.smallest_p:.2g}, corrected for {len(drift.shifts)} tests",
        ),
    ]


def months_in_words(months: Mapping[int, int]) -> str:
    """Photos by month, for example ``June 3, July 2``."""
    names = ("not stated", *MONTHS.split())
    return ", ".join(f"{names[month]} {count}" for month, count in months.items())
