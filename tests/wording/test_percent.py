"""A chance is never printed as 0 % or 100 %, whatever its digits."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arborisk.wording.percent import counted_share, in_percent, percent, percent_figure

CHANCES = st.floats(0, 1)
DIGITS = st.sampled_from([0, 1, 2, 3, "rare"])


@pytest.mark.parametrize(
    ("share", "digits", "text"),
    [
        (0.624, 0, "62 %"),
        (0.004, 0, "under 1 %"),
        (0.006, 0, "1 %"),
        (0.994, 0, "99 %"),
        (0.996, 0, "over 99 %"),
        (0.0, 0, "under 1 %"),
        (1.0, 0, "over 99 %"),
        (0.0004, 1, "under 0.1 %"),
        (0.9996, 1, "over 99.9 %"),
        (0.5, 1, "50.0 %"),
        (0.0341, "rare", "3.4 %"),
        (0.000341, "rare", "0.034 %"),
        (0.04, "rare", "4.0 %"),
        (0.0996, "rare", "10 %"),
        (0.123, "rare", "12 %"),
        (0.9871, "rare", "98.7 %"),
        (1e-9, "rare", "under 0.0001 %"),
        (0.0, "rare", "under 0.0001 %"),
        (1.0, "rare", "over 99.9999 %"),
        (0.9, "stated", "90 %"),
        (0.995, "stated", "99.5 %"),
        (1.0, "stated", "100 %"),
        (float("nan"), 0, "not defined"),
        (-0.47, 0, "-47 %"),
        (1.47, 0, "147 %"),
        (-0.002, 0, "under 1 %"),
    ],
)
def test_shares_in_percent(share, digits, text):
    assert percent(share, digits) == text


@given(CHANCES, DIGITS)
def test_no_chance_is_printed_as_impossible_or_certain(chance, digits):
    text = percent(chance, digits)
    assert re.fullmatch(r"(under |over )?\d+(\.\d+)? %", text)
    told = float(re.sub(r"[^0-9.]", "", text))
    assert 0 < told < 100


@given(CHANCES, st.sampled_from([0, 1, 2, 3]))
def test_what_is_printed_is_true(chance, digits):
    figure = percent_figure(chance, digits)
    told = float(figure.split()[-1])
    if figure.startswith("under"):
        assert 100 * chance < told
    elif figure.startswith("over"):
        assert 100 * chance > told
    else:
        assert told == pytest.approx(100 * chance, abs=0.5 * 10**-digits + 1e-9)


@given(CHANCES)
def test_two_digits_of_the_rarer_side_are_kept(chance):
    rarer = min(chance, 1 - chance)
    if rarer < 2e-6:
        return
    told = float(percent_figure(chance, "rare"))
    rarer_told = min(told, 100 - told)
    assert rarer_told == pytest.approx(100 * rarer, rel=0.051, abs=6e-5)


def test_columns_of_counted_shares_are_as_the_deck_prints_them():
    assert in_percent(Fraction(66, 76)) == "86.8"
    assert in_percent(Fraction(67, 92)) == "72.8"
    assert in_percent(Fraction(1, 1)) == "100.0"
    assert in_percent(Fraction(1, 8), 0) == "13"  # half up, where Python's own rounding gives 12


def test_a_share_of_none_or_all_is_the_count_alone():
    assert counted_share(0, 20) == "0"
    assert counted_share(20, 20) == "20"
    assert counted_share(12, 20) == "12 (60 %)"
    assert counted_share(1999, 2000) == "1,999 (over 99 %)"
