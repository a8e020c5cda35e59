"""``arborisk deck-results``."""

from __future__ import annotations


def deck_results() -> None:
    """Under way."""
