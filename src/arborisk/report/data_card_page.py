"""The card of a data set as a page."""

from __future__ import annotations

import arborisk
from arborisk.dataset.data_limits import limits, privacy
from arborisk.dataset.data_summary import DataSummary
from arborisk.dataset.data_words import description, facts
from arborisk.report.content import Fact
from arborisk.report.page import render_page


def data_card_page(summary: DataSummary, *, creator: str = "") -> str:
    """The card of a data set as HTML; the same data set gives the same text.

    Args:
        summary: What the data set holds.
        creator: Who made it, as a person states it, or "".
    """
    shown = [Fact(name, text) for name, text in facts(summary)]
    if creator:
        shown.insert(0, Fact("Creator", creator))
    return render_page(
        "data_card.html.j2",
        kind="arborisk · data card",
        title=summary.name,
        subtitle="Generated from the tables of the data set",
        version=arborisk.__version__,
        description=description(summary),
        drawn=0 < summary.n_drawn == summary.n_photos,
        facts=shown,
        limits=limits(summary),
        privacy=privacy(summary),
    )
