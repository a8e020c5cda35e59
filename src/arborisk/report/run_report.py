"""The report of one run: an honest verdict first, then everything it rests on."""

from __future__ import annotations

import hashlib
from pathlib import Path

import arborisk
from arborisk.evaluation.deck_table import DECK_PRECISION_OF, deck_table
from arborisk.evaluation.evaluate import evaluate_run
from arborisk.evaluation.metric_names import CLASS_METRICS, OVERALL_METRICS
from arborisk.evaluation.results import Evaluation
from arborisk.evaluation.verdict import verdict_of
from arborisk.records import DRAWN
from arborisk.report.cards_section import cards_section
from arborisk.report.certainty_section import LEAKS, certainty_section
from arborisk.report.class_figures import class_balance, confusion_figure
from arborisk.report.content import STANDING_WORDS, Fact, flat_settings
from arborisk.report.dot_plot import metric_dot_plot
from arborisk.report.error_cards import error_groups
from arborisk.report.learning_curves import learning_curves
from arborisk.report.metric_table import metric_groups
from arborisk.report.page import render_page, write_page
from arborisk.wording.counts import counted
from arborisk.wording.leaks import alone_line, leak_sentence

HASHED_FILES = ("predictions.csv", "split.csv", "history.csv", "config.toml")


def write_run_report(run: Path) -> Path:
    """Evaluates a run and writes RUN/report.html; gives its path.

    Args:
        run: Run folder.

    Raises:
        DatasetError: A file of the run is missing or wrong; says what to do.
        MissingDependencyError: matplotlib or Jinja2 is not installed.
    """
    evaluation = evaluate_run(run)
    return write_page(run / "report.html", run_page(evaluation))


def run_page(evaluation: Evaluation) -> str:
    """The report of a run as HTML; the same run gives the same text."""
    scheme = evaluation.config.scheme
    verdict = verdict_of(evaluation)
    notes = {
        result.interval.note
        for result in evaluation.metrics.values()
        if result.interval.low is None and result.interval.note
    }
    titles_and_counts = dict(zip(scheme.titles, evaluation.class_counts.values(), strict=True))
    return render_page(
        "run.html.j2",
        kind="arborisk · report of a run",
        title=f"{evaluation.config.model}: {' vs '.join(reversed(scheme.titles))}",
        subtitle=(
            f"{counted(evaluation.n_photos, 'photo')} of {counted(evaluation.n_groups, 'group')}, "
            "each predicted by a model that was not trained on it"
        ),
        version=arborisk.__version__,
        scheme=scheme,
        verdict=verdict,
        standing_word=STANDING_WORDS[verdict.standing],
        drawn=evaluation.config.data.source == DRAWN,
        dot_plot=metric_dot_plot([evaluation], name="metrics", by_class=True),
        open_marks="; ".join(sorted(notes)),
        facts=_facts(evaluation),
        metric_groups=metric_groups(evaluation),
        meanings=[
            metric
            for key, metric in {**OVERALL_METRICS, **CLASS_METRICS}.items()
            if key in evaluation.metrics or key in CLASS_METRICS
        ],
        confusion=confusion_figure(evaluation.confusion, scheme.titles, name="confusion"),
        learning=learning_curves(evaluation, name="learning"),
        n_rounds=evaluation.n_rounds,
        certainty=certainty_section(evaluation),
        leaks=LEAKS,
        error_groups=error_groups(evaluation),
        balance=class_balance(titles_and_counts, name="balance"),
        deck_rows=deck_table(evaluation),
        deck_of=DECK_PRECISION_OF,
        cards=cards_section(evaluation.run),
        provenance=_provenance(evaluation),
    )


def _facts(evaluation: Evaluation) -> list[Fact]:
    """What was measured, and how."""
    scheme, leak = evaluation.config.scheme, evaluation.leak
    rounds = (
        "one part held out"
        if evaluation.n_rounds == 1
        else f"{counted(evaluation.n_rounds, 'fold')}, each held out once"
    )
    kept = {
        "grouped": "groups stay whole, and copies of one photo with them",
        "deck": "at random by photo, as in the deck",
        "given": "as given in a file",
    }.get(leak.protocol, leak.protocol)
    spanning = "; no group stands on both sides"
    if leak.apart:
        spanning += f"; {leak.apart} not kept whole, with photos on both sides"
    spanning += "."
    if leak.n_groups_spanning:
        spanning = f". {leak_sentence(leak.n_groups_spanning, leak.n_photos)}"
    elif alone := alone_line(leak.n_photos_used, leak.n_photos_alone):
        spanning += f" {alone}"
    order = "ascending by likelihood" if scheme.ordered else "without an order"
    counts = zip(scheme.titles, evaluation.class_counts.values(), strict=True)
    size = evaluation.config.size_px
    return [
        Fact("Model", evaluation.config.model + (f", {size} by {size} px" if size else "")),
        Fact(
            f"Classes, {order}",
            ", ".join(f"{title} ({counted(count, 'photo')})" for title, count in counts),
        ),
        Fact("Split", f"{rounds}; {kept}{spanning}"),
        Fact(
            "Scored",
            f"{counted(evaluation.n_photos, 'photo')} of {counted(evaluation.n_groups, 'group')}, "
            "each by the model of the round that held it back",
        ),
        Fact("Intervals", "95 %, the group as the unit: photos of one tree are not independent"),
        Fact(
            "Baselines",
            "the majority class is one answer for all photos scored, the commonest of them; "
            "guessing draws from the class shares of the training part of each round",
        ),
    ]


def _provenance(evaluation: Evaluation) -> list[Fact]:
    """What the numbers can be traced to: data, files, settings, versions."""
    data = evaluation.config.data
    facts = [Fact("data set", data.dataset), Fact("data set hash", data.dataset_hash)]
    for name in HASHED_FILES:
        digest = hashlib.sha256((evaluation.run / name).read_bytes()).hexdigest()
        facts.append(Fact(f"{name}, SHA-256", digest))
    facts.extend(flat_settings(evaluation.config.values))
    environment = evaluation.run / "environment.txt"
    if environment.is_file():
        lines = environment.read_text(encoding="utf-8").split("\n")
        facts.append(Fact("versions", ", ".join(line for line in lines if line)))
    return facts
