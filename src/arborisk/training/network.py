"""Fitting some or every weight of a network to one round of a split."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import SettingsError
from arborisk.models.settings import TestViews
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.records import Progress
from arborisk.training.optimisation import hold_out_inside
from arborisk.training.settings import (
    NO_CHANGE,
    AugmentationSettings,
    FittedNetwork,
    OnEpoch,
    TrainingSettings,
)

if TYPE_CHECKING:
    from arborisk.models.network import Network


def fit_network(
    network: Network,
    arrays: NDArray[np.uint8],
    class_index: NDArray[np.int64],
    *,
    train: NDArray[np.int64],
    test: NDArray[np.int64],
    preprocess: PreprocessSettings,
    settings: TrainingSettings,
    seed: int,
    augmentation: AugmentationSettings = NO_CHANGE,
    class_share: NDArray[np.float64] | None = None,
    groups: Sequence[str] | None = None,
    regime: Literal["last_stages", "all"] = "all",
    pretrained: bool = False,
    start: Mapping[str, NDArray[np.generic]] | None = None,
    views: TestViews = "one",
    round_name: str = "",
    checkpoint: Path | None = None,
    resume: bool = False,
    progress: Progress | None = None,
    on_epoch: OnEpoch | None = None,
) -> FittedNetwork:
    """Fits a network in place and says what it makes of the part held back.

    The part held back is only looked at: nothing is chosen by it, and it is never changed. After
    each epoch the state goes to `checkpoint`; stop at will (Ctrl-C too), and `resume` ends with the
    numbers of an uninterrupted fit. Torch's own generator is left as it was.

    Args:
        network: Freshly built (`arborisk.models.build`).
        arrays: Raw pictures, shape (n, size, size, channels); may be memory-mapped.
        class_index: Agreed class, shape (n,).
        train: Rows to learn from.
        test: Rows held back; may be empty.
        preprocess: Says how pixels become numbers.
        settings: Choices in training.
        seed: Of the order of photos, of their random changes and of dropout.
        augmentation: Random changes of what is learnt from.
        class_share: What to learn instead of the agreed class: shares of the classes, rows sum to
            1, shape (n, n_classes).
        groups: Group name a photo, n of them; needed for patience > 0.
        regime: Whether the last stages learn, or all.
        pretrained: Whether the body learnt elsewhere: it then learns more slowly than the
            classifier, and its batch normalisation stays as it is
            (`arborisk.training.optimisation`).
        start: Weights of the classifier to start from, by name. A last layer that is drawn at
            random would pull good features apart before it has learnt to use them.
            Source: Kumar et al. (2022), ICLR (linear probing, then fine-tuning).
        views: Views of each photo held back whose answers are averaged.
        round_name: For the history.
        checkpoint: File of the state; None keeps none.
        resume: Go on from `checkpoint` where it exists; otherwise it is overwritten.
        progress: Called with the batches done and to do.
        on_epoch: Called after each epoch with its row and the seconds left.

    Raises:
        SettingsError: Pictures of another size, nothing to learn from, no balanced inner part for
            patience > 0, no GPU where one was asked for, the loss left all bounds (lower the
            learning rate), or the checkpoint is of another fit.
    """
    import torch

    from arborisk.training.augmentation import Pictures, predict_probability
    from arborisk.training.loop import Fit, Work
    from arborisk.training.optimisation import pick_device, wanted_share

    _check(network, arrays, train, round_name)
    class_index = np.asarray(class_index, np.int64)
    train = np.asarray(train, np.int64)
    inner = _inner(class_index, train, groups, settings, seed, round_name)
    device = pick_device(settings.device)
    work = Work(
        pictures=Pictures(arrays, preprocess, augmentation, device),
        class_index=class_index,
        wanted=wanted_share(class_index, network.n_classes, class_share),
        learnt=train[~inner],
        inner=train[inner],
        test=np.asarray(test, np.int64),
        settings=settings,
        seed=seed,
        round_name=round_name,
        regime=regime,
        pretrained=pretrained,
    )
    marks = (_digest(network), f"start {sorted(start) if start else None}")
    if start is not None:
        network.classifier.load_state_dict(
            {name: torch.from_numpy(np.array(value)) for name, value in start.items()}
        )
    network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        fit = Fit(network, work, marks)
        fit.start(checkpoint if resume else None)
        while not fit.is_over:
            fit.run_epoch(progress)
            if checkpoint is not None:
                fit.save(checkpoint)
            if on_epoch is not None:
                seconds = [row.seconds for row in fit.history]
                left = 0.0 if fit.is_over else settings.epochs - len(seconds)
                on_epoch(fit.history[-1], float(np.mean(seconds)) * left)
        fit.end()
    probability = predict_probability(network, arrays, test, preprocess, views)
    network.to("cpu", memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    return FittedNetwork(network.eval(), tuple(fit.history), probability)


def _check(
    network: Network, arrays: NDArray[np.uint8], train: NDArray[np.int64], round_name: str
) -> None:
    """Refuses pictures that the network cannot see, and an empty training part."""
    if arrays.shape[1:] != (network.size, network.size, network.channels):
        raise SettingsError(
            expected=f"pictures of {network.size} px a side and {network.channels} channels",
            found=f"shape {arrays.shape[1:]}",
            where=f"pictures of round {round_name!r}",
            remedy="Prepare the photos at the network's size and channels.",
        )
    if len(train) == 0:
        raise SettingsError(
            expected="at least one photo to learn from",
            found="none",
            where=f"training part of round {round_name!r}",
            remedy="Use a split whose training part has photos of this data set.",
        )


def _inner(
    class_index: NDArray[np.int64],
    train: NDArray[np.int64],
    groups: Sequence[str] | None,
    settings: TrainingSettings,
    seed: int,
    round_name: str,
) -> NDArray[np.bool_]:
    """Which photos of the training part judge when to stop, shape (n_train,)."""
    if settings.patience == 0:
        return np.zeros(len(train), np.bool_)
    if groups is None:
        raise SettingsError(
            expected="the group of each photo, so that the inner part keeps groups whole",
            found="none",
            where=f"training part of round {round_name!r}, training.patience {settings.patience}",
            remedy="Give groups, or set patience to 0.",
        )
    return hold_out_inside(
        class_index[train],
        [groups[row] for row in train],
        share=settings.inner_share,
        seed=seed,
        round_name=round_name,
    )


def _digest(network: Network) -> str:
    """Hash of the weights that a fit begins with."""
    digest = hashlib.sha256()
    for value in network.state_dict().values():
        digest.update(np.ascontiguousarray(value.cpu().numpy()).tobytes())
    return digest.hexdigest()
