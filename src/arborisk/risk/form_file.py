"""A form in TOML or JSON as a table of keys, or one sentence on why it is none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arborisk.errors import AssessmentError
from arborisk.text_files import read_json, read_toml


def read_form_file(path: Path) -> Mapping[str, Any]:
    """The keys of a form, before any of them is understood.

    Raises:
        AssessmentError: Not UTF-8, not TOML or JSON (by the suffix), a key twice, a number that is
            not finite, nested too deep, too large, or no table; says where and what to write.
    """
    if path.suffix.lower() != ".json":
        return read_toml(path, "a form", AssessmentError)
    data = read_json(path, "a form", AssessmentError, strict=True)
    if not isinstance(data, dict):
        raise AssessmentError(
            "a table of keys", f"a {type(data).__name__}", str(path), "Give one tree a file."
        )
    return data
