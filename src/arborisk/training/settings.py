"""How a network or a head is fitted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

if TYPE_CHECKING:
    from arborisk.models.network import Network


Optimiser = Literal["sgd", "momentum", "adam", "adamw"]
Schedule = Literal["constant", "cosine", "step"]
Loss = Literal["cross_entropy", "squared_error"]
ClassWeights = Literal["none", "balanced"]
Sampling = Literal["shuffled", "balanced"]
Precision = Literal["auto", "float32", "bfloat16"]
Device = Literal["auto", "cpu", "cuda"]
Penalty = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]

DEFAULT_LEARNING_RATES: dict[str, float] = {
    "sgd": 0.01,
    "momentum": 0.01,
    "adam": 0.001,
    "adamw": 0.001,
}
"""Source: Keras documentation, defaults of SGD, Adam and AdamW."""


class TrainingSettings(BaseModel):
    """Choices in training. The defaults are the deck's: Adam, batches of 32, 4 epochs.

    Pretrained weights have defaults of their own, see `settings_for_fine_tuning`.

    Source: NARS Lab deck (2 December 2020), results and equation 3. Step schedule: He et al.
    (2016), CVPR, section 4.2.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    optimiser: Optimiser = "adam"
    """Plain or momentum gradient descent, Adam or AdamW."""
    batch_size: int = Field(default=32, ge=1)
    """Photos a step."""
    epochs: int = Field(default=4, ge=1)
    """Passes over the training part."""
    learning_rate: float | None = Field(default=None, gt=0.0, allow_inf_nan=False)
    """First step size; None means the optimiser's usual one."""
    schedule: Schedule = "constant"
    """Step size over time: constant; a half cosine down to zero; or a tenth after half of the steps
    and a hundredth after three quarters.
    """
    loss: Loss = "cross_entropy"
    """Cross-entropy, or the deck's ``C = (a - y)^2`` summed over the softmax outputs."""
    class_weights: ClassWeights = "none"
    """``balanced`` weights each photo by n / (classes x photos of its class), so that every class
    counts the same; ``none`` weights all photos alike.
    """
    sampling: Sampling = "shuffled"
    """``shuffled`` shows each photo once an epoch; ``balanced`` draws as many photos an epoch, with
    every class equally often. Not together with balanced class weights.
    """
    label_smoothing: float = Field(default=0.0, ge=0.0, lt=1.0)
    """Share of the wanted probability that is spread over all classes, 0 to below 1."""
    patience: int = Field(default=0, ge=0)
    """Epochs without a lower loss on the inner part after which a fit stops and goes back to its
    best epoch; 0 trains all epochs. The inner part is held out of the training part, groups whole;
    the test part is never asked.
    """
    inner_share: float = Field(default=0.2, gt=0.0, lt=1.0)
    """Share of the training part that is held out for `patience`."""
    last_stages: int = Field(default=3, ge=1)
    """Stages thawed under the regime ``last_stages``."""
    body_rate_share: float = Field(default=0.1, gt=0.0, le=1.0)
    """Learning rate of pretrained weights, as a share of the classifier's."""
    precision: Precision = "auto"
    """``bfloat16`` computes in autocast; ``auto`` does so on a GPU that has it, and nowhere else,
    since it does not help there.
    """
    device: Device = "auto"
    """``auto`` takes a CUDA GPU when there is one."""

    @model_validator(mode="after")
    def _balances_once(self) -> Self:
        if self.sampling == self.class_weights == "balanced":
            raise ValueError(
                "sampling and class_weights balance the classes twice; balance only one of them"
            )
        return self

    @property
    def counts_classes_alike(self) -> bool:
        """Whether every class counts the same in training, however rare it is."""
        return "balanced" in (self.class_weights, self.sampling)

    @property
    def first_rate(self) -> float:
        """Step size at the start."""
        return self.learning_rate or DEFAULT_LEARNING_RATES[self.optimiser]


def settings_for_fine_tuning(given: TrainingSettings) -> TrainingSettings:
    """Choices with those usual for pretrained weights wherever nothing was asked for.

    AdamW at 3e-4 (a tenth of it in the body), falling along a half cosine, every class counted
    alike as in the heads it starts from. Chosen looking at one split of the seasons of the park
    trees: up to 3e-4 the log-loss fell below that of the frozen start, from 1e-3 on it rose above.

    Args:
        given: Settings of which some were asked for by name.
    """
    usual: dict[str, object] = {"optimiser": "adamw", "schedule": "cosine"}
    asked = given.model_dump(exclude_unset=True)
    if "optimiser" not in asked:
        usual["learning_rate"] = 3e-4  # another optimiser has a usual rate of its own
    if asked.get("sampling", "shuffled") != "balanced":
        usual["class_weights"] = "balanced"
    return TrainingSettings.model_validate({**usual, **asked})


class HeadSettings(BaseModel):
    """Choices for a linear head on frozen embeddings."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    class_weights: ClassWeights = "balanced"
    """``balanced`` weights each photo by n / (classes x photos of its class), so that every class
    counts the same, and probabilities are those for equal class shares; ``none`` weights all photos
    alike, and probabilities lean to the frequent class. The default was chosen looking at the
    seasons of the park trees and at a drawn stand: on the stand it was better in balanced accuracy
    and macro F1 and worse in log-loss.
    """
    strengths: tuple[Penalty, ...] = Field(
        default=(1.0, 0.3, 0.1, 0.03, 0.01, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5), min_length=1
    )
    """Penalties to choose from, see `arborisk.training.regression.fit_path`; the default runs from
    nearly the class shares alone to nearly no penalty in half decades.
    """
    default_strength: Penalty = 3e-3
    """Penalty where the groups allow no inner folds; the middle of the grid."""
    inner_folds: int = Field(default=5, ge=2)
    """Folds of the training part on which the penalty is chosen; fewer where the groups allow no
    more.
    """


@dataclass(frozen=True, slots=True)
class EpochRow:
    """One row of ``history.csv``.

    Attributes:
        round: Name of the round.
        epoch: Counted from 1.
        train_loss: Mean loss a photo over the epoch's batches, dropout on.
        validation_loss: Mean loss a photo on the part held back, or None if nothing is.
        validation_accuracy: Share right on the part held back, 0 to 1, or None if nothing is.
        seconds: Time the epoch took.
        inner_loss: Mean loss on the inner part that judges when to stop, classes counted as in
            training, or None without one.
    """

    round: str
    epoch: int
    train_loss: float
    validation_loss: float | None
    validation_accuracy: float | None
    seconds: float
    inner_loss: float | None = None


OnEpoch = Callable[[EpochRow, float], None]
"""Called as ``on_epoch(row, seconds_left)`` after each epoch; the time left is of this round."""


@dataclass(frozen=True, slots=True)
class FittedNetwork:
    """A network fitted to one round.

    Attributes:
        network: In evaluation mode.
        history: One row an epoch, those before a resume included.
        probability: Of the part held back, in the order asked, shape (n_test, n_classes).
    """

    network: Network
    history: tuple[EpochRow, ...]
    probability: NDArray[np.float64]


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
