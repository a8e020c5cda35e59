"""Templates to pages: one HTML file each, with everything inside it."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import arborisk
from arborisk.dataset.data_summary import DataSummary
from arborisk.dataset.data_words import description, facts, limits, privacy
from arborisk.dataset.schemes import ClassScheme
from arborisk.dataset.table import Dataset
from arborisk.errors import MissingDependencyError, PhotoError
from arborisk.evaluation.verdict import Standing
from arborisk.files import write_text_whole
from arborisk.photos.decode import read_photo
from arborisk.report.figure_files import save_tables
from arborisk.report.style import FONT_STACK, Mark, class_mark
from arborisk.wording import sentences
from arborisk.wording.counts import counted, listed
from arborisk.wording.intervals import ends, share_text
from arborisk.wording.leaks import SCORES_FLATTER
from arborisk.wording.numbers import number
from arborisk.wording.percent import in_percent, percent

if TYPE_CHECKING:
    from jinja2 import Environment


LONGEST_WORD, BREAK_EVERY = 24, 12
"""Letters of a word of a cell above which it may break, and how often."""
NOT_STATED = "\N{EN DASH}"
_NUMBER_AND_SIGN = re.compile(r"(?<=\d) %")


def render_page(template: str, **content: Any) -> str:  # noqa: ANN401 - templates take anything
    """Fills a template of ``report/templates``; unknown names are errors, text is escaped.

    Args:
        template: File name of the template.
        **content: What it names.

    Raises:
        MissingDependencyError: Jinja2 is not installed.
    """
    from markupsafe import Markup

    environment = _environment()
    style = environment.get_template("style.css.j2").render(font_stack=Markup(FONT_STACK))
    text = environment.get_template(template).render(style=style, **content)
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip()) + "\n"


def render_section(template: str, content: object, *, macro: str = "section") -> str:
    """One section of a page, made by a macro of a template.

    Args:
        template: File name of the template.
        content: What the macro shows.
        macro: Its name.

    Raises:
        MissingDependencyError: Jinja2 is not installed.
    """
    return str(getattr(_environment().get_template(template).module, macro)(content))


def write_page(path: Path, text: str) -> Path:
    """Writes a page whole or not at all, and gives its path."""
    write_text_whole(path, text)
    save_tables(text)
    return path


def _environment() -> Environment:
    """Where templates are found, and what they may use."""
    try:
        import jinja2
    except ImportError as error:
        raise MissingDependencyError("jinja2", "train", "reports") from error
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("arborisk.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_unbroken,
    )
    environment.filters.update(
        percent=_or_dash(percent),
        in_percent=_or_dash(in_percent),
        number=_or_dash(_metric),
        ends=ends,
        share_text=share_text,
        counted=counted,
        listed=listed,
        mark=_mark,
        breakable=_breakable,
    )
    environment.globals["say"] = sentences
    return environment


def _or_dash(words: Callable[..., str]) -> Callable[..., str]:
    """The same, with a dash for what is not stated."""

    def told(value: float | None, *how: Any) -> str:  # noqa: ANN401 - as the function takes it
        return NOT_STATED if value is None else words(value, *how)

    return told


def _breakable(text: str) -> object:
    """A cell whose long words may break, so that no name pushes other columns off the page."""
    from markupsafe import Markup, escape

    pieces = (
        Markup("<wbr>").join(word[at : at + BREAK_EVERY] for at in range(0, len(word), BREAK_EVERY))
        if len(word) > LONGEST_WORD
        else escape(word)
        for word in text.split(" ")
    )
    return Markup(" ").join(pieces)


def _metric(value: float) -> str:
    """A metric as all tables print it, with three decimals."""
    return number(value, 3)


def _unbroken(value: Any) -> Any:  # noqa: ANN401 - whatever a template prints
    """What a template prints, with a number and its percent sign on one line."""
    if isinstance(value, str) and " %" in value:
        return type(value)(_NUMBER_AND_SIGN.sub("\N{NO-BREAK SPACE}%", value))
    return value


def _mark(mark: Mark) -> object:
    """The shape of a class or model, for the eye only: its name always stands beside it."""
    from markupsafe import Markup

    return Markup(
        '<svg class="mark" viewBox="0 0 20 20" aria-hidden="true">'
        '<path d="{}" fill="{}" stroke="#1b2327" stroke-width="1.2"/></svg>'
    ).format(mark.points, mark.colour)


LONG_SIDE_PX = 260
"""Twice the width at which a page shows them, for sharp screens; about 10 kB each."""
JPEG_QUALITY = 72


def thumbnail_uri(path: Path, *, long_side_px: int = LONG_SIDE_PX) -> str | None:
    """A photo as a data URI; see `thumbnail_jpeg`."""
    jpeg = thumbnail_jpeg(path, long_side_px=long_side_px)
    if jpeg is None:
        return None
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii")


def thumbnail_jpeg(path: Path, *, long_side_px: int = LONG_SIDE_PX) -> bytes | None:
    """A photo as a JPEG, upright and small; None when it cannot be read.

    Nothing but pixels is kept: no time, no place, no camera.

    Args:
        path: The photo.
        long_side_px: Longer side of the small picture, in pixels.
    """
    try:
        image = read_photo(path, at_least_px=long_side_px)
    except PhotoError:
        return None
    image.thumbnail((long_side_px, long_side_px))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=JPEG_QUALITY, optimize=True, exif=b"")
    return stream.getvalue()


STANDING_WORDS: dict[Standing, str] = {
    "better": "Better than the baseline",
    "undecided": "Not shown to beat the baseline",
    "leaking": SCORES_FLATTER,
    "worse": "Worse than the baseline",
    "degenerate": "Degenerate: one answer for all",
}

LONGEST_LIST = 20
"""Values of one setting that are written out: hashes of all photos tuned on are not."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a list of facts.

    Attributes:
        name: What it is about.
        text: What is so.
    """

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ClassEntry:
    """A class as pages show it: shape and name.

    Attributes:
        title: Name as people read it.
        mark: Shape and colour.
    """

    title: str
    mark: Mark


def class_entries(scheme: ClassScheme) -> list[ClassEntry]:
    """The classes of a scheme, in class order."""
    return [
        ClassEntry(title, class_mark(title, index)) for index, title in enumerate(scheme.titles)
    ]


def flat_settings(values: object, prefix: str = "") -> list[Fact]:
    """Settings nested as in TOML, as lines ``training.epochs: 4``; long lists are counted."""
    if isinstance(values, list) and len(values) > LONGEST_LIST:
        return [Fact(prefix, f"{len(values)} values, the first {values[0]}")]
    if not isinstance(values, dict):
        return [Fact(prefix, str(values))]
    return [
        fact
        for key, value in values.items()
        for fact in flat_settings(value, f"{prefix}.{key}" if prefix else str(key))
    ]


SHEET_LONG_SIDE_PX = 170


@dataclass(frozen=True, slots=True)
class ContactPhoto:
    """One photo of the sheet, as a data URI where it can be read."""

    file: str
    uri: str | None
    entry: ClassEntry


def contact_sheet(dataset: Dataset, labels: list[str], *, n_per_label: int) -> list[ContactPhoto]:
    """Photos of each label, spread evenly over the data set.

    Args:
        dataset: The data set.
        labels: Labels in the order to be shown.
        n_per_label: Largest number of photos a label.
    """
    sheet = []
    for rank, label in enumerate(labels):
        rows = [row for row in dataset.photos if row.label == label]
        step = max(1, len(rows) // n_per_label)
        entry = ClassEntry(label, class_mark(label, rank))
        for row in rows[::step][:n_per_label]:
            uri = thumbnail_uri(dataset.path_of(row), long_side_px=SHEET_LONG_SIDE_PX)
            sheet.append(ContactPhoto(row.file, uri, entry))
    return sheet


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
