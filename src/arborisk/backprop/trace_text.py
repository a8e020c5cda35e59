"""A trace as rows of a table for people."""

from __future__ import annotations

from arborisk.backprop.activations import Floats
from arborisk.backprop.tracing import Entry, Trace

COLUMNS = ("r", "pass", "eq.", "quantity", "shape", "values")
LONGEST = 60
"""Characters of values in one line; larger arrays are cut, and JSON has all of them."""

_SYMBOLS = {
    "dC_da": "∂C/∂a",
    "da_dz": "∂a/∂z",
    "dz_dw": "∂z/∂w",
    "dz_db": "∂z/∂b",
    "dz_da": "∂z/∂a",
    "dC_dw": "∂C/∂w",
    "dC_db": "∂C/∂b",
    "w_new": "new w",
    "b_new": "new b",
}
"""Last letters get the layer; what a derivative is by is named in the chapter."""


def trace_rows(found: Trace) -> list[list[str]]:
    """One row for each line of values; matrices take a line for each of their rows.

    Args:
        found: A trace.

    Returns:
        Cells as `COLUMNS`.
    """
    rows = []
    for entry in found.entries:
        lines = _lines(entry.values)
        product = f" = {' · '.join(map(_symbol_of, entry.factors))}" if entry.factors else ""
        first = [
            str(entry.iteration),
            entry.phase,
            ", ".join(map(str, entry.equations)) or "-",
            symbol(entry) + product,
            shape_text(entry.shape),
            lines[0],
        ]
        rows += [first, *([""] * 5 + [line] for line in lines[1:])]
    return rows


def symbol(entry: Entry) -> str:
    """The quantity as in the deck, in plain characters: ∂C/∂w(2)."""
    return _SYMBOLS.get(entry.name, entry.name) + ("" if entry.name == "C" else f"({entry.layer})")


def shape_text(shape: tuple[int, ...]) -> str:
    """3 x 2, or "number".

    >>> shape_text((3, 2)), shape_text(())
    ('3 x 2', 'number')
    """
    return " x ".join(map(str, shape)) or "number"


def _symbol_of(label: str) -> str:
    """A name with its layer, as "dC_da(2)", in the deck's letters."""
    name, _, rest = label.partition("(")
    return f"{_SYMBOLS.get(name, name)}({rest}"


def _lines(values: Floats) -> list[str]:
    """The numbers, a line for each row of a matrix."""
    if values.ndim <= 1:
        return [_line(values.reshape(-1))]
    return [_line(row) for row in values.reshape(-1, values.shape[-1])]


def _line(numbers: Floats) -> str:
    """Numbers one after the other, cut where a line would get too long."""
    text = ""
    for place, number in enumerate(numbers):
        more = f"{_number(float(number))} "
        if len(text) + len(more) > LONGEST:
            return f"{text}... {len(numbers) - place} more"
        text += more
    return text.rstrip()


def _number(number: float) -> str:
    """Six decimals, or four digits and a power of ten where these would say little."""
    return f"{number: .6f}" if number == 0 or 1e-3 <= abs(number) < 1e5 else f"{number: .3e}"
