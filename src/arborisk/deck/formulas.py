"""Formulas written once, as a row of parts, and given as plain text or MathML."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Symbol:
    """A letter with its layer, neuron and iteration.

    Attributes:
        letter: "w", "a", "C", "sigma", "sigma'", "eta" or a number.
        layer: "L", "L-1", "l", "1" ... or "" for none.
        index: Neuron, "j" or "jk", or "".
        iteration: "r", "r+1", "0", or "".
    """

    letter: str
    layer: str = ""
    index: str = ""
    iteration: str = ""


@dataclass(frozen=True, slots=True)
class Partial:
    """The derivative of one symbol by another."""

    of: Symbol
    by: Symbol


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over an index, written before what is summed."""

    index: str


Part = Symbol | Partial | Total | str
"""A string is a sign: "=", "-", "+", "(", ")", "^2", "," or a word."""
Formula = tuple[Part, ...]

_GREEK = {"sigma": "\N{GREEK SMALL LETTER SIGMA}", "eta": "\N{GREEK SMALL LETTER ETA}"}
_MINUS = "\N{MINUS SIGN}"
_OPEN, _CLOSE = '<mo stretchy="false">(</mo>', '<mo stretchy="false">)</mo>'


def as_text(formula: Formula) -> str:
    """A formula in plain characters, for tables and readers of text.

    >>> as_text((Partial(Symbol("C"), Symbol("w", "L")), "=", "2", Symbol("a", "L-1", "k")))
    '∂C/∂w(L) = 2 a(L-1)_k'
    """
    words = [_text(part) for part in formula]
    return _tidy(" ".join(words))


def as_mathml(formula: Formula, *, display: bool = True) -> str:
    """A formula as a ``<math>`` element, which browsers draw and screen readers speak."""
    style = ' display="block"' if display else ""
    body: list[str] = []
    for part in formula:
        if part == "^2":  # it stands on what is before it
            body[-1] = f"<msup>{body[-1]}<mn>2</mn></msup>"
        else:
            body.append(_mathml(part))
    return f"<math{style}><mrow>{''.join(body)}</mrow></math>"


def _tidy(text: str) -> str:
    """Without the blanks inside brackets and before signs that follow closely."""
    for before, after in (("( ", "("), (" )", ")"), (" ^2", "^2"), (" ,", ",")):
        text = text.replace(before, after)
    return text


def _text(part: Part) -> str:
    match part:
        case Symbol(letter, layer, index, iteration):
            name = letter.replace("sigma", _GREEK["sigma"]).replace("eta", _GREEK["eta"])
            above = ",".join(filter(None, [layer, iteration]))
            return name + (f"({above})" if above else "") + (f"_{index}" if index else "")
        case Partial(of, by):
            return f"\N{PARTIAL DIFFERENTIAL}{_text(of)}/\N{PARTIAL DIFFERENTIAL}{_text(by)}"
        case Total(index):
            return f"\N{N-ARY SUMMATION}_{index}"
        case _:
            return part


def _mathml(part: Part) -> str:
    match part:
        case Symbol():
            return _mathml_symbol(part)
        case Partial(of, by):
            partial = "<mo>\N{PARTIAL DIFFERENTIAL}</mo>"
            above = f"<mrow>{partial}{_mathml(of)}</mrow>"
            below = f"<mrow>{partial}{_mathml(by)}</mrow>"
            return f"<mfrac>{above}{below}</mfrac>"
        case Total(index):
            return f"<munder><mo>\N{N-ARY SUMMATION}</mo><mi>{index}</mi></munder>"
        case _:
            if part.replace(".", "").isdigit():
                return f"<mn>{part}</mn>"
            if part.replace(" ", "").isalpha():
                return f"<mtext>\N{NO-BREAK SPACE}{part}\N{NO-BREAK SPACE}</mtext>"
            fixed = ' stretchy="false"' if part in "()" else ""
            return f"<mo{fixed}>{part.replace('-', _MINUS)}</mo>"


def _mathml_symbol(symbol: Symbol) -> str:
    """A letter with what stands above and below it."""
    letter = symbol.letter.rstrip("'")
    prime = "\N{PRIME}" if symbol.letter.endswith("'") else ""
    name = f"<mi>{_GREEK.get(letter, letter)}{prime}</mi>"
    above = []
    if symbol.layer:
        above.append(f"{_OPEN}{_mathml_row(symbol.layer)}{_CLOSE}")
    if symbol.iteration:
        above.append(_mathml_row(symbol.iteration))
    over = f"<mrow>{'<mo>,</mo>'.join(above)}</mrow>"
    under = f"<mrow>{''.join(f'<mi>{one}</mi>' for one in symbol.index)}</mrow>"
    if above and symbol.index:
        return f"<msubsup>{name}{under}{over}</msubsup>"
    if above:
        return f"<msup>{name}{over}</msup>"
    return f"<msub>{name}{under}</msub>" if symbol.index else name


def _mathml_row(text: str) -> str:
    """Letters, numbers and signs one after the other, as in L-1 and r+1."""
    return "".join(
        f"<mn>{one}</mn>"
        if one.isdigit()
        else f"<mo>{one.replace('-', _MINUS)}</mo>"
        if one in "+-"
        else f"<mi>{one}</mi>"
        for one in text
    )
