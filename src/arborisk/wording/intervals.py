"""Estimates with their intervals: 0.82 (0.74 to 0.89); 62 % (57 to 67); +6 points (-1 to +13).

Where there is no honest interval its note says why, in its place. An estimate that is not defined
is its note alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from arborisk.records import Interval
from arborisk.wording.numbers import LEAST_COUNT, NOT_DEFINED, expected_count, number, significant
from arborisk.wording.percent import Digits, decimals_if_rare, percent, percent_figure


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


NO_INTERVAL = "no interval"


def interval_text(
    interval: Interval,
    decimals: int = 2,
    *,
    signed: bool = False,
    unit: str = "",
    named: bool = False,
) -> str:
    """A value with its interval.

    Args:
        interval: What to print.
        decimals: Digits after the point.
        signed: Whether plus signs stand, for differences.
        unit: What follows the value, with its space: `` m``.
        named: Whether it is said to be an interval, and of which level: at first mention.

    >>> interval_text(Interval(0.82, 0.74, 0.89)), interval_text(Interval(-0.5, -0.6, -0.4))
    ('0.82 (0.74 to 0.89)', '-0.50 (-0.60 to -0.40)')
    >>> interval_text(Interval(0.82, None, None, note="no interval: 3 trees"))
    '0.82 (no interval: 3 trees)'
    >>> interval_text(Interval(0.82, 0.738, 0.892, errors=(0.02, 0.0)), 3)
    '0.820 (0.7 to 0.892)'
    """
    return _with_ends(
        interval,
        lambda value: number(value, decimals, signed=signed) + unit,
        lambda end, error: _end(end, error, interval.value, decimals, signed=signed),
        named=named,
    )


def share_text(interval: Interval, digits: Digits = 0, *, named: bool = False) -> str:
    """A share with its interval, in percent.

    Args:
        interval: What to print.
        digits: See `arborisk.wording.percent.percent`.
        named: Whether it is said to be an interval, and of which level: at first mention.

    >>> share_text(Interval(0.62, 0.57, 0.67)), share_text(Interval(0.002, 0.0, 0.03))
    ('62 % (57 to 67)', 'under 1 % (under 1 to 3)')
    >>> share_text(Interval(0.62, 0.57, 0.67), named=True)
    '62 % (95 % interval 57 to 67)'
    >>> share_text(Interval(0.095, 0.0612, 0.143, errors=(0.004, 0.02)), 1)
    '9.5 % (6 to 10)'
    """
    return _with_ends(
        interval,
        lambda value: percent(value, digits),
        lambda end, error: drawn_percent_figure(end, error, interval.value, digits),
        named=named,
    )


def points_text(interval: Interval, decimals: int = 0) -> str:
    """A difference of two shares with its interval, in percentage points.

    >>> points_text(Interval(0.06, -0.01, 0.13)), points_text(Interval(0.01, None, None))
    ('+6 points (-1 to +13)', '+1 point (no interval)')
    """
    return _with_ends(
        interval,
        lambda value: points(value, decimals),
        lambda end, error: _end(
            100 * end, 100 * error, 100 * interval.value, decimals, signed=True
        ),
    )


def ends(interval: Interval, decimals: int = 2, *, signed: bool = False) -> str:
    """The ends alone, for a column of their own, or why there are none.

    >>> ends(Interval(0.82, 0.74, 0.89)), ends(Interval(0.82, None, None, note="too few trees"))
    ('0.74 to 0.89', 'too few trees')
    """
    if interval.low is None or interval.high is None:
        return interval.note or NO_INTERVAL
    low, high = (
        _end(end, error, interval.value, decimals, signed=signed)
        for end, error in zip((interval.low, interval.high), interval.errors, strict=True)
    )
    return f"{low} to {high}"


def share_range(low: float, high: float, digits: Digits = 0) -> str:
    """What is known of a chance that the inputs only bound.

    Ends of exactly 0 and 1 are no estimates here: they say what the inputs rule out.

    >>> share_range(0.2, 0.4), share_range(0, 0.4), share_range(0.2, 1), share_range(0.2, 0.201)
    ('20 % to 40 %', 'up to 40 %', '20 % or more', '20 %')
    >>> share_range(0, 0), share_range(1, 1), share_range(0, 1)
    ('ruled out as stated', 'certain as stated', 'not known')
    """
    low, high = _without_noise(low), _without_noise(high)
    if (low, high) in _BOUNDS:
        return _BOUNDS[low, high]
    first, last = percent(low, digits), percent(high, digits)
    if first == last:
        return first
    if low == 0:
        return f"up to {last}"
    return f"{first} or more" if high == 1 else f"{first} to {last}"


def points(difference: float, decimals: int = 0) -> str:
    """A difference of two shares.

    >>> points(0.06), points(-0.01), points(0.0), points(0.1234, 1)
    ('+6 points', '-1 point', '0 points', '+12.3 points')
    """
    figure = number(100 * difference, decimals, signed=True)
    return f"{figure} {'point' if figure in ('+1', '-1') else 'points'}"


def level_words(level: float = 0.95) -> str:
    """What an interval is called, for example ``95 % interval``."""
    return f"{percent(level, 'stated')} interval"


_BOUNDS = {
    (0.0, 0.0): "ruled out as stated",
    (1.0, 1.0): "certain as stated",
    (0.0, 1.0): "not known",
}
_LEAST = 1e-12
"""Sums of chances that lie this near to 0 or 1 are 0 or 1, but for rounding."""


def _with_ends(
    interval: Interval,
    value_words: Callable[[float], str],
    end_words: Callable[[float, float], str],
    *,
    named: bool = False,
) -> str:
    """The value, then its ends or the reason why there are none."""
    if math.isnan(interval.value):
        return interval.note or NOT_DEFINED
    value = value_words(interval.value)
    if interval.low is None or interval.high is None:
        return f"{value} ({interval.note or NO_INTERVAL})"
    name = f"{level_words(interval.level)} " if named else ""
    low = end_words(interval.low, interval.errors[0])
    return f"{value} ({name}{low} to {end_words(interval.high, interval.errors[1])})"


def _end(end: float, error: float, value: float, decimals: int, *, signed: bool) -> str:
    """An end with the decimals asked for, or with the fewer ones that its error bears."""
    borne = decimals_borne(error, decimals)
    if borne >= decimals:
        return number(end, decimals, signed=signed)
    return number(rounded_end(end, borne, value), max(borne, 0), signed=signed)


def _without_noise(chance: float) -> float:
    return 0.0 if chance < _LEAST else 1.0 if chance > 1 - _LEAST else chance
