"""Random changes of the pictures of a training part. Needs torch and kornia.

Each photo is changed by its own seed alone, one photo at a time: what it becomes depends neither on
the photos beside it nor on their order, to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, cos, exp, log, pi, radians, sin, sqrt

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from arborisk.models.network import Network, PixelScaling, views_of
from arborisk.models.settings import TestViews
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.training.settings import NO_CHANGE, AugmentationSettings

ERASED_GREY = 127.0  # the grey of letterbox bands
LONGEST_ERASED = 2.0  # longest rectangle painted grey: its sides are as 2 to 1
LEAST_BLUR_PX = 0.2  # below, a Gaussian leaves every pixel as it is
TO_GREY = (0.299, 0.587, 0.114)  # Source: ITU-R BT.601, luma
TO_YIQ = ((0.299, 0.587, 0.114), (0.5959, -0.2746, -0.3213), (0.2115, -0.5227, 0.3112))
"""Brightness and two axes of colour. Source: FCC, NTSC (1953)."""


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one photo, drawn from its seed.

    Attributes:
        side: Of the crop, as a share of the photo's.
        place: Of the crop, from 0 (left, top) to 1 (right, bottom).
        mirrored: Whether left and right change places.
        turn_deg: Turn of the camera, in degrees.
        brightness: Factor of all tones.
        contrast: Factor of the distance from the photo's mean tone.
        saturation: Factor of the distance from grey.
        hue: Turn of the colours, as a share of the circle.
        blur_px: Standard deviation of the blur, in pixels.
        erased: Top, left, height and width of the rectangle painted grey, as shares of the side.
    """

    side: float
    place: tuple[float, float]
    mirrored: bool
    turn_deg: float
    brightness: float
    contrast: float
    saturation: float
    hue: float
    blur_px: float
    erased: tuple[float, float, float, float]


def augment(
    photos: NDArray[np.uint8], settings: AugmentationSettings, seeds: NDArray[np.int64]
) -> NDArray[np.uint8]:
    """Photos changed at random, each by its own seed.

    Args:
        photos: Prepared pictures, shape (n, size, size, channels).
        settings: What may change, and by how much.
        seeds: One a photo, not negative, shape (n,); see `seeds_of`.

    Returns:
        Shape (n, size, size, channels).
    """
    changed = np.array(photos)  # a copy, also of a file that is mapped into memory
    if settings.changes_nothing:
        return changed
    with torch.inference_mode():
        for index, seed in enumerate(seeds):
            picture = torch.from_numpy(changed[index]).permute(2, 0, 1).to(torch.float32)
            picture = _apply(picture, draw_change(settings, int(seed)))
            whole = picture.round_().clamp_(0, 255).to(torch.uint8)
            changed[index] = whole.permute(1, 2, 0).numpy()
    return changed


