"""A grid of settings, as its TOML file states it; unknown keys are refused."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from arborisk.errors import Remedy, SettingsError, key, option
from arborisk.studies.settings import RunSettings
from arborisk.text_files import parse_toml, read_text

SHORT_NAMES: Final = {
    "size": "preprocess.size_px",
    "channels": "preprocess.channels",
    "protocol": "split.protocol",
}
"""Axes with a name of their own; every other axis is a key of a run's settings."""

AXES: Final = (
    *("scheme", "size", "channels", "model", "weights", "regime", "augmentation"),
    *("output", "protocol"),
)
_ONCE: Final = "Set {} once, outside [axes] and [[cells]]; {} measures on several splits."
OF_THE_GRID: Final = {
    "seed": Remedy(_ONCE, key("seed", "grid"), key("repeats", "grid")),
    "split.folds": Remedy(_ONCE, key("folds", "grid"), key("repeats", "grid")),
    "split.file": Remedy(
        "Leave it out: a grid makes its own splits; {} measures on several.", key("repeats", "grid")
    ),
}
"""Settings that are the same for all cells, so that all are tested on the same photos, and what to
do instead."""

Block = Mapping[str, tuple[Any, ...]]
"""Values of each axis; its cells are all their combinations."""


class Drawn(BaseModel):
    """The stand to draw when no data set is given.

    Attributes:
        trees: Drawn trees, one photo each; 458 as in the deck.
        seed: Same seed, same stand.
        width_px: Width of a photo.
        height_px: Height of a photo.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    trees: int = Field(default=458, ge=20)
    seed: int = Field(default=7, ge=0)
    width_px: int = Field(default=252, ge=96)
    height_px: int = Field(default=336, ge=96)


class _File(BaseModel):
    """The keys of a grid file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = ""
    note: str = ""
    dataset: str = ""
    folds: int = Field(default=5, ge=0, le=50)
    repeats: int = Field(default=1, ge=1, le=100)
    seed: int = Field(default=0, ge=0)
    copies: int = Field(default=5, ge=2, le=64)
    skip_impossible: bool = False
    drawn: Drawn = Drawn()
    base: dict[str, Any] = {}
    axes: dict[str, Any] = {}
    cells: list[dict[str, Any]] = []


@dataclass(frozen=True, slots=True)
class Grid:
    """What a grid asks for.

    Attributes:
        title: For people.
        note: For people.
        text: The file, as it was given.
        dataset: Folder of the data set, or "" to draw a stand.
        folds: Folds of every cell, or 0 for one hold-out.
        repeats: How often every cell is measured, each time on another split.
        seed: Of the first repeat; the next has the next.
        copies: Changed copies of each photo under the protocol ``leaky``.
        skip_impossible: Leave out combinations that cannot work, with the reason, instead of
            refusing the grid.
        drawn: The stand to draw when there is no data set.
        base: Settings of all cells, by key with dots.
        blocks: Each gives all combinations of its values.
    """

    title: str
    note: str
    text: str
    dataset: str
    folds: int
    repeats: int
    seed: int
    copies: int
    skip_impossible: bool
    drawn: Drawn
    base: Mapping[str, Any]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the command line says instead of the grid.

    Attributes:
        schemes: The scheme axis, where any is given.
        folds: Of every cell.
        repeats: Of every cell.
        assignments: Settings by key; an axis of that name has this one value.
    """

    schemes: Sequence[str] = ()
    folds: int | None = None
    repeats: int | None = None
    assignments: Mapping[str, Any] = field(default_factory=dict)


def ready_grids() -> list[str]:
    """Names of the grids that come with the package."""
    folder = resources.files("arborisk") / "grids"
    return sorted(item.name.removesuffix(".toml") for item in folder.iterdir())


def read_grid(source: str) -> Grid:
    """A grid from a file, or one that comes with the package, by name.

    Args:
        source: Path of a TOML file, or a name of `ready_grids`.

    Raises:
        SettingsError: No such grid, no TOML, or a key that no grid has; names the nearest.
    """
    text, where = _text_of(source)
    content = parse_toml(text, where, "a grid", SettingsError)
    try:
        file = _File(**content)
    except ValidationError as error:
        raise _explained(error, where) from error
    base = {setting_of(key): value for key, value in flat(file.base).items()}
    _check_keys(base, where, "[base]")
    own = {"seed": base.pop("seed", file.seed), "folds": base.pop("split.folds", file.folds)}
    own |= {name: content[name] for name in own if name in content}  # the grid's own go first
    blocks = tuple(_block(table, where) for table in [file.axes, *file.cells] if table)
    fields = {name: getattr(file, name) for name in _File.model_fields}
    del fields["axes"], fields["cells"]
    if fields["dataset"] and not Path(where).is_file():
        raise SettingsError(
            "no data set",
            fields["dataset"],
            where,
            Remedy("Give {}.", option("--dataset", "experiment")),
        )
    if fields["dataset"]:
        fields["dataset"] = str(Path(where).parent / fields["dataset"])
    fields |= {"base": base, "text": text, "title": file.title or Path(where).stem, **own}
    return Grid(**fields, blocks=blocks or ({},))


def with_overrides(grid: Grid, wanted: Overrides) -> Grid:
    """The grid with what the command line says instead.

    Raises:
        SettingsError: An unknown key.
    """
    assignments = {setting_of(key): value for key, value in wanted.assignments.items()}
    _check_keys(assignments, "the options", "--set")
    seed = int(assignments.pop("seed", grid.seed))
    folds = int(assignments.pop("split.folds", grid.folds))
    fixed: dict[str, tuple[Any, ...]] = {key: (value,) for key, value in assignments.items()}
    if wanted.schemes:
        fixed["scheme"] = tuple(wanted.schemes)
    blocks = tuple(
        {axis: fixed.get(setting_of(axis), values) for axis, values in block.items()}
        | ({"scheme": fixed["scheme"]} if wanted.schemes else {})
        for block in grid.blocks
    )
    return replace(
        grid,
        blocks=blocks,
        base={**grid.base, **assignments},
        seed=seed,
        folds=folds if wanted.folds is None else wanted.folds,
        repeats=wanted.repeats or grid.repeats,
    )


def flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Turns ``{"training": {"epochs": 4}}`` into ``{"training.epochs": 4}``."""
    found: dict[str, Any] = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            found.update(flat(value, f"{prefix}{name}."))
        else:
            found[prefix + name] = value
    return found


