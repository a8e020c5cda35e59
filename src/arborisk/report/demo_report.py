"""One page for the whole job: the data, the audit, the models side by side, new photos assessed."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import arborisk
from arborisk.dataset.loading import load_dataset
from arborisk.dataset.schemes import ISA_WORDS, ClassScheme
from arborisk.errors import DatasetError, Remedy, option
from arborisk.evaluation.evaluate import evaluate_run
from arborisk.evaluation.results import Evaluation
from arborisk.evaluation.verdict import Verdict, verdict_of
from arborisk.records import DRAWN
from arborisk.report.assessed import read_assessment
from arborisk.report.dot_plot import metric_dot_plot
from arborisk.report.page import (
    STANDING_WORDS,
    class_entries,
    contact_sheet,
    render_page,
    write_page,
)
from arborisk.report.run_figures import class_balance
from arborisk.wording.counts import counted
from arborisk.wording.leaks import LookedAt, no_leak_lines


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One thing an audit looked for.

    Attributes:
        name: What was looked for.
        count: How many were found.
        text: What that means.
        needs_care: Whether it can spoil a result.
    """

    name: str
    count: int
    text: str
    needs_care: bool


def audit_lines(audit: Mapping[str, Any]) -> list[AuditLine]:
    """The findings that decide whether a result can be believed.

    Args:
        audit: Content of ``arborisk audit DATASET --format json``.
    """
    lines = [
        _line(
            "Exact duplicates",
            len(audit["exact_duplicates"]),
            "groups of files with the same bytes; a split keeps each group on one side",
        ),
        _line(
            "Near-duplicates",
            len(audit["near_duplicates"]),
            "groups of photos that show nearly the same picture; kept on one side",
        ),
        _line(
            "Conflicting labels",
            len(audit["label_clashes"]),
            "photos, pictures or trees that carry more than one label",
        ),
        _line(
            "Raters disagree", len(audit["rater_conflicts"]), "photos that raters judge differently"
        ),
        _line("Unreadable", len(audit["unreadable"]), "files; left out, each with its reason"),
        _line("Unrated", audit["n_unrated"], "photos without a label; not used"),
        _line("No time", audit["n_without_time"], "photos that do not say when they were taken"),
        _line("No place", audit["n_without_place"], "photos that do not say where"),
    ]
    if audit.get("split") is not None:
        kinds = sorted({str(leak["kind"]).replace("_", " ") for leak in audit["leaks"]})
        what = f"between parts of the split: {', '.join(kinds)}"
        if not kinds:
            what = " ".join(no_leak_lines(LookedAt(**audit["split"]["looked_at"])))
        lines.append(_line("Leaks of the split", len(audit["leaks"]), what))
    return lines + [
        _line(f"No {thing}", facts["n_photos_without"], f"photos, while others state their {thing}")
        for thing, facts in (("tree", audit["trees"]), ("site", audit["sites"]))
        if facts["n_groups"] and facts["n_photos_without"]
    ]


def _line(name: str, count: int, text: str) -> AuditLine:
    """One line; anything found needs care."""
    return AuditLine(name, count, text, needs_care=count > 0)


N_CONTACT_PER_LABEL = 6
N_ASSESSED_SHOWN = 24


@dataclass(frozen=True, slots=True)
class RunCard:
    """A run as the page shows it.

    Attributes:
        model: Name of its model.
        verdict: What may be said of it.
        standing_word: The verdict in a few words.
        link: Path of its own report, relative to the page.
    """

    model: str
    verdict: Verdict
    standing_word: str
    link: str


def write_demo_report(
    out: Path,
    *,
    dataset_folder: Path,
    runs: Sequence[Path],
    predictions: Path,
    audit_json: Mapping[str, Any],
    predicted_photos: Path | None = None,
) -> Path:
    """Writes the page that a demo ends with, and gives its path.

    Args:
        out: HTML file to write.
        dataset_folder: The data set.
        runs: Run folders of the same classes, each with its report.html.
        predictions: CSV of new photos, written by ``arborisk predict`` with a run of the same
            classes.
        audit_json: Content of ``arborisk audit DATASET --split SPLIT --format json``.
        predicted_photos: Folder of the new photos; without it the folder beside `predictions` that
            has its name (``new-photos.csv``: ``new-photos``).

    Raises:
        DatasetError: A part is missing or wrong, or the runs are of different classes.
        MissingDependencyError: matplotlib or Jinja2 is not installed.
    """
    evaluations = [evaluate_run(run) for run in runs]
    scheme = _common_scheme(evaluations)
    dataset = load_dataset(dataset_folder)
    counts = dataset.label_counts()
    # Ascending by likelihood where the labels are ISA words, as everywhere else.
    labels = sorted(counts, key=lambda label: (label not in ISA_WORDS, *_rank(label)))
    entries = dict(zip(scheme.names, class_entries(scheme), strict=True))
    drawn = any(evaluation.config.data.source == DRAWN for evaluation in evaluations)
    text = render_page(
        "demo.html.j2",
        kind="arborisk · the whole job on one page",
        title="Drawn trees, assessed" if drawn else "Trees, assessed",
        subtitle=(
            f"{counted(len(dataset.photos), 'photo')}, {counted(len(runs), 'model')} measured on "
            "trees held back, new photos assessed"
        ),
        version=arborisk.__version__,
        drawn=drawn,
        runs=[_card(evaluation, out) for evaluation in evaluations],
        dot_plot=metric_dot_plot(evaluations, name="models", by_class=False),
        measured=evaluations[0],
        scheme=scheme,
        n_photos=len(dataset.photos),
        n_trees=len({row.tree_id for row in dataset.photos if row.tree_id}),
        n_sites=len({row.site_id for row in dataset.photos if row.site_id}),
        n_ratings=len(dataset.ratings),
        balance=class_balance({label: counts[label] for label in labels}, name="labels"),
        sheet=contact_sheet(dataset, labels[::-1], n_per_label=N_CONTACT_PER_LABEL),
        audit=audit_lines(audit_json),
        assessment=read_assessment(
            predictions,
            predicted_photos or predictions.with_suffix(""),
            entries,
            n_shown=N_ASSESSED_SHOWN,
        ),
        entries=list(entries.values()),
    )
    return write_page(out, text)


def _rank(label: str) -> tuple[int, str]:
    """Order of a label: by likelihood for ISA words, by alphabet for others."""
    return (ISA_WORDS.index(label), label) if label in ISA_WORDS else (0, label)


def _common_scheme(evaluations: Sequence[Evaluation]) -> ClassScheme:
    """The classes that all runs share."""
    schemes = [evaluation.config.scheme for evaluation in evaluations]
    if not schemes or any(scheme != schemes[0] for scheme in schemes):
        raise DatasetError(
            "one run or more, all of the same classes",
            ", ".join(scheme.name for scheme in schemes) or "none",
            "the runs of the report",
            Remedy("Give runs that were trained with the same {}.", option("--scheme", "train")),
        )
    return schemes[0]


def _card(evaluation: Evaluation, out: Path) -> RunCard:
    """A run with its verdict and a link to its own report."""
    verdict = verdict_of(evaluation)
    link = Path(os.path.relpath(evaluation.run / "report.html", out.parent)).as_posix()
    return RunCard(evaluation.config.model, verdict, STANDING_WORDS[verdict.standing], link)
