"""Numbers in words."""

from __future__ import annotations

from arborisk.records import Interval


def percent(interval: Interval) -> str:
    """A share with its interval.

    >>> percent(Interval(0.5, 0.4, 0.6))
    '50 % (40 to 60)'
    """
    if interval.low is None or interval.high is None:
        return f"{100 * interval.value:.0f} % (no interval: {interval.note.split(': ')[-1]})"
    return f"{100 * interval.value:.0f} % ({100 * interval.low:.0f} to {100 * interval.high:.0f})"


def signed(interval: Interval) -> str:
    """A number that may be negative, with its interval.

    >>> signed(Interval(-0.5, -0.6, -0.4))
    '-0.50 (-0.60 to -0.40)'
    """
    if interval.low is None or interval.high is None:
        return f"{interval.value:.2f} (no interval: {interval.note.split(': ')[-1]})"
    return f"{interval.value:.2f} ({interval.low:.2f} to {interval.high:.2f})"


def points(interval: Interval) -> str:
    """A difference of two shares, in percentage points, with its interval.

    >>> points(Interval(0.06, -0.01, 0.13))
    '+6 points (-1 to +13)'
    """
    value = f"{100 * interval.value:+.0f} points"
    if interval.low is None or interval.high is None:
        return f"{value} (no interval: {interval.note.split(': ')[-1]})"
    return f"{value} ({100 * interval.low:+.0f} to {100 * interval.high:+.0f})"


def above(interval: Interval, limit: float) -> bool:
    """Whether a number is above a limit even at the lower end of its interval."""
    return interval.low is not None and interval.low > limit