def setting_of(axis: str) -> str:
    """Key of the settings that an axis stands for."""
    return SHORT_NAMES.get(axis, axis)


def _short_name(key: str) -> str:
    """An axis by its short name, where it has one, so that tables have one name for it."""
    return next((short for short, full in SHORT_NAMES.items() if full == key), key)


def _text_of(source: str) -> tuple[str, str]:
    """Text of a grid and where it stands."""
    path = Path(source)
    if path.is_file():
        return read_text(path, "a grid", SettingsError), str(path)
    if source in ready_grids():
        file = resources.files("arborisk") / "grids" / f"{source}.toml"
        return file.read_text(encoding="utf-8"), source
    raise SettingsError(
        f"a TOML file or one of the ready grids {', '.join(ready_grids())}",
        "no such file",
        source,
        "Check the path.",
    )


def _block(table: Mapping[str, Any], where: str) -> Block:
    """One block: every value a list, every axis by its short name."""
    axes = {
        _short_name(key): tuple(value) if isinstance(value, list) else (value,)
        for key, value in flat(table).items()
    }
    _check_keys(axes, where, "the axes and cells")
    for axis, values in axes.items():
        if not values:
            raise SettingsError(
                f"at least one value of {axis}", "none", where, "Give one, or leave the axis out."
            )
        if setting_of(axis) in OF_THE_GRID:
            raise SettingsError(
                "cells that are all measured on the same splits",
                f"the axis {axis!r}",
                where,
                OF_THE_GRID[setting_of(axis)],
            )
    return axes


def _check_keys(keys: Mapping[str, Any], where: str, part: str) -> None:
    """Refuses a key that is neither an axis nor the start of a setting."""
    known = {*AXES, *RunSettings.model_fields}
    for name in keys:
        if name.partition(".")[0] not in known:
            raise _unknown(name, sorted(known), f"{where}, {part}")


def _explained(error: ValidationError, where: str) -> SettingsError:
    """The first problem in words."""
    problem = error.errors()[0]
    name = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        kind = Drawn if name.startswith("drawn.") else _File
        known = list(kind.model_fields)
        return _unknown(name.rpartition(".")[2], known, where)
    return SettingsError(
        f"{name}: {problem['msg'].lower()}", repr(problem.get("input")), where, f"Correct {name}."
    )


def grid_keys() -> list[str]:
    """Keys of a grid file, outside its tables."""
    return list(_File.model_fields)


def _unknown(name: str, known: Sequence[str], where: str) -> SettingsError:
    """Names the nearest known key, or all of them."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    remedy = f"Did you mean {near[0]!r}?" if near else f"Known keys: {', '.join(known)}."
    return SettingsError("a known key", repr(name), where, remedy)
