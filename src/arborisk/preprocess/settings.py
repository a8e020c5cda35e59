"""The settings of photo -> array, and what the array means to a network."""

from __future__ import annotations

import hashlib
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

Crop = Literal["centre", "random", "letterbox", "stretch"]
Scaling = Literal["unit", "efficientnet", "symmetric", "imagenet"]

IMAGENET_MEANS: Final = (0.485, 0.456, 0.406)
IMAGENET_SPREADS: Final = (0.229, 0.224, 0.225)

_DEFINITION: Final = 3  # 2: colours of other spaces are turned to sRGB; 3: greys too
"""Raised whenever the same settings would give other pixels, so that no old cache is used."""


class PreprocessSettings(BaseModel):
    """How a photo becomes an array of size_px x size_px x channels."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    size_px: int = Field(default=224, ge=8, le=2048)
    """Side of the network's input, in pixels."""
    channels: Literal[1, 3] = 3
    """3 for RGB, 1 for grey."""
    crop: Crop = "centre"
    """Square of the photo's short side from the middle ("centre") or from a random place along the
    long side ("random"; seeded by photo, so it never changes), or the whole photo, with grey bands
    ("letterbox") or stretched to a square ("stretch").
    """
    scaling: Scaling = "unit"
    """What the network sees of a byte x: x / 255 ("unit"), (x - 127) / 128 ("efficientnet"; Source:
    EfficientNet-Lite, tensorflow/tpu), (x - 127.5) / 127.5 ("symmetric"; Source: GoogLeNet of
    torchvision, ``transform_input``), or each colour less its mean over its spread ("imagenet";
    Source: torchvision's ImageNet weights, means 0.485, 0.456, 0.406 and standard deviations 0.229,
    0.224, 0.225; a grey picture takes their averages).
    """
    exact: bool = False
    """Decode in full instead of at a reduced scale; several times slower and on average under one
    grey level different.
    """
    shared: bool = False
    """Make the array from a decode that serves every size up to 300 pixels (or 600, 1200 ...), in
    colour and in grey. Alone, a small grey picture then takes a quarter to a half longer (``python
    benchmarks/decode.py``) and is on average under one grey level different; an experiment of many
    sizes decodes each photo once.
    """

    @property
    def means(self) -> tuple[float, ...]:
        """Subtracted from each byte, one a channel: network input = (byte - mean) / divisor."""
        match self.scaling:
            case "unit":
                return (0.0,) * self.channels
            case "efficientnet":
                return (127.0,) * self.channels
            case "symmetric":
                return (127.5,) * self.channels
            case "imagenet":
                return self._each(IMAGENET_MEANS)

    @property
    def divisors(self) -> tuple[float, ...]:
        """Divide each byte after `means` are subtracted, one a channel."""
        match self.scaling:
            case "unit":
                return (255.0,) * self.channels
            case "efficientnet":
                return (128.0,) * self.channels
            case "symmetric":
                return (127.5,) * self.channels
            case "imagenet":
                return self._each(IMAGENET_SPREADS)

    def _each(self, shares: tuple[float, ...]) -> tuple[float, ...]:
        """Shares of 255, one a channel; for a grey picture their average."""
        if self.channels == 1:
            shares = (sum(shares) / len(shares),)
        return tuple(255.0 * share for share in shares)

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
