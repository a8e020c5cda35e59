"""Names of version 0.1.0: each is still found where it was, and a warning says where it is now.

Packages re-exported names then, and some modules have been merged since. `former.json` holds the
module of old, the module of now, and the names that moved. Until 1.0.
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any, Final

TABLE: Final = Path(__file__).with_suffix(".json")


@lru_cache
def former_names() -> dict[str, dict[str, str]]:
    """Module of old to its names, each with the module that has it, or ``module:new name``."""
    content = json.loads(TABLE.read_text(encoding="utf-8"))
    return {
        old: {name: now for now, names in moved.items() for name in names}
        for old, moved in content.items()
    }


def install() -> None:
    """Lets Python's import find them."""
    if not any(isinstance(finder, _FormerNames) for finder in sys.meta_path):
        sys.meta_path.insert(0, _FormerNames())


class _FormerNames(MetaPathFinder):
    """Adds the names of old to modules that are there, and stands for those that are not."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not fullname.startswith("arborisk.") or fullname not in former_names():
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return ModuleSpec(fullname, _Vanished(), is_package=True)
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            vars(module).setdefault("__getattr__", _looks_up(module.__name__))

        vars(spec.loader)["exec_module"] = exec_module
        return spec


class _Vanished(Loader):
    """A module that was merged into others."""

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        vars(module)["__getattr__"] = _looks_up(module.__name__)


def _looks_up(old: str) -> Callable[[str], Any]:
    """What a module answers when it is asked for a name that it does not have."""

    def look_up(name: str) -> Any:  # noqa: ANN401 - whatever has the name
        now = former_names()[old].get(name)
        if now is None:
            raise AttributeError(f"module {old!r} has no attribute {name!r}")
        module, _, renamed = now.partition(":")
        warnings.warn(
            f"{old}.{name} is now {module}.{renamed or name}", DeprecationWarning, stacklevel=2
        )
        return getattr(importlib.import_module(module), renamed or name)

    return look_up
