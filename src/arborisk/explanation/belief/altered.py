"""Copies of a model with other weights, and its members one by one."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import cast

import torch
from torch import Tensor, nn

from arborisk.explanation.opened import OpenedModel
from arborisk.models.averaged import AveragedNetwork
from arborisk.models.network import Network


def redrawn(opened: OpenedModel, n_stages: int, *, seed: int) -> OpenedModel:
    """A copy whose last layers and highest stages have weights drawn at random.

    Args:
        opened: The model; left as it is.
        n_stages: Stages redrawn below the last layer, counted from the top; those of
            `arborisk.models.network.Network.stages`.
        seed: Of the draw.

    Returns:
        Without a bundle: nothing that it says comes from the bundle's own file.
    """
    network = copy.deepcopy(opened.network)
    generator = torch.Generator().manual_seed(seed)
    for classifier in network.classifiers:
        _redraw(classifier, generator)
    for body in network.bodies:
        stages = list(cast(Network, body).stages())
        for stage in stages[len(stages) - n_stages :]:
            _redraw(stage, generator)
    return replace(opened, network=network, bundle=None)


def with_members(opened: OpenedModel, members: list[Network]) -> OpenedModel:
    """The same kind of model made of other networks; they are copied."""
    network = AveragedNetwork(members, opened.preprocess, opened.network.views)
    for weight in network.parameters():
        weight.requires_grad_(False)
    return replace(opened, network=network, bundle=None)


def single_members(opened: OpenedModel) -> list[OpenedModel]:
    """Each member of a model as a model of its own: the folds are so many other trainings."""
    bodies, classifiers = opened.bodies, list(opened.network.classifiers)
    each = bodies * (len(classifiers) // len(bodies))
    return [
        with_members(opened, [body.with_classifier(classifier)])
        for body, classifier in zip(each, classifiers, strict=True)
    ]


def n_stages_of(opened: OpenedModel) -> int:
    """Stages below the last layer."""
    return len(opened.bodies[0].stages())


def only_last_learnt(opened: OpenedModel) -> bool:
    """Whether nothing but the last layer was fitted to labelled photos: the body is frozen."""
    if opened.bundle is not None and "regime" in opened.bundle.description.training:
        return opened.bundle.description.training["regime"] == "frozen"
    return len(opened.bodies) < len(opened.network.classifiers)


def _redraw(module: nn.Module, generator: torch.Generator) -> None:
    """New weights of the same size as the old ones, in place.

    Kernels and matrices are normal around 0 with the old root mean square, so that signals neither
    die nor grow. Biases, and the scales, shifts and running statistics of a batch normalisation,
    are dealt to other channels, all of a layer alike: drawn afresh, a spread could be below 0.
    """
    with torch.no_grad():
        for layer in module.modules():
            deals: dict[int, Tensor] = {}
            own = [*layer.named_parameters(recurse=False), *layer.named_buffers(recurse=False)]
            for _, values in own:
                if values.ndim >= 2:
                    scale = values.square().mean().sqrt()
                    values.copy_(torch.randn(values.shape, generator=generator) * scale)
                elif values.ndim == 1:
                    size = len(values)
                    if size not in deals:
                        deals[size] = torch.randperm(size, generator=generator)
                    values.copy_(values[deals[size]].clone())
