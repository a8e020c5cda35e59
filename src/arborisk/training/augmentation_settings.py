"""What may be changed of a photo in training, and by how much."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class AugmentationSettings(BaseModel):
    """Random changes of the pictures of a training part; test parts are never changed.

    Each is drawn anew for each photo and epoch. All zero (the default) changes nothing.

    Attributes:
        crop_share: Least share of the side that a random crop keeps, 0 to 1; 1 crops nothing.
        mirror: Chance of a left-right flip, 0 to 1.
        rotation_deg: Largest turn either way, in degrees: what a held camera gives. More would
            hide how a tree leans, which is a sign of its state.
        brightness: Largest relative change, 0 to 1.
        contrast: Likewise.
        saturation: Likewise; of colour pictures.
        hue: Largest shift, as a share of the colour circle, 0 to 0.5; of colour pictures.
        blur_px: Largest standard deviation of a Gaussian blur, in pixels of the prepared picture.
        erase_share: Largest share of the picture's area that is painted grey.
        copies: Changed copies of each photo under the regime ``frozen``, where photos are
            embedded once and no epoch can change them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    crop_share: float = Field(default=1.0, gt=0.0, le=1.0)
    mirror: float = Field(default=0.0, ge=0.0, le=1.0)
    rotation_deg: float = Field(default=0.0, ge=0.0, le=180.0)
    brightness: float = Field(default=0.0, ge=0.0, le=1.0)
    contrast: float = Field(default=0.0, ge=0.0, le=1.0)
    saturation: float = Field(default=0.0, ge=0.0, le=1.0)
    hue: float = Field(default=0.0, ge=0.0, le=0.5)
    blur_px: float = Field(default=0.0, ge=0.0)
    erase_share: float = Field(default=0.0, ge=0.0, lt=1.0)
    copies: int = Field(default=4, ge=1, le=64)

    @property
    def changes_nothing(self) -> bool:
        """Whether pictures stay as they are."""
        return self.model_copy(update={"copies": type(self)().copies}) == type(self)()


NO_CHANGE = AugmentationSettings()
PRESETS: dict[str, AugmentationSettings] = {
    "none": NO_CHANGE,
    "light": AugmentationSettings(crop_share=0.9, mirror=0.5),
    "standard": AugmentationSettings(
        crop_share=0.8,
        mirror=0.5,
        rotation_deg=8.0,
        brightness=0.2,
        contrast=0.2,
        saturation=0.2,
        hue=0.02,
        blur_px=0.7,
        erase_share=0.1,
    ),
    "strong": AugmentationSettings(
        crop_share=0.6,
        mirror=0.5,
        rotation_deg=15.0,
        brightness=0.4,
        contrast=0.4,
        saturation=0.4,
        hue=0.05,
        blur_px=1.5,
        erase_share=0.25,
    ),
}
"""Sets of changes by name. "standard" is what a hand and a day change; "strong" goes beyond."""
