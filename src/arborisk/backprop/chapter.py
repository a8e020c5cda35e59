"""Writes the equations into the chapter of the documentation, from the data of `equations`.

    python -m arborisk.backprop.chapter docs/backpropagation.md

Between ``<!-- equations 1 to 7 -->`` and ``<!-- end -->`` stands a table of these equations.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from arborisk.backprop.equations import EQUATIONS, Equation
from arborisk.backprop.formulas import as_mathml
from arborisk.files import write_text_whole

_PLACE = re.compile(r"(<!-- equations (\d+) to (\d+) -->\n).*?(<!-- end -->)", re.DOTALL)
_HEAD = (
    "<table>\n<thead><tr><th>no.</th><th>as in the deck, index left out</th>"
    "<th>in full</th><th>shape</th></tr></thead>\n<tbody>\n"
)


def filled(text: str) -> str:
    """The chapter with its tables of equations as the code has them.

    Args:
        text: The chapter.
    """
    return _PLACE.sub(
        lambda found: found[1] + _table(int(found[2]), int(found[3])) + found[4], text
    )


def _table(first: int, last: int) -> str:
    numbers = [number for number in EQUATIONS if first <= number <= last]
    rows = "".join(_row(EQUATIONS[number]) for number in numbers)
    return f"{_HEAD}{rows}</tbody>\n</table>\n"


def _row(equation: Equation) -> str:
    printed = as_mathml(equation.printed, display=False)
    indexed = as_mathml(equation.indexed, display=False)
    return (
        f"<tr><td>{equation.number}</td><td>{printed}</td><td>{indexed}</td>"
        f"<td>{equation.shapes}</td></tr>\n"
    )


def main(path: Path) -> None:
    """Rewrites the file if its equations differ from the code's."""
    text = path.read_text(encoding="utf-8")
    if filled(text) != text:
        write_text_whole(path, filled(text))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
