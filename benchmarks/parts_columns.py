"""What the head sees at single pixels, gathered from many pictures, and the fit of a head on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from arborisk.explanation.parts.network import (
    CHANNELS,
    PATCH_PX,
    PartHead,
    levels_of,
    places,
    scaled,
    twice_as_fine,
)
from arborisk.explanation.parts.padding import Padding
from arborisk.explanation.parts.part_map import PARTS
from parts_pictures import Known, Random, changed, plain

N_PIXELS_DRAWN, N_PIXELS_REGION = 800, 60
PASSES, BATCH, RATE, DECAY = 6, 4096, 3e-3, 1e-4
TEMPER = 0.7
"""Power on the weight that would undo the extra draws of rare parts: 1 undoes it, 0 leaves it."""


@dataclass
class Columns:
    """Single pixels: what the head sees of each, and what is known.

    Attributes:
        inputs: float16, shape (n, 512 + 2 + 147): all depths, place, colours around.
        share: Of each part, shape (n, n_parts).
        weight: Of each pixel in training, shape (n,).
        region: Number of the rectangle, or -1, shape (n,).
        group: Tree or outing, shape (n,).
    """

    inputs: NDArray[np.float16]
    share: NDArray[np.float32]
    weight: NDArray[np.float32]
    region: NDArray[np.int32]
    group: NDArray[np.str_]

    def only(self, use: NDArray[np.bool_]) -> Columns:
        """Some of the pixels."""
        return Columns(*(getattr(self, name)[use] for name in self.__dataclass_fields__))


def joined(parts: Sequence[Columns]) -> Columns:
    """Pixels of several pictures in one."""
    names = Columns.__dataclass_fields__
    return Columns(*(np.concatenate([getattr(one, name) for one in parts]) for name in names))


def gather(body: nn.Module, photos: Sequence[Known], *, seed: int, times: int) -> Columns:
    """Pixels of photos, each looked at so many times in changed form; 0 for once as it is."""
    found = []
    for number, known in enumerate(photos):
        for turn in range(max(times, 1)):
            random = np.random.default_rng([seed, number, turn])
            made = changed(known, random) if times else plain(known)
            found.append(_of_picture(body, known, *made, random))
    return joined([one for one in found if len(one.share)])


def _of_picture(
    body: nn.Module,
    known: Known,
    picture: NDArray[np.uint8],
    share: NDArray[np.float32],
    region: NDArray[np.int32],
    random: Random,
) -> Columns:
    if known.drawn:
        rows, columns, weight = _drawn_pixels(share, random)
    else:
        rows, columns, weight = _region_pixels(share, region, random)
    inputs = columns_at(body, picture, rows, columns)
    total = share[:, rows, columns].sum(axis=0)
    return Columns(
        inputs,
        (share[:, rows, columns] / np.maximum(total, 1e-6)).T.astype(np.float32),
        weight.astype(np.float32),
        region[rows, columns],
        np.full(len(rows), known.group),
    )


def _drawn_pixels(
    share: NDArray[np.float32], random: Random
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Half anywhere, a quarter evenly over the parts, a quarter at edges between parts."""
    width = share.shape[2]
    part = share.argmax(axis=0).ravel()
    n_of = np.bincount(part, minlength=len(PARTS))
    mixed = (share.max(axis=0) < 0.9).ravel()
    anywhere = np.full(part.size, 1 / part.size)
    evenly = 1 / (np.maximum(n_of, 1)[part] * (n_of > 0).sum())
    edges = mixed / max(mixed.sum(), 1)
    chance = 0.5 * anywhere + 0.25 * evenly + 0.25 * edges
    chosen = random.choice(part.size, N_PIXELS_DRAWN, p=chance / chance.sum())
    weight = (anywhere / chance)[chosen] ** TEMPER
    return chosen // width, chosen % width, weight / weight.mean()


