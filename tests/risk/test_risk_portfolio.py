"""Inventories and work lists: the same as tree by tree, and as every list tried out."""

import csv
import itertools
import json
from dataclasses import replace

import numpy as np
import pytest
from risk_forms import assess

from arborisk.errors import AssessmentError, TableError
from arborisk.risk.annual.chances import ClassChances
from arborisk.risk.annual.prior import StormRate, load_prior
from arborisk.risk.portfolio import plan as plan_module
from arborisk.risk.portfolio.options import Options, read_options
from arborisk.risk.portfolio.plan import plan_work, take_greedily
from arborisk.risk.portfolio.rating import rank_inventory, rate_inventory
from arborisk.risk.portfolio.work_list import plan_intervals, write_work_list
from arborisk.risk.portfolio.writing import disagreements
from arborisk.risk.portfolio.writing import write_inventory as write_ranked
from arborisk.risk.rating.rating import rate
from arborisk.scales import RiskRating
from arborisk.tables.role_table import read_role_table


@pytest.fixture
def write(tmp_path):
    def put(text, name="trees.csv"):
        path = tmp_path / name
        path.write_text(text.lstrip())
        return path

    return put


def read_trees(path, command="inventory"):
    return read_role_table(path, needed=("tree",), command=command)


def write_inventory(rated, path, *, time_frame_years):
    differing = disagreements(rated)
    write_ranked(rated, rank_inventory(rated), differing, path, time_frame_years=time_frame_years)


def read_back(path):
    with path.open() as stream:
        return list(csv.DictReader(stream))


def test_many_trees_are_rated_as_one_by_one(write):
    words = [
        *itertools.product(
            ("Probable", "Possible | Probable", ""), ("High", ""), ("Severe", "Minor to Severe", "")
        )
    ]
    lines = [f"T{number},path,{','.join(row)}" for number, row in enumerate(words)]
    table = read_trees(write("\n".join(["tree,target,failure,impact,consequences", *lines])))
    rated = rate_inventory(table)
    assert rated.n_failed == 0
    for row, (failure, impact, consequences) in enumerate(words):
        one = rate(assess(failure, impact or None, consequences)).rating
        assert np.flatnonzero(rated.tree_rating[row]).tolist() == [int(r) for r in one.possible]
        for place, level in enumerate(list(RiskRating)[1:]):
            assert rated.at_least[row, place] == pytest.approx(one.at_least(level))
    assert sum(rated.counts().values()) == rated.n_trees == len(words)


def test_the_highest_row_of_a_tree_wins_and_findings_are_shared(write):
    table = read_trees(
        write(
            """
tree,part,target,failure,impact,consequences
T1,limb,path,Probable,High,Severe
T1,stem,path,Improbable,High,Severe
T2,stem,path,Improbable,High,Severe
"""
        )
    )
    rated = rate_inventory(table)
    assert [int(row.argmax()) for row in rated.rating] == [2, 0, 0]
    assert [int(row.argmax()) for row in rated.tree_rating] == [2, 2, 0]
    assert rated.counts() == {"Low": 1, "High": 1}


BAD = """
tree,target,failure,impact,consequences,dbh_cm
T1,path,Probable,High,Severe,40
T2,path,Probabel,High,Severe,40
T3,path,Probable,High,Severe,300000
T4,path,Probable,High,Severe,-4
T5,,Probable,,,40
,path,Probable,High,Severe,40
T1,road,Probable,Hihg,Severe,40
"""


def test_a_bad_row_says_why_and_spoils_no_other(write, tmp_path):
    out = tmp_path / "rated.csv"
    rated = rate_inventory(read_trees(write(BAD)))
    write_inventory(rated, out, time_frame_years=3)
    found = sorted(read_back(out), key=lambda row: int(row["arborisk_row"]))
    assert [row["arborisk_rating"] for row in found] == ["High", "", "", "", "", "", ""]
    for row, words in enumerate(
        ("may be too low", "'Probable'", "300000", "'-4'", "No target", "No tree", "'High'")
    ):
        assert words in found[row]["arborisk_problem"]
    assert float(found[0]["arborisk_time_frame_years"]) == 3
    assert found[0]["arborisk_rules"] == "isa_bmp_2017"


