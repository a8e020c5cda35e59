from collections import Counter

import pytest

from arborisk.dataset.label_words import vocabulary_for
from arborisk.errors import DatasetError


def test_isa_words_are_read_in_any_case_and_blanks_stay_blank():
    words = Counter(["improbable", "PROBABLE ", " Possible\xa0", "", "\xa0"])
    vocabulary = vocabulary_for(words, None, {})
    read = [vocabulary.read(word) for word in words]
    assert read == ["Improbable", "Probable", "Possible", "", ""]


def test_unknown_words_beside_isa_words_are_listed_and_refused():
    words = Counter({"Probable": 5, "probabel": 2, "not probable": 1})
    with pytest.raises(DatasetError, match=r"'not probable' \(1\), 'probabel' \(2\).*--map"):
        vocabulary_for(words, None, {})


def test_an_isa_scheme_refuses_other_words_even_without_any_isa_word():
    with pytest.raises(DatasetError, match="leaf_on"):
        vocabulary_for(Counter(["leaf_on"]), "Pr_Im", {})


def test_mapped_words_are_known_and_an_empty_label_means_unrated():
    words = Counter(["Probable", "likely", "unknown", "dead"])
    word_map = {"Likely": "probable", "unknown": "", "dead": "Dead"}
    vocabulary = vocabulary_for(words, "as-labelled", word_map)
    assert [vocabulary.read(word) for word in words] == ["Probable", "Probable", "", "Dead"]


@pytest.mark.parametrize("scheme", [None, "Pr_Im"])
@pytest.mark.parametrize("words", [["Prob.", "Imp."], ["Prob.", "Improbable"], ["Prob."]])
def test_a_slip_in_a_mapped_label_makes_no_class_of_its_own(words, scheme):
    with pytest.raises(DatasetError, match=r"'Probabel' for 'Prob\.'.*Did you mean 'Probable'\?"):
        vocabulary_for(Counter(words), scheme, {"Prob.": "Probabel"})


def test_beside_isa_words_a_word_is_mapped_to_a_label_of_the_scale_only():
    expected = "labels Improbable, Possible, Probable, Imminent; found 'Dead' for 'dead'"
    with pytest.raises(DatasetError, match=expected):
        vocabulary_for(Counter(["dead", "Possible"]), None, {"dead": "Dead"})
    own = vocabulary_for(Counter(["stump", "fine"]), None, {"stump": "Dead"})
    assert own.read("stump") == "Dead"


def test_words_without_an_isa_word_are_labels_in_their_commonest_spelling():
    words = Counter({"Leaf on": 1, "leaf on": 3, "LEAF  ON": 1, "leaf off": 2})
    vocabulary = vocabulary_for(words, None, {})
    assert vocabulary.is_open
    assert {vocabulary.read(word) for word in words} == {"leaf on", "leaf off"}


def test_as_labelled_takes_every_word():
    vocabulary = vocabulary_for(Counter(["Probable", "stump"]), "as-labelled", {})
    assert vocabulary.read("stump") == "stump"


def test_the_words_of_a_scheme_file_are_known(tmp_path):
    path = tmp_path / "scheme.toml"
    path.write_text(
        "ordered = true\n"
        '[[classes]]\nname = "low"\nmembers = ["Grade 1", "Grade 2"]\n'
        '[[classes]]\nname = "high"\nmembers = ["Grade 3"]\n'
    )
    vocabulary = vocabulary_for(Counter(["grade 1", "GRADE 3"]), str(path), {"g2": "grade 2"})
    assert vocabulary.read("G2") == "Grade 2"
    assert vocabulary.read("grade 1") == "Grade 1"
    with pytest.raises(DatasetError, match="Grade 9"):
        vocabulary_for(Counter(["Grade 9"]), str(path), {})
