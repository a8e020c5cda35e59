"""Class schemes: no class says Imminent, and a scheme with a hole in it says so."""

import pytest

from arborisk.dataset.schemes import ISA_SCHEMES, as_labelled, load_scheme
from arborisk.errors import DatasetError

LOW_AND_HIGH = """
ordered = true
[[classes]]
name = "low"
members = ["{low}"]
[[classes]]
name = "{name}"
members = ["{high}"]
"""


def scheme_file(folder, *, low="Improbable", high="Probable", name="high"):
    path = folder / "mine.toml"
    members = '", "'.join(high.split("+"))
    path.write_text(LOW_AND_HIGH.format(low='", "'.join(low.split("+")), high=members, name=name))
    return str(path)


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        ({"Improbable", "Probable", "Imminent"}, ("Improbable", "Probable")),
        ({"Improbable", "Imminent"}, ("Improbable", "Probable")),
        ({"stump", "imminent"}, ("Probable", "stump")),
    ],
)
def test_as_labelled_counts_imminent_as_probable(labels, names):
    scheme = as_labelled(labels)
    assert scheme.names == names
    assert scheme.classes[names.index("Probable")].members == ("Probable", "Imminent")
    assert scheme.class_of("Imminent") == names.index("Probable")


@pytest.mark.parametrize(
    "change",
    [{"high": "Imminent"}, {"high": "Imminent+fallen"}, {"name": "imminent"}],
    ids=["alone", "beside another label", "by name"],
)
def test_a_scheme_file_cannot_say_imminent(tmp_path, change):
    with pytest.raises(DatasetError, match=r"rare and urgent, and a person says it.*Probable"):
        load_scheme(scheme_file(tmp_path, **change), set())


def test_isa_words_of_a_scheme_file_are_read_in_any_case(tmp_path):
    scheme = load_scheme(scheme_file(tmp_path, high="probable+IMMINENT"), set())
    assert scheme.isa_words == {"low": ("Improbable",), "high": ("Probable",)}
    assert scheme.class_of("Imminent") == 1


def test_a_rating_without_a_class_makes_a_scheme_for_study(tmp_path):
    assert {name for name, scheme in ISA_SCHEMES.items() if scheme.study_only} == {"Pr_Im"}
    assert as_labelled({"Improbable", "Probable"}).study_only
    assert not as_labelled({"Improbable", "Possible", "Imminent"}).study_only
    assert load_scheme(scheme_file(tmp_path), set()).study_only
    assert not load_scheme(scheme_file(tmp_path, low="Improbable+Possible"), set()).study_only
    assert not as_labelled({"leaf on", "leaf off"}).study_only


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('ordered = true\n[[classes]]\nname = "a"\n', "that class 1 has no `members`"),
        ('ordered = true\n[[classes]]\nmembers = ["a"]\n', "that class 1 has no `name`"),
        ('ordered = true\n[[classes]]\nname = "a"\nmembers = "a"\n', "`members` of class 1 are"),
        ('ordered = true\nclasses = ["a", "b"]\n', "class 1 that is no table"),
        ('ordered = true\nclasses = "a"\n', "no list of"),
        ("ordered = true\n", "classes \\[\\]"),
        ('[[classes]]\nname = "a"\nmembers = ["a"]\n', "no `ordered`"),
        ('ordered = "yes"\n', "neither true nor false"),
        ("ordered = \n", "line 1"),
    ],
)
def test_what_is_wrong_with_a_scheme_file_is_said_in_words(tmp_path, text, problem):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(
        DatasetError, match=rf"found .*{problem}.*mine.toml.*\[\[classes\]\]"
    ) as told:
        load_scheme(str(path), set())
    assert "Error" not in str(told.value)
