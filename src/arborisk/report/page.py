"""Templates to pages: one HTML file each, with everything inside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arborisk.errors import MissingDependencyError
from arborisk.files import write_text_whole
from arborisk.report.style import FONT_STACK, Mark
from arborisk.wording import sentences
from arborisk.wording.counts import counted, listed
from arborisk.wording.intervals import ends, share_text
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
