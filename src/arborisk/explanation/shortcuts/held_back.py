"""What a model says of photos that it did not learn from: each is asked of the right member."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from arborisk.errors import ArboriskError
from arborisk.explanation.opened import OpenedModel
from arborisk.explanation.shortcuts.photos import UNSEEN_BY_ALL

BATCH = 32


def held_back_scores(
    opened: OpenedModel,
    arrays: NDArray[np.uint8],
    member_of_photo: NDArray[np.int64],
    *,
    batch: int = BATCH,
) -> NDArray[np.float64]:
    """Log-probability of each class, as said by the member that did not learn from the photo.

    A bundle of folds has one member a fold, in the order of the folds. Where all members share a
    body, the bundle's own file gives the embedding, which is faster and the same.

    Args:
        opened: The model.
        arrays: Bytes, shape (n, size, size, channels).
        member_of_photo: Member that is asked, or `UNSEEN_BY_ALL` for the mean over all members,
            shape (n,).
        batch: Photos at a time.

    Returns:
        Shape (n, n_classes). The mean over members is of log-probabilities, so that its rows need
        not sum to one; differences of classes are scores of `arborisk.bundle.contrast.Contrast`.

    Raises:
        ArboriskError: A member is named that the model does not have.
    """
    members = np.asarray(member_of_photo, dtype=np.int64)
    n_members = len(opened.network.classifiers)
    if len(members) and (members.min() < UNSEEN_BY_ALL or members.max() >= n_members):
        raise ArboriskError(
            f"members from 0 to {n_members - 1}, or {UNSEEN_BY_ALL} for unseen by all",
            f"{members.min()} to {members.max()}",
            "the member of each photo",
            "Use the rounds of predictions.csv of the run that the bundle came from.",
        )
    found = np.empty((len(arrays), opened.n_classes))
    for member in np.unique(members):
        rows = np.flatnonzero(members == member)
        for start in range(0, len(rows), batch):
            some = rows[start : start + batch]
            found[some] = _say(opened, np.ascontiguousarray(arrays[some]), int(member))
    return found


def score_of(
    log_probability: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Score of a contrast from log-probabilities, shape (n,); weights as `Contrast.weights`."""
    return np.asarray(log_probability @ weights, dtype=np.float64)


def _say(opened: OpenedModel, arrays: NDArray[np.uint8], member: int) -> NDArray[np.float64]:
    """Log-probabilities of one member, or of the mean over all, shape (n, k)."""
    network = opened.network
    with torch.inference_mode():
        if opened.bundle is not None and len(opened.bodies) == 1:
            found = opened.bundle.session.run(["embedding"], {"photos": arrays})[0]
            embedding = torch.from_numpy(np.asarray(found))
            heads = (
                network.classifiers if member == UNSEEN_BY_ALL else [network.classifiers[member]]
            )
            logits = torch.stack([head(embedding) for head in heads])
            return np.asarray(logits.double().log_softmax(dim=2).mean(dim=0).numpy())
        pictures = opened.pictures(arrays)
        if member == UNSEEN_BY_ALL:
            return np.asarray(opened.log_probability(pictures).double().mean(dim=0).numpy())
        body = opened.bodies[member if len(opened.bodies) > 1 else 0]
        one = network.classifiers[member](body.pool(body.features(pictures)))
        return np.asarray(one.double().log_softmax(dim=1).numpy())
