"""Sheets of paper: lines, lists, tables and boxes of a PDF, in one style."""

from __future__ import annotations

import functools
import importlib.util
import unicodedata
from collections.abc import Container, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from arborisk.errors import AssessmentError, MissingDependencyError, Remedy, option
from arborisk.report.style import GRID, INK, MUTED

REGULAR, BOLD = "arborisk-regular", "arborisk-bold"
NARROW_FONTS = ("Vera.ttf", "VeraBd.ttf")
WIDE_FONTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
RIGHT_TO_LEFT = ("R", "AL")


def register_fonts() -> Container[int]:
    """Makes `REGULAR` and `BOLD` known to ReportLab, to be embedded; gives their code points.

    Raises:
        MissingDependencyError: ReportLab is not installed.
    """
    try:
        import reportlab
    except ImportError as error:
        raise MissingDependencyError("reportlab", "pdf", "reports as PDF") from error
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    for name, file in zip((REGULAR, BOLD), font_files(Path(reportlab.__file__)), strict=True):
        pdfmetrics.registerFont(TTFont(name, str(file)))
    pdfmetrics.registerFontFamily(
        REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD
    )
    letters: Container[int] = frozenset(pdfmetrics.getFont(REGULAR).face.charToGlyph)
    return letters


def check_letters(text: str, letters: Container[int]) -> None:
    """A letter that prints as an empty box, or in the wrong order, would be lost in silence.

    Args:
        text: What is to be set.
        letters: Code points that the font has.

    Raises:
        AssessmentError: A letter that the font lacks, or a script that runs from the right.
    """
    for letter in text:
        known = letter.isspace() or ord(letter) in letters
        if not known or unicodedata.bidirectional(letter) in RIGHT_TO_LEFT:
            raise AssessmentError(
                "letters that the font of the PDF can set, from left to right",
                f"{letter!r} in {text!r}",
                "the PDF",
                Remedy(
                    "Write the page instead, with {} and a name in .html; it has all letters.",
                    option("--out", "risk rate"),
                ),
            )


def font_files(reportlab_file: Path) -> list[Path]:
    """Regular and bold: DejaVu Sans of matplotlib, which has more letters, else Vera."""
    found = importlib.util.find_spec("matplotlib")
    if found is not None and found.origin is not None:
        folder = Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"
        if all((folder / name).is_file() for name in WIDE_FONTS):
            return [folder / name for name in WIDE_FONTS]
    return [reportlab_file.parent / "fonts" / name for name in NARROW_FONTS]


WIDTH_PT = 491.0
"""Width of what is printed: A4 less two margins."""
FIRST_ROWS_PT = 90.0
"""Room that a heading over a table needs: itself, the head of the table and some rows."""
DOT = "\N{BULLET}"
SIZES_PT = {"kind": 8.0, "title": 17.0, "heading": 11.5, "sentence": 11.0, "text": 9.0, "note": 7.8}


ROOM_FOR_A_PART_PT = 120.0
"""Room below which a row is moved to the next page whole, if a page can hold it."""
REST_PT = 26.0
"""What is kept back where a row is parted: a line of text and the room around it."""


