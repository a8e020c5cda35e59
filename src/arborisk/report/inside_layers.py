"""What the page of one layer shows."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from arborisk.explanation.inside.ascent import shown_px_of
from arborisk.explanation.inside.fields import CORE_SHARE
from arborisk.explanation.inside.records import (
    LEAST_PX,
    Inside,
    LayerInside,
    Patch,
    PhotoMaps,
    UnitInside,
)
from arborisk.report.style import BLUE, INK, VERMILLION
from arborisk.wording.percent import percent

PATCH_PX = 120
"""Side at which small parts of photos are enlarged: a phone shows two or three in a row."""
FEW_PX = 48
"""Pictures with fewer pixels a side are shown pixel by pixel."""
JPEG_QUALITY = 80
N_TONES = 255  # odd, so that zero has a tone of its own


def picture_uri(pixels: NDArray[np.uint8]) -> str:
    """A prepared photo or a made picture; few pixels stay as they are.

    Args:
        pixels: Shape (side, side, channels).
    """
    return _uri(_image(pixels), "PNG" if len(pixels) < FEW_PX else "JPEG")


def patch_uri(patch: Patch) -> str:
    """Part of a photo, enlarged, with a frame around what the unit looks at."""
    side = len(patch.pixels)
    scale = max(1, round(PATCH_PX / side))
    image = _image(patch.pixels)
    if scale > 1:
        image = image.resize((side * scale, side * scale), Image.Resampling.NEAREST)
    if patch.framed is not None:
        pen = ImageDraw.Draw(image)
        left, top, right, bottom = (round(edge * scale) for edge in patch.framed)
        right, bottom = max(right, left + 1), max(bottom, top + 1)
        pen.rectangle((left - 2, top - 2, right + 1, bottom + 1), outline=INK)
        pen.rectangle((left - 1, top - 1, right, bottom), outline="white")
    return _uri(image, "JPEG")


def map_uri(values: NDArray[np.float32]) -> str:
    """A feature map on its own scale: from 0, or about 0 where it has values below it.

    Args:
        values: Shape (side, side).
    """
    if float(values.min()) < 0:
        return diverging_uri(values, float(np.abs(values).max()))
    largest = float(values.max())
    share = values / largest if largest > 0 else np.zeros_like(values)
    return _uri(_toned(np.round(share * N_TONES), _sequential()), "PNG")


def diverging_uri(values: NDArray[np.float32], largest: float) -> str:
    """Values about zero: blue below, white at zero, vermillion above.

    Args:
        values: Shape (height, width).
        largest: Size of the value that has the full tone, above 0.
    """
    share = np.clip(values / max(largest, 1e-30), -1.0, 1.0)
    return _uri(_toned(np.round((share + 1) / 2 * (N_TONES - 1)), _diverging()), "PNG")


def kernel_uris(kernels: NDArray[np.float32]) -> list[str]:
    """Kernels of a first convolution, all on one scale that is symmetric about zero.

    A kernel for colour is shown in its colours: mid grey is zero in all three.

    Args:
        kernels: Shape (filters, channels, height, width), with 1 or 3 channels.
    """
    largest = float(np.abs(kernels).max())
    if kernels.shape[1] == 1:
        return [diverging_uri(kernel[0], largest) for kernel in kernels]
    tones = np.round(127.5 + 127.5 * kernels / max(largest, 1e-30)).astype(np.uint8)
    return [_uri(Image.fromarray(tone.transpose(1, 2, 0)), "PNG") for tone in tones]


def _image(pixels: NDArray[np.uint8]) -> Image.Image:
    """Grey or colour, always in three channels, so that frames can be drawn."""
    return Image.fromarray(np.repeat(pixels, 3 // pixels.shape[2], axis=2))


def _toned(places: NDArray[np.floating], palette: bytes) -> Image.Image:
    image = Image.fromarray(places.astype(np.uint8)).convert("P")
    image.putpalette(palette)
    return image


def _uri(image: Image.Image, kind: str) -> str:
    stream = io.BytesIO()
    image.save(stream, kind, quality=JPEG_QUALITY, optimize=True)
    name = kind.lower()
    return f"data:image/{name};base64," + base64.b64encode(stream.getvalue()).decode("ascii")


@cache
def _sequential() -> bytes:
    """Cividis, from dark blue to yellow; made for any colour vision.

    Source: Nunez, Anderton and Renslow (2018), PLOS ONE 13(7), e0199239.
    """
    import matplotlib

    tones = matplotlib.colormaps["cividis"](np.arange(N_TONES + 1))
    return (np.round(tones[:, :3] * 255).astype(np.uint8)).tobytes()


@cache
def _diverging() -> bytes:
    from matplotlib.colors import LinearSegmentedColormap

    tones = LinearSegmentedColormap.from_list("about zero", [BLUE, "white", VERMILLION], N_TONES)
    colours = np.round(tones(np.arange(N_TONES))[:, :3] * 255).astype(np.uint8)
    return bytes(colours.tobytes()) + bytes(3)


@dataclass(frozen=True, slots=True)
class Tile:
    """A picture with a line below it.

    Attributes:
        uri: The picture.
        text: The line.
        alt: What it shows, for people who do not see it.
        fine: Whether it is a photo, to be smoothed when enlarged.
    """

    uri: str
    text: str
    alt: str
    fine: bool = True


@dataclass(frozen=True, slots=True)
class UnitView:
    """One unit as it is shown."""

    number: int
    why: str
    numbers: str
    made: Tile
    beyond: str
    patches: list[Tile]
    maps: list[Tile]


@dataclass(frozen=True, slots=True)
class MapsView:
    """Maps of one photo."""

    title: str
    tiles: list[Tile]


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One unit in numbers."""

    number: int
    mean: str
    spread: str
    largest: str
    photo: str
    weight: str


