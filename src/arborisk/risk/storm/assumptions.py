"""What is assumed where nobody measured: named sets, as data, printed with every answer."""

from __future__ import annotations

import functools
from importlib import resources
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from arborisk.errors import AssessmentError
from arborisk.mechanics.wind import Streamlining
from arborisk.risk.storm.measures import MEASURES, TreeQuantity
from arborisk.text_files import parse_toml, read_text

DEFAULT_SET = "open_grown_2026"
SETS = (DEFAULT_SET,)
_FILE = "a set of assumptions"

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Law(_Strict):
    """How a quantity is spread.

    Attributes:
        centre: The middle, in the unit of the name; with ``per`` as a share of that quantity.
        shared: How far the middle may be wrong for all trees of a kind at once.
        own: Spread from tree to tree. Both are standard deviations: of the logarithm for positive
            quantities, in the quantity's unit for the others.
        per: Quantity that this one scales with, or "".
        source: Where it comes from.
    """

    centre: float
    shared: NotNegative
    own: NotNegative
    per: str = ""
    source: str

    @property
    def words(self) -> str:
        """As printed with the answer."""
        of = f" x {self.per}" if self.per else ""
        return f"{self.centre:g}{of}, own {self.own:g}, shared {self.shared:g}"


class MeasurementError(_Strict):
    """Standard deviation of a measurement, as in `Law.own`."""

    value: NotNegative
    source: str


class Drag(_Strict):
    """Drag coefficient at two speeds, m/s."""

    low_ms: Positive
    at_low: Positive
    high_ms: Positive
    at_high: Positive
    source: str

    @model_validator(mode="after")
    def _check(self) -> Drag:
        if self.high_ms <= self.low_ms or self.at_high > self.at_low:
            raise ValueError("drag must fall, or stay, from the lower to the higher speed")
        return self


class TreeKind(_Strict):
    """What is assumed of one kind of tree; see `arborisk.mechanics.StandingTree`."""

    outline_share: Positive
    pressure_share: Positive
    drag: Drag
    assumed: dict[str, Law]
    fill: dict[str, Law]

    @property
    def streamlining(self) -> Streamlining:
        """Drag as a function of speed."""
        drag = self.drag
        return Streamlining.through(drag.low_ms, drag.at_low, drag.high_ms, drag.at_high)


class Assumptions(_Strict):
    """A named set.

    Attributes:
        name: Printed with every answer.
        title: What it is for.
        note: What to be wary of.
        error: Errors of measurement where a table states none.
        broadleaf: Of broadleaves.
        conifer: Of conifers.
    """

    name: str
    title: str
    note: str
    error: dict[str, MeasurementError]
    broadleaf: TreeKind
    conifer: TreeKind

    @property
    def kinds(self) -> tuple[TreeKind, TreeKind]:
        """In the order of `KINDS`."""
        return self.broadleaf, self.conifer

    @model_validator(mode="after")
    def _check(self) -> Assumptions:
        """Every quantity once, none that is unknown, every centre within its limits."""
        _complete("error", set(self.error), set(MEASURES))
        for name, kind in zip(KINDS, self.kinds, strict=True):
            _complete(f"{name}.assumed", set(kind.assumed), _names(of_tree=False))
            fillable = {key for key in _names(of_tree=True) if not MEASURES[key].required}
            _complete(f"{name}.fill", set(kind.fill), fillable)
            for key, law in (kind.assumed | kind.fill).items():
                _within(MEASURES[key], law, f"{name}.{key}")
        return self


KINDS = ("broadleaf", "conifer")


def _names(*, of_tree: bool) -> set[str]:
    return {name for name, measure in MEASURES.items() if measure.of_tree == of_tree}


def _complete(table: str, found: set[str], wanted: set[str]) -> None:
    if found != wanted:
        words = [f"{name} is missing" for name in sorted(wanted - found)]
        words += [f"{name} is not known" for name in sorted(found - wanted)]
        raise ValueError(f"[{table}]: {', '.join(words)}")


def _within(measure: TreeQuantity, law: Law, where: str) -> None:
    if law.per:
        if law.per not in ("height_m", "crown_width_m"):
            raise ValueError(f"{where}: per must be height_m or crown_width_m, not {law.per}")
    elif not measure.low <= law.centre <= measure.high:
        raise ValueError(f"{where}: centre {law.centre:g} not in {measure.low:g}-{measure.high:g}")


def load_assumptions(name_or_file: str = DEFAULT_SET) -> Assumptions:
    """A set by name, or from a TOML file of the same form.

    Raises:
        AssessmentError: No such set or file, or one that is incomplete or impossible.
    """
    if name_or_file in SETS:
        return _packaged(name_or_file)
    path = Path(name_or_file)
    if not path.is_file():
        raise AssessmentError(
            f"a set of assumptions ({', '.join(SETS)}) or a TOML file",
            repr(name_or_file),
            "--assume",
            "Name one of these, or write a file like open_grown_2026.toml.",
        )
    return _read(read_text(path, _FILE, AssessmentError), str(path))


@functools.cache
def _packaged(name: str) -> Assumptions:
    text = resources.files("arborisk.risk.storm").joinpath(f"{name}.toml")
    return _read(text.read_text(encoding="utf-8"), name)


def _read(text: str, where: str) -> Assumptions:
    content = parse_toml(text, where, _FILE, AssessmentError)
    try:
        return Assumptions.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise AssessmentError(
            "a complete set of assumptions",
            f"{place}: {first['msg']}" if place else first["msg"],
            where,
            "Correct it; open_grown_2026.toml shows the form.",
        ) from error
