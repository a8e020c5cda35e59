"""One design for all figures and pages: colours, shapes, letters and sizes.

Colours are those of Okabe and Ito, which stay apart for people with any colour vision. No class is
told by colour alone: each has a shape of its own, with a dark edge, and its name beside it. No
likelihood of failure is green, since green would promise what no photo can.

Source: M. Okabe and K. Ito, "Color Universal Design", 2008.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from arborisk.report.figure_files import save_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


INK = "#1b2327"
MUTED = "#56616a"
GRID = "#dde2e4"
BLUE, ORANGE, VERMILLION = "#0072B2", "#E69F00", "#D55E00"
SKY, PURPLE, GREEN, YELLOW = "#56B4E9", "#CC79A7", "#009E73", "#F0E442"

FONT_STACK = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"
"""Fonts of the page. Figures are laid out with DejaVu Sans, which is the widest of them, so that
their text fits in any."""
FIGURE_FONT = "DejaVu Sans"
FIGURE_WIDTH_IN = 5.2
"""Narrow enough that the text of a figure is still read on a phone."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How one class or model is drawn.

    Attributes:
        colour: Fill, as #rrggbb.
        marker: Matplotlib's name of the shape.
        points: The same shape for pages, as an SVG path in a 20 x 20 box.
    """

    colour: str
    marker: str
    points: str


_CIRCLE = ("o", "M10 2a8 8 0 1 0 0 16a8 8 0 1 0 0-16z")
_TRIANGLE = ("^", "M10 2l8.5 15h-17z")
_DIAMOND = ("D", "M10 1l9 9l-9 9l-9-9z")
_SQUARE = ("s", "M3 3h14v14h-14z")
_TRIANGLE_DOWN = ("v", "M10 18l8.5-15h-17z")
_PENTAGON = ("p", "M10 1.5l8.6 6.2l-3.3 10.1h-10.6l-3.3-10.1z")

ISA_MARKS: dict[str, Mark] = {
    "Improbable": Mark(BLUE, *_CIRCLE),
    "Possible": Mark(ORANGE, *_TRIANGLE),
    "Probable": Mark(VERMILLION, *_DIAMOND),
    "Imminent": Mark(INK, *_SQUARE),
    "Probable or Possible": Mark(PURPLE, *_SQUARE),
    "Possible or Improbable": Mark(SKY, *_TRIANGLE_DOWN),
}
"""Marks of the classes of the built-in schemes, by title; the same on every page."""

OTHER_MARKS = (
    Mark(GREEN, *_CIRCLE),
    Mark(PURPLE, *_SQUARE),
    Mark(SKY, *_TRIANGLE),
    Mark(YELLOW, *_DIAMOND),
    Mark(BLUE, *_TRIANGLE_DOWN),
    Mark(ORANGE, *_PENTAGON),
)
"""Marks of other labels, in class order; they repeat after the sixth."""

MODEL_MARKS = (
    Mark("#16425b", *_CIRCLE),
    Mark("#8a3b75", *_SQUARE),
    Mark("#6b4e16", *_TRIANGLE),
    Mark("#3c3c3c", *_DIAMOND),
    Mark("#1f5c3d", *_TRIANGLE_DOWN),
    Mark("#7a2f1d", *_PENTAGON),
)
"""Marks of models that stand side by side: dark, so that none looks like a class."""


def class_mark(title: str, index: int) -> Mark:
    """Mark of a class: fixed for ISA words, by class order for other labels."""
    return ISA_MARKS.get(title, OTHER_MARKS[index % len(OTHER_MARKS)])


def figure_settings(name: str) -> dict[Any, Any]:
    """Matplotlib settings of every figure.

    Args:
        name: Name of the figure; keeps the ids inside its SVG apart from those of other figures on
            a page, and the same from one run to the next.
    """
    return {
        "font.family": FIGURE_FONT,
        "font.size": 9,
        "text.color": INK,
        "axes.labelcolor": INK,
        "axes.labelsize": 9,
        "axes.titlesize": 10,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.edgecolor": MUTED,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": False,
        "axes.axisbelow": True,
        "grid.color": GRID,
        "grid.linewidth": 0.8,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "lines.linewidth": 1.8,
        "legend.frameon": False,
        "legend.fontsize": 8.5,
        # Text stays text: small, searchable, and in the fonts of the page.
        "svg.fonttype": "none",
        "text.parse_math": False,  # a name with two dollars is a name
        "svg.hashsalt": name,
    }


def shortened(name: str, most: int) -> str:
    """The beginning of a name that is too long to stand beside a figure."""
    return name if len(name) <= most else f"{name[: most - 1]}\N{HORIZONTAL ELLIPSIS}"


def on_lines(title: str, most: int = 24) -> str:
    """A title on two lines or more where it is long."""
    words, lines = title.split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) > most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def draw_svg(
    name: str, size_in: tuple[float, float], paint: Callable[[Figure], None], description: str
) -> str:
    """Draws a figure and gives it as an ``<svg>`` element; the same input gives the same text.

    Args:
        name: Short name, unique on the page.
        size_in: Width and height in inches.
        paint: Draws into the figure.
        description: What the figure shows, for people who do not see it.
    """
    import matplotlib
    from matplotlib.figure import Figure

    stream = io.StringIO()
    with matplotlib.rc_context(figure_settings(name)):
        figure = Figure(figsize=size_in, layout="constrained")
        paint(figure)
        figure.savefig(
            stream, format="svg", transparent=True, metadata={"Date": None, "Creator": None}
        )
        save_figure(name, figure)
    return _for_page(stream.getvalue(), description)


def _for_page(text: str, description: str) -> str:
    """Drops what belongs to an SVG file of its own, and what would reach out into the page."""
    body = text[text.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r"<style[^>]*>.*?</style>", "", body, flags=re.DOTALL)
    used = set(re.findall(r"(?:url\(#|href=\"#)([^\")]+)", body))
    body = re.sub(r' id="([^"]*)"', lambda found: found[0] if found[1] in used else "", body)
    body = body.replace(f"'{FIGURE_FONT}'", FONT_STACK)
    body = re.sub(r"<!--.*?-->\s*", "", body, flags=re.DOTALL)
    opening = re.match(r"<svg[^>]*>", body)
    view_box = re.search(r'viewBox="[^"]*"', body)
    if opening is None or view_box is None:
        raise RuntimeError("matplotlib wrote an SVG without a view box")
    label = html.escape(description, quote=True)
    head = (
        f'<svg class="figure" role="img" aria-label="{label}" {view_box[0]} '
        'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'stroke-linejoin="round" stroke-linecap="butt">'
    )
    return head + body[opening.end() :].strip()
