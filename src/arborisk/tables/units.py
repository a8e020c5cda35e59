"""Units of lengths, speeds, angles and shares: their spellings, in cells and in headers."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from arborisk.tables.table import clean

Dimension = Literal["length", "speed", "angle", "share"]


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit.

    Attributes:
        name: As we write it.
        dimension: What it measures.
        factor: Of its value to that in metres, metres a second, degrees or parts of one.
        spellings: Other ways to write it, folded.
    """

    name: str
    dimension: Dimension
    factor: float
    spellings: tuple[str, ...] = ()


def _unit(name: str, dimension: Dimension, factor: float, spellings: str = "") -> Unit:
    return Unit(name, dimension, factor, tuple(part.strip() for part in spellings.split(",")))


UNITS: Final[Mapping[str, Unit]] = {
    unit.name: unit
    for unit in (
        _unit("m", "length", 1.0, "mtr, mtrs, mts, metre, metres, meter, meters, m\u00e8tre,"
              "m\u00e8tres, metro, metros, metri, m."),
        _unit("dm", "length", 0.1, "decimetre, decimetres, decimeter, decimeters"),
        _unit("cm", "length", 0.01, "cms, centimetre, centimetres, centimeter, centimeters,"
              "centim\u00e8tre, centim\u00e8tres, zentimeter, cent\u00edmetro, cent\u00edmetros,"
              "centimetro, centimetros, centimetri, cm."),
        _unit("mm", "length", 0.001, "millimetre, millimetres, millimeter, millimeters,"
              "millim\u00e8tres, mm."),
        _unit("km", "length", 1000.0, "kilometre, kilometres, kilometer, kilometers"),
        _unit("in", "length", 0.0254, "inch, inches, ins, in., \", zoll, pouces, pulgadas"),
        _unit("ft", "length", 0.3048, "feet, foot, ft., ', fts, feets, pieds, piedi"),
        _unit("us-ft", "length", 1200 / 3937, "us survey foot, us survey feet, ftus, us ft"),
        _unit("yd", "length", 0.9144, "yard, yards, yds"),
        _unit("mi", "length", 1609.344, "mile, miles"),
        _unit("m/s", "speed", 1.0, "mps, ms-1, m s-1, m*s-1, m.s-1, m.s^-1, m/sec, m per s,"
              "metres per second, meters per second, metre per second, meter per second, m s, ms"),
        _unit("km/h", "speed", 1 / 3.6, "kmh, kph, kmph, km/hr, km/u, kmh-1, km h-1, km h,"
              "kilometres per hour, kilometers per hour, km per h"),
        _unit("mph", "speed", 0.44704, "mi/h, mi/hr, miles per hour, mile per hour"),
        _unit("kn", "speed", 1852 / 3600, "kt, kts, kns, knot, knots, knoten, noeuds"),
        _unit("ft/s", "speed", 0.3048, "fps, feet per second, ft/sec"),
        _unit("deg", "angle", 1.0, "\u00b0, degs, degree, degrees, degr\u00e9s, grados, gradi"),
        _unit("rad", "angle", 180 / math.pi, "radian, radians"),
        _unit("share", "share", 1.0, "fraction, proportion"),
        _unit("%", "share", 0.01, "percent, per cent, percentage, pct, prozent, pourcent,"
              "pour cent, porcentaje"),
    )
}  # fmt: skip
"""Units by name. Sources: 1 in = 25.4 mm and 1 nautical mile = 1852 m exactly; US survey foot
1200/3937 m (NIST Handbook 44, appendix C). "Pied", "pie" and "Fu\u00df" in the singular also mean
the foot of a tree ("diam\u00e8tre au pied"), so they are no unit."""

_BY_SPELLING: Final[Mapping[str, Unit]] = {
    spelling: unit
    for unit in UNITS.values()
    for spelling in (unit.name, *unit.spellings)
    if spelling
}
_PRIMES: Final = str.maketrans(
    {
        **dict.fromkeys("\u2032\u2018\u2019\u201b\u02b9\u00b4`", "'"),
        **dict.fromkeys("\u2033\u201c\u201d\u201f\u02ba\u02dd", '"'),
        "\N{MIDDLE DOT}": "*",
        "\N{MINUS SIGN}": "-",
        "\N{SUPERSCRIPT MINUS}": "-",
        "\N{SUPERSCRIPT ONE}": "1",
        "\N{MASCULINE ORDINAL INDICATOR}": "\N{DEGREE SIGN}",
        "\N{RING ABOVE}": "\N{DEGREE SIGN}",
    }
)
_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
_PARTS = re.compile(
    r"[^\W\d_]+?(?=[A-Z\u00c0-\u00dd][a-z\u00df-\u00ff])"
    r"|[A-Z\u00c0-\u00dd]?[a-z\u00df-\u00ff]+|[^\W\d_]+|\d+|[%\u00b0/'\"]"
)
_GLUED = re.compile(r"[A-Z]{3,}(cm|mm|m|ft|in)")
_PREPOSITION = re.compile(r"(?<=\w)[ _](?:in|en|em)$", re.IGNORECASE)
_ENDINGS: Final = frozenset(
    {"sd", "se", "std", "dev", "deviation", "stdev", "sigma", "error", "min", "max", "mean"}
    | {"avg", "average", "low", "high", "lower", "upper", "est", "estimated", "estimate", "class"}
    | {"range", "category", "group", "approx", "rounded", "total", "value", "current", "new"}
)
"""Words behind the unit in a header: ``height_m_sd``."""


