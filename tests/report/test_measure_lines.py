"""Every measure stands with its interval on its scale, or with the reason why there is none."""

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("jinja2")

from arborisk.explanation.measures.measure import measure_tree
from arborisk.explanation.parts.part_map import PARTS, PartMap
from arborisk.report.explain_page import measure_lines
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
    return render_section("measure_lines.html.j2", content, macro="lines")


def test_values_stand_with_their_intervals_and_bars(leaning):
    found = measure_tree(leaning)
    content = measure_lines(found.measures)
    lean = next(line for line in content.measured if line.title == "lean")
    assert lean.text.startswith("+")
    assert "degrees" in lean.text
    assert lean.bar.left < lean.bar.value < lean.bar.left + lean.bar.width
    # 10 degrees on a scale from -30 to 30.
    assert lean.bar.value == pytest.approx(100 * 40 / 60, abs=2.0)
    assert page_of(content).count("<circle") == sum(one.is_measured for one in found.measures)


def test_what_is_not_measurable_says_why_once_for_each_reason(leaning):
    found = measure_tree(leaning)
    missing = [one for one in found.measures if not one.is_measured]
    assert missing
    content = measure_lines([*found.measures, *missing])
    assert {one.why_not for one in content.missing} == {one.why_not for one in missing}
    assert sum(len(one.titles) for one in content.missing) == 2 * len(missing)
    page = page_of(content)
    assert page.count("Not measurable here") == len({one.why_not for one in missing})
    assert missing[0].why_not in page
