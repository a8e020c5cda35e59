"""Ends of drawn intervals carry no more digits than their draws bear."""

import pytest

from arborisk.wording.intervals import drawn_count, drawn_end


@pytest.mark.parametrize(
    ("value", "error", "expected"),
    [
        (17.24, 0.3, "17"),
        (17.24, 3.0, "20"),
        (0.3412, 0.004, "0.34"),
        (0.3412, 0.01, "0.34"),
        (0.3412, 0.011, "0.3"),
        (0.3412, 1e-9, "0.34"),  # two digits at most, as for exact ends
        (1234.0, 60.0, "1,200"),
        (0.02, 0.04, "under 0.1"),
        (4.0, 30.0, "under 100"),
        (0.3412, 0.0, "0.34"),
    ],
)
def test_the_last_digit_is_not_finer_than_the_error(value, error, expected):
    assert drawn_end(value, error) == expected


def test_an_expected_number_is_never_0():
    assert drawn_count(0.0, 0.0) == "under 0.01"
    assert drawn_count(0.034, 0.002) == "0.03"