def plain_marks(text: str) -> str:
    r"""Text with straight primes and plain signs, whatever was typed.

    >>> plain_marks("5\u20326\u2033")
    '5\'6"'
    """
    text = clean(text.translate(_PRIMES)).translate(_PRIMES)
    return text.replace(" \u0301", "'").replace(" \u030b", '"').replace("''", '"')


def find_unit(text: str) -> Unit | None:
    """The unit that a spelling means, or None.

    >>> find_unit("M\u00e8tres").name
    'm'
    """
    return _BY_SPELLING.get(plain_marks(text).casefold())


def convert(value: float, unit: str, to: str) -> float:
    """A value in another unit of the same dimension.

    Args:
        value: In `unit`.
        unit: Name or spelling.
        to: Name or spelling.

    Raises:
        ValueError: A unit that is not known, or of another dimension.

    >>> round(convert(65, "ft", "m"), 3)
    19.812
    """
    return value * factor_between(unit, to)


def factor_between(unit: str, to: str) -> float:
    """Factor of values in one unit to those in another; see `convert`."""
    source, target = known_unit(unit), known_unit(to)
    if source.dimension != target.dimension:
        raise ValueError(f"{unit!r} is a unit of {source.dimension}, {to!r} of {target.dimension}")
    return 1.0 if source is target else source.factor / target.factor


def known_unit(text: str, dimension: str = "") -> Unit:
    """The unit of a spelling.

    Args:
        text: Name or spelling.
        dimension: That it must have; "" for any.

    Raises:
        ValueError: Not known, or of another dimension; lists those there are.
    """
    unit = find_unit(text)
    if unit is None or (dimension and unit.dimension != dimension):
        names = [item.name for item in UNITS.values() if dimension in ("", item.dimension)]
        what = f"a unit of {dimension}" if dimension else "a unit"
        raise ValueError(f"{text!r} is not {what}; known are {', '.join(names)}")
    return unit


def unit_in_header(header: str) -> str:
    """Name of the unit that a header states, or "".

    Args:
        header: As in the file: ``DBH (in)``, ``heightM``, ``HAUTEUR (m)``, ``Crown_Width_m``,
            ``height_m_sd``. A number before a unit says where was measured (``DBH at 1.3 m``).

    >>> [unit_in_header(h) for h in ("DBH (in)", "heightM", "gust_km_h", "DBH at 4.5 ft")]
    ['in', 'm', 'km/h', '']
    """
    return split_unit(header)[1]


def split_unit(header: str) -> tuple[str, str]:
    """A header without its unit, and the unit or "".

    >>> split_unit("Crown_Width_m"), split_unit("DBH (in)"), split_unit("height_m_sd")
    (('Crown_Width', 'm'), ('DBH', 'in'), ('height_sd', 'm'))
    """
    text = plain_marks(header)
    for found in _BRACKETS.finditer(text):
        unit = find_unit(found[1])
        if unit is not None:
            rest = f"{text[: found.start()].rstrip()} {text[found.end() :].lstrip()}"
            return rest.strip(), unit.name
    glued = _GLUED.fullmatch(text)
    if glued:
        return text[: glued.start(1)], glued[1]
    parts = list(_PARTS.finditer(text))
    end = len(parts)
    while end > 1 and parts[end - 1][0].casefold() in _ENDINGS:
        end -= 1
    for length in (3, 2, 1):
        start = end - length
        if start < 1 or parts[start - 1][0].isdigit():
            continue
        written = text[parts[start].start() : parts[end - 1].end()]
        unit = find_unit(written) or find_unit(" ".join(part[0] for part in parts[start:end]))
        if unit is not None:
            before = text[: parts[start].start()].rstrip(" _-.,;:/")
            before = _PREPOSITION.sub("", before)
            return before + text[parts[end - 1].end() :], unit.name
    return text, ""
