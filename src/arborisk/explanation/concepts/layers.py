"""Embeddings of pictures, the depths they come from, and the way in which a score grows."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from arborisk.bundle.contrast import Contrast
from arborisk.explanation.opened import OpenedModel

Points = NDArray[np.float64]
BATCH = 32


def embed(opened: OpenedModel, arrays: NDArray[np.uint8]) -> list[Points]:
    """Embedding of each picture in each body of the model, each of shape (n, d).

    Where there is one body the bundle's own file gives it, which is faster.

    Args:
        opened: The model.
        arrays: Bytes, shape (n, size, size, channels).
    """
    batches: list[list[Points]] = [[] for _ in opened.bodies]
    for start in range(0, len(arrays), BATCH):
        some = np.ascontiguousarray(arrays[start : start + BATCH])
        for kept, points in zip(batches, _embed_batch(opened, some), strict=True):
            kept.append(points)
    return [np.concatenate(kept) for kept in batches]


def _embed_batch(opened: OpenedModel, arrays: NDArray[np.uint8]) -> list[Points]:
    if opened.bundle is not None and len(opened.bodies) == 1:
        found = opened.bundle.session.run(["embedding"], {"photos": arrays})[0]
        return [np.asarray(found, dtype=np.float64)]
    with torch.inference_mode():
        pictures = opened.pictures(arrays)
        return [body.pool(body.features(pictures)).double().numpy() for body in opened.bodies]


def layers_of(opened: OpenedModel) -> dict[str, NDArray[np.int64]]:
    """Numbers of the embedding that come from each depth, by the depth in words."""
    depths = opened.bodies[0].depths or (("last layer", _width(opened)),)
    ends = np.cumsum([0, *(length for _, length in depths)])
    found: dict[str, list[NDArray[np.int64]]] = {}
    for (depth, _), (first, last) in zip(depths, pairwise(ends), strict=True):
        found.setdefault(depth, []).append(np.arange(first, last))
    return {depth: np.concatenate(parts) for depth, parts in found.items()}


def _width(opened: OpenedModel) -> int:
    """Numbers in an embedding."""
    size, channels = opened.preprocess.size_px, opened.preprocess.channels
    blank = np.zeros((1, size, size, channels), dtype=np.uint8)
    return int(_embed_batch(opened, blank)[0].shape[1])


def slopes(opened: OpenedModel, points: list[Points], contrast: Contrast) -> list[Points]:
    """How the score grows with each number of the embedding, at each photo; shape (n, d) a body.

    Args:
        opened: The model.
        points: Embeddings as `embed` gives them.
        contrast: What the score asks.
    """
    found = []
    for number, one in enumerate(points):
        embedding = torch.from_numpy(one).float().requires_grad_(True)
        score = _score(opened, embedding, number, contrast).sum()
        (slope,) = torch.autograd.grad(score, embedding)
        found.append(slope.double().numpy())
    return found


def scores(opened: OpenedModel, points: list[Points], contrast: Contrast) -> Points:
    """Score of a contrast from embeddings, mean over all members, shape (n,)."""
    with torch.inference_mode():
        each = [
            _score(opened, torch.from_numpy(one).float(), number, contrast)
            for number, one in enumerate(points)
        ]
        return np.asarray(torch.stack(each).mean(dim=0).double().numpy())


def _score(opened: OpenedModel, embedding: Tensor, body: int, contrast: Contrast) -> Tensor:
    """Mean score of the members on one body, shape (n,)."""
    heads = list(opened.network.classifiers)
    if len(opened.bodies) > 1:
        heads = heads[body : body + 1]
    said = torch.log_softmax(torch.stack([head(embedding) for head in heads]), dim=2)
    return opened.score_of(said, contrast)
