"""Settings given as ``--set KEY=VALUE``."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from typing import Any

from arborisk.errors import SettingsError


def parse_assignments(texts: Sequence[str]) -> dict[str, Any]:
    """Turns ``training.patience=3`` into a key with dots and a value.

    Values are read as TOML; what is none, such as ``adamw``, is taken as text.

    Args:
        texts: One ``KEY=VALUE`` each.

    Raises:
        SettingsError: A text without a key or without ``=``.

    >>> parse_assignments(["training.patience=3", "model1.dense=[64, 32]", "model=model1"])
    {'training.patience': 3, 'model1.dense': [64, 32], 'model': 'model1'}
    """
    found: dict[str, Any] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not key.strip() or not equals:
            raise SettingsError(
                "KEY=VALUE, such as training.patience=3",
                repr(text),
                "--set",
                "Write a key, the sign = and a value, without spaces.",
            )
        found[key.strip()] = _value(value.strip())
    return found


def _value(text: str) -> object:
    """A TOML value, or the text itself."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
