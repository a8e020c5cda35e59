"""The direction of a concept, random directions beside it, and how they lie to the score."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from arborisk.bundle.activation_map import Contrast
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


CONCEPT = np.array([[-1.0], [1.0]])
"""Names of the pictures without and with the concept."""
HELD_OUT = 1 / 3
"""Share of the pictures of a concept that its direction is not fitted to, at each split."""


@dataclass(frozen=True, slots=True)
class Directions:
    """Directions over many splits.

    Attributes:
        accuracy: Share of the pictures left out that are told right, shape (n_splits,).
        cosine: Mean over photos of the cosine with the score's slope, shape (n_splits,).
        positive_share: Share of photos for which the score grows, shape (n_splits,).
    """

    accuracy: Points
    cosine: Points
    positive_share: Points


def directions(
    present: Points,
    absent: Points,
    slope: Points,
    *,
    n_splits: int,
    paired: bool,
    at_random: bool,
    seed: int,
) -> Directions:
    """Fits the direction of a concept to many halves of its pictures.

    Numbers of the embedding are scaled to their spread over the pictures first, and the slope with
    them. The direction is the normal of a linear classifier (ridge regression on -1 and 1).

    Args:
        present: Embeddings of pictures with the concept, shape (n, d).
        absent: Without it, same shape.
        slope: How the score grows at each photo of the class, shape (n_photos, d).
        n_splits: How many splits.
        paired: Whether picture i of both is the same scene; pairs are kept together.
        at_random: Call half of the scenes one thing and half another, whatever they show: the
            control.
        seed: Of splits and deals.

    Source: Kim et al. (2018), "Interpretability beyond feature attribution: quantitative testing
    with concept activation vectors (TCAV)", ICML; their random sets
    are here the concept's own pictures, dealt so that the concept cancels out.
    """
    random = np.random.default_rng(seed)
    both = np.stack([absent, present])
    spread = both.reshape(-1, both.shape[2]).std(axis=0)
    used = spread > 1e-9
    scaled = (both[:, :, used] - both[:, :, used].mean(axis=(0, 1))) / spread[used]
    steep = slope[:, used] * spread[used]
    length = np.linalg.norm(steep, axis=1, keepdims=True)
    steep = np.divide(steep, length, out=np.zeros_like(steep), where=length > 0)
    found = []
    for _ in range(n_splits):
        names = _dealt(scaled.shape[1], paired, random) if at_random else CONCEPT
        found.append(_one_split(scaled, np.broadcast_to(names, scaled.shape[:2]), steep, random))
    return Directions(*np.array(found).T)


def _one_split(
    scaled: Points, names: Points, steep: Points, random: np.random.Generator
) -> tuple[float, float, float]:
    """Accuracy, cosine and share of one split.

    Args:
        scaled: Pictures without the concept, then with it, shape (2, n, d).
        names: What each is called, -1 or 1, shape (2, n).
        steep: Slopes of length 1, shape (n_photos, d).
        random: Chooses the split.
    """
    n_pictures = scaled.shape[1]
    n_out = max(1, round(HELD_OUT * n_pictures))
    order = random.permutation(n_pictures)
    out, learnt = order[:n_out], order[n_out:]
    rows = scaled[:, learnt].reshape(-1, scaled.shape[2])
    middle = rows.mean(axis=0)
    direction = _normal(rows - middle, names[:, learnt].reshape(-1))
    told = (scaled[:, out] - middle) @ direction
    accuracy = float(np.mean(np.sign(told) == names[:, out]))
    cosine = steep @ direction / max(float(np.linalg.norm(direction)), 1e-12)
    return accuracy, float(cosine.mean()), float(np.mean(cosine > 0))


def _normal(rows: Points, side: Points) -> Points:
    """Weights of a ridge regression, shape (d,); the penalty is the mean of the squared lengths."""
    products = rows @ rows.T
    penalty = max(float(np.trace(products)) / len(rows), 1e-12)
    return np.asarray(rows.T @ np.linalg.solve(products + penalty * np.eye(len(rows)), side))


def _dealt(n_pictures: int, paired: bool, random: np.random.Generator) -> Points:
    """Names at random, shape (2, n): half of the pictures are called 1, whatever they show.

    Both pictures of a scene get one name, so that the concept cancels out.
    """
    half = np.where(np.arange(n_pictures) % 2, 1.0, -1.0)
    first = random.permutation(half)
    return np.stack([first, first if paired else random.permutation(half)])
