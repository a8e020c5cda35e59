"""A PDF on A4 that prints on US letter too: numbered pages, the same bytes each time."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import arborisk
from arborisk.report.pdf_sheet import WIDTH_PT, Sheet

A4_PT = (595.28, 841.89)
SIDE_PT = (A4_PT[0] - WIDTH_PT) / 2
TOP_PT = 50.0
BOTTOM_PT = 62.0
FOOT_PT = 48.0
"""Where the foot stands. US letter is 792 points high: printed on it, centred and unscaled, an A4
sheet loses 25 points at the top and at the bottom, and printers leave 18 more. Nothing stands
within 43 points."""
FRAME_PADDING_PT = 6.0
"""What ReportLab's frames add inside their margins."""

Story = Callable[["Sheet"], list[Any]]
"""Gives the pieces of the paper, anew for each pass."""


@dataclass(frozen=True, slots=True)
class About:
    """What stands in the properties of the file and at the foot of every page.

    Attributes:
        title: Title of the paper.
        subject: What kind of paper it is, and about what.
        author: Who answers for it.
        day: Day that it is of.
        foot: Words at the foot of every page, before its number.
    """

    title: str
    subject: str
    author: str
    day: datetime.date
    foot: str


def draw_pdf(story: Story, about: About) -> bytes:
    """Sets a paper on A4 with numbered pages; the same story gives the same bytes.

    Args:
        story: Gives the pieces; called twice, first to count the pages.
        about: What the file and every page say of themselves.

    Raises:
        MissingDependencyError: ReportLab is not installed.
    """
    sheet = Sheet()
    pages, _ = _set(sheet, story, about, 0)
    return _set(sheet, story, about, pages)[1]


def _set(sheet: Sheet, story: Story, about: About, pages: int) -> tuple[int, bytes]:
    """One pass: how many pages it took, and the file."""
    from reportlab.platypus import SimpleDocTemplate, Spacer

    def first(canvas: Any, paper: Any) -> None:  # noqa: ANN401 - ReportLab has no types
        # Else the properties would name the first day of 2000, which `invariant` stands for.
        canvas.setDateFormatter(lambda *_: f"D:{about.day:%Y%m%d}000000Z")
        foot(canvas, paper)

    def foot(canvas: Any, paper: Any) -> None:  # noqa: ANN401
        number = f"page {paper.page} of {pages}"
        line = sheet.line(f"{about.foot} · {number} · arborisk {arborisk.__version__}", "kind")
        _, height = line.wrap(WIDTH_PT, BOTTOM_PT)
        line.drawOn(canvas, SIDE_PT, FOOT_PT + 10 - min(height, 10.6))

    stream = io.BytesIO()
    paper = SimpleDocTemplate(
        stream,
        pagesize=A4_PT,
        leftMargin=SIDE_PT - FRAME_PADDING_PT,
        rightMargin=SIDE_PT - FRAME_PADDING_PT,
        topMargin=TOP_PT - FRAME_PADDING_PT,
        bottomMargin=BOTTOM_PT,
        title=about.title,
        subject=about.subject,
        author=about.author,
        creator=f"arborisk {arborisk.__version__}",
        lang="en",
        displayDocTitle=True,
        invariant=1,
    )
    pieces = story(sheet)
    while isinstance(pieces[-1], Spacer):  # what follows it on the next page is nothing
        pieces.pop()
    paper.build(pieces, onFirstPage=first, onLaterPages=foot)
    return paper.page, stream.getvalue()
