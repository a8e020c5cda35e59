"""The deck's accuracies on top of what always answering Improbable scores in random parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arborisk.evaluation.deck_counts import draw_chances
from arborisk.evaluation.deck_results import DeckResults
from arborisk.report.style import FIGURE_WIDTH_IN, INK, MUTED, VERMILLION
from arborisk.report.svg import draw_svg
from arborisk.wording.percent import in_percent, percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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
        "deck-results",
        (FIGURE_WIDTH_IN, HEIGHT_IN),
        paint,
        f"Chances of each accuracy of a constant answer, with the printed one marked. {told}.",
    )
