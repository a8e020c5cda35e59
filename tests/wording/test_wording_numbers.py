"""Numbers with sensible digits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arborisk.wording.numbers import expected_count, number, significant


@pytest.mark.parametrize(
    ("value", "decimals", "signed", "text"),
    [
        (0.5, 2, False, "0.50"),
        (0.5, 2, True, "+0.50"),
        (-0.5, 2, True, "-0.50"),
        (-0.001, 2, False, "0.00"),
        (-0.001, 2, True, "0.00"),
        (0.001, 2, True, "0.00"),
        (1234.56, 1, False, "1,234.6"),
        (float("nan"), 2, False, "not defined"),
    ],
)
def test_decimals(value, decimals, signed, text):
    assert number(value, decimals, signed=signed) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.03412, 2, "0.034"),
        (0.996, 2, "1.0"),
        (9.96, 2, "10"),
        (17.24, 2, "17"),
        (1234.5, 2, "1,234"),
        (10571.3, 4, "10,571"),
        (0.012345, 4, "0.01235"),
        (0.0, 2, "0"),
        (-3.14159, 3, "-3.14"),
    ],
)
def test_digits_that_count(value, digits, text):
    assert significant(value, digits) == text


def test_amounts_that_were_entered_keep_no_zeros():
    assert significant(2.5, 4, trimmed=True) == "2.5"
    assert significant(2000.0, 4, trimmed=True) == "2,000"
    assert significant(0.0, 4, trimmed=True) == "0"


@given(st.floats(1e-12, 1e12), st.integers(1, 6))
def test_digits_that_count_are_near_and_never_a_power_of_ten(value, digits):
    text = significant(value, digits)
    assert "e" not in text
    assert float(text.replace(",", "")) == pytest.approx(value, rel=0.51 * 10.0 ** (1 - digits))


@given(st.floats(0, 1e9))
def test_an_expected_number_is_never_a_bare_nothing(value):
    text = expected_count(value)
    assert float(text.removeprefix("under ").replace(",", "")) > 0
