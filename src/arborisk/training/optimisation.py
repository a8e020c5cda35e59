"""Loss, optimiser and step size, each chosen by name. Needs torch."""

from __future__ import annotations

from collections.abc import Iterable
from math import cos, pi
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from arborisk.training.settings import ClassWeights, TrainingSettings

MOMENTUM = 0.9  # Source: Polyak (1964) as used by Sutskever et al. (2013), ICML, table 1
KERAS_EPSILON = 1e-7  # Keras's Adam; torch's own is 1e-8
DECOUPLED_DECAY = 0.01  # Source: Loshchilov and Hutter (2019), ICLR; torch's default


def wanted_share(
    class_index: NDArray[np.int64],
    n_classes: int,
    class_share: NDArray[np.float64] | None = None,
) -> NDArray[np.float32]:
    """What a network should say of each photo: the shares of its raters, or its class alone.

    Args:
        class_index: Agreed class, shape (n,).
        n_classes: Classes told apart.
        class_share: Shares of the classes, rows sum to 1, shape (n, n_classes), or None.

    Returns:
        Rows sum to 1, shape (n, n_classes).
    """
    share = np.eye(n_classes)[class_index] if class_share is None else class_share
    return np.asarray(share, np.float32)


def smoothed(wanted: Tensor, label_smoothing: float) -> Tensor:
    """A share of the wanted probability spread over all classes, shape (n, n_classes).

    Source: Szegedy et al. (2016), CVPR, section 7.
    """
    return (1 - label_smoothing) * wanted + label_smoothing / wanted.shape[1]


def photo_losses(logits: Tensor, wanted: Tensor, settings: TrainingSettings) -> Tensor:
    """Loss of each photo before class weights.

    Args:
        logits: Shape (n, n_classes); of any kind of last layer, see `arborisk.models.heads`.
        wanted: Probability that each class should get, rows sum to 1, shape (n, n_classes).
        settings: Names the loss.

    Returns:
        Shape (n,).

    Source: squared error: NARS Lab deck (2 December 2020), equation 3, summed over the classes.
    """
    whole = logits.to(torch.float32)  # from bfloat16, whose two digits would not add up
    if settings.loss == "cross_entropy":
        return nn.functional.cross_entropy(whole, wanted, reduction="none")
    return (whole.softmax(dim=1) - wanted).square().sum(dim=1)


def class_weight(
    class_index: NDArray[np.int64], n_classes: int, class_weights: ClassWeights
) -> NDArray[np.float64]:
    """Weight of a photo of each class; their mean over the photos is 1.

    Args:
        class_index: Of the training part, shape (n,).
        n_classes: Classes told apart; one without a photo gets weight 0.
        class_weights: Whether to balance.

    Returns:
        Shape (n_classes,).
    """
    counts = np.bincount(class_index, minlength=n_classes)
    if class_weights == "none":
        return np.ones(n_classes)
    n_present = np.count_nonzero(counts)
    weight = len(class_index) / (n_present * np.maximum(counts, 1))
    return np.where(counts > 0, weight, 0.0)


def make_optimiser(
    parameters: Iterable[nn.Parameter] | Iterable[dict[str, Any]], settings: TrainingSettings
) -> torch.optim.Optimizer:
    """The optimiser of that name at its first step size.

    Args:
        parameters: What it changes, or groups of it as torch's optimisers take them.
        settings: Names it.
    """
    rate = settings.first_rate
    match settings.optimiser:
        case "sgd":
            return torch.optim.SGD(parameters, lr=rate)
        case "momentum":
            return torch.optim.SGD(parameters, lr=rate, momentum=MOMENTUM)
        case "adam":
            return torch.optim.Adam(parameters, lr=rate, eps=KERAS_EPSILON)
        case "adamw":
            return torch.optim.AdamW(
                parameters, lr=rate, eps=KERAS_EPSILON, weight_decay=DECOUPLED_DECAY
            )


def step_size(step: int, n_steps: int, settings: TrainingSettings) -> float:
    """Step size at one step, a pure function of it, so that resuming needs no state.

    Args:
        step: Counted from 0 over all epochs.
        n_steps: Of all epochs.
        settings: Schedule and first step size.
    """
    done = step / n_steps
    match settings.schedule:
        case "constant":
            factor = 1.0
        case "cosine":
            factor = 0.5 * (1.0 + cos(pi * done))
        case "step":
            factor = 1.0 if done < 0.5 else 0.1 if done < 0.75 else 0.01
    return settings.first_rate * factor