def seeds_of(
    seed: int, epoch: int, rows: NDArray[np.int64], times: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Seeds of the photos of one epoch.

    Args:
        seed: Of the whole fit.
        epoch: Counted from 1.
        rows: Row of each photo, shape (n,).
        times: How often each photo came up before in the epoch, shape (n,); None: never.

    Returns:
        Shape (n,).
    """
    before = np.zeros(len(rows), np.int64) if times is None else times
    seeds = [
        np.random.SeedSequence([seed, epoch, *pair]).generate_state(1, np.uint64)[0] >> 1
        for pair in zip(rows.tolist(), before.tolist(), strict=True)
    ]
    return np.array(seeds, dtype=np.int64)


def draw_change(settings: AugmentationSettings, seed: int) -> Change:
    """What happens to the photo of this seed.

    Every number is drawn whether it is used or not: a seed turns a photo the same way whatever else
    the settings change.
    """
    rng = np.random.default_rng(seed)

    def factor(largest: float) -> float:
        return float(1 + largest * rng.uniform(-1, 1))

    return Change(
        side=float(1 - (1 - settings.crop_share) * rng.random()),
        place=(float(rng.random()), float(rng.random())),
        mirrored=bool(rng.random() < settings.mirror),
        turn_deg=float(settings.rotation_deg * rng.uniform(-1, 1)),
        brightness=factor(settings.brightness),
        contrast=factor(settings.contrast),
        saturation=factor(settings.saturation),
        hue=float(settings.hue * rng.uniform(-1, 1)),
        blur_px=float(settings.blur_px * rng.random()),
        erased=_rectangle(settings.erase_share * rng.random(), rng),
    )


def _rectangle(area: float, rng: np.random.Generator) -> tuple[float, float, float, float]:
    """Top, left, height and width of a rectangle of this share of the area."""
    stretch = exp(log(LONGEST_ERASED) / 2 * rng.uniform(-1, 1))
    height = min(sqrt(area) * stretch, 1.0)
    width = min(sqrt(area) / stretch, 1.0)
    top, left = rng.random(2) * (1 - height, 1 - width)
    return float(top), float(left), float(height), float(width)


def _apply(picture: Tensor, change: Change) -> Tensor:
    """A picture, shape (channels, size, size), tones 0 to 255, after its change."""
    picture = _blurred(_toned(_moved(picture, change), change), change.blur_px)
    size = picture.shape[-1]
    top, left, height, width = (round(share * size) for share in change.erased)
    picture[:, top : top + height, left : left + width] = ERASED_GREY
    return picture


def _moved(picture: Tensor, change: Change) -> Tensor:
    """Cropped, mirrored and turned, in one resampling; corners are filled by reflection."""
    if change.side == 1 and change.turn_deg == 0:
        return picture.flip(-1) if change.mirrored else picture.clone()
    from kornia.geometry.transform import remap

    size = picture.shape[-1]
    middle = [size * (change.side / 2 + place * (1 - change.side)) for place in change.place]
    from_middle = torch.arange(size, dtype=torch.float32) + 0.5 - size / 2
    across = from_middle * (-change.side if change.mirrored else change.side)
    down = (from_middle * change.side)[:, None]
    turn = radians(change.turn_deg)
    column = middle[0] - 0.5 + cos(turn) * across - sin(turn) * down
    row = middle[1] - 0.5 + sin(turn) * across + cos(turn) * down
    # Positions are ours, not an affine matrix's: kornia scales those from edge pixel to edge pixel,
    # which would stretch the picture by a pixel.
    moved: Tensor = remap(
        picture[None],
        (column[None] + 0.5) / size * 2 - 1,
        (row[None] + 0.5) / size * 2 - 1,
        padding_mode="reflection",
        align_corners=False,
        normalized_coordinates=True,
    )
    return moved[0]


def _toned(picture: Tensor, change: Change) -> Tensor:
    """Brightness, contrast, saturation and hue in one linear map, so that nothing is cut between.

    A turn of the two colour axes of YIQ is the hue: kornia's own goes through HSV and takes longer
    than all else together.
    """
    mean = picture.mean(dim=(1, 2))
    n_channels = len(mean)
    grey = torch.tensor(TO_GREY if n_channels == 3 else (1.0,))
    scale = change.brightness * change.contrast
    shift = change.brightness * (1 - change.contrast) * float(grey @ mean)
    if n_channels == 1 or (change.saturation == 1 and change.hue == 0):
        return picture.mul_(scale).add_(shift)
    to_yiq = torch.tensor(TO_YIQ)
    turn = 2 * pi * change.hue
    turned = torch.tensor([[1, 0, 0], [0, cos(turn), -sin(turn)], [0, sin(turn), cos(turn)]])
    turned[1:] *= change.saturation
    colours = scale * torch.linalg.inv(to_yiq) @ turned @ to_yiq
    return torch.addmm(torch.full((1, 1), shift), colours, picture.reshape(3, -1)).reshape(
        picture.shape
    )


def _blurred(picture: Tensor, blur_px: float) -> Tensor:
    """Blurred by a Gaussian, edges reflected."""
    if blur_px < LEAST_BLUR_PX:
        return picture
    from kornia.filters import gaussian_blur2d

    # Three standard deviations hold all but a hundredth of the weight of a Gaussian in a plane;
    # an edge can be reflected no further than the picture reaches.
    reach = min(ceil(3 * blur_px), picture.shape[-1] - 1)
    side = 2 * reach + 1
    # Channels as a batch: several in one picture take kornia longer.
    blurred: Tensor = gaussian_blur2d(picture[:, None], (side, side), (blur_px, blur_px))
    return blurred[:, 0]


PROCESSOR = torch.device("cpu")
LOOK_BATCH = 64  # photos at a time where nothing is learnt; changes memory, not numbers


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures, handed out as tensors.

    Attributes:
        arrays: Raw, shape (n, size, size, channels).
        preprocess: Says how pixels become numbers.
        augmentation: What `changed` changes.
        device: Where the tensors are wanted.
    """

    arrays: NDArray[np.uint8]
    preprocess: PreprocessSettings
    augmentation: AugmentationSettings = NO_CHANGE
    device: torch.device = PROCESSOR

    def numbers(self, rows: NDArray[np.int64]) -> Tensor:
        """Normalised pictures as they are, float32, shape (n, channels, size, size)."""
        return self._scaled(np.ascontiguousarray(self.arrays[rows]))

    def changed(self, rows: NDArray[np.int64], seeds: NDArray[np.int64]) -> Tensor:
        """The same after their random changes, each by its seed, shape (n,)."""
        if self.augmentation.changes_nothing:
            return self.numbers(rows)

        return self._scaled(augment(self.arrays[rows], self.augmentation, seeds))

    def _scaled(self, photos: NDArray[np.uint8]) -> Tensor:
        scaling = PixelScaling(self.preprocess).to(self.device)
        scaled: Tensor = scaling(torch.from_numpy(photos).to(self.device))
        return scaled


def predict_probability(
    network: Network,
    arrays: NDArray[np.uint8],
    rows: NDArray[np.int64],
    preprocess: PreprocessSettings,
    views: TestViews = "one",
) -> NDArray[np.float64]:
    """Class probabilities of some rows, computed where the network is.

    Args:
        network: Fitted; put into evaluation mode.
        arrays: Raw pictures, shape (n, size, size, channels).
        rows: Which of them, shape (m,); may be empty.
        preprocess: Says how pixels become numbers.
        views: Views of each photo, whose probabilities are averaged.

    Returns:
        Rows sum to 1, shape (m, n_classes).
    """
    device = next(network.parameters()).device
    pictures = Pictures(arrays, preprocess, device=device)
    network.eval()
    parts = [np.empty((0, network.n_classes))]
    with torch.inference_mode():
        for some in batches(np.asarray(rows, np.int64), LOOK_BATCH):
            logits = [network(view) for view in views_of(pictures.numbers(some), views)]
            each = [one.to(torch.float64).softmax(dim=1) for one in logits]
            parts.append(torch.stack(each).mean(dim=0).cpu().numpy())
    return np.concatenate(parts)


def batches(rows: NDArray[np.int64], size: int) -> Iterator[NDArray[np.int64]]:
    """Rows in pieces of at most `size`."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
