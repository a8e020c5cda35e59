"""Model 1 drawn to scale: its maps, what one number has seen, and where its weights are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arborisk.report.model1_blocks import BuildingBlock
from arborisk.report.style import BLUE, FIGURE_WIDTH_IN, INK, MUTED, ORANGE, SKY
from arborisk.report.svg import draw_svg
from arborisk.wording.percent import counted_share

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEIGHT_IN = 8.6
GAP_PX = 14
"""Between two layers of the drawing, in pixels of the picture."""
THICKNESS_PX = 0.1
"""Of one feature map in the drawing: 64 maps are as thick as 6.4 pixels."""


def model1_figure(blocks: tuple[BuildingBlock, ...]) -> str:
    """Three panels: maps to scale, receptive fields on the picture, parameters of each layer.

    Args:
        blocks: As `building_blocks` gives them.

    Returns:
        An ``<svg>`` element, which is a file of its own as well.
    """

    def paint(figure: Figure) -> None:
        maps, fields, weights = figure.subplots(
            3, 1, gridspec_kw={"height_ratios": [2.4, 3.4, 2.6]}
        )
        _draw_maps(maps, blocks)
        _draw_fields(fields, blocks)
        _draw_parameters(weights, blocks)

    told = "; ".join(
        f"{block.name} {' x '.join(map(str, block.output))}, {block.n_parameters:,} parameters"
        for block in blocks
    )
    return draw_svg("model1", (FIGURE_WIDTH_IN, HEIGHT_IN), paint, f"Model 1. {told}.")


def _draw_maps(axes: Axes, blocks: tuple[BuildingBlock, ...]) -> None:
    """Each layer as a box: as tall as its maps, as thick as there are many."""
    from matplotlib.patches import Rectangle

    x = 0.0
    spatial = [block for block in blocks if len(block.output) == 3]
    for block in spatial:
        side, _, n_maps = block.output
        width = max(1.5, THICKNESS_PX * n_maps)
        colour = ORANGE if block.name.startswith("pool") else SKY
        colour = "white" if block.name == "input" else colour
        axes.add_patch(
            Rectangle((x, -side / 2), width, side, facecolor=colour, edgecolor=INK, linewidth=0.8)
        )
        middle = x + width / 2
        axes.text(middle, side / 2 + 3, f"{side}", ha="center", va="bottom", fontsize=8)
        axes.text(middle, -side / 2 - 3, f"{n_maps}", ha="center", va="top", fontsize=8)
        axes.text(
            middle,
            -spatial[0].output[0] / 2 - 16,
            block.name.replace("_", " "),
            ha="right",
            va="top",
            rotation=45,
            rotation_mode="anchor",
            fontsize=7.5,
        )
        x += width + GAP_PX
    axes.set_xlim(-18, x)
    axes.set_ylim(-spatial[0].output[0] / 2 - 44, spatial[0].output[0] / 2 + 14)
    axes.set_aspect("equal")
    axes.axis("off")
    axes.set_title("Maps to scale: side above, number below")


def _draw_fields(axes: Axes, blocks: tuple[BuildingBlock, ...]) -> None:
    """The square that the middle number of each layer has seen, on the picture."""
    from matplotlib.patches import Rectangle

    size = blocks[0].output[0]
    axes.add_patch(Rectangle((0, 0), size, size, facecolor="#eef1f2", edgecolor=MUTED))
    # The largest first: leaders from corners to labels in this order do not cross.
    shown = [block for block in reversed(blocks) if block.window_px and block.field]
    for number, block in enumerate(shown):
        if block.field is None:
            continue
        side = block.field.side_px
        low = (size - side) / 2
        is_pool = block.name.startswith("pool")
        axes.add_patch(
            Rectangle(
                (low, low),
                side,
                side,
                fill=False,
                edgecolor=ORANGE if is_pool else BLUE,
                linestyle="--" if is_pool else "-",
                linewidth=1.4,
            )
        )
        y = size - (number + 0.5) * size / len(shown)
        axes.plot([low + side, size + 7], [low + side, y], color=MUTED, linewidth=0.5)
        axes.text(
            size + 9,
            y,
            f"{block.name.replace('_', ' ')}: {side} px, every {block.field.step_px} px",
            va="center",
            fontsize=8,
        )
    axes.set_xlim(-2, size + 78)
    axes.set_ylim(-2, size + 2)
    axes.set_aspect("equal")
    axes.axis("off")
    axes.set_title(f"What one number has seen of the {size} px picture")


def _draw_parameters(axes: Axes, blocks: tuple[BuildingBlock, ...]) -> None:
    """Bars of the layers that learn."""
    learning = [block for block in blocks if block.n_parameters]
    total = sum(block.n_parameters for block in learning)
    places = range(len(learning))
    axes.barh(places, [block.n_parameters / 1e3 for block in learning], color=BLUE, height=0.62)
    for place, block in zip(places, learning, strict=True):
        axes.text(
            block.n_parameters / 1e3 + total / 1e5,
            place,
            counted_share(block.n_parameters, total, 1),
            va="center",
            fontsize=8,
        )
    axes.set_yticks(places, [block.name.replace("_", " ") for block in learning])
    axes.tick_params(axis="y", length=0)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.45 * max(block.n_parameters for block in learning) / 1e3)
    axes.set_xlabel("thousand weights and biases")
    axes.set_title(f"Where the {total:,} parameters are")
