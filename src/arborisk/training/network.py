"""Fitting every weight of a network to one round of a split."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import SettingsError
from arborisk.preprocess import PreprocessSettings
from arborisk.records import Progress
from arborisk.training.records import FittedNetwork, OnEpoch
from arborisk.training.settings import TrainingSettings

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
    round_name: str = "",
    checkpoint: Path | None = None,
    resume: bool = False,
    progress: Progress | None = None,
    on_epoch: OnEpoch | None = None,
) -> FittedNetwork:
    """Fits a network in place and says what it makes of the part held back.

    The part held back is only looked at: nothing is chosen by it. After each epoch the state goes
    to `checkpoint`; stop at will (Ctrl-C too), and `resume` ends with the numbers of an
    uninterrupted fit. Torch's own generator is left as it was.

    Args:
        network: Freshly built (`arborisk.models.build`).
        arrays: Raw pictures, shape (n, size, size, channels); may be memory-mapped.
        class_index: Shape (n,).
        train: Rows to learn from.
        test: Rows held back; may be empty.
        preprocess: Says how pixels become numbers.
        settings: Choices in training.
        seed: Of the order of photos and of dropout.
        round_name: For the history.
        checkpoint: File of the state; None keeps none.
        resume: Go on from `checkpoint` where it exists; otherwise it is overwritten.
        progress: Called with the batches done and to do.
        on_epoch: Called after each epoch with its row and the seconds left.

    Raises:
        SettingsError: Pictures of another size, nothing to learn from, the loss left all bounds
            (lower the learning rate), or the checkpoint is of another fit.
    """
    import torch

    from arborisk.training.loop import Fit
    from arborisk.training.pictures import Pictures, predict_probability

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
            remedy="Use another split.",
        )
    pictures = Pictures(arrays, np.asarray(class_index, np.int64), preprocess)
    with torch.random.fork_rng(devices=[]):
        fit = Fit(network, pictures, train, test, settings, seed, round_name)
        fit.start(checkpoint if resume else None)
        for epoch in range(len(fit.history) + 1, settings.epochs + 1):
            fit.run_epoch(epoch, progress)
            if checkpoint is not None:
                fit.save(checkpoint)
            if on_epoch is not None:
                seconds = [row.seconds for row in fit.history]
                left = float(np.mean(seconds)) * (settings.epochs - epoch)
                on_epoch(fit.history[-1], left)
    probability = predict_probability(network, arrays, test, preprocess)
    return FittedNetwork(network.eval(), tuple(fit.history), probability)
