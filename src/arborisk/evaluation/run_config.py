"""What a run was asked to do: RUN/config.toml, read and checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arborisk.dataset.schemes import ClassScheme, SchemeClass
from arborisk.errors import DatasetError
from arborisk.evaluation.reading import RETRAIN, read_text


@dataclass(frozen=True, slots=True)
class RunConfig:
    """What a run was asked to do.

    Attributes:
        scheme: Classes, ascending by likelihood when ordered.
        model: Name of the model.
        size_px: Side of the square the network sees, in pixels, if stated.
        channels: 1 grey, 3 colour, if stated.
        source: ``drawn`` for drawn trees, else "".
        photo_root: Folder that the files of predictions.csv are relative to, if stated.
        values: The whole file, for the record of provenance.
    """

    scheme: ClassScheme
    model: str
    size_px: int | None
    channels: int | None
    source: str
    photo_root: Path | None
    values: Mapping[str, Any]


def read_config(run: Path) -> RunConfig:
    """Reads RUN/config.toml.

    Raises:
        DatasetError: The file is missing, is no TOML, or names no scheme or model; says what to do.
    """
    path = run / "config.toml"
    try:
        values = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise DatasetError("TOML", str(error), str(path), RETRAIN) from error
    model = values.get("model")
    name = model.get("name") if isinstance(model, dict) else model
    if not isinstance(name, str):
        raise DatasetError("a table [model] with a name", repr(model), str(path), RETRAIN)
    preprocess = values.get("preprocess", {})
    root = values.get("photo_root")
    return RunConfig(
        scheme=_scheme(values.get("scheme"), path),
        model=name,
        size_px=preprocess.get("size_px"),
        channels=preprocess.get("channels"),
        source=str(values.get("source", "")),
        photo_root=(run / root).resolve() if isinstance(root, str) and root else None,
        values=values,
    )


def _scheme(table: object, path: Path) -> ClassScheme:
    """The class scheme of a run from its table [scheme]."""
    try:
        if not isinstance(table, dict):
            raise TypeError("no table [scheme]")
        classes = tuple(
            SchemeClass(
                str(item["name"]),
                str(item.get("title", item["name"])),
                tuple(str(member) for member in item.get("members", [item["name"]])),
            )
            for item in table["classes"]
        )
        scheme = ClassScheme(
            str(table["name"]), classes, bool(table["ordered"]), bool(table.get("study_only"))
        )
    except (KeyError, TypeError) as error:
        raise DatasetError(
            "a table [scheme] with name, ordered and [[scheme.classes]]",
            f"a problem: {error!r}",
            str(path),
            RETRAIN,
        ) from error
    if len(classes) < 2:
        raise DatasetError("two classes or more", f"{len(classes)}", str(path), RETRAIN)
    return scheme
