"""What is written in a cell with a unit: one measure, two, or a bound."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final, Literal

from arborisk.tables.numbers import read_number
from arborisk.tables.units import UNITS, plain_marks

Form = Literal["value", "range", "deviation", "above", "below"]


@dataclass(frozen=True, slots=True)
class WrittenMeasure:
    """A number with the name of its unit, "" where the text states none."""

    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class WrittenQuantity:
    """What a text says.

    Attributes:
        form: One value, a range of two, a value with its deviation, or a bound.
        first: The value, the lower end, or the bound.
        second: The upper end or the deviation.
    """

    form: Form
    first: WrittenMeasure
    second: WrittenMeasure | None = None

    @property
    def unit(self) -> str:
        """Unit in which to give both: that of the first, else that of the second."""
        return self.first.unit or (self.second.unit if self.second else "")


_SPELLINGS: Final = {
    spelling: unit.name
    for unit in UNITS.values()
    for spelling in (unit.name, *unit.spellings)
    if spelling
}
_UNIT: Final = "|".join(map(re.escape, sorted(_SPELLINGS, key=len, reverse=True)))
_NUMBER: Final = (
    r"[+-]?(?:\d{1,3}(?:[ .,']\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d{1,3})?"
    r"(?: ?\d\N{FRACTION SLASH}\d{1,2}| \d{1,2}/\d{1,2})?"
)
_FRACTION = re.compile(r"^(.*?) ?(\d{1,2})[/\N{FRACTION SLASH}](\d{1,2})$")
_MEASURE: Final = (
    rf"(?:{_NUMBER}|\d{{1,2}}[/\N{{FRACTION SLASH}}]\d{{1,2}}) ?(?:(?:{_UNIT})(?![a-z]))?"
)
_ONE = re.compile(rf"({_NUMBER}|\d{{1,2}}[/\N{{FRACTION SLASH}}]\d{{1,2}}) ?({_UNIT})?")
_FEET_INCHES = re.compile(
    rf"({_NUMBER}) ?(?:'|ft\.?|feet|foot)(?:[ ,-]|and)*"
    rf"({_NUMBER}|\d{{1,2}}/\d{{1,2}}) ?(\"|in\.?|inch|inches)?"
)
_DEVIATION = re.compile(rf"({_MEASURE}) ?(?:\N{{PLUS-MINUS SIGN}}|\+ ?/? ?-) ?({_MEASURE})")
_RANGE = re.compile(
    rf"(?:between |from |zwischen |von |entre |de )?({_MEASURE}) ?"
    rf"(?:-|~|to|and|bis|tot|t/m|hasta|und|a|\u00e0|et|y|until|through|thru|\.\.+) ?<? ?"
    rf"({_MEASURE})"
)
_ABOVE = re.compile(
    rf"(?:>=?|\u2265|over|above|more than|greater than|at least|from|ab|\u00fcber|mehr als|plus de|"
    rf"m\u00e1s de|oltre) ?({_MEASURE})"
)
_ABOVE_AFTER = re.compile(
    rf"({_MEASURE}) ?(?:\+|(?:and|or|&) (?:over|above|more|up|taller|greater|larger)|plus|"
    rf"(?:und|oder) mehr|et plus|ou plus|y m\u00e1s|o m\u00e1s)"
)
_BELOW = re.compile(
    rf"(?:<=?|\u2264|under|below|less than|up to|at most|bis|unter|weniger als|moins de|menos de)"
    rf" ?({_MEASURE})"
)
_BELOW_AFTER = re.compile(rf"({_MEASURE}) ?(?:and|or|&) (?:under|below|less|smaller)")
_ABOUT = re.compile(
    r"^(?:~|\u2248|ca\.?|c\.|circa|approx(?:\.|imately)?|about|around|est\.?|etwa|env\.?|environ) ?"
    r"(?=[\d.,<>+-])"
)
_REMARK = re.compile(r" ?(?:[(\[][^)\]]*[)\]]|est\.?|estimated|approx\.?|gesch\u00e4tzt)$")
_LONGEST: Final = 120
"""Characters above which a cell is a note; patterns then cannot take long either."""


def measured_text(cell: str, decimal_comma: bool = False) -> WrittenQuantity:
    """What a text with a unit, a range or a bound says.

    Args:
        cell: As written.
        decimal_comma: Whether the column is written with a decimal comma.

    Raises:
        ValueError: It cannot be read; says so in words that follow the cell.

    >>> measured_text("10-15 m").form, measured_text("60'+").form
    ('range', 'above')
    """
    if len(cell) > _LONGEST:
        raise ValueError("too long for a quantity")
    text = plain_marks(cell).casefold().replace("\N{EN DASH}", "-").replace("\N{EM DASH}", "-")
    text = _REMARK.sub("", _ABOUT.sub("", text)).strip()
    compound = _compound(text, decimal_comma)
    if compound is not None:
        return WrittenQuantity("value", compound)
    for pattern, form in _FORMS:
        found = pattern.fullmatch(text)
        if found is None:
            continue
        first = _measure(found[1], decimal_comma)
        if pattern.groups == 1:
            return WrittenQuantity(form, first)
        return WrittenQuantity(form, *_shared(form, first, _measure(found[2], decimal_comma)))
    raise ValueError("no quantity")


_FORMS: Final[tuple[tuple[re.Pattern[str], Form], ...]] = (
    (re.compile(rf"({_MEASURE})"), "value"),
    (_DEVIATION, "deviation"),
    (_RANGE, "range"),
    (_ABOVE, "above"),
    (_ABOVE_AFTER, "above"),
    (_BELOW, "below"),
    (_BELOW_AFTER, "below"),
)


def _shared(
    form: Form, first: WrittenMeasure, second: WrittenMeasure
) -> tuple[WrittenMeasure, WrittenMeasure]:
    """Two ends, the bare one in the unit of the other: ``10-15 m``, ``18 m ± 1``."""
    if form == "deviation" and second.unit == "%" and first.unit not in ("", "%"):
        return first, WrittenMeasure(first.value * second.value / 100, first.unit)
    if not first.unit:
        return replace(first, unit=second.unit if second.unit != "%" else ""), second
    return first, second if second.unit else replace(second, unit=first.unit)


def _compound(text: str, decimal_comma: bool) -> WrittenMeasure | None:
    """Feet and inches: ``5'6"``, ``5 ft 6 1/2 in``, ``5'-6"``."""
    found = _FEET_INCHES.fullmatch(text)
    if found is None:
        return None
    feet, inches = _number(found[1], decimal_comma), _number(found[2].lstrip("-"), decimal_comma)
    between = text[found.end(1) : found.start(2)] + found[2][:1]
    if not found[3] and "-" in between:
        if inches >= 12:
            return None
        raise ValueError("feet and inches or a range of feet: write the unit of both")
    if not 0 <= inches < 12:
        raise ValueError(f"{inches:g} inches, where 12 are a foot")
    return WrittenMeasure(feet + inches / 12, "ft")


