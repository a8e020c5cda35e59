"""The fit of a head on whole pictures, each seen in a new changed form whenever it comes up."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from arborisk.explanation.parts.network import PartHead, levels_of, scaled
from arborisk.explanation.parts.part_map import PARTS, Padding
from parts_pictures import Known, changed, plain

BATCH: Final = 4
DECAY: Final = 1e-4
EDGE: Final = 0.9
"""Pixels of which no part has this much lie at an edge."""
TEMPER: Final = 0.3
"""Power on the weight that would make rare parts and edges count as much as all the rest."""


def fit(
    body: nn.Module,
    head: PartHead,
    photos: Sequence[Known],
    *,
    seed: int,
    n_steps: int,
    rate: float,
) -> PartHead:
    """Trains a head on photos, in place; the body stays as it is.

    Args:
        body: See `PartNetwork`.
        head: The head.
        photos: All that is known; each comes up as often as the others.
        seed: Of the order and of the changes.
        n_steps: Steps, each of `BATCH` pictures.
        rate: Largest rate of learning (one cycle).
    """
    body, head = (one.to(memory_format=torch.channels_last) for one in (body, head.train()))
    optimiser = torch.optim.AdamW(head.parameters(), lr=rate, weight_decay=DECAY)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=n_steps, pct_start=0.15)
    order = np.random.default_rng(seed)
    turns: list[int] = []
    start, recent = time.monotonic(), []
    for step in range(n_steps):
        for _ in range(BATCH):
            if not turns:
                turns = order.permutation(len(photos)).tolist()
            random = np.random.default_rng([seed, step, len(turns)])
            loss = _loss(body, head, *changed(photos[turns.pop()], random))
            (loss / BATCH).backward()
            recent.append(loss.item())
        nn.utils.clip_grad_norm_(head.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()
        plan.step()
        if (step + 1) % 50 == 0:
            spent = time.monotonic() - start
            print(
                f"step {step + 1} of {n_steps}, {spent:.0f} s, loss {np.mean(recent):.4f}",
                flush=True,
            )
            recent = []
    return head.eval()


def _loss(
    body: nn.Module,
    head: PartHead,
    picture: NDArray[np.uint8],
    share: NDArray[np.float32],
    region: NDArray[np.int32],
) -> Tensor:
    """Cross entropy over the known pixels of a picture."""
    weight = weights_of(share, region)
    padding = Padding.of(*picture.shape[:2])
    with torch.no_grad():
        pictures = scaled(torch.from_numpy(padding.add(picture))[None])
        pictures = pictures.contiguous(memory_format=torch.channels_last)
        levels = levels_of(body, pictures)
    height, width = share.shape[1:]
    odds = head(levels, pictures)[0, :, padding.top :, padding.left :][:, :height, :width]
    entropy = functional.cross_entropy(
        odds[None], torch.from_numpy(np.ascontiguousarray(share))[None], reduction="none"
    )
    return (entropy[0] * torch.from_numpy(weight)).sum()


def weights_of(share: NDArray[np.float32], region: NDArray[np.int32]) -> NDArray[np.float32]:
    """Weight of each pixel, summing to 1; 0 where nothing is known, shape (height, width).

    In drawn photos rare parts and edges count for more. Each rectangle of a park photo counts
    the same, whatever its size.
    """
    total = share.sum(axis=0)
    known = total > 0.95
    if not known.any():
        return np.zeros(known.shape, np.float32)
    if (region >= 0).any():
        known &= region >= 0
        size = np.bincount(region[known], minlength=int(region.max()) + 1)
        weight = np.where(known, 1.0 / np.maximum(size[np.maximum(region, 0)], 30), 0.0)
    else:
        part = share.argmax(axis=0)
        n_of = np.bincount(part.ravel(), minlength=len(PARTS))
        mixed = share.max(axis=0) < EDGE
        evenly = part.size / (np.maximum(n_of, 1)[part] * (n_of > 0).sum())
        edges = mixed * (part.size / max(int(mixed.sum()), 1))
        weight = np.where(known, (0.5 + 0.25 * evenly + 0.25 * edges) ** TEMPER, 0.0)
    return np.asarray(weight / max(weight.sum(), 1e-9), dtype=np.float32)


def standardised(body: nn.Module, head: PartHead, photos: Sequence[Known]) -> PartHead:
    """A new head whose first layers bring the body's maps to one scale, in place."""
    sums = [torch.zeros(2, depth.in_channels, dtype=torch.float64) for depth in head.depths]
    n_cells = [0] * len(sums)
    with torch.no_grad():
        for known in photos:
            picture = plain(known)[0]
            padding = Padding.of(*picture.shape[:2])
            levels = levels_of(body, scaled(torch.from_numpy(padding.add(picture))[None]))
            for number, level in enumerate(levels):
                cells = level[0].flatten(1).double()
                sums[number] += torch.stack([cells.sum(dim=1), (cells**2).sum(dim=1)])
                n_cells[number] += cells.shape[1]
        for depth, both, n in zip(head.depths, sums, n_cells, strict=True):
            mean = both[0] / n
            spread = (both[1] / n - mean**2).clamp_min(0).sqrt() + 1e-3
            depth.weight /= spread.float()[None, :, None, None]
            depth.bias -= depth.weight[..., 0, 0] @ mean.float()
        for around in head.around:
            for one in around:
                nn.init.zeros_(one.mix.weight)
                nn.init.zeros_(one.mix.bias)
    return head
