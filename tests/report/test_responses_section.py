"""The sections on responses: verdicts in words, figures, pictures; drawn trees named as such."""

import io

import numpy as np
import pytest
from PIL import Image

from arborisk.bundle.activation_map import Contrast
from arborisk.explanation.responses.partial import dependence
from arborisk.explanation.responses.records import FACTORS, FactorResponse, Interventions
from arborisk.report.responses_section import responses_html, responses_section

TITLES = ("Improbable", "Possible", "Probable")


def jpeg():
    stream = io.BytesIO()
    Image.new("RGB", (12, 16), (90, 120, 60)).save(stream, "JPEG")
    return stream.getvalue()


def response(name, slope):
    """Four trees at three levels; P(Probable) rises by the slope, the gust falls from 40 to 20."""
    levels = FACTORS[name].levels(3)
    probable = 0.2 + slope * np.linspace(0, 1, 3) + 0.01 * np.arange(4)[:, None]
    probability = np.stack([0.7 - probable, np.full_like(probable, 0.3), probable], axis=2)
    gust = np.tile([40.0, 30.0, 20.0], (4, 1))
    still = np.full((4, 3), 25.0)
    return FactorResponse(
        factor=FACTORS[name],
        levels=levels,
        score=np.log(probable),
        probability=probability,
        critical_gust_ms=gust,
        normal_gust_ms=still,
        extreme_gust_ms=still + 9,
        same_picture=name == "wind",
        strip={float(level): jpeg() for level in levels},
    )


@pytest.fixture
def found():
    some = (response("lean", 0.3), response("cavity", 0.001), response("wind", 0.0))
    return Interventions(some, TITLES, Contrast(2, (0, 1)), 1, 4, (378, 504), 0, False)


def test_cards_hold_verdict_figure_and_three_pictures(found):
    section = responses_section(found)
    assert [card.verdict for card in section.cards] == [
        "follows physics",
        "ignores it",
        "not in the picture",
    ]
    assert section.cards[0].change == "+0.30 (+0.30 to +0.30)"
    assert section.cards[0].monotone == "over 99 %"
    assert [picture.level for picture in section.cards[0].strip] == ["0°", "15°", "30°"]
    assert "critical gust 40 m/s" in section.cards[0].figure


def test_the_page_names_drawn_trees_and_both_sides(found):
    html = responses_html(found)
    assert "never evidence about real ones" in html
    assert "learnt from other photos than drawn ones" in html
    assert "the critical gust goes from 40 to 20 m/s, P(Probable) hardly moves" in html
    assert html.count("data:image/jpeg;base64,") == 9
    assert 'id="dependence"' not in html


def test_a_model_without_an_order_has_no_columns_of_physics(found):
    from dataclasses import replace

    html = responses_html(replace(found, direction=0))
    assert "never back" not in html.split("How verdicts are given")[0]
    assert "no likelihoods of failure" in html


def test_measures_over_photos():
    rng = np.random.default_rng(0)
    measures = rng.uniform(0, 1, (60, 2))
    score = 3 * measures[:, 0] + rng.normal(0, 0.1, 60)
    groups = [f"tree {number // 2}" for number in range(60)]
    measured = dependence(score, measures, ["lean", "other"], groups, seed=0, n_resamples=20)
    html = responses_html(measured=measured, titles={"lean": "lean, degrees"})
    assert "Lean, degrees: rank correlation with the score +0.9" in html
    assert html.count('<svg class="figure"') == 2
    assert 'id="responses"' not in html
