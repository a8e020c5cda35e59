"""What a search was asked, kept in its folder; and the configuration it ends with."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal, Self

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, model_validator

import arborisk
from arborisk.errors import Remedy, SettingsError, option
from arborisk.files import write_text_whole
from arborisk.studies.run_folder import as_toml_values, without_folders
from arborisk.studies.settings import TUNED_HASH_DIGITS, RunSettings, TunedRecord
from arborisk.studies.task import Task
from arborisk.text_files import read_toml
from arborisk.wording.counts import counted

ASKED = "tune.toml"
BEST = "best.toml"
OBJECTIVE = "class_balanced_log_loss"
"""Mean over the classes of the mean log-loss of their photos, in nats, on the inner parts.

Log-loss, since on a few dozen photos macro-F1 moves in jumps of a photo, and the curve of a network
decides after few epochs whether it goes on; every class counting the same, as in balanced accuracy
and macro-F1, by which people judge a run: a plain log-loss would always prefer answers that lean to
the frequent class."""


class TuneSettings(BaseModel):
    """How a search goes.

    Attributes:
        trials: Settings to try.
        epochs_max: Epochs of a trial that is never stopped (Hyperband's greatest resource).
        inner_folds: Folds of the photos given, groups whole, by which a trial is judged; 0 for one
            hold-out. A trial may be stopped during the first; survivors are judged on all.
        inner_share: Share held out when `inner_folds` is 0.
        sampler: ``tpe`` learns from finished trials where to try next; ``random`` is Hyperband as
            published.
        outer_folds: Folds in which all of the search is repeated for an honest estimate; 0 for
            none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    trials: int = Field(default=30, ge=1)
    epochs_max: int = Field(default=18, ge=1)
    inner_folds: int = Field(default=3, ge=0, le=20)
    inner_share: float = Field(default=0.25, gt=0.0, lt=1.0)
    sampler: Literal["tpe", "random"] = "tpe"
    outer_folds: int = Field(default=0, ge=0, le=20)

    @model_validator(mode="after")
    def _a_single_fold_is_no_fold(self) -> Self:
        for name in ("inner_folds", "outer_folds"):
            if getattr(self, name) == 1:
                raise ValueError(f"{name}: 2 or more, or 0")
        return self


def open_search_folder(
    out: Path, search: TuneSettings, settings: RunSettings, dataset_hash: str, *, resume: bool
) -> None:
    """Makes the folder of a search, or goes on in one that was asked the same.

    More trials may be asked for on the way, and outer folds be added; with outer folds begun, both
    must stay, since each outer fold repeats the same search.

    Raises:
        SettingsError: The folder holds something else, or a search that was asked something else.
    """
    path = out / ASKED
    asked = {
        "dataset_hash": dataset_hash,
        "search": search.model_dump(),
        "run": as_toml_values(settings),
    }
    if path.is_file():
        if not resume:
            raise SettingsError(
                "a new folder",
                "a search",
                str(out),
                Remedy(
                    "Give {} to go on with it, or another {}.",
                    option("--resume", "tune"),
                    option("--out", "tune"),
                ),
            )
        _refuse_other_search(path, asked)
    elif resume:
        raise SettingsError(
            "a search to go on with",
            "none",
            str(out),
            Remedy(
                "Check {}, or leave out {}.", option("--out", "tune"), option("--resume", "tune")
            ),
        )
    elif out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise SettingsError(
            "a new or empty folder",
            "something else",
            str(out),
            Remedy("Give another {}.", option("--out", "tune")),
        )
    write_text_whole(path, tomli_w.dumps(asked))


def _refuse_other_search(path: Path, asked: dict[str, Any]) -> None:
    """Refuses to mix trials of two different searches."""
    before = read_toml(path, "what a search was asked", SettingsError)
    may_change = set() if before["search"]["outer_folds"] else {"trials", "outer_folds"}
    changed = [
        f"search.{key}"
        for key, value in asked["search"].items()
        if key not in may_change and before["search"].get(key) != value
    ]
    run = without_folders(before["run"])
    changed += sorted(
        key for key in {*run, *asked["run"]} if run.get(key) != _plain(asked["run"].get(key))
    )
    if before["dataset_hash"] != asked["dataset_hash"]:
        changed.append("the photos or their labels")
    if changed:
        raise SettingsError(
            "the settings and photos that the search began with",
            f"other values of {', '.join(changed)}",
            str(path.parent),
            Remedy("Use the same options, or another {}.", option("--out", "tune")),
        )


def _plain(value: object) -> object:
    """A value as TOML gives it back."""
    return tomllib.loads(tomli_w.dumps({"it": value}))["it"] if value is not None else None


def tuned_record(
    task: Task, rows: list[int], base: RunSettings, *, n_trials: int, inner_score: float
) -> TunedRecord:
    """What a search leaves on a configuration: the photos of `rows`, and those tuned on before."""
    seen = {task.labelled.rows[row].sha256[:TUNED_HASH_DIGITS] for row in rows}
    return TunedRecord(
        photos=tuple(sorted(seen | set(base.tuned.photos))),
        n_trials=n_trials,
        objective=OBJECTIVE,
        inner_score=inner_score,
        dataset_hash=task.dataset.content_hash,
        arborisk=arborisk.__version__,
    )


def write_best(path: Path, settings: RunSettings) -> Path:
    """Writes a configuration that ``arborisk train --config`` takes as it is."""
    tuned = settings.tuned
    head = (
        f"# Found by `arborisk tune`: the best of {counted(tuned.n_trials, 'trial')} by "
        f"{tuned.objective}.\n# [tuned] names the photos it was chosen on, by the first "
        f"{TUNED_HASH_DIGITS} hexadecimal digits of their SHA-256:\n# `arborisk train` on any of "
        "them says first that its scores are optimistic.\n"
    )
    write_text_whole(path, head + tomli_w.dumps(as_toml_values(settings)))
    return path
