"""The account of the deck's results as Markdown, as plain text and as a figure."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from arborisk.deck.printed import BATCHES, AccuracyAccount, draw_chances
from arborisk.deck.results import DeckResults
from arborisk.evaluation.comparison_text import markdown_table
from arborisk.report.style import FIGURE_WIDTH_IN, INK, MUTED, VERMILLION, draw_svg
from arborisk.wording.percent import in_percent, percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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


BAR_COLOUR = "#b9c6cd"
HEIGHT_IN = 5.6
MIDDLE = 0.8
"""Share from which on the bars stand on the right, and the words on the left."""
LEAST_SHOWN = 1e-3
"""Counts less likely than this are left out, so that the others can be told apart."""


def deck_results_figure(found: DeckResults) -> str:
    """Three panels, one a class grouping: chances of the constant answer's accuracy.

    Args:
        found: The account.

    Returns:
        An ``<svg>`` element, which is a file of its own as well.
    """
    rows = found.accuracies[:3]

    def paint(figure: Figure) -> None:
        panels = figure.subplots(3, 1, sharex=True)
        for axes, account in zip(panels, rows, strict=True):
            one = account.answers[0]
            chances = draw_chances(one.n_photos, one.n_of_class, one.n_validation)
            shown = {count: float(chance) for count, chance in chances.items()}
            shown = {count: chance for count, chance in shown.items() if chance >= LEAST_SHOWN}
            axes.bar(
                [100 * count / one.n_validation for count in shown],
                [100 * chance for chance in shown.values()],
                width=0.75,
                color=[VERMILLION if count == one.n_right else BAR_COLOUR for count in shown],
            )
            axes.axvline(100 * float(account.majority), color=MUTED, linestyle="--", linewidth=1)
            on_left = one.n_right / one.n_validation > MIDDLE
            axes.text(
                0.02 if on_left else 0.98,
                0.95,
                f"printed {account.printed}: {one.n_right} of {one.n_validation}\n"
                f"chance {percent(one.chance.exactly, 'rare')} (orange)\n"
                f"all photos {in_percent(account.majority)} (dashed)",
                transform=axes.transAxes,
                ha="left" if on_left else "right",
                va="top",
                color=INK,
                fontsize=8.5,
            )
            axes.set_title(account.class_labels.replace("(Probable + Possible)", "Pr + Po"))
            axes.set_ylim(0, 16)
            axes.set_ylabel("chance (%)")
        panels[-1].set_xlabel(
            "accuracy (%) of always answering Improbable\nin a random 20 % of the photos"
        )

    told = "; ".join(
        f"{account.class_labels}: printed {account.printed}, on all photos "
        f"{in_percent(account.majority)}"
        for account in rows
    )
    return draw_svg(
        "learn deck-results",
        (FIGURE_WIDTH_IN, HEIGHT_IN),
        paint,
        f"Chances of each accuracy of a constant answer, with the printed one marked. {told}.",
    )
