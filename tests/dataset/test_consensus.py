import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arborisk.dataset.label_words import agreed_label
from arborisk.dataset.schemes import ISA_WORDS

RATINGS = st.lists(st.sampled_from(ISA_WORDS), min_size=1, max_size=9)


@pytest.mark.parametrize(
    ("labels", "agreed"),
    [
        ([], ""),
        (["Improbable", "Possible", "Probable"], "Possible"),
        (["Improbable", "Improbable", "Possible", "Probable"], "Possible"),
        (["leaf on", "leaf off", "leaf on"], "leaf on"),
        (["a", "a", "b", "b"], ""),
        (["Probable", "dead"], ""),
    ],
)
def test_agreed_label_by_hand(labels, agreed):
    assert agreed_label(labels) == agreed


@settings(max_examples=80, deadline=None)
@given(RATINGS, st.randoms(use_true_random=False))
def test_a_majority_wins_whatever_the_order(labels, random):
    agreed = agreed_label(labels)
    shuffled = random.sample(labels, len(labels))
    assert agreed_label(shuffled) == agreed
    for word in ISA_WORDS:
        if labels.count(word) * 2 > len(labels):
            assert agreed == word


@settings(max_examples=80, deadline=None)
@given(RATINGS, st.sampled_from(ISA_WORDS))
def test_a_likelier_rating_never_lowers_the_agreed_label(labels, word):
    rank = ISA_WORDS.index
    raised = [max(labels[0], word, key=rank), *labels[1:]]
    assert rank(agreed_label(raised)) >= rank(agreed_label(labels))
