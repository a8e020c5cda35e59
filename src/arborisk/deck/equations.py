"""The deck's equations 1 to 40 as data: as printed, and in full with the neuron index.

The chapter of the documentation is filled from them. 33 and 38 carry no equation.

Source: NARS Lab deck (2 December 2020), slides on back-propagation. The forms with an index are
ours, and so are the corrections in ``note``.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from arborisk.deck.formulas import Formula, Partial, Symbol, Total, as_mathml
from arborisk.files import write_text_whole


@dataclass(frozen=True, slots=True)
class Equation:
    """One equation of the deck.

    Attributes:
        number: As in the deck.
        part: Where it stands: "layer L", "layer L-1", "forward pass", "backward pass, layer L" ...
        printed: As the deck prints it, with the neuron index left out.
        indexed: The same for neuron j of its layer and neuron k of the layer before, and with what
            the printed form leaves out.
        shapes: Shape of the left side for one sample.
        name: What the left side is called in the code.
        note: What to know about it, or "".
    """

    number: int
    part: str
    printed: Formula
    indexed: Formula
    shapes: str
    name: str
    note: str = ""


def _s(letter: str, layer: str = "", index: str = "", iteration: str = "") -> Symbol:
    return Symbol(letter, layer, index, iteration)


C, ETA = _s("C"), _s("eta")
ONLY_THROUGH = (
    'The deck\'s sign for "proportional to" means "is a function of": it says through what the '
    "chain rule must go, not that one doubles with the other."
)
FACTOR_TWO = "The square of equation 3 gives the factor 2."
OLD_WEIGHTS = (
    "Every factor is of iteration r. The weights of the layers above may be overwritten only after "
    "they were used here."
)


def _below(layer: str) -> str:
    """The layer before: L-1 of L, l-1 of l, 0 of 1."""
    return {"L": "L-1", "L-1": "L-2", "L-2": "L-3", "l": "l-1", "1": "0"}[layer]


def _z(number: int, part: str, layer: str, note: str = "") -> Equation:
    before = _below(layer)
    w, a, b, z = (_s(x, y) for x, y in (("w", layer), ("a", before), ("b", layer), ("z", layer)))
    return Equation(
        number,
        part,
        (z, "=", w, a, "+", b),
        (
            *(_s("z", layer, "j"), "=", Total("k")),
            *(_s("w", layer, "jk"), _s("a", before, "k"), "+", _s("b", layer, "j")),
        ),
        f"(n_{layer},)",
        "z",
        note,
    )


def _a(number: int, part: str, layer: str, note: str = "") -> Equation:
    return Equation(
        number,
        part,
        (_s("a", layer), "=", _s("sigma"), "(", _s("z", layer), ")"),
        (_s("a", layer, "j"), "=", _s("sigma"), "(", _s("z", layer, "j"), ")"),
        f"(n_{layer},)",
        "a",
        note,
    )


def _cost(number: int, part: str) -> Equation:
    return Equation(
        number,
        part,
        (C, "=", "(", _s("a", "L"), "-", _s("y"), ")", "^2"),
        (C, "=", Total("j"), "(", _s("a", "L", "j"), "-", _s("y", "", "j"), ")", "^2"),
        "()",
        "C",
        "Of one sample. Of a mini-batch C is the mean over its samples.",
    )


def _chain(layer: str) -> tuple[Partial, ...]:
    """Factors of dC/da of a layer, from the cost down, as printed."""
    factors: list[Partial] = [Partial(C, _s("a", "L"))]
    at = "L"
    while at != layer:
        factors.append(Partial(_s("a", at), _s("z", at)))
        factors.append(Partial(_s("z", at), _s("a", _below(at))))
        at = _below(at)
    return tuple(factors)


def _gradient(number: int, part: str, layer: str, by: str, note: str = "") -> Equation:
    """The gradient of a layer by its weight or bias."""
    a, z, w = _s("a", layer), _s("z", layer), _s(by, layer)
    before = _below(layer)
    if layer in ("L", "L-1", "L-2"):
        chain: tuple[Partial | str, ...] = _chain(layer)
    else:
        chain = (
            Partial(C, _s("a", "L")),
            Partial(_s("a", "L"), _s("z", "L")),
            "\N{MIDLINE HORIZONTAL ELLIPSIS}",
        )
    ends = (Partial(a, z), Partial(z, w))
    index = "jk" if by == "w" else "j"
    indexed: Formula = (
        Partial(C, _s(by, layer, index)),
        "=",
        Partial(C, _s("a", layer, "j")),
        _s("sigma'"),
        *("(", _s("z", layer, "j"), ")"),
        *((_s("a", before, "k"),) if by == "w" else ()),
    )
    shape = f"(n_{layer}, n_{before})" if by == "w" else f"(n_{layer},)"
    return Equation(
        number, part, (Partial(C, w), "=", *chain, *ends), indexed, shape, f"dC_d{by}", note
    )


def _update(number: int, part: str, layer: str, what: str, note: str = "") -> Equation:
    index = "jk" if what == "w" else "j"
    before = _below(layer)

    def form(index: str) -> Formula:
        new, old = _s(what, layer, index, "r+1"), _s(what, layer, index, "r")
        return (new, "=", old, "-", ETA, Partial(C, _s(what, layer, index)))

    shape = f"(n_{layer}, n_{before})" if what == "w" else f"(n_{layer},)"
    return Equation(number, part, form(""), form(index), shape, f"{what}_new", note)


def _layer_l(number: int, by: str) -> Equation:
    """Equations 4 and 5, which the deck writes out."""
    w = _s(by, "L")
    a, z, y, slope = _s("a", "L"), _s("z", "L"), _s("y"), _s("sigma'")
    last: Formula = (_s("a", "L-1"),) if by == "w" else ()
    factors: Formula = (Partial(C, a), Partial(a, z), Partial(z, w), "=") if by == "w" else ()
    index = "jk" if by == "w" else "j"
    return Equation(
        number,
        "layer L",
        (Partial(C, w), "=", *factors, "2", "(", a, "-", y, ")", slope, "(", z, ")", *last),
        (
            *(Partial(C, _s(by, "L", index)), "=", "2", "("),
            *(_s("a", "L", "j"), "-", _s("y", "", "j"), ")", slope, "(", _s("z", "L", "j"), ")"),
            *((_s("a", "L-1", "k"),) if by == "w" else ()),
        ),
        "(n_L, n_L-1)" if by == "w" else "(n_L,)",
        f"dC_d{by}",
        FACTOR_TWO,
    )


def _function_of(number: int, left: Symbol, right: Symbol) -> Equation:
    of, by = left, right
    indexed_of = left if left.letter == "C" else _s(left.letter, left.layer, "j")
    indexed_by = _s(right.letter, right.layer, "k" if right.layer == "L-1" else "j")
    return Equation(
        number,
        "layer L-1",
        (of, "is a function of", by),
        (indexed_of, "is a function of", indexed_by),
        "",
        "",
        ONLY_THROUGH,
    )


def _expanded(number: int, by: str) -> Equation:
    """Equations 14 and 15: equation 13 put into 8 and 9."""
    index = "jk" if by == "w" else "j"
    start: Formula = (Partial(C, _s(by, "L-1", index)), "=", "(", Total("i"))
    through: Formula = (Partial(C, _s("a", "L", "i")), _s("sigma'"), "(", _s("z", "L", "i"), ")")
    end: Formula = (_s("w", "L", "ij"), ")", _s("sigma'"), "(", _s("z", "L-1", "j"), ")")
    last: Formula = (_s("a", "L-2", "k"),) if by == "w" else ()
    a, z, w = _s("a", "L-1"), _s("z", "L-1"), _s(by, "L-1")
    return Equation(
        number,
        "layer L-1",
        (Partial(C, w), "=", *_chain("L-1"), Partial(a, z), Partial(z, w)),
        (*start, *through, *end, *last),
        "(n_L-1, n_L-2)" if by == "w" else "(n_L-1,)",
        f"dC_d{by}",
    )


def _short(number: int, by: str) -> Equation:
    """Equations 8 and 9."""
    a, z, w = _s("a", "L-1"), _s("z", "L-1"), _s(by, "L-1")
    full = _gradient(number, "layer L-1", "L-1", by)
    return Equation(
        number,
        "layer L-1",
        (Partial(C, w), "=", Partial(C, a), Partial(a, z), Partial(z, w)),
        full.indexed,
        full.shapes,
        full.name,
    )


_THIRTEEN = Equation(
    13,
    "layer L-1",
    (Partial(C, _s("a", "L-1")), "=", *_chain("L-1")),
    (
        *(Partial(C, _s("a", "L-1", "k")), "=", Total("j"), Partial(C, _s("a", "L", "j"))),
        *(_s("sigma'"), "(", _s("z", "L", "j"), ")", _s("w", "L", "jk")),
    ),
    "(n_L-1,)",
    "dC_da",
    "Neuron k of layer L-1 reaches C through every neuron j of layer L: the sum over j is what the "
    "deck drops with the index.",
)
_BACK = "backward pass, layer "
_FORWARD = "forward pass"

EQUATIONS: dict[int, Equation] = {
    equation.number: equation
    for equation in (
        _z(1, "layer L", "L"),
        _a(2, "layer L", "L"),
        _cost(3, "layer L"),
        _layer_l(4, "w"),
        _layer_l(5, "b"),
        _update(6, "layer L", "L", "w"),
        _update(7, "layer L", "L", "b"),
        _short(8, "w"),
        _short(9, "b"),
        _function_of(10, C, _s("a", "L")),
        _function_of(11, _s("a", "L"), _s("z", "L")),
        _function_of(12, _s("z", "L"), _s("a", "L-1")),
        _THIRTEEN,
        _expanded(14, "w"),
        _expanded(15, "b"),
        _update(16, "layer L-1", "L-1", "w"),
        _update(17, "layer L-1", "L-1", "b"),
        _z(18, _FORWARD, "l"),
        _a(19, _FORWARD, "l"),
        _z(20, _FORWARD, "L"),
        _a(21, _FORWARD, "L"),
        _cost(22, _FORWARD),
        _gradient(23, _BACK + "L", "L", "w"),
        _gradient(24, _BACK + "L", "L", "b"),
        _update(25, _BACK + "L", "L", "w"),
        _update(26, _BACK + "L", "L", "b"),
        _gradient(27, _BACK + "L-1", "L-1", "w", OLD_WEIGHTS),
        _gradient(28, _BACK + "L-1", "L-1", "b", OLD_WEIGHTS),
        _update(29, _BACK + "L-1", "L-1", "w"),
        _update(30, _BACK + "L-1", "L-1", "b"),
        _gradient(31, _BACK + "L-2", "L-2", "w", "Two more factors than equation 27."),
        _gradient(32, _BACK + "L-2", "L-2", "b", "Two more factors than equation 28."),
        _update(34, _BACK + "L-2", "L-2", "w"),
        _update(35, _BACK + "L-2", "L-2", "b"),
        _gradient(36, _BACK + "1", "1", "w", "a(0) is the input."),
        _gradient(37, _BACK + "1", "1", "b"),
        _update(39, _BACK + "1", "1", "w"),
        _update(40, _BACK + "1", "1", "b"),
    )
}
"""By number. 33 and 38 are missing because the deck has none."""

_A, _Y = _s("a", "L", "j"), _s("y", "", "j")
CROSS_ENTROPY: dict[str, Formula] = {
    "a": (_A, "=", "softmax", "(", _s("z", "L"), ")", ",", "entry j"),
    "C": (C, "=", "-", Total("j"), _Y, "ln", _A),
    "dC_dz": (
        *(Partial(C, _s("z", "L", "j")), "=", Total("i")),
        *(Partial(C, _s("a", "L", "i")), Partial(_s("a", "L", "i"), _s("z", "L", "j"))),
        *("=", _A, "-", _Y),
    ),
    "dC_dw": (Partial(C, _s("w", "L", "jk")), "=", "(", _A, "-", _Y, ")", _s("a", "L-1", "k")),
    "dC_db": (Partial(C, _s("b", "L", "j")), "=", _A, "-", _Y),
}
"""What stands in place of equations 21, 22, 23 and 24 under softmax cross-entropy, where y sums
to 1, by the name of the left side. Every a(L) depends on every z(L): the sum over i."""


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
