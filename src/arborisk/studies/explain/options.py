"""What a person asks of explanations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from pydantic import JsonValue

from arborisk.bundle.contrast import Contrast


@dataclass(frozen=True, slots=True)
class ExplainOptions:
    """How photos are explained; a change of it explains them anew.

    Attributes:
        method: A key of `arborisk.explanation.attribution.METHODS`, or "" for the exact map where
            the model has one and Grad-CAM elsewhere.
        of: Title of the class that is asked about, or "" for the one that the model answers.
        against: Title of the class it is set against, or "" for all others.
        measures: Whether the tree is measured.
        n_photos: Photos of a run that are explained where none are given.
        n_nearest: Labelled photos shown beside each.
        check: Whether the maps are checked on some photos.
        seed: Of the draw of photos and of the checks.
    """

    method: str = ""
    of: str = ""
    against: str = ""
    measures: bool = True
    n_photos: int = 24
    n_nearest: int = 4
    check: bool = True
    seed: int = 0

    def contrast(self, titles: Sequence[str], answer: int) -> Contrast:
        """What is explained of a photo.

        Args:
            titles: Titles of the classes, in class order.
            answer: Class that the model answers.

        Raises:
            SettingsError: No class is called so, or both are one class.
        """
        return Contrast.between(titles, self.of or titles[answer], self.against or None)

    def as_json(self) -> dict[str, JsonValue]:
        """All that decides an explanation, for a fingerprint."""
        return dict(asdict(self))
