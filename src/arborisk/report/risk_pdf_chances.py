"""Chances of the ratings as a drawing of a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from arborisk.report.pdf_letters import BOLD, REGULAR
from arborisk.report.pdf_sheet import WIDTH_PT
from arborisk.report.risk_draft import ChanceOfRating
from arborisk.report.style import GRID, INK, MUTED, ORANGE
from arborisk.wording.percent import percent


def chances_drawing(chances: Sequence[ChanceOfRating]) -> Any:  # noqa: ANN401
    """Chance of each rating or a higher one, as a span or a dot; a ReportLab drawing."""
    from reportlab.graphics.shapes import Circle, Drawing, Line, Rect, String
    from reportlab.lib.colors import HexColor

    ink, muted, grid, orange = (HexColor(colour) for colour in (INK, MUTED, GRID, ORANGE))
    left, width, step, floor = 110.0, 220.0, 17.0, 16.0
    drawing = Drawing(WIDTH_PT, floor + step * len(chances))
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        at = left + width * share
        drawing.add(Line(at, floor, at, floor + step * len(chances), strokeColor=grid))
        words = percent(share, "stated")
        drawing.add(
            String(at, 4, words, fontName=REGULAR, fontSize=7, fillColor=muted, textAnchor="middle")
        )
    for place, one in enumerate(chances):
        middle = floor + step * (place + 0.5)
        low, high = left + width * one.low, left + width * one.high
        drawing.add(
            Rect(low, middle - 4, high - low, 8, fillColor=orange, strokeColor=None, strokeWidth=0)
        )
        for end in sorted({low, high}):
            drawing.add(Circle(end, middle, 2.6, fillColor=ink, strokeColor=None))
        for at, words, font in ((0, one.label, REGULAR), (left + width + 14, one.words, BOLD)):
            drawing.add(String(at, middle - 3, words, fontName=font, fontSize=8.5, fillColor=ink))
    return drawing
