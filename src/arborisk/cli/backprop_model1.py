"""The deck's Model 1 for ``arborisk backprop``: as modules of torch, and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

    from arborisk.report.model1_blocks import BuildingBlock


def model1_modules(*, size: int, seed: int, n_classes: int = 2) -> list[nn.Module]:
    """Model 1 in float64 and in training mode, with biases that are not all zero.

    Args:
        size: Side of the picture, in pixels.
        seed: Of its weights.
        n_classes: Classes told apart.
    """
    import torch

    from arborisk.models.model1 import Model1
    from arborisk.models.settings import Model1Settings

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Model1(Model1Settings(), n_classes=n_classes, channels=1, size=size)
        network = network.double().train()
        for value in network.parameters():
            if value.ndim == 1:  # a bias of zero would hide a mistake in it
                value.data.normal_(0, 0.05)
    return [network.convolutions, network.hidden, network.head]


def blocks_text(blocks: tuple[BuildingBlock, ...], format: str) -> str:
    """The layers as they are printed.

    Args:
        blocks: First to last.
        format: "table", "json" or "markdown".
    """
    import dataclasses
    import json

    from arborisk.cli.text_table import text_table
    from arborisk.report.model1_blocks import blocks_cells

    if format == "json":
        return json.dumps([dataclasses.asdict(block) for block in blocks], indent=1)
    head, rows = blocks_cells(blocks)
    numbers = ("window, stride", "output", "sees, px", "parameters")
    if format == "table":
        return text_table(head, rows, numbers=numbers)
    lines = [head, ["---:" if name in numbers else "---" for name in head], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
