"""``arborisk compare``."""

from __future__ import annotations


def compare() -> None:
    """Under way."""
