"""The one way to print a share in percent.

A chance is never printed as 0 % or 100 %: what would round to one of them is "under 1 %" or "over
99 %", in the unit of the last digit shown. An estimate that came out as 0 or 1 was made of finite
data by a model that may be wrong; 0 % reads as "cannot happen" and 100 % as "is certain", which is
more than any of them shows.

Shares of counted things follow the same rule: for 0 of 20 photos the count is printed and no
percentage (`counted_share`), since 0 % beside it says nothing more. Three things are no estimates
and keep their digits: what somebody stated, as a coverage of 95 % or a crop of 100 % of the side;
marks of an axis; and columns of counted shares headed by the sign, as the deck prints them
(`in_percent`).
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal

from arborisk.wording.numbers import NOT_DEFINED

Digits = int | Literal["rare", "stated"]
"""Decimals of the percentage; or ``rare``, two digits of the rarer of yes and no; or ``stated``."""
RAREST = 1e-6
"""Chances below it are only ever said to be below it: no model of trees is right to one in a
million."""


def percent(share: float | Fraction, digits: Digits = 0) -> str:
    """A share as people read it.

    Args:
        share: Usually in [0, 1]; a share of a difference may lie outside. NaN where not defined.
        digits: Decimals; ``rare`` for chances that may be small, with two digits of the rarer of
            yes and no; ``stated`` for what is no estimate, with all digits that it was given.

    >>> percent(0.624), percent(0.002), percent(0.999), percent(0.124, 1), percent(0.00001, 1)
    ('62 %', 'under 1 %', 'over 99 %', '12.4 %', 'under 0.1 %')
    >>> percent(0.000341, "rare"), percent(0.987, "rare"), percent(0.995, "stated")
    ('0.034 %', '98.7 %', '99.5 %')
    """
    figure = percent_figure(share, digits)
    return figure if figure == NOT_DEFINED else f"{figure} %"


def percent_figure(share: float | Fraction, digits: Digits = 0) -> str:
    """The same without the sign, for the ends of an interval: ``62 % (57 to 67)``."""
    value = float(share)
    if math.isnan(value):
        return NOT_DEFINED
    if digits == "stated":
        return f"{round(100 * value, 8):.10g}"
    decimals = decimals_if_rare(value) if digits == "rare" else digits
    text = f"{100 * value:.{decimals}f}"
    unit = 10.0**-decimals
    if float(text) == 0:
        return f"under {unit:.{decimals}f}"
    if float(text) == 100:
        return f"over {100 - unit:.{decimals}f}"
    return text


def in_percent(share: float | Fraction, decimals: int = 1) -> str:
    """The bare figure for a column of counted shares headed %, rounded half up as people do.

    >>> in_percent(Fraction(66, 76)), in_percent(1), in_percent(0.8785, 2)
    ('86.8', '100.0', '87.85')
    """
    if math.isnan(share):
        return NOT_DEFINED
    return f"{float(half_up(Fraction(share), decimals + 2) * 100):.{decimals}f}"


def half_up(share: Fraction, decimals: int) -> Fraction:
    """A share rounded half up to so many decimals, as people and programs print it.

    >>> half_up(Fraction(66, 76), 3)
    Fraction(217, 250)
    """
    unit = Decimal(1).scaleb(-decimals)
    # 40 digits: no share of fewer than a hundred photos comes so near to a half.
    digits = Decimal(share.numerator) / Decimal(share.denominator)
    return Fraction(digits.quantize(unit, rounding=ROUND_HALF_UP))


def counted_share(count: int, total: int, digits: Digits = 0) -> str:
    """A count with its share, which is left out where it is none or all.

    >>> counted_share(12, 20), counted_share(0, 20), counted_share(20, 20), counted_share(1, 999)
    ('12 (60 %)', '0', '20', '1 (under 1 %)')
    """
    told, share = f"{count:,}", share_beside(count, total, digits)
    return f"{told} ({share})" if share else told


def counted_part(share: float, digits: Digits = 0) -> str:
    """A share of counted things where the counts are not at hand; none and all are words.

    >>> counted_part(0.6), counted_part(0.0), counted_part(1.0)
    ('60 %', 'none', 'all')
    """
    return "none" if share == 0 else "all" if share == 1 else percent(share, digits)


def share_beside(count: int, total: int, digits: Digits = 0) -> str:
    """The percentage alone, where the count stands beside it; "" where it is none or all.

    >>> share_beside(12, 20), share_beside(0, 20)
    ('60 %', '')
    """
    return "" if count in (0, total) else percent(count / total, digits)


def decimals_if_rare(value: float) -> int:
    """Decimals for two digits of the rarer of yes and no, as far as `RAREST`."""
    rarer = min(value, 1 - value) if 0 <= value <= 1 else 1.0
    exponent = int(f"{100 * max(rarer, RAREST / 10):.1e}".split("e")[1])  # 9.96 is 10
    return min(max(1 - exponent, 0), 4)
