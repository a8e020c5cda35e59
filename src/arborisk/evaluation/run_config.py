"""What a run was asked to do and on which data: RUN/config.toml and RUN/data.json."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from arborisk.dataset.schemes import ClassScheme, SchemeClass
from arborisk.errors import DatasetError
from arborisk.evaluation.reading import RETRAIN, read_text
from arborisk.files import write_text_whole


@dataclass(frozen=True, slots=True)
class RunData:
    """The data of a run, as far as its settings do not say.

    Attributes:
        scheme: Classes with their titles and members, ascending by likelihood when ordered.
        dataset: Name of the data set.
        dataset_hash: Hash of its photos and labels.
        photo_root: Folder that the files of predictions.csv are relative to.
        source: `arborisk.records.DRAWN` for drawn trees, else "".
        n_tuned_on: Photos of the run that its settings were chosen on by a search.
        n_photos: Photos of the run, to compare with; 0 where it is not known.
        counts_classes_alike: Whether the model was trained as if all classes were equally common.
    """

    scheme: ClassScheme
    dataset: str
    dataset_hash: str
    photo_root: Path
    source: str = ""
    n_tuned_on: int = 0
    n_photos: int = 0
    counts_classes_alike: bool = False


@dataclass(frozen=True, slots=True)
class RunConfig:
    """What a run was asked to do.

    Attributes:
        model: Name of the model.
        size_px: Side of the square the network sees, in pixels, if stated.
        values: All settings, nested as in the file.
        data: What it was done on.
    """

    model: str
    size_px: int | None
    values: Mapping[str, Any]
    data: RunData

    @property
    def scheme(self) -> ClassScheme:
        """Classes of the run."""
        return self.data.scheme


def write_run_data(data: RunData, run: Path) -> Path:
    """Writes RUN/data.json and gives its path.

    Args:
        data: The data of the run. Its photo root is written relative to the run folder, so that
            both can be moved together.
        run: Run folder.
    """
    path = run / "data.json"
    content = asdict(data)
    content["photo_root"] = os.path.relpath(data.photo_root, run)
    write_text_whole(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    return path


def read_run_data(run: Path) -> RunData:
    """Reads RUN/data.json.

    Raises:
        DatasetError: The file is missing or holds something else; says what to do.
    """
    path = run / "data.json"
    try:
        content = json.loads(read_text(path))
        scheme = content["scheme"]
        classes = tuple(
            SchemeClass(str(item["name"]), str(item["title"]), tuple(map(str, item["members"])))
            for item in scheme["classes"]
        )
        data = RunData(
            ClassScheme(str(scheme["name"]), classes, bool(scheme["ordered"])),
            dataset=str(content["dataset"]),
            dataset_hash=str(content["dataset_hash"]),
            photo_root=(run / str(content["photo_root"])).resolve(),
            source=str(content["source"]),
            n_tuned_on=int(content.get("n_tuned_on", 0)),  # runs before `tune` do not state it
            n_photos=int(content.get("n_photos", 0)),
            counts_classes_alike=bool(content.get("counts_classes_alike", False)),
        )
    except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise DatasetError(
            "the scheme, data set, its hash, photo_root and source of a run",
            f"a problem: {error!r}",
            str(path),
            RETRAIN,
        ) from error
    if len(classes) < 2:
        raise DatasetError("two classes or more", f"{len(classes)}", str(path), RETRAIN)
    return data


def read_config(run: Path) -> RunConfig:
    """Reads RUN/config.toml and RUN/data.json.

    Raises:
        DatasetError: A file is missing, is not in its format, or names no model; says what to do.
    """
    path = run / "config.toml"
    try:
        values = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise DatasetError("TOML", str(error), str(path), RETRAIN) from error
    model = values.get("model")
    if not isinstance(model, str):
        raise DatasetError("the name of a model", repr(model), f"{path}, model", RETRAIN)
    preprocess = values.get("preprocess", {})
    size_px = preprocess.get("size_px") if isinstance(preprocess, dict) else None
    return RunConfig(
        model=model,
        size_px=size_px if isinstance(size_px, int) else None,
        values=values,
        data=read_run_data(run),
    )