@dataclass(frozen=True, slots=True)
class LayerView:
    """A layer's page."""

    title: str
    name: str
    shape: str
    sees: str
    dense: bool
    signed: bool
    used: bool
    maps: list[MapsView]
    units: list[UnitView]
    rows: list[LayerRow]


def layer_view(inside: Inside, one: LayerInside) -> LayerView:
    """The page's content.

    Args:
        inside: All that was found.
        one: The layer.
    """
    dense = one.layer.kind == "dense layer"
    signed = any(float(maps.mean.min()) < 0 for maps in one.maps)
    shown = [] if dense else [_maps_view(inside, one, place) for place in range(len(one.maps))]
    return LayerView(
        title=one.layer.whole_title,
        name=one.layer.name,
        shape=one.layer.shape,
        sees=_sees(one, inside.size_px),
        dense=dense,
        signed=signed,
        used=one.facts.weight is not None,
        maps=shown,
        units=[_unit_view(inside, one, place) for place in range(len(one.units))],
        rows=_rows(inside, one),
    )


def number_words(value: float) -> str:
    """A number with three digits that count, without an exponent where it can be read so.

    >>> number_words(0.012345), number_words(-123.4), number_words(0.0)
    ('0.0123', '−123', '0')
    """
    words = f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    return words.replace("-", "\N{MINUS SIGN}")


def short(name: str) -> str:
    """Name of a photo without its folders; the table of all units has it whole.

    >>> short("images/2020/oak.jpg")
    'oak.jpg'
    """
    return name.rsplit("/", 1)[-1]


def _sees(one: LayerInside, size_px: int) -> str:
    if one.layer.kind == "dense layer":
        return "Each neuron looks at the whole picture."
    field = one.field
    words = (
        f"Each number of a map looks at a square of {field.side_px} px of the picture's {size_px}"
    )
    if field.whole:
        words = "Each number in the middle of a map can look at all of the picture, or nearly"
    if shown_px_of(field, size_px)[0] == field.side_px:
        below = "the thin frame in" if field.side_px < LEAST_PX else "what is shown of"
        return f"{words}: {below} the photos below."
    return (
        f"{words}; {percent(CORE_SHARE, 'stated')} of the ways from the picture to it begin within "
        f"{field.core_px} px around its middle, which is what the photos below show, and half of "
        f"them within the thin frame of {field.half_px} px."
    )


