"""Words of cells that are no rating."""

import pytest

from arborisk.tables.table import read_flag, words_about


@pytest.mark.parametrize(
    ("subject", "word", "meaning"),
    [
        ("condition", "abgestorben", "brittle"),
        ("condition", "very good", "living"),
        ("kind", "nadelbaum", "conifer"),
        ("vacancy", "tocón", "no_tree"),
    ],
)
def test_a_word_means_the_same_for_every_command(subject, word, meaning):
    assert words_about(subject)[word] == meaning


def test_no_word_means_two_things_of_one_subject():
    import tomllib
    from pathlib import Path

    import arborisk

    file = Path(arborisk.__file__).parent / "tables" / "cell_words.toml"
    for subject, meanings in tomllib.loads(file.read_text(encoding="utf-8")).items():
        assert len(words_about(subject)) == sum(map(len, meanings.values())), subject


def test_yes_and_no_and_neither():
    assert [read_flag(text) for text in ("JA", "nein", "1", "0", "perhaps", "")] == [
        *(True, False, True, False, None, None)
    ]
    assert read_flag("stood") is None
    assert read_flag("stood", "storm_outcome") is False
