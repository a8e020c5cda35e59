"""What a training part is made to look like: photos beside their random changes."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

import arborisk
from arborisk.errors import SettingsError
from arborisk.files import write_bytes_whole
from arborisk.report.page import render_page, write_page
from arborisk.report.style import INK, MUTED, figure_settings
from arborisk.training.settings import AugmentationSettings
from arborisk.wording.counts import counted
from arborisk.wording.percent import percent, percent_figure
from arborisk.wording.sentences import DRAWN_TREES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TEST_PHOTOS = (
    "Only photos that are learnt from are changed, each anew in every epoch. "
    "Photos held back for testing are never changed."
)
CELL_IN = 1.15  # side of one picture
LINE_IN = 0.19  # height of a line of the caption
LETTERS_AN_INCH = 14  # of a line of the caption; widest seen
LEAST_WIDTH_IN = 3.6  # the heading needs it
DPI = 200  # a picture of 224 px is shown with all its pixels


def change_lines(settings: AugmentationSettings) -> list[str]:
    """Each change with its range, in words; one line that says so where nothing changes."""
    if settings.changes_nothing:
        return ["Nothing is changed."]
    lines = {
        f"Crop: a square of {percent_figure(settings.crop_share, 'stated')} to 100 % of the side, "
        "placed anywhere and enlarged to the whole size.": settings.crop_share < 1,
        f"Mirror: left and right change places in {percent(settings.mirror, 'stated')} of the "
        "pictures.": (settings.mirror),
        f"Turn: up to {settings.rotation_deg:g}\N{DEGREE SIGN} either way; corners are filled by "
        "reflection.": settings.rotation_deg,
        f"Tones: {', '.join(_tones(settings))}.": _tones(settings),
        f"Blur: Gaussian, standard deviation 0 to {settings.blur_px:g} px.": settings.blur_px,
        f"Erasing: a grey rectangle of 0 to {percent(settings.erase_share, 'stated')} of the "
        "area.": (settings.erase_share),
    }
    copies = f"Where photos are embedded once: {settings.copies} changed copies of each."
    return [*(line for line, applies in lines.items() if applies), copies]


def _tones(settings: AugmentationSettings) -> list[str]:
    """Changes of the tones with their ranges."""
    either_way = "\N{PLUS-MINUS SIGN}"
    tones = [
        f"{name} {either_way}{percent(largest, 'stated')}"
        for name, largest in (
            ("brightness", settings.brightness),
            ("contrast", settings.contrast),
            ("saturation", settings.saturation),
        )
        if largest
    ]
    if settings.hue:
        turn = f"{360 * settings.hue:.0f}\N{DEGREE SIGN}"
        tones.append(f"hue {either_way}{turn} of the circle of colours")
    return tones


def write_augmentation_sheet(
    out: Path,
    photos: NDArray[np.uint8],
    names: Sequence[str],
    *,
    title: str,
    settings: AugmentationSettings,
    n_copies: int,
    seed: int,
    drawn: bool = False,
) -> Path:
    """Writes a picture, a row a photo: as prepared, then as in the first epochs.

    Args:
        out: PNG or HTML file; written whole.
        photos: Prepared, shape (n, size, size, channels).
        names: Name of each.
        title: Name of the set of changes.
        settings: The changes.
        n_copies: Epochs shown.
        seed: Same seed, same pictures.
        drawn: Whether the trees are drawn; the caption then says so.

    Raises:
        SettingsError: The file is to be neither PNG nor HTML.
        MissingDependencyError: matplotlib or Jinja2 is not installed.
    """
    if out.suffix not in (".png", ".html"):
        raise SettingsError(
            "a file that ends in .png or .html",
            repr(out.name),
            "--out",
            "Give the file a name with one of these endings.",
        )
    caption = [*change_lines(settings), TEST_PHOTOS, *([DRAWN_TREES] if drawn else [])]
    grid = _grid(photos, settings, n_copies, seed)
    if out.suffix == ".png":
        heading = f"Random changes in training: {title}"
        write_bytes_whole(out, _png(grid, names, heading, caption))
        return out
    picture = base64.b64encode(_png(grid, names, "", ())).decode("ascii")
    text = render_page(
        "augmentation.html.j2",
        kind="arborisk \N{MIDDLE DOT} random changes in training",
        title=f"Random changes in training: {title}",
        subtitle=f"{counted(len(photos), 'photo')}, as prepared and as in "
        f"{counted(n_copies, 'epoch')}",
        version=arborisk.__version__,
        picture=f"data:image/png;base64,{picture}",
        description=f"Photos {', '.join(names)}, each beside {n_copies} changed copies.",
        lines=caption,
    )
    return write_page(out, text)


def _grid(
    photos: NDArray[np.uint8], settings: AugmentationSettings, n_copies: int, seed: int
) -> NDArray[np.uint8]:
    """Rows of pictures, shape (n, 1 + n_copies, size, size, channels)."""
    from arborisk.training.augmentation import augment, seeds_of

    rows = np.arange(len(photos))
    epochs = range(1, n_copies + 1)
    changed = [augment(photos, settings, seeds_of(seed, epoch, rows)) for epoch in epochs]
    return np.stack([photos, *changed], axis=1)


def _png(
    grid: NDArray[np.uint8], names: Sequence[str], heading: str, caption: Sequence[str]
) -> bytes:
    """The pictures as PNG, with heading and caption where they are given."""
    import matplotlib
    from matplotlib.figure import Figure

    n_rows, n_columns = grid.shape[:2]
    side = CELL_IN + 0.06
    width = max(n_columns * side + 0.12, LEAST_WIDTH_IN)
    caption = [part for line in caption for part in wrap(line, int(LETTERS_AN_INCH * width))]
    above = 0.62 if heading else 0.3
    below = 0.12 + LINE_IN * len(caption)
    height = above + n_rows * (side + 0.14) + below
    stream = io.BytesIO()
    with matplotlib.rc_context(figure_settings("augmentation")):
        figure = Figure(figsize=(width, height))
        for row, column in np.ndindex(n_rows, n_columns):
            _paint(figure, grid[row, column], row, column, (side, above, height))
        for column in range(n_columns):
            word = "as prepared" if column == 0 else f"epoch {column}"
            _say(figure, 0.08 + column * side, above - 0.07, word, bold=True)
        for row, name in enumerate(names):
            place = above + row * (side + 0.14) + CELL_IN + 0.13
            _say(figure, 0.08, place, _shortened(name), colour=MUTED, size_pt=6.5)
        if heading:
            _say(figure, 0.08, 0.25, heading, size_pt=11, bold=True)
        for number, line in enumerate(caption, start=1):
            _say(figure, 0.08, height - below + LINE_IN * number, line, size_pt=8)
        figure.savefig(stream, format="png", dpi=DPI, facecolor="white")
    return stream.getvalue()


def _paint(
    figure: Figure,
    picture: NDArray[np.uint8],
    row: int,
    column: int,
    sizes: tuple[float, float, float],
) -> None:
    """One picture in its cell."""
    side, above, height = sizes
    width = float(figure.get_figwidth())
    bottom = height - above - row * (side + 0.14) - CELL_IN
    place = (0.08 + column * side) / width, bottom / height, CELL_IN / width, CELL_IN / height
    axes = figure.add_axes(place)
    grey = picture.shape[2] == 1
    shown = picture[..., 0] if grey else picture
    axes.imshow(shown, cmap="gray" if grey else None, vmin=0, vmax=255)
    axes.set_axis_off()


def _say(
    figure: Figure,
    left: float,
    down: float,
    text: str,
    *,
    size_pt: float = 7.5,
    colour: str = INK,
    bold: bool = False,
) -> None:
    """A line of text at inches from the left and top edge."""
    width, height = figure.get_size_inches()
    weight = "bold" if bold else "normal"
    place = left / width, 1 - down / height
    figure.text(*place, text, fontsize=size_pt, color=colour, weight=weight)


def _shortened(name: str, most: int = 28) -> str:
    """The end of a long name, which is what differs."""
    return name if len(name) <= most else "\N{HORIZONTAL ELLIPSIS}" + name[-most + 1 :]
