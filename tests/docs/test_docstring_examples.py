"""Examples in docstrings give what they say."""

import doctest
import importlib
import pkgutil

import pytest

import arborisk

MODULES = [
    module.name
    for module in pkgutil.walk_packages(arborisk.__path__, "arborisk.")
    if not module.name.endswith("__main__")
]
ROOMS = sorted({name.split(".")[1] for name in MODULES})


@pytest.mark.parametrize("room", ROOMS)
def test_examples_of_a_room(room):
    for name in MODULES:
        if name.split(".")[1] == room:
            try:
                module = importlib.import_module(name)
            except ImportError as error:
                pytest.skip(str(error))
            assert doctest.testmod(module).failed == 0, name
