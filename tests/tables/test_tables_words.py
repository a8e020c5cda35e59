"""Rating words, codes and dates as people write them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arborisk.errors import TableError
from arborisk.scales import (
    Consequence,
    EventLikelihood,
    FailureLikelihood,
    FallDirection,
    ImpactLikelihood,
    Occupancy,
    Protection,
    RiskRating,
    TargetZone,
)
from arborisk.tables.crosswalks import read_codes
from arborisk.tables.rating_words import RatingWordError, isa_word, read_word
from arborisk.tables.word_columns import order_of, read_date

SCALES = [
    *(FailureLikelihood, ImpactLikelihood, EventLikelihood, Occupancy, Consequence, RiskRating),
    *(Protection, TargetZone, FallDirection),
]


def words(scale, cell, **more):
    return [level.word for level in read_word(scale, cell, **more).levels]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Imp.", "Improbable"),
        ("poss?", "Possible"),
        ("prob", "Probable"),
        ("PROBABLE ", "Probable"),
        ("3 - Probable", "Probable"),
        ("(3) Probable", "Probable"),
        ("Probable (dead top)", "Probable"),
        ("improb", "Improbable"),
        ("Imminent!", "Imminent"),
        ("Wahrscheinlich", "Probable"),
        ("Improvable", None),
        ("Unlikely", None),
    ],
)
def test_one_word_for_failure(cell, expected):
    assert isa_word(cell) == expected


@pytest.mark.parametrize(
    "cell",
    ["Possible-Probable", "Possible to Probable", "Possible/Probable", "Possible | Probable",
     "Possible \N{EN DASH} Probable", "poss./prob.", "Possible or Probable", "Probable-Possible"],
)  # fmt: skip
def test_two_words_are_a_range_of_both(cell):
    assert words(FailureLikelihood, cell) == ["Possible", "Probable"]


def test_ends_of_a_range_hold_what_is_between():
    assert words(ImpactLikelihood, "Low-High") == ["Low", "Medium", "High"]
    assert words(ImpactLikelihood, "Low/High") == ["Low", "High"]
    with pytest.raises(RatingWordError, match="wrong way round"):
        read_word(ImpactLikelihood, "High to Low")


@pytest.mark.parametrize(
    "cell", ["", None, "n/a", "N/A", "-", "?", "??", "can't tell", "None", "x"]
)
def test_no_rating(cell):
    reading = read_word(FailureLikelihood, cell)
    assert reading.missing
    assert reading.levels == ()


@pytest.mark.parametrize("cell", ["P", "po", "im", "I"])
def test_short_forms_of_two_words_are_refused_by_name(cell):
    with pytest.raises(RatingWordError, match=f"'{cell}', which could be .* or "):
        read_word(FailureLikelihood, cell)


@pytest.mark.parametrize("cell", ["2", 2, 2.0, "(2)"])
def test_bare_numbers_need_a_table(cell):
    if cell != "(2)":
        with pytest.raises(RatingWordError, match="no table says"):
            read_word(FailureLikelihood, cell)
    assert words(Occupancy, 2, codes={"2": "Occasional"}) == ["Occasional"]
    with pytest.raises(RatingWordError, match="not in the table of codes"):
        read_word(Occupancy, 7, codes={"2": "Occasional"})


def test_doubt_is_kept():
    assert read_word(FailureLikelihood, "poss?").hedged
    assert read_word(FailureLikelihood, "maybe Possible").hedged
    assert not read_word(FailureLikelihood, "Possible").hedged
    assert read_word(FailureLikelihood, "poss").mapped
    assert not read_word(FailureLikelihood, "possible").mapped


@pytest.mark.parametrize("cell", ["Possible-Foo", "Possible/Prable", "Posible-Prabable"])
def test_a_range_is_never_answered_by_one_word(cell):
    with pytest.raises(RatingWordError) as caught:
        read_word(FailureLikelihood, cell)
    assert "Did you mean" not in caught.value.remedy
    assert caught.value.expected == "Improbable, Possible, Probable, Imminent"


def test_a_slip_is_answered_by_the_nearest_word():
    with pytest.raises(RatingWordError) as caught:
        read_word(Consequence, "Svere")
    assert "Did you mean 'Severe'?" in caught.value.remedy


@pytest.mark.parametrize(
    ("scale", "cell", "expected"),
    [
        (ImpactLikelihood, "Very_low", "Very low"),
        (ImpactLikelihood, "Hoch", "High"),
        (Consequence, "Sev.", "Severe"),
        (Consequence, "Schwer", "Severe"),
        (RiskRating, "Low risk", "Low"),
        (RiskRating, "Medium", "Moderate"),
        (TargetZone, True, "Within"),
        (EventLikelihood, "Somewhat Likely", "Somewhat likely"),
        (EventLikelihood, "VL", "Very likely"),
    ],
)
def test_other_scales(scale, cell, expected):
    assert words(scale, cell) == [expected]


@pytest.mark.parametrize("scale", SCALES)
def test_every_scale_reads_its_own_words_and_ranges_of_them(scale):
    for level in scale:
        assert read_word(scale, level.word).levels == (level,)
        assert read_word(scale, level.name).levels == (level,)
    lowest, highest = min(scale), max(scale)
    assert read_word(scale, f"{lowest.word} to {highest.word}").levels == tuple(scale)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text):
    try:
        reading = read_word(FailureLikelihood, text)
    except RatingWordError:
        return
    assert reading.missing == (reading.levels == ())


def test_tables_of_codes():
    codes = read_codes({"height": {"1": "0..10 ft", "2": 5}}, "map.toml")
    assert codes == {"height": {"1": "0..10 ft", "2": "5"}}
    for wrong in (3, {"height": 3}, {"height": {}}, {"height": {"1": [2]}}):
        with pytest.raises(TableError, match=r"map\.toml"):
            read_codes(wrong, "map.toml")


@pytest.mark.parametrize(
    "cell",
    ["2024-04-03", "2024-04-03T10:30:00Z", "2024-04-03 10:30:00+02:00", "3.4.2024", "3 Apr 2024",
     "Apr 3, 2024", "03-Apr-24", "20240403", 20240403, 45385, 45385.5, 1712102400000, "2024/04/03",
     date(2024, 4, 3), datetime(2024, 4, 3, 9, tzinfo=UTC)],
)  # fmt: skip
def test_one_day_in_many_spellings(cell):
    assert read_date(cell) == date(2024, 4, 3)


def test_days_and_months_that_could_change_places():
    with pytest.raises(ValueError, match="2024-04-03 or 2024-03-04"):
        read_date("3/4/2024")
    assert read_date("3/4/2024", order="mdy") == date(2024, 3, 4)
    assert read_date("25/4/2024 10:30") == date(2024, 4, 25)
    assert read_date("4/25/2024 12:00:00 AM") == date(2024, 4, 25)
    assert order_of(["3/4/2024", "25/4/2024"]) == "dmy"
    assert order_of(["3/4/2024", "4/25/2024"]) == "mdy"
    assert order_of(["2024-04-03"]) == "ymd"
    assert order_of(["25/4/2024", "4/25/2024"]) == ""


@pytest.mark.parametrize("cell", ["2024", "31/2/2024", "soon", 1e300, "9" * 40, True, "April 2024"])
def test_what_is_no_date(cell):
    with pytest.raises(ValueError, match="is no date"):
        read_date(cell)


def test_no_date_stated():
    assert read_date("n/a") is None
    assert read_date("0000-00-00") is None


@given(st.dates(min_value=date(1955, 1, 1), max_value=date(2100, 1, 1)))
def test_dates_come_back(day):
    assert read_date(day.isoformat()) == day
    assert read_date(f"{day.day}/{day.month}/{day.year}", order="dmy") == day
    assert read_date(f"{day.month}/{day.day}/{day.year}", order="mdy") == day
