"""Results as text for the terminal."""

from __future__ import annotations

from arborisk.agreement.measure import Agreement
from arborisk.agreement.sentences import (
    WEIGHTING_WORDS,
    before_after_sentences,
    consensus_sentences,
    detail_sentences,
    headline,
    model_sentences,
)
from arborisk.records import Interval
from arborisk.wording.intervals import ends, interval_text
from arborisk.wording.numbers import number
from arborisk.wording.percent import counted_part

MOST_APART = 10


def sections(found: Agreement) -> list[tuple[str, list[str], list[list[str]]]]:
    """Title, sentences and table (headings first, or empty) of each part of the text."""
    parts: list[tuple[str, list[str], list[list[str]]]] = [
        ("", [headline(found), *detail_sentences(found)], statistics_table(found))
    ]
    parts.append(("Raters", [], rater_table(found)))
    if found.repeats:
        parts.append(("The same rater again", [], repeat_table(found)))
    parts.append(("Consensus", consensus_sentences(found), []))
    if found.model is not None:
        parts.append(
            ("The model as one more rater", model_sentences(found.model, found.ratings.kind), [])
        )
        if found.model.apart:
            parts.append(("Where nobody said what the model said", [], apart_table(found)))
    if found.before_after is not None:
        parts.append(("Before and after seeing the model", before_after_sentences(found), []))
    if found.notes:
        parts.append(("Notes", list(found.notes), []))
    return parts


def statistics_table(found: Agreement) -> list[list[str]]:
    """One row a coefficient."""
    rows = [["statistic", "value", "95 % interval over trees", "by chance"]]
    for item in found.overall.statistics if found.overall else ():
        rows.append([item.title, *_value_and_ends(item.interval), number(item.by_chance)])
    for kind, interval in found.mean_kappas.items() if found.overall else ():
        title = f"Cohen's kappa, {WEIGHTING_WORDS[kind] or 'unweighted'}, mean of pairs"
        rows.append([title, *_value_and_ends(interval), number(0.0)])
    return rows if len(rows) > 1 else []


def _value_and_ends(interval: Interval) -> tuple[str, str]:
    """The value, and its interval or why there is none."""
    return number(interval.value), ends(interval)


def rater_table(found: Agreement) -> list[list[str]]:
    """One row a rater."""
    titles = found.ratings.scheme.titles
    ordered = found.ratings.scheme.ordered
    higher = ["higher than others"] if ordered else []
    rows = [["rater", "rated", *higher, "kappa with others", *titles]]
    for rater in found.raters:
        rows.append(
            [
                rater.name,
                str(rater.n_items),
                *([interval_text(rater.bias, signed=True)] if rater.bias else []),
                interval_text(rater.kappa),
                *(counted_part(share) for share in rater.shares),
            ]
        )
    return rows


def repeat_table(found: Agreement) -> list[list[str]]:
    """One row a rater who rated something twice."""
    rows = [["rater", "repeats", "the same", "kappa"]]
    for item in found.repeats:
        rows.append(
            [item.name, str(item.n_pairs), interval_text(item.same), interval_text(item.kappa)]
        )
    return rows


def apart_table(found: Agreement) -> list[list[str]]:
    """Items on which nobody said what the model said, as many as fit."""
    titles = found.ratings.scheme.titles
    rows = [[found.ratings.kind, "the model", "people"]]
    model = found.model
    for item in model.apart[:MOST_APART] if model else ():
        people = ", ".join(
            f"{int(count)} {title}"
            for title, count in zip(titles, item.counts, strict=True)
            if count
        )
        rows.append([found.ratings.items[item.item], titles[item.model], people])
    return rows
