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
