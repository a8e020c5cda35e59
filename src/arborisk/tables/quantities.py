"""Quantities as people write them: units, ranges, bounds, deviations, and likely slips."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from arborisk.errors import SettingsError
from arborisk.tables.crosswalks import code_of
from arborisk.tables.measure_text import WrittenMeasure, WrittenQuantity, measured_text
from arborisk.tables.numbers import read_number, shown
from arborisk.tables.table import Cell, is_missing
from arborisk.tables.units import UNITS, Dimension, factor_between, known_unit

OPEN_END: Final = 1.5
"""An open class such as "> 20 m" is taken as a range up to this many times its bound, and said: it
would be wrong to leave out the tallest trees, and wrong to take the bound for their height."""
_ROOT_12: Final = math.sqrt(12.0)


class QuantityError(ValueError):
    """A cell that is no quantity; the text says what was found."""


class NoUnitError(QuantityError):
    """A bare number where no unit is stated."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity, with its doubt where the cell says one.

    Attributes:
        value: In `unit`; the middle of a range; NaN where the cell says nothing.
        deviation: Standard deviation; that of an even spread for a range; NaN where not stated.
        low: Lower end of a range, NaN where there is none.
        high: Upper end of a range.
        unit: Name of the unit, see `arborisk.tables.units`.
        note: What was taken, for a bound, a code or the cell's own unit; "" for a plain number.
    """

    value: float
    deviation: float = math.nan
    low: float = math.nan
    high: float = math.nan
    unit: str = ""
    note: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether the cell says nothing."""
        return math.isnan(self.value)

    def to(self, unit: str) -> Quantity:
        """The same in another unit."""
        factor = factor_between(self.unit, unit)
        ends = [part * factor for part in (self.value, self.deviation, self.low, self.high)]
        return replace(self, value=ends[0], deviation=ends[1], low=ends[2], high=ends[3], unit=unit)

    @property
    def words(self) -> str:
        """For example ``30 ± 2 m/s`` or ``10 to 15 m``."""
        unit = {"share": "", "deg": "\N{DEGREE SIGN}"}.get(self.unit, f" {self.unit}")
        if not math.isnan(self.low):
            return f"{self.low:.4g} to {self.high:.4g}{unit}"
        doubt = "" if math.isnan(self.deviation) else f" \N{PLUS-MINUS SIGN} {self.deviation:.3g}"
        return f"{self.value:.4g}{doubt}{unit}"


def read_quantity(
    cell: Cell,
    dimension: Dimension,
    *,
    unit: str = "",
    decimal_comma: bool = False,
    codes: Mapping[str, str] | None = None,
) -> Quantity:
    """A cell of a column of quantities.

    Args:
        cell: Number or text: ``18``, ``65 ft``, ``5'6"``, ``10-15 m``, ``> 20``, ``18 ± 1 m``.
        dimension: What the column measures.
        unit: Of bare numbers, name or spelling; "" where nobody states one. A cell's own unit
            stands above it.
        decimal_comma: Whether the column is written with a decimal comma.
        codes: Code to what it stands for, ``{"3": "20..30 ft"}``; then a bare number that is no
            code is refused.

    Raises:
        NoUnitError: A bare number and no unit. Shares need none: parts of one.
        QuantityError: What cannot be read, a range the wrong way round, or another dimension.

    >>> read_quantity("65 ft", "length").to("m").words
    '19.81 m'
    """
    if is_missing(cell):
        return Quantity(math.nan, unit=unit)
    unit = unit or ("share" if dimension == "share" else "")
    meaning = code_of(cell, codes) if codes else None
    if meaning is not None:
        found = read_quantity(meaning, dimension, unit=unit, decimal_comma=False)
        return replace(found, note=f"code {shown(cell)} means {meaning}")
    try:
        value = read_number(cell, decimal_comma=decimal_comma)
    except ValueError as error:
        if not isinstance(cell, str):
            raise QuantityError(str(error)) from None
        return _from_text(cell, dimension, unit, decimal_comma)
    if codes:
        raise QuantityError(f"{shown(cell)}, which is not in the table of codes")
    if value is None:
        return Quantity(math.nan, unit=unit)
    if not unit:
        raise NoUnitError(f"{shown(cell)} without a unit")
    return Quantity(value, unit=unit)


def read_option(text: str, dimension: Dimension, *, unit: str, name: str) -> Quantity:
    """The value of a command-line option, in the option's unit.

    Args:
        text: As typed; a bare number is in `unit`.
        dimension: What the option states.
        unit: Of the option.
        name: The option, for messages: ``--gust``.

    Returns:
        In `unit`; the note echoes what was taken where it was typed in another.

    Raises:
        SettingsError: No quantity of that dimension.

    >>> read_option("67 mph", "speed", unit="m/s", name="--gust").note
    '67 mph is 29.95 m/s'
    """
    try:
        found = read_quantity(text, dimension, unit=unit)
        if found.is_missing:
            raise QuantityError("nothing")
    except ValueError as error:
        others = [
            item.name
            for item in UNITS.values()
            if item.dimension == dimension and item.name != unit
        ]
        raise SettingsError(
            f"a number in {unit}, with its deviation or a range if wanted (30\N{PLUS-MINUS SIGN}2, "
            f"28-32), or with another unit: {', '.join(others)}",
            str(error),
            name,
            "Correct the value, or leave it empty if nobody knows it.",
        ) from error
    same = found.to(unit)
    changed = known_unit(found.unit).name != known_unit(unit).name
    return replace(same, note=f"{found.words} is {same.words}" if changed else found.note)


