"""``arborisk augment-preview``."""

from __future__ import annotations


def augment_preview() -> None:
    """Under way."""
