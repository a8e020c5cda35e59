"""After a storm: counts on top of the prior, scores, and when recalibration is due."""

import itertools
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from typer.testing import CliRunner

from arborisk.cli.risk import app
from arborisk.errors import AssessmentError, TableError
from arborisk.risk.annual.prior import load_prior
from arborisk.risk.outcomes import Outcomes, in_the_large, learn, number_law, ranking, read_outcomes
from arborisk.scales import FailureLikelihood
from arborisk.wording.sentences import IMMINENT

PRIOR = load_prior()


def drawn(share, n, seed=0):
    """Trees of each class that fail with the given shares."""
    random = np.random.default_rng(seed)
    level = np.repeat(np.arange(4), n)
    chance = np.array(share)[level]
    return Outcomes(level, random.random(len(level)) < chance, chance, ())


def test_counts_go_on_top_of_the_prior_by_hand():
    level = np.array([2] * 10 + [0] * 30)
    failed = np.array([True] * 6 + [False] * 34)
    found = learn(Outcomes(level, failed, np.full(40, np.nan), ()), PRIOR, storm="Ada")
    probable = found.classes[FailureLikelihood.PROBABLE]
    assert (probable.n_failed, probable.n) == (6, 10)
    assert probable.after.mean == pytest.approx((0.388 * 20 + 0.5 + 6) / 31)
    assert found.prior.share[2] == pytest.approx((0.388 * 20 + 6) / 30)
    assert found.prior.equivalent == (50, 20, 30, 20)
    assert "40 trees after Ada" in found.prior.source
    assert found.ranking is None


def test_the_prior_updated_twice_is_the_prior_updated_by_both():
    one, two = drawn((0, 0.1, 0.4, 0.9), 20, 1), drawn((0, 0.2, 0.5, 0.9), 30, 2)
    joined = (
        np.concatenate([getattr(storm, key) for storm in (one, two)])
        for key in ("level", "failed", "chance")
    )
    both = Outcomes(*joined, ())
    after = learn(two, learn(one, PRIOR, storm="A").prior, storm="B").prior
    assert after.share == pytest.approx(learn(both, PRIOR, storm="AB").prior.share)


def test_recalibration_is_due_when_the_storm_was_another():
    as_said = learn(drawn(PRIOR.share, 200), PRIOR, storm="A")
    assert as_said.reasons == ()
    worse = drawn((0.3, 0.5, 0.8, 1.0), 200)
    worse = Outcomes(worse.level, worse.failed, np.array(PRIOR.share)[worse.level], ())
    reasons = learn(worse, PRIOR, storm="B").reasons
    assert any(reason.startswith("Improbable") for reason in reasons)
    assert any(reason.startswith("stated chances") for reason in reasons)


def test_surprise_is_rarely_small_where_the_prior_is_right():
    small = 0
    random = np.random.default_rng(4)
    for seed in range(60):
        share = random.beta(*PRIOR.beta)
        found = learn(drawn(share, 50, seed), PRIOR, storm="A")
        small += found.classes[2].surprise < 0.1
    assert 1 <= small <= 13


def test_ranking_by_hand_and_its_interval_by_drawing():
    failed = np.array([True] * 10 + [False] * 10)
    assert ranking(failed.astype(float), failed).mean == 1.0
    assert ranking(np.zeros(20), failed).mean == 0.5
    random = np.random.default_rng(0)
    truth, held = stats.norm.cdf(1 / 2**0.5), 0
    for _ in range(100):
        score = np.concatenate([random.normal(1, 1, 40), random.normal(0, 1, 60)])
        found = ranking(score, np.arange(100) < 40)
        held += found.low <= truth <= found.high
    assert held >= 88


TABLE = """tree,failure,failed,chance
T1,Probable,yes,0.4
T2,Improbable,no,0.01
T3,Probable,perhaps,0.4
T4,Possible | Probable,no,0.2
T5,Probable,no,1.4
"""


def test_bad_rows_are_left_out_and_told(tmp_path):
    path = tmp_path / "storm.csv"
    path.write_text(TABLE)
    found = read_outcomes(path)
    assert found.level.tolist() == [2, 0, -1]
    assert [("row 4" in one, "row 6" in one) for one in found.problems] == [
        (True, False),
        (False, True),
    ]
    path.write_text("tree,failure\nT1,Probable\n")
    with pytest.raises(TableError, match="failed"):
        read_outcomes(path)
    path.write_text("tree,failure,failed\nT1,Probabel,yes\n")
    with pytest.raises(AssessmentError, match=r"row 2.*'Probabel'.*Did you mean 'Probable'"):
        read_outcomes(path)