def _region_pixels(
    share: NDArray[np.float32], region: NDArray[np.int32], random: Random
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """As many of each rectangle, whatever its size."""
    known = (share.sum(axis=0) > 0.95) & (region >= 0)
    places_ = []
    for number in np.unique(region[known]):
        inside = np.flatnonzero((known & (region == number)).ravel())
        places_.append(
            random.choice(inside, N_PIXELS_REGION, replace=len(inside) < N_PIXELS_REGION)
        )
    chosen = np.concatenate(places_) if places_ else np.zeros(0, np.int64)
    return chosen // region.shape[1], chosen % region.shape[1], np.ones(len(chosen))


def columns_at(
    body: nn.Module,
    picture: NDArray[np.uint8],
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
) -> NDArray[np.float16]:
    """What the head sees at pixels of a picture; the same as it sees in `PartHead.forward`."""
    padding = Padding.of(*picture.shape[:2])
    photos = torch.from_numpy(padding.add(picture))[None]
    row, column = torch.from_numpy(rows + padding.top), torch.from_numpy(columns + padding.left)
    with torch.inference_mode():
        pictures = scaled(photos)
        levels = levels_of(body, pictures)
        maps = [places(levels[0]), levels[0]]
        for depth in range(1, len(levels)):
            fine = levels[depth]
            for _ in range(depth):
                fine = twice_as_fine(fine)
            maps.append(fine)
        seen = torch.cat([one[0, :, row // 2, column // 2] for one in maps])
        margin = PATCH_PX // 2
        around = functional.pad(pictures, (margin,) * 4, mode="replicate")[0]
        steps = torch.arange(PATCH_PX)
        down, aside = row[:, None, None] + steps[:, None], column[:, None, None] + steps
        patch = around[:, down, aside].permute(1, 0, 2, 3).flatten(1)
    found: NDArray[np.float16] = torch.cat([seen.T, patch], dim=1).numpy().astype(np.float16)
    return found


def fit(columns: Columns, *, seed: int) -> PartHead:
    """A head trained on pixels; inputs are brought to one scale, which is then part of it."""
    torch.manual_seed(seed)
    inputs = torch.from_numpy(columns.inputs)
    some = inputs[:: max(len(inputs) // 20_000, 1)].float()
    mean, scale = some.mean(dim=0), some.std(dim=0) + 1e-3
    scale[-3 * PATCH_PX**2 :] = some[:, -3 * PATCH_PX**2 :].std()
    share, weight = torch.from_numpy(columns.share), torch.from_numpy(columns.weight)
    head = PartHead()
    first = nn.Linear(inputs.shape[1], head.second.in_channels)
    network = nn.Sequential(first, nn.ReLU(), _linear(head.second), nn.ReLU(), _linear(head.last))
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    n_steps = PASSES * (len(inputs) // BATCH + 1)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=n_steps)
    for _ in range(PASSES):
        order = torch.randperm(len(inputs))
        for start in range(0, len(inputs), BATCH):
            chosen = order[start : start + BATCH]
            given = (inputs[chosen].float() - mean) / scale
            given = functional.dropout(given, 0.1)
            loss = functional.cross_entropy(network(given), share[chosen], reduction="none")
            optimiser.zero_grad()
            (loss * weight[chosen]).mean().backward()
            optimiser.step()
            plan.step()
    _take(head, network, mean, scale)
    return head.eval()


def head_probability(head: PartHead, inputs: NDArray[np.float16]) -> NDArray[np.float32]:
    """What a head says of single pixels, shape (n, n_parts)."""
    layers = [head.place, *head.depths, head.colours]
    first = torch.cat([layer.weight.flatten(1) for layer in layers], dim=1)
    found = []
    with torch.inference_mode():
        for some in torch.from_numpy(inputs).split(BATCH):
            hidden = functional.linear(some.float(), first, head.colours.bias).relu()
            for layer in (head.second, head.last):
                hidden = functional.linear(hidden, layer.weight.flatten(1), layer.bias)
                hidden = hidden.relu() if layer is head.second else hidden
            found.append(hidden.softmax(dim=1).numpy())
    return np.concatenate(found)


def _linear(layer: nn.Conv2d) -> nn.Linear:
    return nn.Linear(layer.in_channels, layer.out_channels)


def _take(head: PartHead, network: nn.Sequential, mean: Tensor, scale: Tensor) -> None:
    """Puts fitted weights, with the scale of the inputs, into the head, rounded to float16."""
    with torch.no_grad():
        weight = network[0].weight / scale
        bias = network[0].bias - weight @ mean
        own = iter(weight.split([2, *CHANNELS, 3 * PATCH_PX**2], dim=1))
        head.place.weight.copy_(next(own)[..., None, None])
        for depth in head.depths:
            depth.weight.copy_(next(own)[..., None, None])
        head.colours.weight.copy_(next(own).reshape(head.colours.weight.shape))
        head.colours.bias.copy_(bias)
        for layer, fitted in ((head.second, network[2]), (head.last, network[4])):
            layer.weight.copy_(fitted.weight[..., None, None])
            layer.bias.copy_(fitted.bias)
        for value in head.parameters():
            value.copy_(value.half().float())