def test_geojson_keeps_places_and_columns(write, tmp_path):
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [-72.5, 42.4]},
        "properties": {"tree": "T1", "failure": "Possible", "impact": "High", "target": "road"},
    }
    path = write(json.dumps({"type": "FeatureCollection", "features": [feature]}), "in.geojson")
    out = tmp_path / "out.geojson"
    write_inventory(rate_inventory(read_trees(path)), out, time_frame_years=1)
    found = json.loads(out.read_text())["features"][0]
    assert found["geometry"] == feature["geometry"]
    assert found["properties"]["arborisk_rating"] == "Low or Moderate"


def test_a_likelihood_alone_has_no_rating(write):
    table = read_trees(write("tree,failure\nT1,Probable\n"))
    with pytest.raises(AssessmentError, match="no risk rating"):
        rate_inventory(table)
    with pytest.raises(TableError, match="a column for the tree"):
        read_trees(write("failure\nProbable\n"))


def drawn_options(n_trees, *, seed, n_crews=2, needs=False):
    random = np.random.default_rng(seed)
    tree = np.repeat(np.arange(n_trees), 2)
    n = len(tree)
    risk = random.lognormal(2, 1, n_trees)
    need = np.full(n, -1)
    if needs:
        need[2::4] = np.arange(0, n - 2, 4)[: len(need[2::4])]
    return Options(
        tree=tree,
        trees=tuple(f"T{number}" for number in range(n_trees)),
        name=("prune", "fell") * n_trees,
        cost=np.round(random.uniform(1, 9, n)),
        removed=risk[tree] * np.tile([0.5, 1.0], n_trees),
        risk=risk,
        crew=random.integers(-1, n_crews, n),
        crews=tuple("AB"[:n_crews]),
        hours=np.round(random.uniform(1, 5, n)),
        needs=need,
        weights=None,
        tree_weights=None,
        row=np.arange(n),
        problems=(),
    )


def fits(options, chosen, budget, hours):
    several = np.bincount(options.tree[chosen], minlength=1).max(initial=0) > 1
    over = any(
        options.hours[chosen & (options.crew == crew)].sum() > hours.get(name, np.inf)
        for crew, name in enumerate(options.crews)
    )
    unmet = any(
        options.needs[one] >= 0 and not chosen[options.needs[one]] for one in np.flatnonzero(chosen)
    )
    return options.cost[chosen].sum() <= budget and not several and not over and not unmet


def best_of_all(options, budget, hours):
    lists = (np.array(bits) for bits in itertools.product((False, True), repeat=len(options.cost)))
    return max(
        float(options.removed[one].sum()) for one in lists if fits(options, one, budget, hours)
    )


HOURS = {"A": 7.0, "B": 6.0}


@pytest.mark.parametrize(("seed", "needs"), [(0, False), (1, False), (2, True), (3, True)])
def test_the_best_list_of_all(seed, needs, monkeypatch):
    options = drawn_options(5, seed=seed, needs=needs)
    best = best_of_all(options, 14.0, HOURS)
    plan = plan_work(options, 14.0, crew_hours=HOURS)
    assert plan.removed == pytest.approx(best)
    assert plan.bound == pytest.approx(best)
    assert plan.greedy <= best + 1e-9
    assert fits(options, plan.chosen, 14.0, HOURS)
    assert plan.left == pytest.approx(options.risk.sum() - best)
    # The ways for long lists, on the same few trees: they fit, and their bound holds.
    monkeypatch.setattr(plan_module, "MOST_TREES_EXACT", 0)
    rough = plan_work(options, 14.0, crew_hours=HOURS)
    assert fits(options, rough.chosen, 14.0, HOURS)
    assert rough.removed <= best + 1e-9 <= rough.bound + 2e-9


