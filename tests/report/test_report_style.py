"""The design keeps classes apart for any eye, and text readable."""

from itertools import combinations
from pathlib import Path

import pytest

import arborisk.report
from arborisk.dataset.schemes import ISA_SCHEMES, as_labelled
from arborisk.report.run_figures import FULL_CELL
from arborisk.report.style import INK, MODEL_MARKS, MUTED, OTHER_MARKS, class_mark


def luminance(colour):
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """Contrast ratio, WCAG 2.2: 1 to 21; AA asks 4.5 of text."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_the_extremes():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        (INK, "#ffffff"),
        (MUTED, "#ffffff"),
        (MUTED, "#f3f5f4"),
        (MUTED, "#e9edee"),
        (INK, FULL_CELL),
        ("#cfe3d8", "#16352a"),
        ("#005a8c", "#ffffff"),
        *((mark.colour, "#ffffff") for mark in MODEL_MARKS),
    ],
)
def test_text_meets_wcag_aa(text, ground):
    assert contrast(text, ground) >= 4.5


def test_the_grounds_tested_are_those_of_the_page():
    style = Path(arborisk.report.__file__).parent / "templates" / "style.css.j2"
    text = style.read_text(encoding="utf-8")
    for colour in (INK, MUTED, "#f3f5f4", "#e9edee", "#cfe3d8", "#16352a", "#005a8c"):
        assert colour in text


@pytest.mark.parametrize(
    "scheme", [*ISA_SCHEMES.values(), as_labelled({"a", "b", "c", "d"})], ids=lambda s: s.name
)
def test_classes_differ_in_colour_and_in_shape(scheme):
    marks = [class_mark(title, index) for index, title in enumerate(scheme.titles)]
    for one, other in combinations(marks, 2):
        assert one.colour != other.colour
        assert one.marker != other.marker


def test_other_marks_differ():
    assert len({mark.colour for mark in OTHER_MARKS}) == len(OTHER_MARKS)
    assert len({mark.points for mark in OTHER_MARKS}) == len(OTHER_MARKS)
