"""The settings of photo -> array, and what the array means to a network."""

from __future__ import annotations

import hashlib
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

_DEFINITION: Final = 1
"""Raised whenever the same settings would give other pixels, so that no old cache is used."""


class PreprocessSettings(BaseModel):
    """How a photo becomes an array of size_px x size_px x channels.

    Attributes:
        size_px: Side of the array, in pixels.
        channels: 3 for RGB, 1 for grey.
        crop: Square of the photo's short side from the middle ("centre") or from a random place
            along the long side ("random"; seeded by photo, so it never changes), or the whole
            photo with grey bands ("letterbox").
        scaling: What the network sees of a byte x: x / 255 ("unit") or (x - 127) / 128
            ("efficientnet"; Source: EfficientNet-Lite, tensorflow/tpu).
        exact: Decode in full instead of at a reduced scale; several times slower and on average
            under one grey level different.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    size_px: int = Field(default=224, ge=8, le=2048)
    channels: Literal[1, 3] = 3
    crop: Literal["centre", "random", "letterbox"] = "centre"
    scaling: Literal["unit", "efficientnet"] = "unit"
    exact: bool = False

    @property
    def mean(self) -> float:
        """Subtracted from each byte: network input = (byte - mean) / divisor."""
        return 127.0 if self.scaling == "efficientnet" else 0.0

    @property
    def divisor(self) -> float:
        """Divides each byte after `mean` is subtracted."""
        return 128.0 if self.scaling == "efficientnet" else 255.0

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of one array: rows, columns, channels."""
        return (self.size_px, self.size_px, self.channels)

    def fingerprint(self) -> str:
        """16 hexadecimal digits that differ whenever the prepared bytes may differ.

        `scaling` is left out: it is applied to the bytes later.
        """
        text = f"{_DEFINITION} {self.model_dump_json(exclude={'scaling'})}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]