def _measure(text: str, decimal_comma: bool) -> WrittenMeasure:
    found = _ONE.fullmatch(text.strip())
    if found is None:
        raise ValueError("no quantity")
    return WrittenMeasure(
        _number(found[1], decimal_comma), _SPELLINGS[found[2]] if found[2] else ""
    )


def _number(text: str, decimal_comma: bool) -> float:
    """A number with a fraction behind it; what NFKC makes of ``5½`` has a slash of its own."""
    text, slash_digits = text.strip(), ""
    mark = text.find("\N{FRACTION SLASH}")
    if mark > 0:
        text, slash_digits = text[: mark - 1].strip(), text[mark - 1 :]
        above, _, below = slash_digits.partition("\N{FRACTION SLASH}")
    else:
        found = _FRACTION.match(text)
        if found is None:
            return _plain(text, decimal_comma)
        text, above, below = found[1], found[2], found[3]
    if int(below) == 0:
        raise ValueError("a fraction over 0")
    whole = _plain(text, decimal_comma) if text else 0.0
    part = int(above) / int(below)
    return whole - part if text.startswith("-") else whole + part


def _plain(text: str, decimal_comma: bool) -> float:
    value = read_number(text, decimal_comma=decimal_comma)
    if value is None:
        raise ValueError("no number")
    return value
