"""A matplotlib figure as SVG that can stand inside a page."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from arborisk.report.style import FIGURE_FONT, FONT_STACK, figure_settings

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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
