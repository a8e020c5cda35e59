"""The report of raters: words first, self-contained, chance and intervals beside every value."""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from arborisk.agreement.measure import measure_agreement
from arborisk.agreement.sentences import headline
from arborisk.report.agreement_report import agreement_page

sys.path.insert(0, str(Path(__file__).parents[1] / "agreement"))
from made import answers_of, drawn, ratings_of


class Outline(HTMLParser):
    """Elements with their attributes, and the text of the body."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.words, self.skipping = [], [], False
        self.feed(text)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.skipping = tag == "style"

    def handle_data(self, data):
        if not self.skipping:
            self.words.append(data)


@pytest.fixture(scope="module")
def found():
    truth, before = drawn(60)
    after = np.where(np.arange(60)[:, None] % 3, before, truth[:, None])
    ratings = ratings_of([before, before, after], saw=[False, False, True])
    return measure_agreement(ratings, answers_of(truth))


@pytest.fixture(scope="module")
def page(found):
    return Outline(agreement_page(found))


def test_it_says_in_words_first_how_far_they_agree(page, found):
    sections = [attributes for tag, attributes in page.elements if tag == "section"]
    assert sections[0]["class"].startswith("verdict")
    assert page.text.index(headline(found)) < page.text.index("How much do they agree?")
    assert "chance gives" in headline(found)


def test_nothing_comes_from_elsewhere_and_names_are_unique(page):
    assert not {tag for tag, _ in page.elements} & {"script", "iframe", "img", "object"}
    for _, attributes in page.elements:
        for name in ("src", "href", "xlink:href"):
            assert (attributes.get(name) or "#").startswith(("data:", "#"))
    names = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(names) == len(set(names))


def test_every_figure_has_words(page):
    figures = [a for tag, a in page.elements if tag == "svg" and a.get("class") == "figure"]
    assert len(figures) == 6 + 4  # one for each rater
    assert all(len(figure["aria-label"]) > 40 for figure in figures)


def test_model_and_limits_are_told(page):
    assert "People with each other, the ceiling" in page.text
    assert "This model cannot say Imminent." in page.text
    assert "Agreement is not correctness" in page.text
    assert not re.search(r"\bsafe", page.text, re.IGNORECASE)


def test_disputed_items_come_most_uncertain_first(page):
    chances = re.findall(r"(?:above )?(\d+) %", page.text[page.text.index("its chance") :])
    shown = [int(chance) for chance in chances[:10]]
    assert shown[0] < 90
    assert shown[0] <= min(shown) + 15


def test_without_a_model_nothing_is_said_of_one():
    text = agreement_page(measure_agreement(ratings_of(drawn(30)[1])))
    assert "one more rater" not in text
    assert "cannot say Imminent" not in text


def test_names_cannot_write_into_the_page(found):
    from dataclasses import replace

    name = "<script>alert(1)</script>"
    ratings = replace(found.ratings, raters=(name, *found.ratings.raters[1:]))
    outline = Outline(agreement_page(measure_agreement(ratings, found.answers)))
    assert not [tag for tag, _ in outline.elements if tag == "script"]


def test_one_rater_who_rated_twice_gets_a_page_too():
    first = np.random.default_rng(0).integers(0, 3, (30, 1))
    again = np.where(np.arange(30)[:, None] % 4 == 0, 2 - first, first)
    page = agreement_page(measure_agreement(ratings_of([first, again])))
    assert "The same rater again" in page
    assert "was not measured" in page


def test_the_same_results_give_the_same_page(found):
    assert agreement_page(found) == agreement_page(found)
