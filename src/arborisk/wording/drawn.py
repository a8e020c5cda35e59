"""Ends of intervals that were drawn by chance: no more digits than the draws bear."""

from __future__ import annotations

import math

from arborisk.wording.numbers import LEAST_COUNT, expected_count, number, significant


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
    decimals = -math.ceil(math.log10(error) - 1e-9)
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
