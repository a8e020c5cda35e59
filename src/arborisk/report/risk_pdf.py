"""The draft report of one tree's risk as a PDF: the words of the page, set for paper."""

from __future__ import annotations

import datetime
import io
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import arborisk
from arborisk.files import write_bytes_whole
from arborisk.report.page import thumbnail_jpeg
from arborisk.report.pdf_sheet import BOLD, REGULAR, WIDTH_PT, Sheet
from arborisk.report.risk_draft import (
    CHANCES_CAPTION,
    NOT_THIS,
    PHOTO_CAPTION,
    STANDING,
    ChanceOfRating,
    RiskDraft,
    risk_draft,
)
from arborisk.report.style import GRID, INK, MUTED, ORANGE, VERMILLION
from arborisk.risk.rating.assessment import NOT_NAMED, Assessment
from arborisk.risk.rating.rating import Information, Rated
from arborisk.risk.rating.reading import day_of
from arborisk.wording.percent import percent

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


PHOTO_PX = 900
PHOTO_HEIGHT_PT = 180.0
LONGEST_FOOT = 40
"""Letters of a tree's name at the foot of a page, so that it stays on one line."""
PALE, ALERT = "#f4f2ec", "#fbece4"
PART_SHARES = (0.17, 0.13, 0.14, 0.13, 0.15, 0.14, 0.14)
FACT_SHARES = (0.15, 0.37, 0.15, 0.33)
PEN_LINES = 2
PEN_ROOM = "\N{NO-BREAK SPACE}"


def write_risk_pdf(
    rated: Rated, information: Sequence[Information], path: Path, *, photo: Path | None = None
) -> Path:
    """Writes the draft report of one tree as a PDF.

    Args:
        rated: The tree with its rating.
        information: What each uncertain input would tell.
        path: PDF file to write.
        photo: Picture of the tree, for the eye only.

    Raises:
        MissingDependencyError: ReportLab is not installed.
        AssessmentError: A letter that the font cannot set.
    """
    write_bytes_whole(path, risk_pdf(rated, information, photo=photo))
    return path


def risk_pdf(
    rated: Rated, information: Sequence[Information], *, photo: Path | None = None
) -> bytes:
    """The draft report as a PDF; the same rating of a stated day gives the same bytes."""
    draft = risk_draft(rated, information)
    jpeg = None if photo is None else thumbnail_jpeg(photo, long_side_px=PHOTO_PX)
    return draw_pdf(lambda sheet: _story(sheet, draft, jpeg), _about(rated.assessment, draft))


def _about(assessment: Assessment, draft: RiskDraft) -> About:
    """Properties of the file: who, and when, which is today where the form states no day."""
    tree, date = assessment.tree, assessment.date
    name = tree if len(tree) <= LONGEST_FOOT else f"{tree[:LONGEST_FOOT]}\N{HORIZONTAL ELLIPSIS}"
    inspected = f"inspected {date}" if date else "day of inspection not stated"
    return About(
        title=draft.title,
        subject=f"Tree risk assessment, level {assessment.level}, {inspected}. {STANDING}.",
        author=assessment.assessor or NOT_NAMED,
        day=day_of(date) or datetime.date.today(),
        foot=f"{STANDING} · tree {name}",
    )


def _story(sheet: Sheet, draft: RiskDraft, jpeg: bytes | None) -> list[Any]:
    return [
        *_imminent(sheet, draft),
        sheet.line(draft.kind, "kind"),
        sheet.line(draft.title, "title"),
        sheet.line(draft.subtitle),
        sheet.space(6),
        _verdict(sheet, draft),
        *([] if jpeg is None else [_photo(sheet, jpeg)]),
        *([_open(sheet, draft.chances)] if draft.chances else []),
        *_parts(sheet, draft),
        *_telling(sheet, draft),
        *_options(sheet, draft),
        *_facts(sheet, draft),
        *sheet.section(
            "Who gave what",
            sheet.table(draft.inputs.columns, draft.inputs.rows, (0.4, 0.34, 0.26)),
        ),
        _limits(sheet, draft),
        _signature(sheet, draft),
        sheet.together(
            [sheet.line("Rules and sources", "heading"), *sheet.points(draft.rules, "note")]
        ),
    ]


