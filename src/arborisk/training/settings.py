"""How a model is fitted."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Optimiser = Literal["sgd", "momentum", "adam", "adamw"]
Schedule = Literal["constant", "cosine", "step"]
Loss = Literal["cross_entropy", "squared_error"]
ClassWeights = Literal["none", "balanced"]

DEFAULT_LEARNING_RATES: dict[str, float] = {
    "sgd": 0.01,
    "momentum": 0.01,
    "adam": 0.001,
    "adamw": 0.001,
}
"""Source: Keras documentation, defaults of SGD, Adam and AdamW."""


class TrainingSettings(BaseModel):
    """Choices in training. The defaults are the deck's: Adam, batches of 32, 4 epochs.

    Attributes:
        optimiser: Plain or momentum gradient descent, Adam or AdamW.
        batch_size: Photos a step.
        epochs: Passes over the training part.
        learning_rate: First step size; None means the optimiser's usual one.
        schedule: Step size over time: constant; a half cosine down to zero; or a tenth after half
            of the steps and a hundredth after three quarters.
        loss: Cross-entropy, or the deck's ``C = (a - y)^2`` summed over the softmax outputs.
        class_weights: ``balanced`` weights each photo by n / (classes x photos of its class), so
            that every class counts the same; ``none`` weights all photos alike.
        seed: Same seed, same numbers: start of the weights, order of photos, dropout, inner folds.

    Source: NARS Lab deck (2 December 2020), results and equation 3. Step schedule: He et al.
    (2016), CVPR, section 4.2.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    optimiser: Optimiser = "adam"
    batch_size: int = Field(default=32, ge=1)
    epochs: int = Field(default=4, ge=1)
    learning_rate: float | None = Field(default=None, gt=0.0, allow_inf_nan=False)
    schedule: Schedule = "constant"
    loss: Loss = "cross_entropy"
    class_weights: ClassWeights = "none"
    seed: int = Field(default=0, ge=0)

    @property
    def first_rate(self) -> float:
        """Step size at the start."""
        return self.learning_rate or DEFAULT_LEARNING_RATES[self.optimiser]