class Sheet:
    """Pieces of a paper in one style; letters are embedded.

    Raises:
        MissingDependencyError: ReportLab is not installed.
    """

    def __init__(self) -> None:
        self._letters = register_fonts()
        from reportlab.lib.styles import ParagraphStyle

        self._styles = {
            name: ParagraphStyle(
                name,
                fontName=BOLD if name in ("title", "heading", "sentence") else REGULAR,
                fontSize=size,
                leading=1.32 * size,
                textColor=MUTED if name in ("kind", "note") else INK,
                spaceBefore=11 if name == "heading" else 2,
                spaceAfter=4 if name in ("title", "heading") else 2,
                keepWithNext=name == "heading",
                splitLongWords=True,
            )
            for name, size in SIZES_PT.items()
        }
        self._styles["heading over a table"] = ParagraphStyle(
            "heading over a table", parent=self._styles["heading"], keepWithNext=False
        )
        for name in ("text", "note"):
            self._styles[f"{name} after a dot"] = ParagraphStyle(
                f"{name} after a dot",
                parent=self._styles[name],
                leftIndent=12,
                bulletFontName=REGULAR,
                bulletFontSize=SIZES_PT[name],
            )

    def line(self, text: str, style: str = "text", *, bold: bool = False, dot: bool = False) -> Any:  # noqa: ANN401
        """A paragraph of plain text, in bold or with a dot before it if asked.

        Raises:
            AssessmentError: A letter that the font lacks, or a script that runs from the right.
        """
        text = unicodedata.normalize("NFC", text)  # else an accent stands beside its letter
        check_letters(text, self._letters)
        words = escape(text)
        return self._paragraph(f"<b>{words}</b>" if bold else words, style, dot=dot)

    def points(self, texts: Sequence[str], style: str = "text") -> list[Any]:
        """A list with a dot before each entry."""
        return [self.line(text, style, dot=True) for text in texts]

    def answers(self, pairs: Sequence[tuple[str, str]]) -> Any:  # noqa: ANN401
        """``name: text; name: text``, with the texts in bold."""
        for pair in pairs:
            check_letters("".join(pair), self._letters)
        return self._paragraph(
            "; ".join(f"{escape(name)}: <b>{escape(text)}</b>" for name, text in pairs), "text"
        )

    def table(
        self,
        columns: Sequence[str],
        rows: Sequence[Sequence[Any]],
        shares: Sequence[float],
        *,
        room_pt: float = 2.0,
    ) -> Any:  # noqa: ANN401
        """A table whose head is repeated on each page that it reaches.

        Args:
            columns: Names of the columns; none for a table without a head.
            rows: Cells, as text or as pieces of this sheet.
            shares: Share of the width for each column; they sum to 1.
            room_pt: Room above each row, in points.
        """
        head = [[self.line(name, "note") for name in columns]] if columns else []
        body = [[self.line(one) if isinstance(one, str) else one for one in row] for row in rows]
        return _rows()(
            head + body,
            colWidths=[share * WIDTH_PT for share in shares],
            repeatRows=len(head),
            style=[
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, -1), 0.6, GRID),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 7),
                ("TOPPADDING", (0, 0), (-1, -1), room_pt),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ],
        )

    def boxed(self, pieces: list[Any], *, edge: str, fill: str, around: bool = False) -> Any:  # noqa: ANN401
        """Pieces in a box with a strong left edge, and with one all around if asked.

        Each has a row of its own: of several in one row, ReportLab loses what a page break parts.
        """
        return _rows()(
            [[piece] for piece in pieces],
            colWidths=[WIDTH_PT],
            style=[
                ("BACKGROUND", (0, 0), (-1, -1), fill),
                ("LINEBEFORE", (0, 0), (0, -1), 4, edge),
                *([("BOX", (0, 0), (-1, -1), 1.2, edge)] if around else []),
                ("LEFTPADDING", (0, 0), (-1, -1), 12),
                ("RIGHTPADDING", (0, 0), (-1, -1), 10),
                ("TOPPADDING", (0, 0), (-1, -1), 1),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
                ("TOPPADDING", (0, 0), (-1, 0), 6),
                ("BOTTOMPADDING", (0, -1), (-1, -1), 8),
            ],
        )

    def section(self, heading: str, table: Any) -> list[Any]:  # noqa: ANN401
        """A heading above a table that may reach over pages.

        The heading stays with the first rows only: kept with the whole table, as ReportLab would
        keep it, a long one leaves the rest of its page empty.
        """
        from reportlab.platypus import CondPageBreak

        return [CondPageBreak(FIRST_ROWS_PT), self.line(heading, "heading over a table"), table]

    def together(self, pieces: list[Any]) -> Any:  # noqa: ANN401
        """Pieces that no page break parts, if a page can hold them."""
        from reportlab.platypus import KeepTogether

        return KeepTogether(pieces)

    def space(self, height_pt: float) -> Any:  # noqa: ANN401
        """Empty height, in points."""
        from reportlab.platypus import Spacer

        return Spacer(1, height_pt)

    def _paragraph(self, markup: str, style: str, *, dot: bool = False) -> Any:  # noqa: ANN401
        from reportlab.platypus import Paragraph

        if dot:
            return Paragraph(markup, self._styles[f"{style} after a dot"], bulletText=DOT)
        return Paragraph(markup, self._styles[style])


@functools.cache
def _rows() -> Any:  # noqa: ANN401
    """The class of tables whose rows are parted only where much of them fits."""
    from reportlab.platypus import Table

    class Rows(Table):  # type: ignore[misc]  # ReportLab has no types
        """A table that never leaves an empty row, or an empty page, behind.

        ReportLab's own ``splitInRow`` also parts a row that misses the page by its padding: its
        text then ends one page, and an empty row begins the next.
        """

        def split(self, width: float, height: float) -> list[Any]:
            """By rows; within one only where a fair part of it fits and a line is left over."""
            self.splitInRow = 0
            found: list[Any] = super().split(width, height)
            if not found and height > ROOM_FOR_A_PART_PT:
                self.splitInRow = 1
                found = super().split(width, height - REST_PT)
            return found

    return Rows
