import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arborisk.dataset.label_columns import label_from_names
from arborisk.dataset.label_words import known_words
from arborisk.dataset.schemes import ISA_WORDS

WORDS = known_words(None, {"likely": "Probable", "no rating": ""})


@pytest.mark.parametrize(
    ("file", "label"),
    [
        ("probable-example-2.JPG", "Probable"),
        ("Improbable_12.jpg", "Improbable"),
        ("IMG_33 possible.jpeg", "Possible"),
        ("IMPROBABLE12.jpg", "Improbable"),
        ("processed-252px-probable-example-1.png", "Probable"),
        ("Probable trees/IMG_1.jpg", "Probable"),
        ("2021/imminent/Oak street/IMG_1.jpg", "Imminent"),
        ("probable/improbable/IMG_1.jpg", "Improbable"),
        ("probable and possible/possible-3.jpg", "Possible"),
        ("probable-probable.jpg", "Probable"),
        ("likely 4.jpg", "Probable"),
        ("unlikely 4.jpg", ""),
        ("no rating 7.jpg", ""),
        ("probably.jpg", ""),
        ("IMG_0001.jpg", ""),
    ],
)
def test_whole_words_in_names_are_labels(file, label):
    found = label_from_names(file, WORDS)
    assert (found.label, found.problem) == (label, "")


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        ("probable/improbable-1.jpg", "file name says Improbable, folder says Probable"),
        ("probable or possible.jpg", "file name says Possible and Probable"),
        ("not probable 1.jpg", "file name says something negated"),
        ("im-probable 1.jpg", "file name says something negated"),
    ],
)
def test_names_that_contradict_themselves_decide_nothing(file, problem):
    found = label_from_names(file, WORDS)
    assert (found.label, found.problem) == ("", problem)


def test_one_name_can_be_believed_over_the_other():
    file = "probable/improbable-1.jpg"
    assert label_from_names(file, WORDS, "folder").label == "Probable"
    assert label_from_names(file, WORDS, "file-name").label == "Improbable"


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(ISA_WORDS),
    st.sampled_from("_- .()#1"),
    st.integers(0, 9999),
    st.sampled_from([str.upper, str.lower, str.title]),
)
def test_case_numbers_and_separators_do_not_matter(word, mark, number, case):
    for name in (f"{case(word)}{mark}{number}.jpg", f"IMG_{number}{mark}{case(word)}.JPG"):
        assert label_from_names(name, WORDS).label == word
