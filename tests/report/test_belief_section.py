"""The section on whether maps are to be believed."""

from dataclasses import replace

import pytest

from arborisk.explanation.belief.check import MapBelief, verdict_of
from arborisk.explanation.belief.faithfulness import Against, Faithfulness
from arborisk.explanation.belief.labels import LabelCheck
from arborisk.explanation.belief.localisation import Localisation
from arborisk.explanation.belief.refit import Skill
from arborisk.explanation.belief.stability import Cascade, CascadeStep, Stability
from arborisk.records import Interval
from arborisk.report.belief_section import alike_rows, belief_section
from arborisk.report.page import render_section


def near(value):
    return Interval(value, value - 0.1, value + 0.1)


@pytest.fixture(scope="module")
def belief():
    """A good map of a drawn run."""
    steps = [("last layer", 0, 0.2), ("top 12 of 23 stages", 12, 0.1), ("all weights", 23, 0.05)]
    skill = Skill(near(0.8), 300, True, "Probable and not Possible")
    cascade = Cascade(tuple(CascadeStep(a, b, near(c)) for a, b, c in steps), 8, True)
    labels = LabelCheck(near(0.1), near(0.95), near(0.85), skill, replace(skill, area=near(0.5)))
    shares = (0.0, 0.05, 0.2, 0.5, 1.0)
    falling, flat = (2.0, 1.0, 0.2, -0.4, -1.0), (2.0, 1.8, 1.4, 0.6, -1.0)
    better = Against(near(0.5), near(0.6))
    faithfulness = Faithfulness(
        shares,
        (falling, flat, flat),
        (flat[::-1], falling[::-1], falling[::-1]),
        better,
        better,
        16,
        2,
        12,
    )
    stability = Stability(near(0.9), None, near(0.8), near(0.95), 0.3, 8, 5, 0)
    interval = near(0.3)
    localisation = Localisation(
        0.4, 0.1, 0.2, interval, interval, 0.2, 0.1, interval, (("dead crown", 20),), 20, 4
    )
    verdict = verdict_of(skill, cascade, labels, faithfulness, stability)
    return MapBelief(
        "Probable and not Possible",
        24,
        skill,
        cascade,
        labels,
        faithfulness,
        stability,
        localisation,
        verdict,
    )


def test_a_good_map_is_said_to_be_believable(belief):
    found = belief_section(belief)
    assert (found.standing, found.word) == ("better", "The map is believable")
    assert [row.outcome for row in found.rows] == ["passed"] * 5
    html = render_section("belief_section.html.j2", found)
    assert html.count("<svg") == 3
    assert "never evidence about real ones" in html
    assert "highest value falls on it in 40\N{NO-BREAK SPACE}%" in html


def test_what_fails_and_what_was_not_run_is_said(belief):
    kept = replace(belief.cascade.steps[0], likeness=near(0.9))
    cascade = replace(belief.cascade, steps=(kept, *belief.cascade.steps[1:]))
    verdict = verdict_of(None, cascade, None, None, belief.stability)
    poor = replace(
        belief,
        skill=None,
        cascade=cascade,
        labels=None,
        faithfulness=None,
        localisation=None,
        verdict=verdict,
    )
    found = belief_section(poor)
    assert found.standing == "worse"
    assert [row.outcome for row in found.rows] == [
        "not run",
        "failed",
        "not run",
        "not run",
        "passed",
    ]
    html = render_section("belief_section.html.j2", found)
    assert html.count("<svg") == 2
    assert "It hardly depends on what the network has learnt." in html
    assert "drawn trees" not in html.casefold()


def test_better_than_chance_alone_is_passed_in_part(belief):
    level = replace(belief.faithfulness, centre=Against(near(0.05), near(0.05)))
    verdict = verdict_of(belief.skill, belief.cascade, belief.labels, level, belief.stability)
    found = belief_section(replace(belief, faithfulness=level, verdict=verdict))
    assert found.standing == "undecided"
    assert found.rows[3].outcome == "passed in part"
    assert "a blob in the middle of the photo" in found.against[0]


def test_maps_that_should_be_alike_stand_apart_from_those_that_should_not(belief):
    rows = alike_rows(belief)
    should = {title: alike for title, _, alike in rows}
    assert should["members of the model"] and should["fitted again, true labels"]
    assert not should["fitted to dealt labels"] and not should["another photo"]


def test_the_same_checks_give_the_same_text(belief):
    first, second = (
        render_section("belief_section.html.j2", belief_section(belief)) for _ in range(2)
    )
    assert first == second
