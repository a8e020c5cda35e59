"""Estimates with their intervals, refused ones with their reason."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arborisk.records import Interval
from arborisk.wording.intervals import (
    ends,
    interval_text,
    level_words,
    points,
    points_text,
    share_range,
    share_text,
)

REFUSED = Interval(0.82, None, None, note="no interval: 3 trees")
NOT_THERE = Interval(math.nan, None, None, note="the part is not there")


def test_values():
    assert interval_text(Interval(0.82, 0.74, 0.89)) == "0.82 (0.74 to 0.89)"
    assert interval_text(Interval(0.1, -0.2, 0.4), signed=True) == "+0.10 (-0.20 to +0.40)"
    assert interval_text(Interval(12.4, 11, 14.6), 0, unit=" m") == "12 m (11 to 15)"
    assert interval_text(REFUSED) == "0.82 (no interval: 3 trees)"
    assert interval_text(NOT_THERE) == "the part is not there"
    assert interval_text(Interval(math.nan, None, None)) == "not defined"
    assert interval_text(Interval(0.82, None, None)) == "0.82 (no interval)"


def test_shares():
    assert share_text(Interval(0.62, 0.57, 0.67)) == "62 % (57 to 67)"
    assert share_text(Interval(0.0, 0.0, 0.03)) == "under 1 % (under 1 to 3)"
    assert share_text(Interval(1.0, 0.97, 1.0)) == "over 99 % (97 to over 99)"
    assert share_text(Interval(0.031, 0.004, 0.098), "rare") == "3.1 % (0.40 to 9.8)"
    assert share_text(REFUSED) == "82 % (no interval: 3 trees)"
    named = share_text(Interval(0.62, 0.57, 0.67, 0.9), named=True)
    assert named == "62 % (90 % interval 57 to 67)"


def test_points():
    assert points_text(Interval(0.06, -0.01, 0.13)) == "+6 points (-1 to +13)"
    assert points_text(Interval(0.01, None, None, note="too few trees")) == (
        "+1 point (too few trees)"
    )
    assert points(-0.123) == "-12 points"


def test_ends_alone():
    assert ends(Interval(0.82, 0.74, 0.89), 3) == "0.740 to 0.890"
    assert ends(REFUSED) == "no interval: 3 trees"
    assert level_words(0.975) == "97.5 % interval"


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0.2, 0.4, "20 % to 40 %"),
        (0.2, 0.203, "20 %"),
        (0.0, 0.4, "up to 40 %"),
        (0.0, 0.003, "under 1 %"),
        (0.2, 1.0, "20 % or more"),
        (0.0, 0.0, "ruled out as stated"),
        (1.0 - 1e-16, 1.0, "certain as stated"),
        (0.0, 1.0, "not known"),
        (0.004, 0.4, "under 1 % to 40 %"),
    ],
)
def test_what_the_inputs_leave_of_a_chance(low, high, text):
    assert share_range(low, high) == text


@given(st.floats(0, 1), st.floats(0, 1))
def test_no_end_is_printed_as_impossible_or_certain(one, other):
    for text in (
        share_range(min(one, other), max(one, other)),
        share_text(Interval(one, 0, 1)),
    ):
        assert not re.search(r"(?<![0-9.])(0|100)(\.0+)?( %| to|\))", text)
