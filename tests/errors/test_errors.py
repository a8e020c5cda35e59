"""Errors say four things and survive the way between processes."""

import pickle

import pytest

from arborisk.errors import ArboriskError, MissingDependencyError, PhotoError

ERRORS = [
    ArboriskError("a", "b", "c", "Do d."),
    PhotoError("truncated", "a", "b", "c", "Do d."),
    MissingDependencyError("pyarrow", "tables", "Parquet"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_survives_pickling(error):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_a_message_says_four_things():
    assert str(ERRORS[0]) == "Expected a; found b (c). Do d."


def test_every_kind_is_reached_from_the_room():
    import arborisk.errors
    from arborisk.errors import kinds

    named = {name for name, one in vars(kinds).items() if isinstance(one, type) and "Error" in name}
    assert named <= set(arborisk.errors.__all__)


def test_a_value_of_a_megabyte_is_cut_in_the_sentence():
    error = ArboriskError("a word", "A" * 1_000_000, "form.toml", "Write a word.")
    assert len(str(error)) < 2_000
    assert str(error).endswith("A... (form.toml). Write a word.")
    assert len(error.found) == 1_000_000
