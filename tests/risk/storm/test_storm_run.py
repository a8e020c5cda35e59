"""Monte Carlo against closed forms, and what must hold for any storm."""

import tracemalloc

import numpy as np
import pytest
from scipy import integrate, stats

from arborisk.errors import AssessmentError
from arborisk.mechanics.wind import gumbel_exceedance
from arborisk.risk.storm.assumptions import load_assumptions
from arborisk.risk.storm.climate import GustClimate
from arborisk.risk.storm.fragility import fit_lognormal, lognormal_curve
from arborisk.risk.storm.run import fragility_band, run_storm
from arborisk.risk.storm.scenario import Storm, one_gust
from arborisk.risk.storm.worlds import WorldDraws

DRAWS = WorldDraws(n_worlds=200, n_inner=50, seed=1)


def certain_climate(mode, scale, n_worlds):
    ones = np.ones(n_worlds)
    return GustClimate("gumbel", mode * ones, scale * ones, ones, ones, "known")


def critical_of(trees, assumptions):
    return run_storm(trees, assumptions, WorldDraws(1, 1)).by_tree["critical_gust_ms"][0]


def test_fragility_is_the_lognormal_that_follows_from_lognormal_inputs(assume, make_trees):
    """``v^2`` is strength over drag, so ``beta^2`` is a quarter of the sum of squares."""
    trees = make_trees(3)
    spread = assume(bending_strength_mpa=(0.2, 0.0), drag_factor=(0.24, 0.18))
    found = run_storm(trees, spread, DRAWS).by_tree
    beta = 0.5 * np.sqrt(0.2**2 + 0.24**2 + 0.18**2)
    assert found["beta"] == pytest.approx(beta, rel=0.04)
    assert found["theta_ms"] == pytest.approx(critical_of(trees, assume()), rel=0.02)
    assert np.all(found["fit_error"] < 0.04)


def test_chance_of_failure_and_its_interval_over_worlds(assume, make_trees):
    """The interval is that of the conditional chance, which is known here."""
    trees = make_trees(2)
    theta = critical_of(trees, assume())
    spread = assume(bending_strength_mpa=(0.3, 0.0), drag_factor=(0.0, 0.2))
    storm = Storm(np.array([theta * 0.9]), np.array([0.0]), "")
    total = 0.5 * np.hypot(0.3, 0.2)
    chance = stats.norm.cdf(np.log(0.9) / total)
    ends = stats.norm.cdf((np.log(0.9) + np.array([-1.96, 1.96]) * 0.1) / 0.15)
    for n_inner in (100, 5):  # few draws in a world leave their luck out of the interval
        found = run_storm(trees, spread, WorldDraws(400, n_inner, 2), storm=storm).by_tree
        assert found["p_storm"] == pytest.approx(chance, abs=0.025)
        assert found["p_storm_low"] == pytest.approx(ends[0], abs=0.03)
        assert found["p_storm_high"] == pytest.approx(ends[1], abs=0.06)


def test_what_trees_share_does_not_average_out(assume, make_trees):
    trees = make_trees(100)
    storm = Storm(np.array([critical_of(trees, assume())]), np.array([0.0]), "")
    own = run_storm(trees, assume(drag_factor=(0.3, 0.0)), WorldDraws(100, 20), storm=storm).total
    shared = run_storm(
        trees, assume(drag_factor=(0.0, 0.3)), WorldDraws(100, 20), storm=storm
    ).total
    assert own.expected == pytest.approx(50, abs=1.5)
    assert own.expected_high - own.expected_low < 4
    low, high = stats.binom.interval(0.95, 100, 0.5)
    assert (own.count_low[0], own.count_high[0]) == pytest.approx((low, high), abs=2)
    assert (shared.count_low[0], shared.count_high[0]) == (0, 100)
    assert shared.p_any == pytest.approx(0.5, abs=0.12)


def test_streets_add_up_and_small_streets_keep_their_luck(assume, make_trees):
    trees = make_trees(60, groups=[0] * 50 + [1] * 9 + [2])
    storm = Storm(np.array([critical_of(trees, assume())]), np.array([0.0]), "")
    found = run_storm(trees, assume(drag_factor=(0.3, 0.1)), WorldDraws(100, 20), storm=storm)
    assert found.groups.expected.sum() == pytest.approx(found.total.expected[0])
    assert found.groups.n_trees.tolist() == [50, 9, 1]
    assert (found.groups.count_low[2], found.groups.count_high[2]) == (0, 1)
    assert found.by_tree["p_storm"].sum() == pytest.approx(found.total.expected[0])


