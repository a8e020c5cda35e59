"""Names with marks of HTML, XML and mathematics are shown as they are, and do nothing."""

import xml.etree.ElementTree as ElementTree

from arborisk.report.style import draw_svg

HOSTILE = '<script>alert("1")</script> --> $\\frac{$ &amp; ]]>'


def test_text_in_a_figure_is_text():
    def paint(figure):
        axes = figure.subplots()
        axes.set_title(HOSTILE)
        axes.bar([HOSTILE], [1.0])

    svg = draw_svg("hostile", (4, 3), paint, HOSTILE)
    root = ElementTree.fromstring(svg)
    texts = [one.text for one in root.iter() if one.text and "script" in one.text]
    assert texts and all(HOSTILE in text for text in texts)
    assert not [one for one in root.iter() if one.tag.endswith("script")]
    assert root.get("aria-label") == HOSTILE
