"""``arborisk tune``."""

from __future__ import annotations


def tune() -> None:
    """Under way."""
