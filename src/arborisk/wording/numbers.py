"""One way to print a number: no more digits than it bears, no minus zero, no power of ten."""

from __future__ import annotations

import math

NOT_DEFINED = "not defined"
"""Stands where a figure has no value, as where nothing was divided by."""
LEAST_COUNT = 0.01
"""Expected numbers below it are printed as below it: none is ever 0."""


def number(value: float, decimals: int = 2, *, signed: bool = False) -> str:
    """A value with so many decimals.

    Args:
        value: What to print; NaN where it is not defined.
        decimals: Digits after the point.
        signed: Whether a plus sign stands before what is above 0, for differences.

    >>> number(0.5), number(-0.001), number(1234.5, 1), number(0.25, signed=True)
    ('0.50', '0.00', '1,234.5', '+0.25')
    """
    if math.isnan(value):
        return NOT_DEFINED
    rounded = round(value, decimals) + 0.0  # the sum turns -0.0 into 0.0
    return f"{rounded:{'+' if signed and rounded else ''},.{decimals}f}"


def significant(value: float, digits: int = 2, *, trimmed: bool = False) -> str:
    """A value with so many digits that count, and all of its whole ones.

    Args:
        value: What to print.
        digits: How many.
        trimmed: Whether zeros at the end of a fraction go, as of amounts that were entered: 2.5.

    >>> significant(0.03412), significant(17.24), significant(1234.5), significant(4.0)
    ('0.034', '17', '1,234', '4.0')
    """
    if math.isnan(value) or math.isinf(value) or value == 0:
        return NOT_DEFINED if math.isnan(value) else f"{value:g}"
    decimals = digits - 1 - _exponent(value, digits)
    text = number(value, max(decimals, 0))
    return text.rstrip("0").rstrip(".") if trimmed and "." in text else text


def expected_count(value: float) -> str:
    """An expected number of trees or strikes: two digits, and never a bare 0.

    An expectation from draws of chances is never exactly none, whatever its digits.

    >>> expected_count(0.0), expected_count(0.034), expected_count(17.24), expected_count(1234.5)
    ('under 0.01', '0.034', '17', '1,234')
    """
    return f"under {LEAST_COUNT:g}" if value < LEAST_COUNT else significant(value)


def p_text(p: float | None) -> str:
    """A p value: three decimals, and never 0.

    >>> p_text(0.0421), p_text(0.0004), p_text(None)
    ('0.042', 'under 0.001', 'none')
    """
    if p is None:
        return "none"
    return "under 0.001" if p < 0.001 else number(p, 3)


def _exponent(value: float, digits: int) -> int:
    """Power of ten of the first digit, once rounded: 9.96 is 10 with two digits."""
    return int(f"{abs(value):.{digits - 1}e}".split("e")[1])
