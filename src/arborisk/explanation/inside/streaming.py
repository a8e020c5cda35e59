"""One pass over the photos: what every unit does, with memory that does not grow with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from arborisk.bundle.activation_map import Contrast
from arborisk.explanation.inside.fields import read
from arborisk.explanation.inside.layers import Layer
from arborisk.explanation.inside.records import Example, Filters, PhotoMaps, Strongest, UnitFacts
from arborisk.explanation.opened import OpenedModel
from arborisk.models.network import Network
from arborisk.models.table import MODELS
from arborisk.records import Progress


@dataclass(frozen=True, slots=True)
class Streamed:
    """What one pass gave.

    Attributes:
        facts: Of the units of each layer.
        scores: Score of the contrast for each photo, shape (n_photos,).
    """

    facts: tuple[UnitFacts, ...]
    scores: NDArray[np.float64]


class _Sums:
    """Running sums of one layer."""

    def __init__(self, n_units: int, n_kept: int) -> None:
        self.total = np.zeros(n_units)
        self.squares = np.zeros(n_units)
        self.strongest = Strongest(n_units, n_kept)

    def facts(self, n_photos: int, weight: NDArray[np.float64] | None) -> UnitFacts:
        mean = self.total / n_photos
        variance = np.maximum(self.squares / n_photos - mean**2, 0.0)
        return UnitFacts(mean, np.sqrt(variance), weight, self.strongest.found())


def stream(
    opened: OpenedModel,
    arrays: NDArray[np.uint8],
    layers: Sequence[Layer],
    *,
    body: int,
    groups: NDArray[np.int64],
    contrast: Contrast,
    n_kept: int,
    batch: int,
    progress: Progress | None,
) -> Streamed:
    """Passes all photos through the model once.

    Args:
        opened: The model.
        arrays: Prepared photos, shape (n, size, size, channels); may lie on disk.
        layers: Layers of the body that are looked at.
        body: Number of that body.
        groups: Number of each photo's group, shape (n,).
        contrast: Whose score is wanted.
        n_kept: Strongest photos kept a unit.
        batch: Photos at a time.
        progress: Called with the photos done and all.
    """
    sums = [_Sums(layer.n_units, n_kept) for layer in layers]
    scores = np.empty(len(arrays))
    slope: NDArray[np.float64] = np.zeros(0)
    readers: list[tuple[int, int]] = []
    for start in range(0, len(arrays), batch):
        some = np.array(arrays[start : start + batch])
        photos = np.arange(start, start + len(some))
        with torch.no_grad():
            means, embeddings = _pass(opened, some, layers, body, sums, photos, groups[photos])
        said, gradient = _score_and_slope(opened, embeddings, body, contrast)
        scores[photos] = said
        if start == 0:
            slope = np.zeros(gradient.shape[0])
            readers = _parts_read(opened.model, means, embeddings[body])
        slope += gradient
        if progress is not None:
            progress(int(photos[-1]) + 1, len(arrays))
    slope /= len(arrays)
    weights = _weights(slope, readers, [layer.n_units for layer in layers])
    facts = (one.facts(len(arrays), weight) for one, weight in zip(sums, weights, strict=True))
    return Streamed(tuple(facts), scores)


def _pass(
    opened: OpenedModel,
    arrays: NDArray[np.uint8],
    layers: Sequence[Layer],
    body: int,
    sums: Sequence[_Sums],
    photos: NDArray[np.int64],
    groups: NDArray[np.int64],
) -> tuple[list[Tensor], list[Tensor]]:
    """Adds a batch to the sums; means over the places of each layer, and embeddings."""
    means: dict[int, Tensor] = {}

    def take(number: int, output: Tensor) -> None:
        flat = output.flatten(2)
        means[number] = flat.mean(dim=2)
        mean = means[number].double().numpy()
        sums[number].total += mean.sum(axis=0)
        sums[number].squares += (mean**2).sum(axis=0)
        largest, places = flat.max(dim=2)
        sums[number].strongest.add(
            largest.numpy(), means[number].numpy(), places.numpy(), photos, groups
        )

    pictures = opened.pictures(arrays)
    embeddings = []
    for number, one in enumerate(opened.bodies):
        feature_map = read(one, pictures, layers if number == body else (), take)
        assert feature_map is not None  # the pass went to its end
        embeddings.append(one.pool(feature_map))
    return [means[number] for number in range(len(layers))], embeddings


def _score_and_slope(
    opened: OpenedModel, embeddings: Sequence[Tensor], body: int, contrast: Contrast
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Scores, and the sum of their gradients by the embedding of one body."""
    embeddings = [one.detach() for one in embeddings]
    embeddings[body].requires_grad_(True)
    classifiers = list(opened.network.classifiers)
    each = list(embeddings) * (len(classifiers) // len(embeddings))
    logits = [classify(one) for classify, one in zip(classifiers, each, strict=True)]
    score = opened.score_of(torch.log_softmax(torch.stack(logits), dim=2), contrast)
    (gradient,) = torch.autograd.grad(score.sum(), embeddings[body])
    return score.detach().double().numpy(), gradient.sum(dim=0).double().numpy()


def _parts_read(model: str, means: Sequence[Tensor], embedding: Tensor) -> list[tuple[int, int]]:
    """For each part of the embedding: its start, and the layer whose mean it is (-1 for none)."""
    lengths = (MODELS[model].parts if model in MODELS else ()) or (embedding.shape[1],)
    found = []
    start = 0
    for length in lengths:
        part = embedding[:, start : start + length]
        same = [
            number
            for number, mean in enumerate(means)
            if mean.shape == part.shape and torch.allclose(mean, part, rtol=1e-3, atol=1e-5)
        ]
        found.append((start, same[-1] if same else -1))
        start += length
    return found


def _weights(
    slope: NDArray[np.float64], readers: Sequence[tuple[int, int]], widths: Sequence[int]
) -> list[NDArray[np.float64] | None]:
    """The slope by layer; None where the classifier reads none of a layer's units."""
    weights: list[NDArray[np.float64] | None] = [None] * len(widths)
    for start, number in readers:
        if number >= 0:
            weights[number] = slope[start : start + widths[number]]
    return weights


N_STRONGEST = 6


def choose_examples(arrays: NDArray[np.uint8], scores: NDArray[np.float64]) -> tuple[Example, ...]:
    """The photos with the highest and the lowest score; one where there is but one.

    Args:
        arrays: Prepared photos, shape (n, size, size, channels).
        scores: Score of the contrast, shape (n,).
    """
    found: list[Example] = []
    for why, photo in (
        ("highest score", int(np.argmax(scores))),
        ("lowest score", int(np.argmin(scores))),
    ):
        if photo not in [one.photo for one in found]:
            found.append(Example(photo, float(scores[photo]), why, np.array(arrays[photo])))
    return tuple(found)


def maps_of(
    opened: OpenedModel, layers: Sequence[Layer], examples: Sequence[Example], *, body: int
) -> list[NDArray[np.float32]]:
    """Maps of each layer, each of shape (examples, units, side, side).

    Args:
        opened: The model.
        layers: The layers.
        examples: The photos.
        body: Which of the model's bodies.
    """
    found: dict[int, NDArray[np.float32]] = {}

    def take(number: int, output: Tensor) -> None:
        found[number] = output.float().numpy().copy()

    pictures = opened.pictures(np.stack([example.pixels for example in examples]))
    with torch.no_grad():
        read(opened.bodies[body], pictures, layers, take, to_end=False)
    return [found[number] for number in range(len(layers))]


def photo_maps(maps: NDArray[np.float32], chosen: Sequence[int]) -> PhotoMaps:
    """What is shown of the maps of one photo at one layer.

    Args:
        maps: Shape (units, side, side).
        chosen: Units whose maps are wanted whatever they do.
    """
    # Many may reach the cap of their activation: then the wider one is the stronger.
    order = np.lexsort((-maps.mean(axis=(1, 2)), -maps.max(axis=(1, 2))))[:N_STRONGEST]
    strongest = tuple(int(number) for number in order)
    return PhotoMaps(maps.mean(axis=0), strongest, maps[list(strongest)], maps[list(chosen)])


def first_filters(network: Network, layers: Sequence[Layer]) -> tuple[Filters, ...]:
    """Kernels of the first convolution of each part of a network.

    Args:
        network: The network.
        layers: All its layers.
    """
    first: dict[str, Layer] = {}
    for layer in layers:
        if layer.kind == "convolution":
            first.setdefault(layer.part, layer)
    return tuple(_filters(network, layer) for layer in first.values())


def _filters(network: Network, layer: Layer) -> Filters:
    module = network.get_submodule(layer.name)
    if not isinstance(module, nn.Conv2d):
        raise TypeError(f"{layer.name} is no convolution")
    kernels = module.weight.detach().float().numpy()
    if network.channels == 1 and kernels.shape[1] > 1:
        kernels = kernels.sum(axis=1, keepdims=True)  # three equal colours
    return Filters(layer.whole_title, np.array(kernels, dtype=np.float32))
