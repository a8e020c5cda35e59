"""Loss, optimiser and step size, each chosen by name. Needs torch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from math import cos, pi
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from arborisk.errors import SettingsError
from arborisk.models.network import Network
from arborisk.split.groups import number_names
from arborisk.split.make import best_assignment
from arborisk.training.settings import (
    ClassWeights,
    Device,
    EpochRow,
    Precision,
    Sampling,
    TrainingSettings,
)


def pick_device(wanted: Device) -> torch.device:
    """The device asked for; ``auto`` is a CUDA GPU when there is one.

    Raises:
        SettingsError: A GPU was asked for and there is none.
    """
    has_gpu = torch.cuda.is_available()
    if wanted == "cuda" and not has_gpu:
        raise SettingsError(
            expected="a CUDA GPU that torch can use",
            found="none",
            where="settings, training.device",
            remedy="Leave the device at 'auto', or install torch for CUDA.",
        )
    return torch.device("cuda" if has_gpu and wanted != "cpu" else "cpu")


def halves(device: torch.device, precision: Precision) -> bool:
    """Whether to compute in bfloat16: if asked to, or on a GPU that is made for it.

    Never by itself on a processor: without instructions for it a step takes several times as long.
    Seen in the seconds of history.csv, with and without ``--set training.precision=bfloat16``, of:
    ``arborisk train DATASET --model efficientnet_lite0 --regime all --folds 0 --epochs 1``.
    """
    if precision != "auto":
        return precision == "bfloat16"
    return device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)


@contextmanager
def computing(device: torch.device, precision: Precision) -> Iterator[None]:
    """Autocast to bfloat16 where it helps, else whole float32; the same numbers every time."""
    with (
        torch.backends.cudnn.flags(enabled=True, deterministic=True, allow_tf32=False),
        torch.autocast(device.type, torch.bfloat16, enabled=halves(device, precision)),
    ):
        yield


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
        n_classes: Number of classes.
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
        logits: Shape (n, n_classes); of any kind of last layer, see `arborisk.models.network`.
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
        n_classes: Number of classes; one without a photo gets weight 0.
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


def hold_out_inside(
    class_index: NDArray[np.int64],
    groups: Sequence[str],
    *,
    share: float,
    seed: int,
    round_name: str,
) -> NDArray[np.bool_]:
    """Which photos of a training part judge when to stop.

    Args:
        class_index: Class per photo, shape (n_photos,).
        groups: Group name per photo; groups stay whole.
        share: Share of the photos to hold out, 0 to 1.
        seed: Of the search for balanced parts.
        round_name: For the message.

    Returns:
        Shape (n_photos,).

    Raises:
        SettingsError: Some class has too few groups to be in both parts.
    """
    group, _ = number_names(groups)
    classes, present = np.unique(class_index, return_inverse=True)
    part, complete = best_assignment(
        present, group, np.array([1 - share, share]), n_classes=len(classes), seed=seed
    )
    if not complete:
        n_groups = [len(np.unique(group[present == index])) for index in range(len(classes))]
        raise SettingsError(
            expected="every class both in what is learnt and in the inner part of patience > 0",
            found=f"{n_groups} groups with a photo of each class",
            where=f"training part of round {round_name!r}",
            remedy="Set training.patience to 0, or choose a scheme that joins the rare class.",
        )
    return np.asarray(part[group] == 1)


def best_epoch(history: Sequence[EpochRow]) -> int:
    """Epoch of the lowest inner loss, the first of equals; 0 where no loss was measured."""
    judged = [(row.inner_loss, row.epoch) for row in history if row.inner_loss is not None]
    return min(judged, default=(0.0, 0))[1]


def has_stopped(history: Sequence[EpochRow], patience: int) -> bool:
    """Whether the inner loss has not fallen for `patience` epochs; never where that is 0."""
    return 0 < patience <= len(history) - best_epoch(history)


def epoch_rows(
    rows: NDArray[np.int64],
    class_index: NDArray[np.int64],
    sampling: Sampling,
    generator: np.random.Generator,
) -> NDArray[np.int64]:
    """Rows of one epoch, as many as there are in the training part.

    Args:
        rows: Of the training part, shape (n,).
        class_index: Class of each of them, shape (n,).
        sampling: ``shuffled`` shows each once. ``balanced`` shows every class that occurs equally
            often, but for a remainder that goes to classes at random; within a class no photo is
            shown a time more than another before all were.
        generator: Source of the order.

    Returns:
        Shape (n,).
    """
    if sampling == "shuffled":
        return generator.permutation(rows)
    classes = generator.permutation(np.unique(class_index))
    chosen = []
    for place, one in enumerate(classes):
        own = rows[class_index == one]
        wanted = len(rows) // len(classes) + (place < len(rows) % len(classes))
        times = -(-wanted // len(own))
        chosen.append(np.concatenate([generator.permutation(own) for _ in range(times)])[:wanted])
    return generator.permutation(np.concatenate(chosen))


def times_before(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """How often each row came up earlier in the same epoch, shape (n,).

    >>> times_before(np.array([5, 7, 5, 5])).tolist()
    [0, 0, 1, 2]
    """
    seen: Counter[int] = Counter()
    times = []
    for row in rows.tolist():
        times.append(seen[row])
        seen[row] += 1
    return np.array(times, dtype=np.int64)


Regime = Literal["last_stages", "all"]


class Thawed:
    """The part of a network that learns.

    The rest is held still, its batch normalisation and dropout as in prediction. In a pretrained
    network the statistics of all batch normalisation stay as they came, also where weights learn:
    a few hundred photos in small batches would replace averages over a million by noise.

    Args:
        network: Changed in place; `release` undoes it.
        regime: ``last_stages`` or ``all``.
        n_stages: Stages below the classifier that learn under ``last_stages``.
        pretrained: Whether the body's weights are worth keeping.

    Source: He et al. (2016), CVPR, appendix A (batch normalisation fixed in fine-tuning); Ioffe
    (2017), NIPS, section 1 (why statistics of small batches are poor).
    """

    def __init__(
        self, network: Network, regime: Regime, *, n_stages: int, pretrained: bool
    ) -> None:
        self.network = network
        self.pretrained = pretrained
        stages = list(network.stages())
        self.still: Sequence[nn.Module] = stages[:-n_stages] if regime == "last_stages" else []
        self.first_stage = stages[len(self.still)] if self.still else None
        for stage in self.still:
            stage.requires_grad_(False)

    def groups(self, body_rate_share: float) -> list[dict[str, Any]]:
        """Weights that learn, as groups of an optimiser, with ``share`` of the learning rate.

        A network from scratch learns at one rate.

        Args:
            body_rate_share: Rate of pretrained weights, as a share of the classifier's.
        """
        if not self.pretrained:
            return [{"params": list(self.network.parameters()), "share": 1.0}]
        top = list(self.network.classifier.parameters())
        in_top = {id(weight) for weight in top}
        body = [
            weight
            for weight in self.network.parameters()
            if weight.requires_grad and id(weight) not in in_top
        ]
        return [{"params": top, "share": 1.0}, {"params": body, "share": body_rate_share}]

    def train(self) -> None:
        """Puts the network into training mode, but for what is held still."""
        self.network.train()
        for stage in self.still:
            stage.eval()
        if self.pretrained:
            for module in self.network.modules():
                if isinstance(module, nn.modules.batchnorm._BatchNorm):
                    module.eval()

    def release(self) -> None:
        """Lets every weight learn again, as in a network that was just built."""
        self.network.requires_grad_(True)
