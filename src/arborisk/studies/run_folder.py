"""The run folder: what a run was asked, and what it gave. Every file is written whole or not."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import tomli_w

import arborisk
from arborisk.errors import Remedy, SettingsError, option
from arborisk.evaluation.run_tables import RunData, read_run_data, write_run_data
from arborisk.files import write_text_whole
from arborisk.studies.settings import RunSettings
from arborisk.tables import write
from arborisk.text_files import read_toml

CONFIG = "config.toml"
VERSIONED_PACKAGES = ("numpy", "pillow", "onnxruntime", "torch", "scikit-learn", "onnx")


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Writes a CSV file whole."""
    write.write_table(path, columns, (dict(zip(columns, row, strict=True)) for row in rows))


def software_versions() -> dict[str, str]:
    """Versions of what computed the run."""
    versions = {"arborisk": arborisk.__version__, "python": platform.python_version()}
    for package in VERSIONED_PACKAGES:
        versions[package] = importlib.metadata.version(package)
    return versions


def open_run_folder(run: Path, settings: RunSettings, data: RunData, *, resume: bool) -> None:
    """Makes the run folder, or goes on in one that was asked the same.

    Args:
        run: The folder.
        settings: What is asked.
        data: The photos it is asked of.
        resume: Go on in a folder that exists.

    Raises:
        SettingsError: The folder holds something else, or a run that was asked something else.
    """
    config = as_toml_values(settings)
    path = run / CONFIG
    if path.is_file():
        if not resume:
            raise SettingsError(
                "a new run folder",
                "a run",
                str(run),
                Remedy(
                    "Give {} to go on with it, or another {}.",
                    option("--resume", "train"),
                    option("--out", "train"),
                ),
            )
        _refuse_other_work(run, config, data)
        write_run_data(data, run)
        return
    if resume:
        raise SettingsError(
            "a run to go on with",
            "none",
            str(run),
            Remedy(
                "Check {}, or leave out {}.", option("--out", "train"), option("--resume", "train")
            ),
        )
    if run.exists() and (not run.is_dir() or any(run.iterdir())):
        raise SettingsError(
            "a new or empty folder",
            "something else",
            str(run),
            Remedy("Give another {}.", option("--out", "train")),
        )
    run.mkdir(parents=True, exist_ok=True)
    write_text_whole(path, tomli_w.dumps(config))  # first: it makes the folder a run that can go on
    write_run_data(data, run)


def _refuse_other_work(run: Path, config: Mapping[str, Any], data: RunData) -> None:
    """Refuses to go on with a run that began with other settings or photos."""
    asked = without_folders(read_toml(run / CONFIG, "settings of a run", SettingsError))
    changed = sorted(key for key in {*asked, *config} if asked.get(key) != config.get(key))
    if (run / "data.json").is_file():
        before = read_run_data(run)
        if before.dataset_hash != data.dataset_hash:
            changed.append("the photos or their labels")
        if before.scheme != data.scheme:
            changed.append("the classes of the scheme")
    if changed:
        raise SettingsError(
            "the settings and photos that the run began with",
            f"other values of {', '.join(changed)}",
            str(run),
            Remedy("Use the same options, or another {}.", option("--out", "train")),
        )


def as_toml_values(settings: RunSettings) -> dict[str, Any]:
    """Settings as TOML can hold them and as they may be shared: see `without_folders`.

    What is not set is left out.
    """
    return without_folders(settings.model_dump(mode="json", exclude_none=True))


def without_folders(values: dict[str, Any]) -> dict[str, Any]:
    """Values whose absolute paths are reduced to the names of the files.

    A run, a report and a bundle are passed on; where a split or a scheme lay on the disk of who
    made them, often under a person's name, is nobody's business. Relative paths stay as typed.

    >>> without_folders({"split": {"file": "/home/jane/split.csv"}, "scheme": "mine/two.toml"})
    {'split': {'file': 'split.csv'}, 'scheme': 'mine/two.toml'}
    """
    return {key: _without_folder(value) for key, value in values.items()}


def _without_folder(value: object) -> object:
    if isinstance(value, dict):
        return without_folders(value)
    if isinstance(value, str):
        for kind in (PurePosixPath, PureWindowsPath):
            if kind(value).is_absolute():
                return kind(value).name
    return value


def write_environment(run: Path) -> None:
    """Writes ``environment.txt``: the versions that computed the run."""
    lines = [f"{name} {version}" for name, version in software_versions().items()]
    lines.append(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores")
    write_text_whole(run / "environment.txt", "\n".join(lines) + "\n")
