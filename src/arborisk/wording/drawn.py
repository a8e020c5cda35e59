"""Ends of intervals that were drawn by chance: no more digits than the draws bear."""

from __future__ import annotations

import math

from arborisk.wording.numbers import LEAST_COUNT, expected_count, number, significant
from arborisk.wording.percent import Digits, decimals_if_rare, percent_figure


def drawn_end(value: float, error: float, digits: int = 2) -> str:
    """An end of a Monte Carlo interval.

    The last digit printed is of a unit that the Monte Carlo standard error does not exceed: another
    seed changes it by one or two. What would round to 0 is said to be under that unit.

    Args:
        value: The end, at least 0.
        error: Its Monte Carlo standard error; 0 for an exact end.
        digits: Most digits that count.

    >>> drawn_end(17.24, 0.3), drawn_end(0.3412, 0.004), drawn_end(0.3412, 0.02)
    ('17', '0.34', '0.3')
    >>> drawn_end(1234.0, 60.0), drawn_end(0.02, 0.04), drawn_end(0.3412, 0.0)
    ('1,200', 'under 0.1', '0.34')
    """
    if error <= 0 or math.isnan(error) or value == 0:
        return significant(value, digits)
    decimals = decimals_borne(error, 0)
    if value > 0:  # what `digits` allow is fewer for a large value
        decimals = min(decimals, digits - 1 - math.floor(math.log10(value)))
    if round(value, decimals) == 0:
        unit = 10.0**-decimals
        return f"under {number(unit, max(decimals, 0))}"
    return number(round(value, decimals), max(decimals, 0))


def drawn_count(value: float, error: float) -> str:
    """An end of the interval of an expected number: never a bare 0.

    >>> drawn_count(0.0, 0.0), drawn_count(3.44, 0.2), drawn_count(0.02, 0.04)
    ('under 0.01', '3', 'under 0.1')
    """
    return expected_count(value) if value < LEAST_COUNT else drawn_end(value, error)


def decimals_borne(error: float, exact: int) -> int:
    """Decimals that a Monte Carlo standard error bears; below 0 for tens, hundreds and so on.

    Args:
        error: The error, in the unit of what is printed.
        exact: Decimals where there is none.

    >>> decimals_borne(0.004, 2), decimals_borne(0.02, 2), decimals_borne(3.0, 2)
    (2, 1, -1)
    >>> decimals_borne(0.0, 2)
    2
    """
    if error <= 0 or math.isnan(error):
        return exact
    return -math.ceil(math.log10(error) - 1e-9)


def rounded_end(end: float, decimals: int, value: float) -> float:
    """An end rounded so that it never passes its estimate.

    >>> rounded_end(14.3, -1, 12.0), rounded_end(14.3, -1, 9.5), rounded_end(8.0, -1, 9.5)
    (20.0, 10.0, 0.0)
    """
    rounded = round(end, decimals)
    unit = 10.0**-decimals
    if end >= value > rounded:
        return rounded + unit
    return rounded - unit if end <= value < rounded else rounded


def drawn_percent_figure(share: float, error: float, value: float, digits: Digits = 0) -> str:
    """An end of an interval of a share, in percent without the sign.

    Args:
        share: The end, in [0, 1].
        error: Its Monte Carlo standard error, as a share; 0 for an exact end.
        value: The estimate, which a rounded end never passes.
        digits: Most decimals, see `arborisk.wording.percent.percent`.

    >>> drawn_percent_figure(0.234, 0.0, 0.3), drawn_percent_figure(0.234, 0.03, 0.3)
    ('23', '20')
    >>> drawn_percent_figure(0.0123, 0.0004, 0.02, "rare"), drawn_percent_figure(0.2, 0.0, 0.3, 1)
    ('1.2', '20.0')
    >>> drawn_percent_figure(0.02, 0.03, 0.1), drawn_percent_figure(0.99, 0.03, 0.9)
    ('under 10', 'over 90')
    """
    borne = decimals_borne(100 * error, 9)
    most = decimals_if_rare(share) if digits == "rare" else digits
    if most == "stated" or borne >= most:
        return percent_figure(share, digits)
    rounded = rounded_end(100 * share, borne, 100 * value)
    if borne >= 0:
        return percent_figure(rounded / 100, borne)
    unit = 10.0**-borne
    if 0 < rounded < 100:
        return f"{rounded:.0f}"
    return f"under {unit:.0f}" if rounded <= 0 else f"over {100 - unit:.0f}"
