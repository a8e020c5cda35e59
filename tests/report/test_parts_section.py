"""The section of a page on the parts of photos."""

import numpy as np
import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")


from arborisk.explanation.parts.part_map import PART_COLOURS, PARTS, PartMap
from arborisk.explanation.parts.shares import attribution_shares
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.report.parts_section import overlay_uri, part_overlay, parts_section, shares_figure
from arborisk.wording.percent import percent

STRETCH = PreprocessSettings(size_px=32, channels=3, crop="stretch")


@pytest.fixture
def half_sky():
    probability = np.zeros((len(PARTS), 40, 60), np.float32)
    probability[PARTS.index("sky"), :20] = 1
    probability[PARTS.index("stem"), 20:] = 1
    return PartMap(probability, np.full((40, 60, 3), 128, np.uint8))


@pytest.fixture
def shares(half_sky):
    values = np.ones((20, 8, 8))
    values[:, 4:] = np.linspace(1, 3, 20)[:, None, None]
    return attribution_shares(values, [half_sky] * 20, STRETCH)


def test_the_figure_says_what_it_shows(shares):
    figure = shares_figure(shares)
    assert f"stem {percent(shares.of('stem').positive.value)} of the attribution" in figure
    assert PART_COLOURS["stem"].lower() in figure.lower()


def test_each_part_has_a_colour_of_its_own():
    assert set(PART_COLOURS) == set(PARTS)
    assert len(set(PART_COLOURS.values())) == len(PARTS)


def test_the_overlay_is_tinted_by_part(half_sky):
    overlay = np.asarray(part_overlay(half_sky))
    assert overlay.shape == (40, 60, 3)
    assert overlay[0, 0, 2] > 170 > overlay[39, 0, 2]
    assert overlay_uri(half_sky).startswith("data:image/jpeg;base64,")


def test_the_section_is_a_part_of_a_page(shares, half_sky):
    import jinja2

    content = parts_section(shares, [(half_sky, "tree 1 & 2")], asked="Probable")
    loader = jinja2.PackageLoader("arborisk.report")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined
    )
    module = environment.get_template("parts_section.html.j2").module
    page = str(module.section(content))
    assert "Probable: " in page
    assert "tree 1 &amp; 2" in page
    assert "Mean over 20 photos of 20 groups" in page
    assert content.rows[0].title == "stem"
    assert "(stem is 50 % of the picture)" in page


def test_a_section_without_attribution_shows_the_parts_alone(half_sky):
    content = parts_section(None, [(half_sky, "one")])
    assert content.headline == "" and content.rows == ()
    assert len(content.accuracy) == len(PARTS)
