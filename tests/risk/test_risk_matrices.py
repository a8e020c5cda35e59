"""Both matrices and the default rule, cell by cell, and what follows from them."""

import itertools

import numpy as np
import pytest

from arborisk.errors import AssessmentError
from arborisk.risk.rating.rules import load_rules
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

RULES = load_rules()

# Written out by hand from the reprinted form, apart from the data file.
MATRIX_1 = """
Improbable  Unlikely         Unlikely         Unlikely         Unlikely
Possible    Unlikely         Unlikely         Unlikely         Somewhat_likely
Probable    Unlikely         Unlikely         Somewhat_likely  Likely
Imminent    Unlikely         Somewhat_likely  Likely           Very_likely
"""
MATRIX_2 = """
Unlikely         Low  Low       Low       Low
Somewhat_likely  Low  Low       Moderate  Moderate
Likely           Low  Moderate  High      High
Very_likely      Low  Moderate  High      Extreme
"""
IMPACT = """
Rare        Very_low      Very_low  Very_low
Occasional  Very_low      Very_low  Low
Frequent    Very_low/Low  Low       Medium
Constant    Low           Medium    High
"""


def cells(text, rows, columns):
    """(row, column, cell) of a table of words."""
    lines = [line.split() for line in text.split("\n")[1:-1]]
    return [
        (rows[name.upper()], column, word.upper())
        for name, *words in lines
        for column, word in zip(columns, words, strict=True)
    ]


@pytest.mark.parametrize(
    ("failure", "impact", "word"), cells(MATRIX_1, FailureLikelihood, ImpactLikelihood)
)
def test_first_matrix(failure, impact, word):
    assert RULES.event_likelihood(failure, impact) is EventLikelihood[word]


@pytest.mark.parametrize(
    ("event", "consequences", "word"), cells(MATRIX_2, EventLikelihood, Consequence)
)
def test_second_matrix(event, consequences, word):
    assert RULES.risk_rating(event, consequences) is RiskRating[word]


@pytest.mark.parametrize(("occupancy", "protection", "words"), cells(IMPACT, Occupancy, Protection))
def test_default_rule_of_impact(occupancy, protection, words):
    expected = tuple(ImpactLikelihood[word] for word in words.split("/"))
    assert RULES.impact_range(occupancy, protection) == expected
    assert RULES.impact_range(occupancy, protection, TargetZone.OUTSIDE, FallDirection.TOWARD) == (
        ImpactLikelihood.VERY_LOW,
    )


def test_fall_direction_moves_the_default_rule_one_step():
    at = (Occupancy.FREQUENT, Protection.EXPOSED, TargetZone.WITHIN)
    assert RULES.impact_range(*at, FallDirection.TOWARD) == (ImpactLikelihood.HIGH,)
    assert RULES.impact_range(*at, FallDirection.AWAY) == (ImpactLikelihood.LOW,)
    top = (Occupancy.CONSTANT, Protection.EXPOSED, TargetZone.WITHIN, FallDirection.TOWARD)
    assert RULES.impact_range(*top) == (ImpactLikelihood.HIGH,)


@pytest.mark.parametrize(
    "table", [RULES.event, RULES.rating, RULES.outcome, RULES.impact_low, RULES.impact_high]
)
def test_nothing_falls_when_an_input_rises(table):
    for axis in range(table.ndim):
        assert (np.diff(table, axis=axis) >= 0).all()


def test_what_follows_from_the_matrices():
    outcome = RULES.outcome
    assert outcome.shape == (4, 4, 4)
    assert (outcome[FailureLikelihood.IMPROBABLE] == RiskRating.LOW).all()
    assert outcome[FailureLikelihood.POSSIBLE].max() == RiskRating.MODERATE
    assert outcome[FailureLikelihood.PROBABLE].max() == RiskRating.HIGH
    extreme = [
        cell
        for cell in itertools.product(range(4), repeat=3)
        if outcome[cell] == RiskRating.EXTREME
    ]
    assert extreme == [(FailureLikelihood.IMMINENT, ImpactLikelihood.HIGH, Consequence.SEVERE)]


def test_sources_say_what_was_not_verified():
    for source in ("lukasgolson/Year4Notes@885a465", "lrpthomas/traq-app@0a4f75c"):
        assert source in RULES.sources["matrix_2"]
    assert "memory" not in RULES.sources["matrix_2"]
    assert "not part of the isa text" in RULES.sources["impact_rule"].lower()
    with pytest.raises(AssessmentError, match=r"isa_bmp_2017.*'isa_bmp_2030'"):
        load_rules("isa_bmp_2030")
