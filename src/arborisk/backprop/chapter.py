"""Writes the equations into the chapter of the documentation, from the data of `equations`.

    python -m arborisk.backprop.chapter docs/backpropagation.md

Between ``<!-- equations 1 to 7 -->`` and ``<!-- end -->`` stands a table of these equations.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from arborisk.backprop.equations import EQUATIONS, Equation
from arborisk.backprop.formulas import Formula, as_mathml
from arborisk.files import write_text_whole

_PLACE = re.compile(r"(<!-- equations (\d+) to (\d+) -->\n).*?(<!-- end -->)", re.DOTALL)
_HEAD = (
    "<table>\n<thead><tr><th>no.</th><th>as in the deck, index left out; below it in full, "
    "and the shape</th></tr></thead>\n<tbody>\n"
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
    printed, indexed = (_large(formula) for formula in (equation.printed, equation.indexed))
    shape = re.sub(r"n_([\w-]+)", r"n<sub>\1</sub>", equation.shapes)
    below = "one number" if shape == "()" else f"shape {shape}" if shape else ""
    return f"<tr><td>{equation.number}</td><td>{printed}{indexed}{below}</td></tr>\n"


def _large(formula: Formula) -> str:
    """A line of MathML whose fractions are as large as in a displayed formula."""
    mathml = as_mathml(formula, display=False)
    large = mathml.replace("<math>", '<math displaystyle="true">', 1)
    return f'<div style="font-size:.95rem;margin:.2rem 0">{large}</div>'


def main(path: Path) -> None:
    """Rewrites the file if its equations differ from the code's."""
    text = path.read_text(encoding="utf-8")
    if filled(text) != text:
        write_text_whole(path, filled(text))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
