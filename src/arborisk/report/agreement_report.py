"""The report of raters: how far they agree first, then who, where, and the model among them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import arborisk
from arborisk.agreement.consensus import Consensus
from arborisk.agreement.measure import Agreement
from arborisk.agreement.sentences import (
    WEIGHTING_WORDS,
    before_after_sentences,
    consensus_sentences,
    detail_sentences,
    headline,
    model_sentences,
    rater_table,
    repeat_table,
    statistics_table,
)
from arborisk.report.agreement_figures import (
    MODEL,
    MOST_RATERS,
    AgreementRow,
    dot_rows,
    exchange_grid,
    kappa_grid,
    short,
)
from arborisk.report.page import ClassEntry, class_entries, render_page, write_page
from arborisk.wording.counts import counted
from arborisk.wording.intervals import interval_text
from arborisk.wording.numbers import number
from arborisk.wording.sentences import imminent_line

MOST_LISTED = 40
"""Items of a table; the consensus file holds all."""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item of a table.

    Attributes:
        name: Photo or tree.
        counts: ``2 Possible, 1 Probable``, and so on.
        answer: Class by vote, or the model's; None where open.
        likeliest: Dawid and Skene's likeliest class, or None.
        probability: Of that class, 0 to 1.
        differs: Whether vote and likeliest class differ.
    """

    name: str
    counts: str
    answer: ClassEntry | None
    likeliest: ClassEntry | None
    probability: float
    differs: bool


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One person beside the model, as text.

    Attributes:
        name: The person.
        person: Mean kappa of the person with the others.
        model: Mean kappa of the model with these others.
        difference: The model's less the person's, with its interval.
    """

    name: str
    person: str
    model: str
    difference: str


@dataclass(frozen=True, slots=True)
class Habit:
    """One rater's words beside those of the others.

    Attributes:
        name: The rater.
        figure: An ``<svg>`` element.
    """

    name: str
    figure: str


def write_agreement_report(found: Agreement, path: Path) -> Path:
    """Writes the report as one HTML file; gives its path.

    Raises:
        MissingDependencyError: matplotlib or Jinja2 is not installed.
    """
    return write_page(path, agreement_page(found))


def agreement_page(found: Agreement) -> str:
    """The report as HTML; the same results give the same text."""
    ratings, model = found.ratings, found.model
    kind = ratings.kind
    n_trees = len(set(ratings.trees))
    of_trees = (
        f" of {counted(n_trees, 'tree')}"
        if kind == "photo" and n_trees < len(ratings.items)
        else ""
    )
    disputed = _disputed(found)
    order = "ascending by likelihood" if ratings.scheme.ordered else "without an order"
    return render_page(
        "agreement.html.j2",
        kind="arborisk \N{MIDDLE DOT} agreement of raters",
        title="How far do these raters agree?",
        subtitle=f"{counted(len(ratings.item), 'rating')} of "
        f"{counted(len(ratings.items), kind)}{of_trees} by {counted(len(ratings.raters), 'rater')}",
        version=arborisk.__version__,
        imminent=imminent_line(ratings.imminent),
        item_kind=kind,
        headline=headline(found),
        details=detail_sentences(found),
        notes=found.notes,
        classes=class_entries(ratings.scheme),
        order=order,
        statistics=_statistics_figure(found),
        statistic_rows=statistics_table(found),
        meanings=found.overall.statistics if found.overall else (),
        kappas=_kappa_figure(found),
        weighting=WEIGHTING_WORDS[found.weighting],
        bias=_bias_figure(found),
        rater_rows=rater_table(found),
        repeat_rows=repeat_table(found) if found.repeats else [],
        exchange=exchange_grid(ratings.scheme.titles, found.overall.exchange, name="exchange")
        if found.overall
        else "",
        habits=_habits(found),
        consensus=consensus_sentences(found),
        disputed=disputed[:MOST_LISTED],
        n_disputed=len(disputed),
        model_lines=model_sentences(model, kind) if model else [],
        model_figure=_model_figure(found),
        apart=_apart(found)[:MOST_LISTED],
        n_apart=len(model.apart) if model else 0,
        in_place_of=_in_place_of(found),
        change_lines=before_after_sentences(found),
        change_figure=_change_figure(found),
    )


def _in_place_of(found: Agreement) -> list[PlaceRow]:
    """Each person beside the model."""
    return [
        PlaceRow(
            item.name,
            number(item.person.value),
            number(item.model.value),
            interval_text(item.difference, signed=True),
        )
        for item in (found.model.in_place_of if found.model else ())
    ]


def _statistics_figure(found: Agreement) -> str:
    """Every coefficient beside what chance gives."""
    if found.overall is None:
        return ""
    rows = [AgreementRow(item.title, item.interval, by_chance=item.by_chance)
            for item in found.overall.statistics]  # fmt: skip
    titles = {kind: f"Cohen's kappa, {word or 'unweighted'}" for kind, word in
              (("quadratic", "quadratic"), ("linear", "linear"), ("none", ""))}  # fmt: skip
    rows += [
        AgreementRow(titles[kind], interval, by_chance=0.0)
        for kind, interval in found.mean_kappas.items()
    ]
    return dot_rows(
        rows,
        name="statistics",
        about="Coefficients of agreement with 95 % intervals over trees",
        label="0: none, 1: full agreement",
    )


def _kappa_figure(found: Agreement) -> str:
    """Kappa of every two raters, the model among them if there is one."""
    names = [*found.ratings.raters, *(["the model"] if found.model else [])]
    if found.overall is None or not 2 < len(names) <= MOST_RATERS:
        return ""
    kappa = np.full((len(names), len(names)), np.nan)
    for pair in found.pairs:
        value = pair.kappas[found.weighting].value
        kappa[pair.first, pair.second] = kappa[pair.second, pair.first] = value
    if found.model is not None:
        kappa[-1, :-1] = kappa[:-1, -1] = found.model.with_each
    return kappa_grid(names, kappa, name="kappas")


def _habits(found: Agreement) -> list[Habit]:
    """What the others say where one rater says a class, for each rater."""
    habits = []
    for place, rater in enumerate(found.raters[:MOST_RATERS]):
        rows = rater.confusion.sum(axis=1, keepdims=True)
        share = np.divide(rater.confusion, rows, out=np.zeros_like(rater.confusion), where=rows > 0)
        if rater.n_shared:
            figure = exchange_grid(
                found.ratings.scheme.titles, share, name=f"habits-{place}", of=short(rater.name)
            )
            habits.append(Habit(rater.name, figure))
    return habits if len(habits) > 1 else []


def _bias_figure(found: Agreement) -> str:
    """Who rates higher or lower, highest first, the model among them."""
    rows = [AgreementRow(rater.name, rater.bias) for rater in found.raters
            if rater.bias is not None and rater.n_shared]  # fmt: skip
    if found.model is not None and found.model.bias is not None:
        rows.append(AgreementRow("the model", found.model.bias, MODEL))
    if not rows or found.overall is None:
        return ""
    return dot_rows(
        sorted(rows, key=lambda row: -row.interval.value),
        name="bias",
        about="How many classes higher each rater rates than the others, 95 % intervals",
        label="classes above the mean of the others on the same " + found.ratings.kind + "s",
        zero="as the others",
        signed=True,
    )


def _model_figure(found: Agreement) -> str:
    """Each person and the model against the others."""
    model = found.model
    if model is None:
        return ""
    rows = [
        AgreementRow("people with each other", model.people),
        AgreementRow("the model with people", model.model, MODEL),
        *(AgreementRow(item.name, item.person) for item in model.in_place_of),
    ]
    return dot_rows(
        rows,
        name="model",
        about="Mean kappa with other people, 95 % intervals",
        label=f"mean {WEIGHTING_WORDS[found.weighting]} kappa with other people".replace("  ", " "),
    )


def _change_figure(found: Agreement) -> str:
    """Measures of what moved."""
    if found.before_after is None:
        return ""
    return dot_rows(
        [AgreementRow(item.title, item.interval) for item in found.before_after.shifts],
        name="change",
        about="What moved once the model's answer was seen, 95 % intervals",
        label="shares, or classes",
        zero="nothing moved",
        signed=True,
    )


def _disputed(found: Agreement) -> list[ItemRow]:
    """Items that are not unanimous, the most uncertain first."""
    consensus = found.consensus
    entries = class_entries(found.ratings.scheme)
    several = (consensus.counts > 0).sum(axis=1) > 1
    entropy = np.round(consensus.entropy, 9)  # rounding must not decide on the order
    order = sorted(np.flatnonzero(several), key=lambda item: (-entropy[item], item))
    return [_item_row(found, consensus, entries, int(item)) for item in order]


def _item_row(
    found: Agreement, consensus: Consensus, entries: list[ClassEntry], item: int
) -> ItemRow:
    vote, likeliest = int(consensus.vote[item]), int(consensus.likeliest[item])
    return ItemRow(
        found.ratings.items[item],
        _counts(entries, consensus.counts[item]),
        entries[vote] if vote >= 0 else None,
        entries[likeliest] if likeliest >= 0 else None,
        float(consensus.model.probability[item].max()),
        vote != likeliest,
    )


def _counts(entries: list[ClassEntry], counts: NDArray[np.float64]) -> str:
    """``2 Possible, 1 Probable``."""
    return ", ".join(
        f"{int(count)} {entry.title}" for entry, count in zip(entries, counts, strict=True) if count
    )


def _apart(found: Agreement) -> list[ItemRow]:
    """Items on which nobody said what the model said."""
    if found.model is None:
        return []
    entries = class_entries(found.ratings.scheme)
    return [
        ItemRow(
            found.ratings.items[item.item],
            _counts(entries, item.counts),
            entries[item.model],
            None,
            float(item.probability[item.model]),
            True,
        )
        for item in found.model.apart
    ]