def _imminent(sheet: Sheet, draft: RiskDraft) -> list[Any]:
    if not draft.imminent:
        return []
    line = sheet.line(draft.imminent, "sentence")
    box = sheet.boxed([line], edge=VERMILLION, fill=ALERT, around=True)
    return [box, sheet.space(8)]


def _verdict(sheet: Sheet, draft: RiskDraft) -> Any:  # noqa: ANN401 - ReportLab has no types
    pieces = [
        sheet.line(STANDING, "note", bold=True),
        sheet.line(draft.headline, "sentence"),
        *sheet.points(draft.caveats),
    ]
    return sheet.boxed(pieces, edge=ORANGE, fill=PALE)


def _photo(sheet: Sheet, jpeg: bytes) -> Any:  # noqa: ANN401
    from reportlab.platypus import Image

    picture = Image(
        io.BytesIO(jpeg), width=WIDTH_PT, height=PHOTO_HEIGHT_PT, kind="proportional", hAlign="LEFT"
    )
    return sheet.together(
        [sheet.line("Photo", "heading"), picture, sheet.line(PHOTO_CAPTION, "note")]
    )


def _open(sheet: Sheet, chances: Sequence[ChanceOfRating]) -> Any:  # noqa: ANN401
    return sheet.together(
        [
            sheet.line("What the inputs leave open", "heading"),
            chances_drawing(chances),
            sheet.line(CHANCES_CAPTION, "note"),
        ]
    )


def _parts(sheet: Sheet, draft: RiskDraft) -> list[Any]:
    rows = [[*row[:-1], sheet.line(row[-1], bold=True)] for row in draft.parts.rows]
    causes = [sheet.line(draft.causes)] if draft.causes else []
    return [
        *sheet.section("Parts and targets", sheet.table(draft.parts.columns, rows, PART_SHARES)),
        sheet.line(draft.rating_words, "note"),
        *causes,
    ]


def _telling(sheet: Sheet, draft: RiskDraft) -> list[Any]:
    if not draft.telling:
        return []
    rows = [[one.name, one.words, sheet.answers(one.by_answer)] for one in draft.telling]
    columns = ("input", "known now", "rating for each answer")
    return [
        *sheet.section("What to find out first", sheet.table(columns, rows, (0.28, 0.22, 0.5))),
        *([sheet.line(draft.idle, "note")] if draft.idle else []),
    ]


def _options(sheet: Sheet, draft: RiskDraft) -> list[Any]:
    if not draft.options.rows:
        return []
    rows = [[*row[:-1], sheet.line(row[-1], bold=True)] for row in draft.options.rows]
    return [
        *sheet.section(
            "Options and what would remain",
            sheet.table(draft.options.columns, rows, (0.5, 0.16, 0.34)),
        ),
        sheet.line(draft.not_assumed, "note"),
    ]


def _facts(sheet: Sheet, draft: RiskDraft) -> list[Any]:
    """Two lines of the form beside each other; what is not stated is left for the pen."""
    cells = [
        (sheet.line(line.name, "note"), sheet.line(line.text or PEN_ROOM)) for line in draft.facts
    ]
    half = (len(cells) + 1) // 2
    pairs = itertools.zip_longest(cells[:half], cells[half:], fillvalue=("", ""))
    table = sheet.table((), [[*left, *right] for left, right in pairs], FACT_SHARES, room_pt=5)
    notes = [sheet.line(note) for note in draft.notes]
    for_the_pen = sheet.table((), [[PEN_ROOM]] * PEN_LINES, (1.0,), room_pt=5)
    return [
        *sheet.section("Tree and visit", table),
        sheet.line("Notes", "heading"),
        *(notes or [for_the_pen]),
    ]


def _limits(sheet: Sheet, draft: RiskDraft) -> Any:  # noqa: ANN401
    return sheet.together(
        [
            sheet.line("What this is not", "heading"),
            *sheet.points(NOT_THIS),
            sheet.space(3),
            sheet.boxed([sheet.line(draft.alert, bold=True)], edge=VERMILLION, fill=ALERT),
        ]
    )


def _signature(sheet: Sheet, draft: RiskDraft) -> Any:  # noqa: ANN401
    """Lines to write on: what is known is printed, the rest is left for the pen."""
    rows = [[sheet.line(line.name, "note"), line.text or PEN_ROOM] for line in draft.signature]
    return sheet.together(
        [sheet.line("Signature", "heading"), sheet.table((), rows, (0.28, 0.72), room_pt=9)]
    )
