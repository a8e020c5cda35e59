"""Numbers with their nouns, and lists in sentences."""

import pytest

from arborisk.wording.counts import agreeing, counted, first_lines, listed


@pytest.mark.parametrize(
    ("count", "noun", "text"),
    [
        (0, "photo", "0 photos"),
        (1, "photo", "1 photo"),
        (2, "photo", "2 photos"),
        (12_000, "tree", "12,000 trees"),
        (2, "branch", "2 branches"),
        (2, "class", "2 classes"),
        (2, "city", "2 cities"),
        (2, "survey", "2 surveys"),
        (2, "person", "2 people"),
        (2, "row of the table", "2 rows of the table"),
        (2, "named rater", "2 named raters"),
        (1, "row of the table", "1 row of the table"),
        (0.5, "year", "0.5 years"),
        (1.0, "year", "1 year"),
    ],
)
def test_a_number_with_its_noun(count, noun, text):
    assert counted(count, noun) == text


def test_what_follows_no_rule_is_told():
    assert counted(2, "crisis", "crises") == "2 crises"
    assert counted(1, "crisis", "crises") == "1 crisis"
    assert [agreeing(n, "is") for n in (0, 1, 2)] == ["are", "is", "are"]


@pytest.mark.parametrize(
    ("items", "most", "text"),
    [
        ([], None, "none"),
        (["a"], None, "a"),
        (["a", "b"], None, "a and b"),
        (["a", "b", "c"], None, "a, b and c"),
        (["a", "b", "c"], 3, "a, b and c"),
        (["a", "b", "c", "d"], 3, "a, b, c and 1 more"),
        (range(1500), 1, "0 and 1,499 more"),
    ],
)
def test_a_list_in_a_sentence(items, most, text):
    assert listed(items, most=most) == text


def test_names_that_may_hold_words_stand_between_commas():
    assert listed(["Park and Ride", "Baum"], last="") == "Park and Ride, Baum"
    assert listed(["a", "b"], last="", n_all=5) == "a, b and 3 more"


def test_the_first_lines_of_a_long_list():
    assert first_lines(["a", "b"], 2) == ["a", "b"]
    assert first_lines(["a", "b", "c"], 2) == ["a", "b", "... and 1 more"]
    assert first_lines(["a", "b"], 1, "rows left out") == ["a", "... and 1 more rows left out"]