def _from_text(cell: str, dimension: Dimension, unit: str, decimal_comma: bool) -> Quantity:
    try:
        found = measured_text(cell, decimal_comma)
        own = found.unit
        if own and known_unit(own).dimension != dimension:
            found, own = _relative(found, dimension), ""
    except QuantityError:
        raise
    except ValueError as error:
        raise QuantityError(f"{shown(cell)}: {error}") from None
    taken = own or unit
    if not taken:
        raise NoUnitError(f"{shown(cell)} without a unit")
    try:
        first = _in(found.first, taken)
        second = _in(found.second, taken) if found.second else None
    except ValueError as error:
        raise QuantityError(f"{shown(cell)}: {error}") from None
    noted = "its own unit" if own and unit and known_unit(own) != known_unit(unit) else ""
    return _quantity(cell, found.form, first, second, taken, noted, dimension)


def _in(part: WrittenMeasure, unit: str) -> float:
    return part.value * factor_between(part.unit, unit) if part.unit else part.value


def _relative(found: WrittenQuantity, dimension: str) -> WrittenQuantity:
    """``18 m ± 10 %`` as a deviation in metres; anything else of another dimension is refused."""
    first, second = found.first, found.second
    if found.form == "deviation" and second and second.unit == "%" and not first.unit:
        return replace(found, second=WrittenMeasure(first.value * second.value / 100, ""))
    raise QuantityError(f"a unit of {known_unit(found.unit).dimension}, not of {dimension}")


def _quantity(
    cell: str,
    form: Literal["value", "range", "deviation", "above", "below"],
    first: float,
    second: float | None,
    unit: str,
    note: str,
    dimension: Dimension,
) -> Quantity:
    if form == "value":
        return Quantity(first, unit=unit, note=note)
    if form == "deviation":
        assert second is not None
        if second < 0:
            raise QuantityError(f"{shown(cell)}, a deviation below 0")
        return Quantity(first, second, unit=unit, note=note)
    if form == "above":
        second = first * OPEN_END
        if dimension == "share":
            second = min(second, factor_between("share", unit))
        said = f"no upper end: taken as {first:.4g} to {second:.4g} {unit}"
        note = f"{note}; {said}" if note else said
    elif form == "below":
        first, second = 0.0, first
    assert second is not None
    if not first <= second:
        raise QuantityError(f"{shown(cell)}, a range whose ends are the wrong way round")
    return Quantity((first + second) / 2, (second - first) / _ROOT_12, first, second, unit, note)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Where doubt begins for one quantity.

    Attributes:
        name: As people call it.
        above: Value above which it is doubted.
        unit: Of `above`.
        why: What speaks against it.
    """

    name: str
    above: float
    unit: str
    why: str


DOUBTS: Final[Mapping[str, Doubt]] = {
    "height": Doubt("height", 60.0, "m", "few trees anywhere are taller; is it in feet?"),
    "crown_width": Doubt("crown width", 40.0, "m", "few crowns are wider; is it in feet?"),
    "dbh": Doubt("diameter", 300.0, "cm", "few stems are thicker; is it in mm, or a girth?"),
    "girth": Doubt("girth", 950.0, "cm", "few stems are thicker; is it in mm?"),
    "gust": Doubt(
        "gust", 70.0, "m/s", "above the strongest hurricanes on land; is it in km/h or mph?"
    ),
    "conductor_height": Doubt(
        "conductor height", 60.0, "m", "few lines hang higher; is it in feet?"
    ),
}
"""By role. Sources: 60 m and 300 cm, which few species reach outside the forests of the Pacific
coast (registers of champion trees); 70 m/s as the least of Saffir-Simpson category 5 (NOAA)."""
SLENDERNESS_LOW: Final = 5.0
"""Height over diameter below which a tree is doubted: the stoutest baobabs reach about 5."""
SLENDERNESS_HIGH: Final = 200.0
"""Height over diameter above which a tree is doubted: it would not carry its own weight long."""


def doubtful(role: str, value: float) -> str:
    """A sentence where a value is to be doubted, or "".

    Args:
        role: For example ``height``, ``dbh``, ``gust``.
        value: In the unit of `DOUBTS`: m, cm, m/s.

    >>> doubtful("height", 65)
    'a height of 65 m: few trees anywhere are taller; is it in feet?'
    """
    doubt = DOUBTS.get(role)
    if doubt is None or not value > doubt.above:
        return ""
    return f"a {doubt.name} of {value:.4g} {doubt.unit}: {doubt.why}"


def doubtful_shape(height_m: float, dbh_cm: float) -> str:
    """A sentence where height and diameter do not go together, or "".

    Args:
        height_m: Height, m; NaN where unknown.
        dbh_cm: Diameter, cm; NaN where unknown.

    >>> doubtful_shape(20, 5)
    'a height of 20 m with a diameter of 5 cm: 400 times as tall as thick; is a unit wrong?'
    """
    if not (height_m > 0 and dbh_cm > 0) or math.isinf(height_m * dbh_cm):
        return ""
    ratio = height_m * 100 / dbh_cm
    if SLENDERNESS_LOW <= ratio <= SLENDERNESS_HIGH:
        return ""
    return (
        f"a height of {height_m:.4g} m with a diameter of {dbh_cm:.4g} cm: {ratio:.3g} times as "
        "tall as thick; is a unit wrong?"
    )
