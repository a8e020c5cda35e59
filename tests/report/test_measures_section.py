"""The section on physical measures says every value with its interval, and why others lack."""

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("jinja2")

from arborisk.explanation.measures import WIRE_SENTENCE, measure_tree
from arborisk.explanation.parts import PARTS, PartMap
from arborisk.report.measures_section import measures_section
from arborisk.report.page import render_section


@pytest.fixture(scope="module")
def leaning():
    """A tree that leans to the right by 10 degrees, under a wire."""
    down, across = np.mgrid[:400, :300].astype(float)
    part = np.where(down > 320, PARTS.index("ground"), PARTS.index("sky"))
    middle = 120.0 + (360.0 - down) * np.tan(np.radians(10.0))
    part[(np.abs(across - middle) < 6.0) & (down <= 360) & (down > 150)] = PARTS.index("stem")
    crown = ((across - 150.0) / 70.0) ** 2 + ((down - 170.0) / 80.0) ** 2 < 1.0
    part[crown] = PARTS.index("crown")
    colours = np.full((len(PARTS), 3), 200, dtype=np.uint8)
    colours[PARTS.index("crown")] = (60, 100, 50)
    picture = colours[part]
    picture[(np.abs(down - 60.0) < 0.8) & (part == PARTS.index("sky"))] = 40
    probability = (part == np.arange(len(PARTS))[:, None, None]).astype(np.float32)
    return PartMap(probability, picture)


def page_of(content):
    return render_section("measures_section.html.j2", content)


def test_values_stand_with_their_intervals_and_bars(leaning):
    found = measure_tree(leaning)
    content = measures_section(leaning, found, photo="oak.jpg")
    lean = next(line for line in content.lines if line.title == "lean")
    assert lean.text.startswith("+")
    assert "degrees" in lean.text
    assert lean.bar.left < lean.bar.value < lean.bar.left + lean.bar.width
    # 10 degrees on a scale from -30 to 30.
    assert lean.bar.value == pytest.approx(100 * 40 / 60, abs=2.0)
    page = page_of(content)
    assert page.count("<circle") == sum(one.is_measured for one in found.measures)
    assert "oak.jpg" in page


def test_what_is_not_measurable_says_why_and_stands_last(leaning):
    content = measures_section(leaning, measure_tree(leaning), photo="oak.jpg")
    known = [line.bar is not None for line in content.lines]
    assert known == sorted(known, reverse=True)
    assert not all(known)
    assert all("not measurable here" in line.text for line in content.lines if line.bar is None)


def test_wires_bring_their_sentence_onto_the_page(leaning):
    page = page_of(measures_section(leaning, measure_tree(leaning), photo="oak.jpg"))
    assert WIRE_SENTENCE in page
    assert 'class="alert"' in page