def test_a_year_of_weather_against_the_integral(assume, make_trees):
    """Gumbel gusts over a lognormal fragility, by quadrature."""
    trees = make_trees(2)
    theta = critical_of(trees, assume())
    climate = certain_climate(0.7 * theta, 0.08 * theta, DRAWS.n_worlds)
    exact = float(gumbel_exceedance(theta, 0.7 * theta, 0.08 * theta))
    known = run_storm(trees, assume(), DRAWS, climate=climate).by_tree
    assert known["p_year"] == pytest.approx(exact, rel=1e-9)
    spread = assume(drag_factor=(0.4, 0.0))
    found = run_storm(trees, spread, DRAWS, climate=climate, years=10).by_tree
    density = stats.lognorm(0.2, scale=theta).pdf

    def expected(of):
        chance = lambda v: gumbel_exceedance(v, 0.7 * theta, 0.08 * theta)  # noqa: E731
        return integrate.quad(
            lambda v: of(chance(v)) * density(v), 0.3 * theta, 3 * theta, limit=200
        )[0]

    assert found["p_year"] == pytest.approx(expected(lambda p: p), rel=0.04)
    assert found["p_years"] == pytest.approx(expected(lambda p: 1 - (1 - p) ** 10), rel=0.04)
    # A tree that stood is likelier to stand again: less than ten independent years.
    assert np.all(found["p_years"] < 1 - (1 - found["p_year"]) ** 10)


def test_more_wind_more_decay_more_height_with_the_same_luck(make_trees):
    assumptions, draws = load_assumptions(), WorldDraws(40, 10)
    trees = make_trees(20, groups=list(range(20)), error={"wall_ratio": 0.05})
    chances = [
        run_storm(trees, assumptions, draws, storm=one_gust(f"{gust}±1")).by_tree["p_storm"]
        for gust in (25, 32, 40)
    ]
    assert np.all(chances[0] <= chances[1]) and np.all(chances[1] < chances[2])

    def critical(**measured):
        again = make_trees(20, groups=list(range(20)), error={"wall_ratio": 0.05}, **measured)
        return run_storm(again, assumptions, draws).by_tree["critical_gust_ms"]

    assert np.all(critical(wall_ratio=0.15) < critical(wall_ratio=0.4))
    assert np.all(critical(height_m=20.0) < critical(height_m=15.0))


def test_the_safety_factor_is_below_one_where_the_tree_fails(assume, make_trees):
    """Without weight, and with a stiff crown, it is the square of critical gust over gust."""
    trees = make_trees(1)
    theta = critical_of(trees, assume())
    storm = Storm(np.array([theta / 2]), np.array([0.0]), "")
    found = run_storm(trees, assume(drag_factor=(0.3, 0.0)), DRAWS, storm=storm).by_tree
    assert found["strength_over_load"] == pytest.approx(4.0, rel=0.03)
    squares = (found["critical_gust_ms_low"] / theta * 2) ** 2
    assert found["strength_over_load_low"] == pytest.approx(squares, rel=1e-3)


def test_no_failure_in_all_draws_is_not_zero(assume, make_trees):
    found = run_storm(make_trees(1), assume(), DRAWS, storm=one_gust("3±0")).by_tree
    assert found["p_storm"] == 0
    assert found["p_storm_high"] == pytest.approx(3 / DRAWS.total)


def test_a_tree_that_its_weight_overturns_is_counted(make_trees, assume):
    fallen = make_trees(1, lean_deg=75.0, root_kept=0.02, wall_ratio=0.03)
    found = run_storm(fallen, assume(), DRAWS, storm=one_gust("3±0")).by_tree
    assert found["p_storm"] == 1 and found["critical_gust_ms"] == 0
    assert np.isnan(found["theta_ms"])


def test_the_fit_tells_how_far_it_is_off():
    rng = np.random.default_rng(0)
    two_humps = np.concatenate([rng.lognormal(3, 0.05, 5000), rng.lognormal(4, 0.05, 5000)])
    one_hump = rng.lognormal(3, 0.3, 10_000)
    fit = fit_lognormal(np.stack([two_humps, one_hump]))
    assert fit.error[0] > 0.2 > 0.02 > fit.error[1]
    assert fit.theta_ms[1] == pytest.approx(np.exp(3), abs=4 * fit.theta_error_ms[1])
    assert fit.beta[1] == pytest.approx(0.3, abs=4 * fit.beta_error[1])
    assert lognormal_curve(np.array([0.0, 20.0, 21.0]), 20.0, 0.0).tolist() == [0, 1, 1]


def test_the_band_of_a_figure_is_the_chance_of_the_table(make_trees):
    trees, gusts = make_trees(3), np.array([20.0, 35.0, 50.0])
    for gust, place in ((20, 0), (35, 1), (50, 2)):
        found = run_storm(trees, load_assumptions(), DRAWS, storm=one_gust(f"{gust}±0"))
        band = fragility_band(found, 1, gusts)
        assert band.chance[place] == pytest.approx(found.by_tree["p_storm"][1])
        assert band.low[place] <= band.chance[place] <= band.high[place]
        # Two ways to the same interval: counting in each world, and lognormal laws.
        assert band.high[place] == pytest.approx(found.by_tree["p_storm_high"][1], abs=0.06)


def test_memory_does_not_grow_with_the_trees(make_trees):
    assumptions, peaks = load_assumptions(), []
    for n_trees in (100, 400):
        trees = make_trees(n_trees)
        tracemalloc.start()
        run_storm(trees, assumptions, WorldDraws(40, 80), storm=one_gust("30±2"))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]


def test_counts_beyond_the_memory_are_refused(make_trees, assume):
    trees = make_trees(70, groups=list(range(70)))
    with pytest.raises(AssessmentError, match="fewer draws or larger groups"):
        run_storm(trees, assume(), WorldDraws(1000, 1000), storm=one_gust("30±2"))
