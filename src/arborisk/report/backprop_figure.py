"""A training by hand as a figure: its cost and its share right, epoch by epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arborisk.backprop import Fit
from arborisk.report.style import BLUE, FIGURE_WIDTH_IN, VERMILLION
from arborisk.report.svg import draw_svg
from arborisk.wording.counts import counted
from arborisk.wording.percent import percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEIGHT_IN = 4.2


def training_figure(fit: Fit, name: str) -> str:
    """Two panels over the epochs: C, and the share right of both parts.

    Args:
        fit: The training.
        name: Its task, for the heading.

    Returns:
        An ``<svg>`` element, which is a file of its own as well.
    """
    history = fit.history
    epochs = [row.epoch for row in history]
    held = [row.share_right_held_out for row in history]

    def paint(figure: Figure) -> None:
        above, below = figure.subplots(2, 1, sharex=True)
        above.plot(epochs, [row.cost for row in history], color=BLUE)
        above.set_ylim(bottom=0)
        above.set_ylabel("C, training part")
        above.set_title(name)
        right = [100 * row.share_right for row in history]
        below.plot(epochs, right, color=BLUE, label="training part")
        if None not in held:
            shares = [100 * (share or 0.0) for share in held]
            below.plot(epochs, shares, color=VERMILLION, linestyle="--", label="held back")
        below.set_ylabel("right (%)")
        below.set_xlabel("epoch")
        below.legend(loc="lower right")

    first, last = history[0], history[-1]
    return draw_svg(
        "backprop-training",
        (FIGURE_WIDTH_IN, HEIGHT_IN),
        paint,
        f"{name}: C falls from {first.cost:.3f} to {last.cost:.3f} in "
        f"{counted(last.epoch, 'epoch')}; right {percent(first.share_right)} to "
        f"{percent(last.share_right)} of the training part.",
    )
