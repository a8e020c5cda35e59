from hypothesis import given, settings
from hypothesis import strategies as st

from arborisk.tables.table import clean, fold, words_of


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=30))
def test_cleaning_and_folding_are_settled_after_one_pass(text):
    assert clean(clean(text)) == clean(text)
    assert fold(clean(text)) == fold(text)


def test_invisible_characters_and_odd_spaces_vanish():
    assert clean("\ufeff Improbable\xa0\u200b ") == "Improbable"


def test_words_part_letters_from_digits_and_marks():
    assert words_of("IMG_33possible(2)") == ("img", "33", "possible", "2")
