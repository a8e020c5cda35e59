"""Numbers, units and quantities as people write them, worked by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arborisk.errors import SettingsError
from arborisk.tables.numbers import has_decimal_comma, read_number
from arborisk.tables.quantities import (
    NoUnitError,
    QuantityError,
    doubtful,
    doubtful_shape,
    read_option,
    read_quantity,
)
from arborisk.tables.table import is_missing, is_no_rating
from arborisk.tables.units import UNITS, convert, split_unit, unit_in_header


@pytest.mark.parametrize(
    ("text", "point", "comma"),
    [
        ("1,234.5", 1234.5, 1234.5),
        ("1.234,5", 1234.5, 1234.5),
        ("1 234", 1234, 1234),
        ("1\N{NO-BREAK SPACE}234,5", 1234.5, 1234.5),
        ("1'234.5", 1234.5, 1234.5),
        ("1,234", 1234, 1.234),
        ("1.234", 1.234, 1234),
        ("12,5", 12.5, 12.5),
        ("0,234", 0.234, 0.234),
        ("\N{MINUS SIGN}5", -5, -5),
        ("1.234.567", 1234567, 1234567),
        ("2e3", 2000, 2000),
    ],
)
def test_thousands_and_decimal_marks(text, point, comma):
    assert read_number(text) == point
    assert read_number(text, decimal_comma=True) == comma


@pytest.mark.parametrize(
    "cell", ["abc", "1_000", "0x10", "inf", "1e999", "12 5", "1,23,4", True, 10**400, "9" * 500]
)
def test_what_is_no_number_is_refused(cell):
    with pytest.raises(ValueError, match=r"number|yes"):
        read_number(cell)


@pytest.mark.parametrize(
    "cell", [None, "", " ", "n/a", "N/A", "-", "?", "k.A.", float("nan"), -9999]
)
def test_cells_that_say_nothing(cell):
    assert is_missing(cell)
    assert read_number(cell) is None


def test_none_is_an_answer_where_it_is_asked_for():
    assert is_missing("None")
    assert not is_missing("None", none_is_an_answer=True)
    assert not is_missing("x")  # a tree may be called so
    assert is_no_rating("x")
    assert is_no_rating("can\N{RIGHT SINGLE QUOTATION MARK}t tell")
    assert not is_missing(0)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_digit_is_lost(value):
    if value not in (-999, -9999, -99999):
        assert read_number(repr(value)) == value
        assert read_number(repr(value).replace(".", ","), decimal_comma=True) == value


@given(st.integers(min_value=1000, max_value=10**12), st.sampled_from(", '"))
def test_thousands_marks_keep_every_digit(value, mark):
    assert read_number(f"{value:,}".replace(",", mark)) == value


def test_a_column_settles_its_decimal_mark():
    assert has_decimal_comma(["1.234", "12,5"])
    assert not has_decimal_comma(["52.5234", "13.4051"], otherwise=True)
    assert has_decimal_comma(["1.234"], otherwise=True)  # no cell shows it
    assert not has_decimal_comma(["1,234", 5, None])


@pytest.mark.parametrize(
    ("header", "name", "unit"),
    [
        ("DBH (in)", "DBH", "in"),
        ("heightM", "height", "m"),
        ("HAUTEUR (m)", "HAUTEUR", "m"),
        ("CIRCONFERENCE (cm)", "CIRCONFERENCE", "cm"),
        ("height_ft", "height", "ft"),
        ("Crown_Width_m", "Crown_Width", "m"),
        ("Tree Height in Feet", "Tree Height", "ft"),
        ("height_m_sd", "height_sd", "m"),
        ("DBHcm", "DBH", "cm"),
        ("gust (km/h)", "gust", "km/h"),
        ("gust_m_s", "gust", "m/s"),
        ("crown_density_pct", "crown_density", "%"),
        ("DBH at 4.5 ft", "DBH at 4.5 ft", ""),
        ("Diam\N{LATIN SMALL LETTER E WITH GRAVE}tre au pied", None, ""),
        ("height", "height", ""),
        ("M", "M", ""),
    ],
)
def test_units_of_headers(header, name, unit):
    assert unit_in_header(header) == unit
    assert split_unit(header)[0] == (name or header)


@given(
    st.floats(min_value=1e-6, max_value=1e6),
    st.sampled_from(sorted(UNITS)),
    st.sampled_from(sorted(UNITS)),
)
def test_there_and_back(value, unit, other):
    if UNITS[unit].dimension == UNITS[other].dimension:
        assert convert(convert(value, unit, other), other, unit) == pytest.approx(value, rel=1e-12)
    else:
        with pytest.raises(ValueError, match="a unit of"):
            convert(value, unit, other)


def test_units_by_hand():
    assert convert(65, "ft", "m") == pytest.approx(19.812)
    assert convert(24, '"', "cm") == pytest.approx(60.96)
    assert convert(67, "mph", "m/s") == pytest.approx(29.95, abs=0.01)
    assert convert(108, "km/h", "m/s") == pytest.approx(30)
    assert convert(45, "%", "share") == pytest.approx(0.45)


@pytest.mark.parametrize(
    ("cell", "unit", "value", "own"),
    [
        ("65 ft", "", 65, "ft"),
        ('24"', "", 24, "in"),
        ("24\N{DOUBLE PRIME}", "cm", 24, "in"),
        ("5'6\"", "", 5.5, "ft"),
        ("5\N{PRIME}6\N{DOUBLE PRIME}", "", 5.5, "ft"),
        ("5'-6\"", "", 5.5, "ft"),
        ("6 ft 2 in", "", 6 + 2 / 12, "ft"),
        ("5\N{VULGAR FRACTION ONE HALF} ft", "", 5.5, "ft"),
        ("1 3/4 in", "", 1.75, "in"),
        ("8 m", "", 8, "m"),
        ("8m", "ft", 8, "m"),
        ("1,234.5 mm", "", 1234.5, "mm"),
        ("18,5 m", "", 18.5, "m"),
        ("ca. 12 m (est.)", "", 12, "m"),
        (18, "m", 18, "m"),
        ("18", "ft", 18, "ft"),
    ],
)
def test_cells_with_a_unit(cell, unit, value, own):
    found = read_quantity(cell, "length", unit=unit)
    assert (found.value, found.unit) == (pytest.approx(value), own)
    assert math.isnan(found.deviation)


@pytest.mark.parametrize(
    ("cell", "low", "high", "unit"),
    [
        ("51' - 60'", 51, 60, "ft"),
        ("10-15 m", 10, 15, "m"),
        ("51 to 60", 51, 60, "m"),
        ("20..30 ft", 20, 30, "ft"),
        ("10\N{EN DASH}15", 10, 15, "m"),
        ("between 10 and 15 m", 10, 15, "m"),
        ("<5", 0, 5, "m"),
        (">20", 20, 30, "m"),
        ("60'+", 60, 90, "ft"),
        ("20 m and over", 20, 30, "m"),
        ("50 cm - 1 m", 50, 100, "cm"),
    ],
)
def test_ranges_become_a_value_with_its_doubt(cell, low, high, unit):
    found = read_quantity(cell, "length", unit="m")
    assert (found.low, found.high, found.unit) == (low, high, unit)
    assert found.value == (low + high) / 2
    assert found.deviation == pytest.approx((high - low) / 12**0.5)
    assert ("no upper end" in found.note) == (">" in cell or "+" in cell or "over" in cell)


def test_deviations():
    assert read_quantity("18 \N{PLUS-MINUS SIGN} 1", "length", unit="m").deviation == 1
    assert read_quantity("18\N{PLUS-MINUS SIGN}1 m", "length").to("ft").deviation == (
        pytest.approx(3.2808, abs=1e-4)
    )
    assert read_quantity("18 +/- 10 %", "length", unit="m").deviation == pytest.approx(1.8)


@pytest.mark.parametrize("cell", ["65", 65, ">20", "10-15", "18 \N{PLUS-MINUS SIGN} 1"])
def test_a_bare_number_is_never_guessed(cell):
    with pytest.raises(NoUnitError, match="without a unit"):
        read_quantity(cell, "length")


@pytest.mark.parametrize(
    ("cell", "match"),
    [
        ("tall", "no quantity"),
        ("30 m/s", "speed"),
        ("15-10 m", "wrong way round"),
        ("5'13\"", "12 are a foot"),
        ("5'-6", "the unit of both"),
        ("12 kg", "no quantity"),
        (True, "yes"),
        ("1/0 in", "fraction over 0"),
        ("1" * 5000, "too long"),
    ],
)
def test_what_is_no_quantity(cell, match):
    with pytest.raises(QuantityError, match=match):
        read_quantity(cell, "length", unit="m")


def test_codes_need_their_table():
    codes = {"3": "20..30 ft", "9": ""}
    found = read_quantity(3.0, "length", unit="m", codes=codes)
    assert (found.low, found.unit) == (20, "ft")
    assert "code 3.0 means 20..30 ft" in found.note
    assert read_quantity("9", "length", codes=codes).is_missing
    assert read_quantity("12 ft", "length", codes=codes).value == 12
    with pytest.raises(QuantityError, match="table of codes"):
        read_quantity(4, "length", unit="m", codes=codes)


def test_options_echo_what_was_taken():
    assert read_option("30\N{PLUS-MINUS SIGN}2", "speed", unit="m/s", name="--gust").deviation == 2
    found = read_option("98 ft", "length", unit="m", name="--height")
    assert found.value == pytest.approx(29.87, abs=0.01)
    assert found.note == "98 ft is 29.87 m"
    with pytest.raises(SettingsError, match=r"--gust.*Correct"):
        read_option("fast", "speed", unit="m/s", name="--gust")


def test_doubts_are_named():
    assert "is it in feet?" in doubtful("height", 65)
    assert "mph" in doubtful("gust", 95)
    assert doubtful("height", 30) == ""
    assert doubtful("tree", 1e9) == ""
    assert "400 times" in doubtful_shape(20, 5)
    assert "times as tall" in doubtful_shape(2, 80)
    assert doubtful_shape(20, 40) == ""
    assert doubtful_shape(20, math.nan) == ""
