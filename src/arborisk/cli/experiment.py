"""``arborisk experiment``."""

from __future__ import annotations


def experiment() -> None:
    """Under way."""
