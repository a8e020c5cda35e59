"""What one hyperparameter may be, and how its value becomes a setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from arborisk.studies.settings import RunSettings

Value = int | float | str
"""What a search draws: a number, or the word or number of a choice."""
DECIMALS = 10
"""Steps of 0.05 are drawn as 0.15000000000000002; rounded, they are what people write."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A number from `low` to `high`, both included; whole where both are.

    Attributes:
        name: In the study, the tables and the plots.
        key: Setting by its dotted path. A last part that is a number is a place in a list, counted
            from 0: ``model1.dense.1``.
        low: Least value.
        high: Greatest value.
        step: Distance between values, or None for any value.
        log: Whether equal factors, not equal steps, are equally likely.
        why: Source of the range, or its reason.
    """

    name: str
    key: str
    low: float
    high: float
    step: float | None
    log: bool
    why: str

    @property
    def keys(self) -> frozenset[str]:
        """Settings that it decides."""
        return frozenset([self.key])

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers are drawn."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    @property
    def words(self) -> str:
        """The range, for people."""
        how = " on a logarithmic scale" if self.log else f" by {self.step:g}" if self.step else ""
        return f"{self.low:g} to {self.high:g}{how}"

    def settings(self, value: Value) -> dict[str, Any]:
        """Keys and values that a drawn value stands for."""
        return {self.key: value if isinstance(value, int | str) else round(value, DECIMALS)}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few.

    Attributes:
        name: See `Numbers`.
        options: What is drawn to the settings that it stands for, keys as in `Numbers`.
        why: Source of the options, or their reason.
    """

    name: str
    options: Mapping[Value, Mapping[str, Any]]
    why: str

    @property
    def keys(self) -> frozenset[str]:
        """Settings that it decides."""
        return frozenset(key for option in self.options.values() for key in option)

    @property
    def words(self) -> str:
        """The options, for people."""
        return ", ".join(map(str, self.options))

    def settings(self, value: Value) -> dict[str, Any]:
        """Keys and values that a drawn value stands for."""
        return dict(self.options[value])


Dimension = Numbers | Choice


def choice(name: str, key: str, values: Sequence[Value], why: str) -> Choice:
    """One of some values of a single setting."""
    return Choice(name, {value: {key: value} for value in values}, why)


def with_values(
    base: RunSettings, dimensions: Sequence[Dimension], values: Mapping[str, Value]
) -> RunSettings:
    """Settings with drawn values in their places; all else stays as it is.

    Args:
        base: Settings that the search began with.
        dimensions: What was searched.
        values: Drawn value by name of the dimension.
    """
    whole: dict[str, Any] = {}
    sections: dict[str, dict[str, Any]] = {}
    for dimension in dimensions:
        for key, value in dimension.settings(values[dimension.name]).items():
            section, _, rest = key.partition(".")
            if not rest:
                whole[section] = value
                continue
            field, _, place = rest.partition(".")
            fields = sections.setdefault(section, getattr(base, section).model_dump())
            fields[field] = _placed(fields, field, int(place), value) if place else value
    for name, fields in sections.items():
        section_type: type[BaseModel] = type(getattr(base, name))
        whole[name] = section_type.model_validate(fields)
    return base.model_copy(update=whole)


def _placed(fields: Mapping[str, Any], field: str, place: int, value: object) -> tuple[Any, ...]:
    """A list with one value changed; a value for all layers is first written out for each."""
    current = fields[field]
    if current is None:  # dense activations: as all others
        current = fields["activation"]
    each = list(current) if isinstance(current, tuple | list) else [current]
    while len(each) <= place:
        each.append(each[-1] if each else value)
    each[place] = value
    return tuple(each)
