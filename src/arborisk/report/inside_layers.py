"""What the page of one layer shows."""

from __future__ import annotations

from dataclasses import dataclass

from arborisk.explanation.inside.fields import CORE_SHARE
from arborisk.explanation.inside.patches import LEAST_PX
from arborisk.explanation.inside.records import Inside, LayerInside, PhotoMaps, UnitInside
from arborisk.explanation.inside.units import shown_px_of
from arborisk.report.inside_figures import FEW_PX, map_uri, patch_uri, picture_uri
from arborisk.wording.percent import percent


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
class Row:
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
    rows: list[Row]


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


def _rows(inside: Inside, one: LayerInside) -> list[Row]:
    facts = one.facts
    rows = []
    for unit in range(one.layer.n_units):
        photo = int(facts.excited.photos[unit, 0])
        down, right = divmod(int(facts.excited.places[unit, 0]), one.layer.side)
        where = f"{inside.names[photo]} (row {down}, column {right})"
        rows.append(
            Row(
                unit,
                number_words(facts.mean[unit]),
                number_words(facts.spread[unit]),
                number_words(float(facts.excited.values[unit, 0])),
                inside.names[photo] if one.layer.side == 1 else where,
                "" if facts.weight is None else number_words(facts.weight[unit]),
            )
        )
    return rows
