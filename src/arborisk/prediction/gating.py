"""The gates of a bundle, as a run uses them."""

from __future__ import annotations

from collections.abc import Mapping

from arborisk.bundle import Bundle
from arborisk.prediction.referral import Finding


class Gating:
    """Which gates work for a bundle, and what they say.

    Args:
        bundle: The model.
    """

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle

    def findings(self, fitness: Mapping[str, float]) -> tuple[Finding, ...]:
        """What the gates say of a photo, of what was measured of it."""
        return ()