def test_hours_of_the_option_that_is_given_up_are_free_for_the_better_one():
    """Pruning takes 3 of the crew's 4 hours, felling 4: felling fits once pruning is given up."""
    options = replace(
        drawn_options(1, seed=0),
        cost=np.array([1.0, 4.0]),
        removed=np.array([2.0, 5.0]),
        risk=np.array([5.0]),
        crew=np.array([0, 0]),
        hours=np.array([3.0, 4.0]),
    )
    every = np.array([True, True])
    chosen = take_greedily(options, 10.0, np.array([4.0]), every)
    assert chosen.tolist() == [False, True]
    two = replace(
        drawn_options(2, seed=0),
        cost=np.array([1.0, 4.0, 9.0, 9.0]),
        removed=np.array([2.0, 5.0, 0.5, 1.0]),
        crew=np.array([0, 1, 0, 0]),
        hours=np.array([3.0, 4.0, 1.0, 3.0]),
    )
    chosen = take_greedily(two, 30.0, np.array([3.0, 4.0]), np.array([True, True, False, True]))
    assert chosen.tolist() == [False, True, False, True]  # crew A has its 3 hours back


@pytest.mark.parametrize("n_crews", [0, 2])
def test_a_long_list_is_within_a_tenth_of_a_percent(n_crews):
    options = drawn_options(3_000, seed=5, n_crews=n_crews)
    hours = dict.fromkeys(options.crews, 900.0)
    plan = plan_work(options, 4_000.0, crew_hours=hours)
    assert plan.way == "prices, then filled"
    assert plan.gap <= 1e-3
    assert fits(options, plan.chosen, 4_000.0, hours)
    more = plan_work(options, 4_010.0, crew_hours=hours)
    assert more.bound - plan.bound == pytest.approx(10 * plan.next_unit, rel=0.1)
    ratio = (options.removed / options.cost)[plan.in_order()]
    assert (np.diff(ratio) <= 0).all()


OPTIONS = """
tree,option,cost,failure,failure_after,impact_chance,loss,latitude,longitude
T1,prune,300,Probable,Possible,0.1,20000,42.1,-72.1
T1,fell,1200,Probable,none,0.1,20000,42.1,-72.1
T2,prune,250,Possible,Improbable,0.05,20000,42.2,-72.2
T3,fell,900,Probable,none,0.3,50000,42.3,-72.3
T4,fell,-5,Probable,none,0.3,50000,42.4,-72.4
"""


def test_risk_from_words_by_hand_and_its_interval(write, tmp_path):
    chances = ClassChances(load_prior(), StormRate(0.2), 1)
    means = chances.means()
    table = read_trees(write(OPTIONS), "plan")
    options = read_options(table, chances)
    assert options.risk == pytest.approx([means[2] * 2000, means[1] * 1000, means[2] * 15_000])
    assert options.removed[:2] == pytest.approx([(means[2] - means[1]) * 2000, means[2] * 2000])
    assert "row 6" in options.problems[0]
    assert "'-5'" in options.problems[0]
    plan = plan_work(options, 1300)
    found = plan_intervals(plan, chances)
    drawn = chances.draws(50_000, np.random.default_rng(1))
    expected = np.quantile(
        drawn[:, 2] * 15_000 + (drawn[:, 2] - drawn[:, 1]) * 2000, [0.025, 0.975]
    )
    assert [found.removed.low, found.removed.high] == pytest.approx(expected, rel=0.05)
    out = tmp_path / "list.csv"
    write_work_list(plan, table, out)
    rows = read_back(out)
    assert [(row["tree"], row["option"]) for row in rows] == [("T3", "fell"), ("T1", "prune")]
    assert float(rows[-1]["removed_so_far"]) == pytest.approx(plan.removed)
    assert rows[0]["latitude"] == "42.3"


def test_options_that_say_too_little_are_refused(write):
    table = read_trees(write("tree,option,cost\nT1,prune,5\n"), "plan")
    with pytest.raises(AssessmentError, match=r"risk and risk_after.*no failure"):
        read_options(table)
    table = read_trees(write(OPTIONS), "plan")
    with pytest.raises(AssessmentError, match="words without --storms"):
        read_options(table)
    numbers = read_options(
        read_trees(
            write("tree,option,cost,risk,risk_after\nT1,fell,5,3,0\nT1,wait,0,3,3\n"), "plan"
        )
    )
    assert numbers.removed == pytest.approx([3, 0])
    for budget, hours in ((-1, {}), (5, {"Z": 3})):
        with pytest.raises(AssessmentError, match=r"a budget of 0 or more"):
            plan_work(numbers, budget, crew_hours=hours)