def _maps_view(inside: Inside, one: LayerInside, place: int) -> MapsView:
    example, maps = inside.examples[place], one.maps[place]
    name = short(inside.names[example.photo])
    tiles = [
        Tile(picture_uri(example.pixels), "the photo", f"Photo {name}"),
        Tile(map_uri(maps.mean), "mean of all", f"Mean map of {name}", fine=False),
    ]
    for unit, values in zip(maps.strongest, maps.strongest_maps, strict=True):
        line = f"unit {unit}, up to {number_words(float(values.max()))}"
        tiles.append(Tile(map_uri(values), line, f"Map of unit {unit} for {name}", fine=False))
    score = number_words(example.score)
    return MapsView(f"{name}: {example.why} of all photos ({score})", tiles)


def _unit_view(inside: Inside, one: LayerInside, place: int) -> UnitView:
    unit = one.units[place]
    patches = [
        Tile(
            patch_uri(patch),
            f"{number_words(patch.value)}, {short(inside.names[patch.photo])}",
            f"Part of {inside.names[patch.photo]} that excites unit {unit.number}",
        )
        for patch in unit.patches
    ]
    made = Tile(
        picture_uri(unit.climbed.pixels),
        f"made: {number_words(unit.climbed.reached)}",
        f"Picture made to excite unit {unit.number}",
        fine=len(unit.climbed.pixels) >= FEW_PX,
    )
    maps = [] if one.layer.kind == "dense layer" else _own_maps(inside, one.maps, place)
    return UnitView(
        unit.number, unit.why, _unit_numbers(one, unit), made, _beyond(unit), patches, maps
    )


def _own_maps(inside: Inside, maps: tuple[PhotoMaps, ...], place: int) -> list[Tile]:
    tiles = []
    for example, one in zip(inside.examples, maps, strict=True):
        values = one.chosen_maps[place]
        name = short(inside.names[example.photo])
        line = f"its map of {name}, up to {number_words(float(values.max()))}"
        tiles.append(Tile(map_uri(values), line, f"Its map of {name}", fine=False))
    return tiles


def _unit_numbers(one: LayerInside, unit: UnitInside) -> str:
    facts = one.facts
    words = (
        f"Mean over all photos {number_words(facts.mean[unit.number])}; from photo to photo "
        f"{number_words(facts.spread[unit.number])} (standard deviation)."
    )
    if facts.weight is not None:
        weight = number_words(facts.weight[unit.number])
        words += f" Each 1 more in its mean over a photo changes the score by {weight}."
    return words


def _beyond(unit: UnitInside) -> str:
    """The picture's activation beside the largest over the photos."""
    reached, began = number_words(unit.climbed.reached), number_words(unit.climbed.began)
    largest = unit.patches[0].value
    words = f"The made picture reaches {reached}, from {began} for grey noise; the largest over "
    words += f"the photos is {number_words(largest)}."
    if largest <= 0 and unit.climbed.reached <= 0:
        return f"{words} Nothing shown wakes this unit."
    if unit.climbed.reached < largest:
        return f"{words} The ascent found less than a photo has."
    return words


def _rows(inside: Inside, one: LayerInside) -> list[LayerRow]:
    facts = one.facts
    rows = []
    for unit in range(one.layer.n_units):
        photo = int(facts.excited.photos[unit, 0])
        down, right = divmod(int(facts.excited.places[unit, 0]), one.layer.side)
        where = f"{inside.names[photo]} (row {down}, column {right})"
        rows.append(
            LayerRow(
                unit,
                number_words(facts.mean[unit]),
                number_words(facts.spread[unit]),
                number_words(float(facts.excited.values[unit, 0])),
                inside.names[photo] if one.layer.side == 1 else where,
                "" if facts.weight is None else number_words(facts.weight[unit]),
            )
        )
    return rows
