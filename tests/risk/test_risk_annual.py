"""Chances in years, counts, harm and money: by hand, in closed form, and by drawing."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from arborisk.errors import AssessmentError
from arborisk.risk.annual.chances import (
    Chance,
    ClassChances,
    UncertainFactor,
    expected_count,
    multiply,
    read_quantity,
    sum_cumulative,
)
from arborisk.risk.annual.harm import BANDS, Failing, Struck, expected_harm, place
from arborisk.risk.annual.prior import StormRate, load_prior, read_storm_rate
from arborisk.risk.annual.sentences import basis_lines, chance_text
from arborisk.scales import FailureLikelihood

PRIOR = load_prior()


def test_the_prior_is_the_papers_and_never_speaks_of_tree_failure():
    assert PRIOR.share == (0.0, 0.153, 0.388, 0.941)
    assert PRIOR.equivalent == (20, 20, 20, 20)
    assert "mostly of branches" in PRIOR.event
    assert "126701" in PRIOR.source
    assert any("assumption" in caution for caution in PRIOR.cautions)


def test_none_of_n_is_not_a_chance_of_zero():
    chances = ClassChances(PRIOR, StormRate(0.2), 1)
    assert chances.means()[FailureLikelihood.IMPROBABLE] > 0
    surer = ClassChances(PRIOR.resting_on({FailureLikelihood.IMPROBABLE: 1000}), StormRate(0.2), 1)
    assert surer.means()[0] == pytest.approx(0.2 * 0.5 / 1001, rel=1e-3)


def test_means_agree_with_quadrature():
    a, b = PRIOR.beta
    for rate, no_damage in (
        (StormRate(0.2), lambda q: np.exp(-0.6 * q)),
        (StormRate(2, 10), lambda q: (10 / (10 + 3 * q)) ** 2.5),
    ):
        means = ClassChances(PRIOR, rate, 3).means()
        node = (np.arange(20_000) + 0.5) / 20_000
        expected = [
            1 - no_damage(stats.beta.ppf(node, *one)).mean() for one in zip(a, b, strict=True)
        ]
        assert means == pytest.approx(expected, abs=1e-6)


def test_interval_of_one_class_is_the_quantile_of_its_beta():
    chances = ClassChances(PRIOR, StormRate(0.2), 3)
    probable = chances.of(np.eye(4)[[FailureLikelihood.PROBABLE]])[0]
    q = stats.beta.ppf([0.025, 0.975], 0.388 * 20 + 0.5, 0.612 * 20 + 0.5)
    assert [probable.low, probable.high] == pytest.approx(1 - np.exp(-0.6 * q), abs=1e-9)


def test_a_counted_rate_widens_and_agrees_with_drawing():
    known = ClassChances(PRIOR, StormRate(0.25), 3)
    counted = ClassChances(PRIOR, read_storm_rate("2 in 10 years"), 3)
    weights = np.array([[0.5, 0.3, 0.2, 0.0]])
    one, other = known.of(weights)[0], counted.of(weights)[0]
    assert other.high - other.low > one.high - one.low
    random = np.random.default_rng(3)
    drawn = counted.draws(40_000, random)
    assert counted.means() == pytest.approx(drawn.mean(axis=0), abs=0.004)
    level = random.choice(4, size=len(drawn), p=weights[0])
    mixed = drawn[np.arange(len(drawn)), level]
    assert [other.low, other.high] == pytest.approx(np.quantile(mixed, [0.025, 0.975]), abs=0.01)


def test_years_compound_and_no_storm_means_no_damage():
    one, three = (
        ClassChances(PRIOR, StormRate(0.3), years).draws(5, np.random.default_rng(0))
        for years in (1, 3)
    )
    assert three == pytest.approx(1 - (1 - one) ** 3)
    calm = ClassChances(PRIOR, StormRate(0.0), 5)
    assert calm.means() == pytest.approx(np.zeros(4))
    assert calm.of(np.eye(4))[3].high == pytest.approx(0.0, abs=1e-6)


@settings(max_examples=15, deadline=None)
@given(st.floats(0.01, 3), st.floats(0.1, 10))
def test_likelier_classes_and_longer_times_are_never_rarer(storms, years):
    found = ClassChances(PRIOR, StormRate(storms), years).means()
    assert (np.diff(found) > 0).all()
    assert (ClassChances(PRIOR, StormRate(storms), 2 * years).means() > found).all()


def test_many_trees_get_what_one_tree_gets():
    chances = ClassChances(PRIOR, StormRate(0.2), 1)
    weights = np.random.default_rng(0).dirichlet(np.ones(4), 40)
    together = chances.of(weights)
    for row, one in zip(weights[:4], together, strict=False):
        alone = chances.of(row[None])[0]
        assert [one.mean, one.low, one.high] == pytest.approx(
            [alone.mean, alone.low, alone.high], abs=2e-4
        )


def test_doubt_on_the_prior_does_not_average_out_over_many_trees():
    chances = ClassChances(PRIOR, StormRate(0.2), 1)
    weights = np.tile([[0.8, 0.15, 0.05, 0.0]], (10_000, 1))
    found = expected_count(weights, chances)
    assert found.expected.mean == pytest.approx(10_000 * weights[0] @ chances.means())
    assert (found.expected.high - found.expected.low) / found.expected.mean > 0.5
    sure = PRIOR.resting_on(dict.fromkeys(FailureLikelihood, 1e6))
    tight = expected_count(weights, ClassChances(sure, StormRate(0.2), 1))
    # Only luck is left: about that of a binomial.
    sd = math.sqrt(tight.expected.mean)
    assert (tight.seen_high - tight.seen_low) / (2 * 1.96 * sd) == pytest.approx(1, abs=0.1)


def test_luck_against_the_exact_distribution_of_a_few_trees():
    sure = PRIOR.resting_on(dict.fromkeys(FailureLikelihood, 1e6))
    chances = ClassChances(sure, StormRate(1.0), 1)
    found = expected_count(np.repeat(np.eye(4), 3, axis=0), chances, level=0.9)
    law = np.ones(1)
    for chance in np.repeat(chances.means(), 3):
        law = np.convolve(law, [1 - chance, chance])
    exact = [int(np.searchsorted(np.cumsum(law), share)) for share in (0.05, 0.95)]
    assert [found.seen_low, found.seen_high] == pytest.approx(exact, abs=1)


def test_moments_of_ranges_by_hand():
    assert UncertainFactor(0.2, 0.4).moment(1) == pytest.approx(0.3)
    assert UncertainFactor(0.0, 1.0).moment(2) == pytest.approx(1 / 3)
    assert UncertainFactor(1e-4, 1e-2, "log_uniform").moment(1) == pytest.approx(
        0.0099 / math.log(100)
    )


@pytest.mark.parametrize(
    "factors",
    [
        ("0.1", "0.2..0.6", "0.5"),
        ("1e-4..1e-2 log", "0.05", "0.1..1 log"),
        ("1e-5..1e-3 log", "0.01..0.3 log", "0.1..1 log"),
        ("0.1..0.3", "0.2..0.6", "1e-3..1e-1 log"),
    ],
)
def test_products_exactly_against_drawing(factors):
    found = multiply([read_quantity(one, "factor") for one in factors], n_draws=200_000, seed=1)
    assert found.way == ("drawn" if factors[0] == "0.1..0.3" else "exact")
    assert found.value.mean == pytest.approx(found.draws.mean(), rel=0.02)
    assert found.spread == pytest.approx(found.draws.std(), rel=0.03)
    ends = np.quantile(found.draws, [0.025, 0.975])
    assert [found.value.low, found.value.high] == pytest.approx(ends, rel=0.03)


def test_sum_of_uniform_numbers_by_hand():
    assert sum_cumulative([1.0, 1.0], 0.5) == pytest.approx(0.125)
    assert sum_cumulative([1.0, 1.0], 1.5) == pytest.approx(0.875)
    assert sum_cumulative([2.0], 0.5) == pytest.approx(0.25)
    assert sum_cumulative([1.0, 2.0, 3.0], 6.0) == pytest.approx(1.0)


def test_harm_by_hand_and_losses_share_the_failure():
    failing = Failing(stated=UncertainFactor(0.01, 0.01))
    path = Struck("path", UncertainFactor(0.1, 0.1), UncertainFactor(0.5, 0.5))
    found = expected_harm(failing, [path])
    assert (found.value.mean, found.value.low, found.way) == (pytest.approx(5e-4),) * 2 + ("exact",)
    certain = Struck("car", UncertainFactor(1.0, 1.0), UncertainFactor(1000.0, 1000.0))
    both = expected_harm(
        Failing(stated=UncertainFactor(0.0, 0.2)), [certain, certain], n_draws=20_000
    )
    assert both.value.mean == pytest.approx(200.0)
    assert both.value.high == pytest.approx(2000 * 0.2 * 0.975, rel=0.02)
    assert dict(both.by_target) == {"car": pytest.approx(100.0)}


def test_harm_through_the_prior_has_an_exact_mean():
    chances = ClassChances(PRIOR, StormRate(0.2), 1)
    failing = Failing(weights=np.array([0.6, 0.3, 0.1, 0.0]), chances=chances)
    found = expected_harm(
        failing, [Struck("x", UncertainFactor(0.1, 0.3), UncertainFactor(0.0, 0.2))]
    )
    assert found.way == "drawn"
    assert found.value.mean == pytest.approx(failing.mean() * 0.2 * 0.1)
    assert found.draws.mean() == pytest.approx(found.value.mean, rel=0.03)
    with pytest.raises(AssessmentError, match="both or neither"):
        Failing()


@pytest.mark.parametrize(
    ("risk", "name"),
    [
        (9.9e-7, "broadly acceptable"),
        (1e-6, "tolerable if ALARP"),
        (9.9e-5, "tolerable if ALARP"),
        (1e-4, "above the limit for the public"),
        (1e-3, "not tolerable"),
    ],
)
def test_bands_of_one_persons_risk(risk, name):
    found = place(risk, np.full(10, risk), person="one walker", years=1)
    assert found.band.name == name
    assert found.shares[BANDS.index(found.band)] == 1.0


def test_thresholds_are_for_one_named_person_and_one_year():
    with pytest.raises(AssessmentError, match="whose risk"):
        place(1e-5, np.array([1e-5]), person=" ", years=1)
    with pytest.raises(AssessmentError, match=r"thresholds are for a year.*5 years"):
        place(1e-5, np.array([1e-5]), person="one walker", years=5)


@pytest.mark.parametrize(
    ("text", "limit"),
    [("1.2", 1.0), ("-0.1", 1.0), ("0.5..0.1", 1.0), ("0..1 log", 1.0), ("x", 1.0)],
)
def test_impossible_quantities_are_refused(text, limit):
    with pytest.raises(AssessmentError, match="the chance"):
        read_quantity(text, "chance", high=limit)


@pytest.mark.parametrize("text", ["often", "-1", "2 in 0", ""])
def test_impossible_storm_rates_are_refused(text):
    with pytest.raises(AssessmentError, match="there is no default"):
        read_storm_rate(text)


def test_a_prior_of_ones_own(tmp_path):
    path = tmp_path / "own.toml"
    lines = ['name = "own"', 'event = "whole tree down"', 'source = "our city, 2025"', "[classes]"]
    lines += [
        f"{level.word} = {{ share = {0.1 * level}, equivalent = 50 }}"
        for level in FailureLikelihood
    ]
    path.write_text("\n".join(lines))
    own = load_prior(path)
    assert own.share == pytest.approx((0, 0.1, 0.2, 0.3))
    assert (own.name, own.event, own.source) == ("own", "whole tree down", "our city, 2025")
    path.write_text("\n".join(lines).replace("share = 0.2,", "share = 1.2,"))
    with pytest.raises(AssessmentError, match=r"share of Probable.*1\.2"):
        load_prior(path)


def test_no_chance_is_printed_as_none_or_all():
    assert chance_text(Chance(0.999996, 0.999995, 0.9999999)).count("over 99.9") == 3
    assert chance_text(Chance(0.0, 5e-19, 5e-19)) == (
        "none by what is stated (under 1 in 1,000,000,000 to under 1 in 1,000,000,000)"
    )
    assert chance_text(Chance(0.0924, 0.0144, 0.241)) == "9.2 % (1.4 to 24)"
    basis = "\n".join(basis_lines(ClassChances(PRIOR, StormRate(0.2), 1)))
    assert "Improbable: none of the trees" in basis
    assert " 0 %" not in basis
