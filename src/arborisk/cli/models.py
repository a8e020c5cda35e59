"""``arborisk models``."""

from __future__ import annotations


def models() -> None:
    """Under way."""
