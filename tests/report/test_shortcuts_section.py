"""The section on shortcuts: what was found is said first, and nothing is promised."""

import numpy as np
import pytest

pytest.importorskip("torch")

from arborisk.explanation.shortcuts.material import (
    FramePlaces,
    ShortcutExample,
    ShortcutFinding,
    ShortcutReading,
    Shortcuts,
)
from arborisk.records import Interval
from arborisk.report.page import _environment
from arborisk.report.shortcuts_section import shortcuts_section


def outcome(standing):
    travel = ShortcutReading(
        "at the top left: difference that goes with it", Interval(0.6, 0.5, 0.7)
    )
    order = ShortcutReading(
        "only the border kept: order right", Interval(0.5, None, None), 0.5, "chance"
    )
    place = ShortcutFinding(
        "place",
        "a fixed place in the frame",
        standing,
        "The place that decides most lies at the top left.",
        "Found: more than 30 %.",
        (travel,),
        (ShortcutExample("from another photo", np.zeros((32, 32, 1), np.uint8)),),
        FramePlaces(np.full((6, 6), 0.03), (0, 0, 2)),
    )
    border = ShortcutFinding("border", "the border", "not tested", "Not judged.", "", (order,))
    untouched = ShortcutReading(
        "photos as they are: order right", Interval(0.8, 0.7, 0.9), 0.5, "chance"
    )
    return Shortcuts("Probable and not Possible", (border, place), untouched, 90, 30, drawn=True)


def page(content):
    template = _environment().from_string(
        '{% import "shortcuts_section.html.j2" as part %}{{ part.section(content) }}'
    )
    return template.render(content=content)


def test_what_was_found_is_said_first():
    content = shortcuts_section(outcome("found"))
    text = page(content)
    assert content.css == "worse"
    assert text.index("Shortcut found: a fixed place") < text.index("<figure>")
    assert "60\N{NO-BREAK SPACE}% (50 to 70)" in text and "no interval" in text
    assert text.count("data:image/jpeg;base64,") == 1
    assert "Drawn trees are never evidence about real ones." in text
    assert "safe" not in text.replace("| safe", "")


def test_nothing_found_is_no_promise():
    text = page(shortcuts_section(outcome("not found")))
    assert "No shortcut found among those looked for." in text
    assert "Not tested: the border." in text
    assert "does not show that there is none" in text


def test_a_figure_of_what_cannot_be_judged_is_left_out():
    assert shortcuts_section(outcome("not tested")).travels == ""
    assert "<svg" in shortcuts_section(outcome("not found")).travels