def test_the_command_writes_a_table_that_can_be_given_again(tmp_path):
    path, out = tmp_path / "storm.csv", tmp_path / "own.toml"
    path.write_text(TABLE)
    told = ["outcomes", str(path), "--storm", "Ada", "--out", str(out)]
    done = CliRunner().invoke(app, told)
    assert done.exit_code == 0, done.output
    assert "mostly of branches" in done.stdout
    assert "too few trees" in done.stdout
    assert load_prior(out).equivalent == (21, 20, 21, 20)
    again = CliRunner().invoke(app, [*told[:4], "--prior", str(out), "--format", "json"])
    found = json.loads(again.stdout)
    assert found["classes"][2]["before"][0] == pytest.approx((0.388 * 20 + 1.5) / 22)
    assert found["recalibration_due"] is False


def test_imminent_is_said_first_those_that_stand_before_those_that_fell(tmp_path):
    path = tmp_path / "storm.csv"
    path.write_text(
        "tree,failure,failed\nT1,Imminent,yes\nT2,Probable,no\nT3,Probable-Imminent,no\n"
    )
    said = CliRunner().invoke(app, ["outcomes", str(path), "--storm", "Ada"])
    first = f"{IMMINENT} It stands at tree T3; tree T1 (failed in the storm)."
    assert said.stdout.startswith(first)
    assert said.stderr.startswith(IMMINENT)
    told = ["outcomes", str(path), "--storm", "Ada", "--format", "json"]
    found = json.loads(CliRunner().invoke(app, told).stdout)
    assert next(iter(found)) == "imminent"
    assert len(found["imminent"]["ids"]) == 2


def test_a_perfect_ranking_is_not_certain_and_the_interval_of_a_ranking_holds():
    perfect = ranking(np.arange(40.0), np.arange(40) >= 25)
    assert (perfect.mean, perfect.high) == (1.0, 1.0)
    assert perfect.low == pytest.approx(0.025 ** (1 / 15))  # as 15 successes in a row
    held = []
    for seed in range(300):
        random = np.random.default_rng(seed)
        failed = np.arange(200) < 20
        found = ranking(random.normal(size=200) + 3.0 * failed, failed)
        held.append(found.low <= stats.norm.cdf(3 / 2**0.5) <= found.high)
    assert np.mean(held) >= 0.93


def test_the_interval_of_a_ranking_holds_where_some_failures_cannot_be_foreseen():
    random = np.random.default_rng(1)
    failed, held = np.arange(250) < 50, []
    truth = 0.8 * stats.norm.cdf(4 / 2**0.5) + 0.2 * 0.5
    for _ in range(300):
        score = random.normal(size=250) + 4.0 * (failed & (random.random(250) < 0.8))
        found = ranking(score, failed)
        held.append(found.low <= truth <= found.high)
    assert np.mean(held) >= 0.93


def test_the_interval_of_a_ranking_holds_where_few_stood_and_their_scores_spread_wide():
    random = np.random.default_rng(2)
    failed, held = np.arange(220) < 200, []
    truth = stats.norm.cdf(2.15 / 1.09**0.5)
    for _ in range(300):
        score = np.where(failed, 2.15 + 0.3 * random.normal(size=220), random.normal(size=220))
        found = ranking(score, failed)
        held.append(found.low <= truth <= found.high)
    assert np.mean(held) >= 0.93  # by DeLong's variance alone 0.75


def test_what_stated_chances_of_0_and_1_forbid_is_an_alarm():
    def reasons(chance, failed):
        level = np.full(len(chance), -1)
        return learn(Outcomes(level, np.array(failed), np.array(chance), ()), PRIOR, storm="A")

    assert reasons([0.0, 1.0], [False, True]).reasons == ()
    assert reasons([0.0, 1.0], [False, True]).in_the_large == (1.0, 1, 1.0)
    told = "; ".join(reasons([0.0, 0.0, 0.4], [True, True, True]).reasons)
    assert "2 trees with a stated chance of 0 failed" in told
    assert "3 failed, which they make impossible" in told
    swapped = reasons([0.0, 1.0], [True, False])  # as many as expected, and still impossible
    assert len(swapped.reasons) == 2 and swapped.in_the_large[2] == 1.0
    assert in_the_large(np.array([]), np.array([], dtype=bool)) is None


def test_the_alarm_in_the_large_is_exact_in_the_tail():
    one = in_the_large(np.full(100, 0.01), np.arange(100) < 5)
    assert one[2] == pytest.approx(2 * stats.binom.sf(4, 100, 0.01), rel=1e-9)
    assert in_the_large(np.full(9000, 0.001), np.ones(9000, dtype=bool))[2] == 2e-12


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_the_law_of_the_number_of_failures_by_all_outcomes(chance):
    expected = np.zeros(len(chance) + 1)
    for outcome in itertools.product((0, 1), repeat=len(chance)):
        expected[sum(outcome)] += np.prod(
            [p if o else 1 - p for p, o in zip(chance, outcome, strict=True)]
        )
    assert number_law(np.array(chance)) == pytest.approx(expected, abs=1e-12)


def test_the_law_of_many_trees_is_the_binomial_where_they_are_alike():
    law = number_law(np.full(9_000, 0.002))
    assert law[:60] == pytest.approx(stats.binom.pmf(np.arange(60), 9_000, 0.002), abs=1e-12)
