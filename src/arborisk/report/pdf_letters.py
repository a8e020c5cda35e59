"""Letters of a PDF: which files they come from, and which text they can set."""

from __future__ import annotations

import importlib.util
import unicodedata
from collections.abc import Container
from pathlib import Path

from arborisk.errors import AssessmentError, MissingDependencyError, Remedy, option

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
