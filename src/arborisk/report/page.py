"""Templates to pages: one HTML file each, with everything inside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from arborisk.bundle import IMMINENT_SENTENCE
from arborisk.errors import MissingDependencyError
from arborisk.files import write_text_whole
from arborisk.report.style import FONT_STACK, Mark

if TYPE_CHECKING:
    from jinja2 import Environment

NOT_STATED = "\N{EN DASH}"


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
    )
    environment.filters.update(percent=_percent, number=_number, chance=chance, mark=_mark)
    environment.globals["imminent_sentence"] = IMMINENT_SENTENCE
    return environment


def _percent(value: float | None) -> str:
    """A share in percent with one decimal and no sign, as the deck prints it, or a dash."""
    return NOT_STATED if value is None else f"{value:.1%}".removesuffix("%")


def chance(value: float) -> str:
    """A probability in whole percent; never "0 %" or "100 %", which no model can know."""
    if value < 0.01:
        return "below 1\N{NO-BREAK SPACE}%"
    if value > 0.99:
        return "above 99\N{NO-BREAK SPACE}%"
    return f"{100 * value:.0f}\N{NO-BREAK SPACE}%"


def _number(value: float | None) -> str:
    """A metric with three decimals, or a dash."""
    return NOT_STATED if value is None else f"{value:.3f}"


def _mark(mark: Mark) -> object:
    """The shape of a class or model, for the eye only: its name always stands beside it."""
    from markupsafe import Markup

    return Markup(
        '<svg class="mark" viewBox="0 0 20 20" aria-hidden="true">'
        '<path d="{}" fill="{}" stroke="#1b2327" stroke-width="1.2"/></svg>'
    ).format(mark.points, mark.colour)
