"""The report of one run: an honest verdict first, then everything it rests on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import arborisk
from arborisk.bundle.files import RECORD
from arborisk.bundle.load import read_record
from arborisk.evaluation.evaluate import Mistake, evaluate_run, worst_mistakes
from arborisk.evaluation.experiment_tables import DECK_PRECISION_OF, deck_table
from arborisk.evaluation.results import CLASS_METRICS, OVERALL_METRICS, Evaluation, MetricResult
from arborisk.evaluation.verdict import verdict_of
from arborisk.records import DRAWN
from arborisk.report.certainty_section import LEAKS, certainty_section
from arborisk.report.dot_plot import metric_dot_plot
from arborisk.report.page import (
    STANDING_WORDS,
    ClassEntry,
    Fact,
    class_entries,
    flat_settings,
    render_page,
    thumbnail_uri,
    write_page,
)
from arborisk.report.run_figures import class_balance, confusion_figure, learning_curves
from arborisk.text_files import read_json
from arborisk.wording.counts import counted
from arborisk.wording.leaks import alone_line, leak_sentence
from arborisk.wording.sentences import missed_sentence, rule_sentence

DECK_MODEL = "model1"
CARD, DATA_CARD = "bundle/card.md", "bundle/data_card.json"


@dataclass(frozen=True, slots=True)
class CardsSection:
    """What the page shows of the data, and where the cards lie.

    Attributes:
        model_card: Path of the model card, relative to the report.
        data_card: Path of the data card likewise.
        facts: Name and text of what the data card says.
        limits: What the data cannot show, in sentences.
        answers: By which rule the bundle answers, and what each rule misses, in sentences.
    """

    model_card: str
    data_card: str
    facts: tuple[tuple[str, str], ...]
    limits: tuple[str, ...]
    answers: tuple[str, ...]


def cards_section(run: Path) -> CardsSection | None:
    """The section of a run that shipped a bundle; None for one that did not, or not yet.

    Args:
        run: Run folder.
    """
    path = run / DATA_CARD
    if not (path.is_file() and (run / CARD).is_file()):
        return None
    card = read_json(path, "the card of the data")
    named = {
        "What": "description",
        "Licence": "license",
        "Days": "temporalCoverage",
        "Collected": "rai:dataCollection",
        "Labelled": "rai:dataAnnotationProtocol",
        "People and places": "rai:personalSensitiveInformation",
    }
    facts = tuple((name, _text(card[key])) for name, key in named.items() if card.get(key))
    limits = tuple(card.get("rai:dataLimitations", ()))
    return CardsSection(CARD, DATA_CARD, facts, limits, _answers((run / CARD).parent))


def _answers(bundle: Path) -> tuple[str, ...]:
    """The rule of answers of a bundle, and what each rule misses."""
    if not (bundle / RECORD).is_file():
        return ()
    description = read_record(bundle).description
    title = description.scheme.classes[-1].title
    missed = (
        f"{rule}: {missed_sentence(title, one.interval)}"
        for rule, one in description.answer_missed.items()
    )
    return (rule_sentence(description.rule, on_a_page=True), *missed)


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


N_ERRORS_SHOWN = 8
"""Thumbnails of each kind of error: two rows on paper."""


@dataclass(frozen=True, slots=True)
class ErrorCard:
    """One photo that was told wrong, with its picture as a data URI where it was found."""

    file: str
    uri: str | None
    alt: str
    true: ClassEntry
    said: ClassEntry
    said_probability: float
    true_probability: float


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Errors of one kind: how many there are and the worst of them."""

    title: str
    total: int
    rows: list[ErrorCard]

    @property
    def shown(self) -> int:
        """Number of errors with a card."""
        return len(self.rows)


def error_groups(evaluation: Evaluation) -> list[ErrorGroup]:
    """Errors with pictures; for ordered classes, those said too low come first."""
    kinds: dict[str, bool | None] = (
        {"Said less likely than it is": True, "Said likelier than it is": False}
        if evaluation.config.scheme.ordered
        else {"Told wrong": None}
    )
    groups = []
    for title, too_low in kinds.items():
        mistakes = worst_mistakes(evaluation, too_low=too_low, n=evaluation.n_photos)
        cards = [_card(mistake, evaluation) for mistake in mistakes[:N_ERRORS_SHOWN]]
        if cards:
            groups.append(ErrorGroup(title, len(mistakes), cards))
    return groups


def _card(mistake: Mistake, evaluation: Evaluation) -> ErrorCard:
    """One error with its picture."""
    entries = class_entries(evaluation.config.scheme)
    true, said = entries[mistake.true_index], entries[mistake.said_index]
    return ErrorCard(
        file=mistake.file,
        uri=thumbnail_uri(evaluation.config.data.photo_root / mistake.file),
        alt=f"Photo {mistake.file}: {true.title}, said {said.title}",
        true=true,
        said=said,
        said_probability=mistake.said_probability,
        true_probability=mistake.true_probability,
    )


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One row of the table of metrics."""

    title: str
    result: MetricResult


@dataclass(frozen=True, slots=True)
class MetricGroup:
    """Rows of the table under one heading; ``entry`` is the class they are of, if any."""

    title: str
    entry: ClassEntry | None
    rows: list[MetricRow]


def metric_groups(evaluation: Evaluation) -> list[MetricGroup]:
    """Metrics over all classes, then those of each class, the likeliest first."""
    metrics = evaluation.metrics
    overall = [
        MetricRow(name.title + (" (lower is better)" if name.lower_is_better else ""), metrics[key])
        for key, name in OVERALL_METRICS.items()
        if key in metrics
    ]
    groups = [MetricGroup("All classes", None, overall)]
    scheme = evaluation.config.scheme
    entries = zip(scheme.names, class_entries(scheme), strict=True)
    for class_name, entry in reversed(list(entries)):
        rows = [
            MetricRow(name.title, metrics[f"{kind}_{class_name}"])
            for kind, name in CLASS_METRICS.items()
        ]
        groups.append(MetricGroup(entry.title, entry, rows))
    return groups


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
        # The deck is the subject of a page on its own network, and of no other.
        deck_rows=deck_table(evaluation) if evaluation.config.model == DECK_MODEL else (),
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
