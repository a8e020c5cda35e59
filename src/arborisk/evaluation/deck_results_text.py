"""The account of the deck's results as Markdown, and as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from arborisk.evaluation.comparison_text import markdown_table
from arborisk.evaluation.deck_counts import AccuracyAccount
from arborisk.evaluation.deck_precision import BATCHES
from arborisk.evaluation.deck_results import DeckResults
from arborisk.wording.percent import in_percent, percent

Row = tuple[str, ...]
Table = tuple[str, Row, list[Row], int]
"""Title, headings, rows, and how many first columns hold words."""
STANDINGS = {
    "conclusive": "Conclusive: follows from the printed figures alone",
    "only consistent": "Only consistent: fits, and other accounts may as well",
    "not known": "Not known",
}
MOST_MATRICES = 5
"""Confusion matrices shown: those with the largest precision."""


def deck_results_markdown(found: DeckResults) -> str:
    """The account as part of a page: tables, then what is proved and what is not."""
    parts = []
    for title, columns, rows, n_words in deck_tables(found):
        parts.append(f"### {title}\n\n{markdown_table(columns, rows, n_words=n_words)}")
    for title, sentences in deck_findings(found):
        parts.append(f"### {title}\n\n" + "\n".join(f"* {sentence}" for sentence in sentences))
    return "\n\n".join(parts)


def deck_findings(found: DeckResults) -> list[tuple[str, list[str]]]:
    """Sentences under the heading of their standing."""
    return [
        (title, [one.sentence for one in found.findings if one.standing == standing])
        for standing, title in STANDINGS.items()
    ]


def deck_tables(found: DeckResults) -> list[Table]:
    """All tables of the account."""
    return [
        _printed(found.accuracies),
        _answers(found.accuracies),
        _matrices(found),
        _batches(found),
    ]


def _printed(accuracies: Sequence[AccuracyAccount]) -> Table:
    """Printed accuracies beside counts and the majority class."""
    rows: list[Row] = []
    for account in accuracies:
        counts = "; ".join(
            f"{' or '.join(map(str, counts)) or 'none'} of {n}"
            for n, counts in account.counts.items()
        )
        above = Fraction(account.printed) - account.majority * 100
        cells = (account.class_labels, str(account.image_size_px), account.printed, counts)
        rows.append((*cells, in_percent(account.majority), f"{float(above):+.1f}"))
    columns = ("class labels", "px", "printed accuracy", "counts that print so")
    columns_more = ("majority class of all photos", "printed minus majority")
    return "Which counts the printed accuracies are", (*columns, *columns_more), rows, 1


def _answers(accuracies: Sequence[AccuracyAccount]) -> Table:
    """Every constant answer that could print so, with the chance of its draw."""
    rows: list[Row] = []
    for account in accuracies[:3]:
        for one in account.answers:
            chance = one.chance
            rows.append(
                (
                    account.printed,
                    f"always {one.answer}",
                    f"{one.n_right} of {one.n_validation}",
                    f"{one.n_of_class} of {one.n_photos}",
                    _draw_chance(chance.exactly),
                    _draw_chance(chance.as_extreme if chance.exactly else 0.0),
                    f"{chance.commonest} ({_draw_chance(chance.of_commonest)})",
                )
            )
    columns = (
        *("printed", "constant answer", "validation photos of that class needed"),
        *("of all photos", "chance of exactly so many", "chance of a count no likelier"),
        "likeliest count (its chance)",
    )
    return "Which constant answers give them", columns, rows, 2


def _matrices(found: DeckResults) -> Table:
    """The confusion matrices of the printed accuracy and recall with the largest precision."""
    best = sorted(found.confusions, key=lambda one: -one.precision)
    rows: list[Row] = [
        (
            *(str(one.true_positive), str(one.false_negative)),
            *(str(one.false_positive), str(one.true_negative)),
            in_percent(one.precision, 2),
        )
        for one in best[:MOST_MATRICES]
    ]
    title = (
        f"The {MOST_MATRICES} largest precisions of all {len(best)} confusion matrices of 76 "
        "photos with accuracy 86.8 and recall 100"
    )
    return title, ("TP", "FN", "FP", "TN", "precision"), rows, 0


def _batches(found: DeckResults) -> Table:
    """Batch averages of the constant answer, which hang on the last batch alone."""
    last = sorted({split.counts[2] for split in found.splits}, reverse=True)
    rows: list[Row] = []
    for count in last:
        same = [split for split in found.splits if split.counts[2] == count]
        one = same[0]
        rows.append(
            (
                f"{66 - count} and {count}",
                str(len(same)),
                in_percent(one.mean, 3),
                one.printed_once,
                one.printed_twice,
                _draw_chance(float(sum(split.chance for split in same))),
            )
        )
    sizes = ", ".join(map(str, BATCHES))
    columns = (
        *("Improbable in the two full batches and in the last", "ways", "mean precision"),
        *("rounded once", "rounded twice", "chance"),
    )
    return (
        f"Always Improbable, 66 of 76: precision averaged over batches of {sizes}",
        columns,
        rows,
        0,
    )


def _draw_chance(chance: float) -> str:
    """The chance of a draw; here 0 is no estimate, but means that no draw can give it.

    >>> _draw_chance(0.0491), _draw_chance(1e-9), _draw_chance(0.0)
    ('4.9 %', 'under 0.0001 %', 'impossible')
    """
    return "impossible" if chance == 0 else percent(chance, "rare")
