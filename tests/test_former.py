"""Names of version 0.1.0 are found where they were, and say where they are now."""

import importlib
import warnings
from types import ModuleType

import pytest

from arborisk.former import former_names


@pytest.mark.parametrize("old", former_names())
def test_every_name_of_old_is_found_and_named(old):
    for extra in ("torch", "matplotlib", "scipy", "cv2"):
        pytest.importorskip(extra)
    module = importlib.import_module(old)
    for name, now in former_names()[old].items():
        home, _, renamed = now.partition(":")
        if isinstance(vars(module).get(name), ModuleType):
            continue  # a module of that name has been imported, and stands there
        with pytest.warns(
            DeprecationWarning, match=rf"{old}.{name} is now {home}.{renamed or name}"
        ):
            found = getattr(module, name)
        assert found is getattr(importlib.import_module(home), renamed or name)


def test_a_name_that_never_was_is_refused():
    import arborisk.dataset

    with pytest.raises(AttributeError, match="has no attribute 'import_fotos'"):
        _ = arborisk.dataset.import_fotos
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("arborisk.nothing")


def test_the_code_itself_uses_no_name_of_old():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for module in ("dataset.importing", "prediction.run", "risk.rating.forms", "cli.app"):
            importlib.import_module(f"arborisk.{module}")
