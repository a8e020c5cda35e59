"""Figures and tables of a report as files: SVG and PDF for a paper, LaTeX for its tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

from arborisk.files import write_text_whole, written_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_FOLDER: ContextVar[Path | None] = ContextVar("figures", default=None)
_LATEX = {
    **{mark: f"\\{mark}" for mark in "&%$#_{}"},
    "\\": "\\textbackslash{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "\N{EN DASH}": "--",
    "\N{MINUS SIGN}": "$-$",
    "\N{MULTIPLICATION SIGN}": "$\\times$",
}
_A_NUMBER = re.compile(r"[-+\N{MINUS SIGN}]?[\d.,]+(?:\s*%)?")


@contextmanager
def figures_into(folder: Path) -> Iterator[None]:
    """Also writes every figure that is drawn and every table of a page into a folder.

    Args:
        folder: Made if need be. A figure is ``NAME.svg`` and ``NAME.pdf``, a table ``NAME.tex``, a
            ``tabular`` with the rules of the package booktabs, named by the heading above it.
    """
    token = _FOLDER.set(folder)
    try:
        yield
    finally:
        _FOLDER.reset(token)


def save_figure(name: str, figure: Figure) -> None:
    """Writes a figure as files where they are asked for; the same figure gives the same bytes."""
    folder = _FOLDER.get()
    if folder is None:
        return
    dates = {".svg": {"Date": None, "Creator": None}, ".pdf": {"CreationDate": None}}
    for suffix, metadata in dates.items():
        with written_whole(folder / f"{_slug(name)}{suffix}") as new:
            figure.savefig(new, metadata=metadata)


def save_tables(page: str) -> None:
    """Writes each table of a page as LaTeX where files are asked for."""
    folder = _FOLDER.get()
    if folder is None:
        return
    found = _Tables()
    found.feed(page)
    names: dict[str, int] = {}
    for heading, rows in found.tables:
        name = _slug(heading) or "table"
        names[name] = names.get(name, 0) + 1
        number = f"-{names[name]}" if names[name] > 1 else ""
        write_text_whole(folder / f"{name}{number}.tex", latex_table(rows))


def latex_table(rows: list[list[str]]) -> str:
    r"""Rows, the headings first, as a ``tabular``; columns of numbers stand to the right.

    >>> print(latex_table([["metric", "value"], ["macro_f1", "0.73"]]))
    \begin{tabular}{lr}
    \toprule
    metric & value \\
    \midrule
    macro\_f1 & 0.73 \\
    \bottomrule
    \end{tabular}
    <BLANKLINE>
    """
    width = max(map(len, rows))
    filled = [row + [""] * (width - len(row)) for row in rows]
    body = filled[1:]
    kinds = "".join(
        "r" if body and all(_A_NUMBER.match(row[index]) or not row[index] for row in body) else "l"
        for index in range(width)
    )
    lines = [" & ".join("".join(_LATEX.get(c, c) for c in cell) for cell in row) for row in filled]
    head, *rest = (f"{line} \\\\" for line in lines)
    parts = [f"\\begin{{tabular}}{{{kinds}}}", "\\toprule", head, "\\midrule", *rest]
    return "\n".join([*parts, "\\bottomrule", "\\end{tabular}", ""])


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60]


class _Tables(HTMLParser):
    """Text of every table of a page, with the heading above it."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[tuple[str, list[list[str]]]] = []
        self._heading = self._text = ""
        self._rows: list[list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begins a heading, a table, a row, a cell or a line."""
        if tag == "table":
            self._rows = []
        elif tag == "tr" and self._rows is not None:
            self._rows.append([])
        if tag in {"h1", "h2", "h3", "td", "th"}:
            self._text = ""
        elif tag == "br":
            self._text += " "

    def handle_data(self, data: str) -> None:
        """Text of a heading or cell."""
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        """Ends a heading, a cell or a table."""
        text = " ".join(self._text.split())
        if tag in {"h1", "h2", "h3"}:
            self._heading = text
        elif tag in {"td", "th"} and self._rows:
            self._rows[-1].append(text)
        elif tag == "table" and self._rows is not None:
            rows = [row for row in self._rows if row]
            if rows:
                self.tables.append((self._heading, rows))
            self._rows = None
