"""The main job on drawn trees, end to end, small enough to wait for."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from arborisk.bundle.load import load_bundle
from arborisk.dataset.audit import audit_dataset
from arborisk.dataset.importing import import_photos
from arborisk.dataset.labelling import ImportOptions
from arborisk.dataset.loading import load_dataset
from arborisk.errors import Remedy, SettingsError, option
from arborisk.files import write_text_whole
from arborisk.models.table import DEFAULT_MODEL, model_entry
from arborisk.prediction.run import predict_photos
from arborisk.prediction.summary import PredictionSummary
from arborisk.preprocess.files import PrepareAhead
from arborisk.report.demo_report import write_demo_report
from arborisk.simulate.writing import simulate_stand
from arborisk.split.files import write_split
from arborisk.studies.learners import ProgressFor
from arborisk.studies.settings import load_settings
from arborisk.studies.task import make_task
from arborisk.studies.train import Run, train
from arborisk.wording.counts import counted
from arborisk.wording.sentences import DRAWN_TREES

N_TREES = 126
N_NEW_TREES = 20
WIDTH_PX, HEIGHT_PX = 504, 672
SCHEME = "PrPo_Im"
N_FOLDS = 3
MODELS_SHOWN = (("model1", "run-model1"), (DEFAULT_MODEL, "run-default"))
MARKER = "made-by-arborisk-demo.txt"


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demo made.

    Attributes:
        report: The HTML report to open.
        runs: Model 1 and the default model, measured on the same kind of split.
        predictions: Summary of the new photos.
    """

    report: Path
    runs: tuple[Run, ...]
    predictions: PredictionSummary


def run_demo(
    out: Path,
    *,
    n_trees: int = N_TREES,
    n_new_trees: int = N_NEW_TREES,
    seed: int = 7,
    progress_for: ProgressFor,
    tell: Callable[[str], None],
) -> Demo:
    """Draws trees, imports, audits, trains and measures two models, and assesses new photos.

    Args:
        out: Folder to write; one that an earlier demo made is replaced.
        n_trees: Drawn trees to learn from, one photo each.
        n_new_trees: Drawn trees to assess afterwards.
        seed: Same seed, same demo.
        progress_for: Gives the progress of a named piece of long work.
        tell: Called with a line for each step.

    Raises:
        SettingsError: `out` holds something that no demo made.
    """
    _clear(out)
    tell(f"1 of 6  Drawing {counted(n_trees + n_new_trees, 'tree')}. {DRAWN_TREES}")
    _draw(out / "stand", n_trees, seed, progress_for("Drawing trees"))
    _draw(out / "new-stand", n_new_trees, seed + 1, progress_for("Drawing new trees"))
    _new_photos(out / "new-stand" / "photos", out / "new-photos")
    tell("2 of 6  Importing photos and labels")
    import_photos(
        out / "stand" / "photos",
        out / "dataset",
        ImportOptions(labels=out / "stand" / "labels.csv"),
        ahead=partial(PrepareAhead, model_entry(DEFAULT_MODEL).preprocess),
        progress=progress_for("Reading photos"),
    )
    tell("3 of 6  Splitting, trees and sites kept whole, and auditing")
    wanted = {"scheme": SCHEME, "seed": seed, "split": {"folds": N_FOLDS}}
    split = out / "split.csv"
    write_split(make_task(out / "dataset", load_settings(wanted)).split, split)
    audit = audit_dataset(load_dataset(out / "dataset"), split=split)
    write_text_whole(out / "audit.json", audit.to_json())
    wanted["split"] = {"protocol": "given", "file": str(split)}
    runs = []
    for number, (model, name) in enumerate(MODELS_SHOWN, start=4):
        tell(f"{number} of 6  Training and measuring {model}")
        settings = load_settings({**wanted, "model": model})
        runs.append(train(out / "dataset", settings, out / name, progress_for=progress_for))
    tell("6 of 6  Assessing new photos")
    summary = predict_photos(
        load_bundle(out / "run-default"),
        out / "new-photos",
        out / "new-photos.csv",
        progress=progress_for("Assessing photos"),
    )
    report = write_demo_report(
        out / "report.html",
        dataset_folder=out / "dataset",
        runs=[run.folder for run in runs],
        predictions=out / "new-photos.csv",
        audit_json=json.loads(audit.to_json()),
    )
    return Demo(report, tuple(runs), summary)


def _clear(out: Path) -> None:
    """Removes an earlier demo; refuses to remove anything else."""
    if out.exists() and any(out.iterdir()):
        if not (out / MARKER).is_file():
            raise SettingsError(
                "a new folder or an earlier demo",
                "something else",
                str(out),
                Remedy("Give another {}.", option("--out", "learn demo")),
            )
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    write_text_whole(
        out / MARKER, "Made by `arborisk learn demo`, which replaces this folder when run again.\n"
    )


def _draw(out: Path, n_trees: int, seed: int, progress: Callable[[int, int], None]) -> None:
    """A stand at the size of the demo."""
    simulate_stand(
        out,
        n_trees=n_trees,
        seed=seed,
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
        progress=progress,
    )


def _new_photos(drawn: Path, folder: Path) -> None:
    """New photos as they come from the field: two of them are broken."""
    shutil.copytree(drawn, folder)
    first = sorted(folder.iterdir())[0]
    (folder / "cut-off.jpg").write_bytes(first.read_bytes()[:4000])
    (folder / "notes.jpg").write_text("Oak at the gate, cavity at 2 m.\n", encoding="utf-8")
