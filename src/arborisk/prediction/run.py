"""Photos in, rows out.

Each thread takes one photo from file to answer: decode, prepare, network. Pillow and ONNX Runtime
leave Python's lock while they work, so threads fill the cores as processes would, with one copy of
the network. The network sees one photo at a time: on processors that is the fastest batch size, and
an answer cannot depend on which photos came before, so a resumed run ends as an uninterrupted one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from arborisk.bundle.load import Bundle
from arborisk.errors import ArboriskError, Remedy, option
from arborisk.photos.files import find_files, passed_over_text
from arborisk.photos.workers import n_cores
from arborisk.prediction.answers import Answering
from arborisk.prediction.assessment import AssessedPhotos, assess
from arborisk.prediction.gates.gating import Gating
from arborisk.prediction.journal import Journal, PhotoPrediction, journal_path
from arborisk.prediction.options import USUAL, AnswerOptions
from arborisk.prediction.photo import file_stamp, predict_one
from arborisk.prediction.rows import (
    photo_columns,
    photo_rows,
    tree_columns,
    tree_rows,
    trees_of_photos,
    write_predictions,
)
from arborisk.prediction.summary import PredictionSummary
from arborisk.prediction.why import Overlays, overlays_folder, refuse_overlays_place
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.records import Progress
from arborisk.tables.write import check_out

WAITING_PER_THREAD = 4
"""Photos handed out ahead for each thread: enough to keep it busy, few enough for flat memory."""


def predict_photos(
    bundle: Bundle,
    photos: Path,
    out: Path,
    *,
    exact: bool = False,
    n_threads: int | None = None,
    tree_ids: Mapping[str, str] | None = None,
    options: AnswerOptions = USUAL,
    restart: bool = False,
    why: bool = False,
    progress: Progress | None = None,
) -> PredictionSummary:
    """Rates the likelihood of every photo under a folder.

    Finished photos are kept in a journal beside ``out``. A rerun skips those it has, tries failed
    or changed ones again, and ends with the same table as one uninterrupted run.

    Args:
        bundle: The model.
        photos: A photo, or a folder that is searched with all its folders.
        out: Table to write: .csv, .jsonl, .parquet, .geojson, .gpkg or .xlsx.
        exact: Decode every pixel instead of the nearest scale that JPEG offers.
        n_threads: Photos worked on at once; None means one a core.
        tree_ids: Tree by photo, named as in the column ``photo``, at least one of them of a photo
            found. With it a second table is
            written, ``OUT_trees``: photos of one tree fused into one answer.
        options: How answers are put: coverage, referral, prevalence. They may change from one run
            into ``out`` to the next; no photo is read again for that.
        restart: Forget an earlier run into ``out``.
        why: Also write, into the folder ``OUT_why``, an overlay of each photo that shows which
            places its answer came from; those that an earlier run did not write are added.
        progress: Called with photos done and photos in all.

    Returns:
        What was done. Photos that could not be used are rows with the reason, never an exception.

    Raises:
        ArboriskError: No photos, a table of other origin at ``out``, other settings than those of
            an interrupted run, another run into ``out``, a damaged journal, or ``why`` for a
            network without an exact map; says what to do.
    """
    check_out(out)
    answering = Answering(bundle, options)
    settings = bundle.description.preprocess
    if exact:
        settings = settings.model_copy(update={"exact": True})
    gating = Gating(bundle)
    overlays = None
    if why:
        folder = overlays_folder(out)
        refuse_overlays_place(photos, folder, earlier=restart or journal_path(out).exists())
        overlays = Overlays(folder, answering, gating, settings)
    root, names, passed_over = _named_photos(photos)
    task = _Task(bundle, gating, settings, overlays, root, names, passed_over)
    trees = trees_of_photos(tree_ids or {}, task.names)
    if tree_ids and not trees:
        raise ArboriskError(
            f"trees of the photos, named as {task.names[0]!r} is",
            f"{len(tree_ids)} other names, the first {next(iter(tree_ids))!r}",
            "--trees",
            "Write each photo's path relative to the folder, with forward slashes.",
        )
    _refuse_taken_place(out, tree_ids)
    if not restart and out.exists() and not journal_path(out).exists():
        raise ArboriskError(
            "a new table, or one with its journal beside it",
            "a file without a journal",
            str(out),
            Remedy(
                "Choose another {}, or write it anew with {}.",
                option("--out", "predict"),
                option("--restart", "predict"),
            ),
        )
    header = {"bundle_id": bundle.bundle_id, "preprocess": settings.model_dump(mode="json")}
    with Journal(journal_path(out), header, restart=restart) as journal:
        done = {name for name in task.names if _is_done(journal, name, task.root / name)}
        _work(task, done, journal, n_threads or n_cores(), progress)
        found = assess(journal, task.names, trees, answering, gating)
        return _finish(task, journal, found, answering, out, tree_ids=trees, n_done=len(done))


@dataclass(frozen=True, slots=True)
class _Task:
    """What is asked of whom. Of each photo only its name is kept, for flat memory."""

    bundle: Bundle
    gating: Gating
    settings: PreprocessSettings
    overlays: Overlays | None
    root: Path
    names: list[str]
    passed_over: Mapping[str, int]

    def answer(self, name: str) -> PhotoPrediction:
        """Answer for the photo of that name, with its overlay where one is asked for."""
        path = self.root / name
        return predict_one(self.bundle, self.gating, self.settings, name, path, self.overlays)

    def lacks_overlay(self, name: str) -> bool:
        """Whether an overlay is asked for, and that of the photo as it is now is not there."""
        if self.overlays is None:
            return False
        return not self.overlays.is_current(name, *file_stamp(self.root / name))


def _named_photos(photos: Path) -> tuple[Path, list[str], Mapping[str, int]]:
    """A folder, the photos in it by their names in the table, sorted; and the files passed over."""
    found = find_files(photos)
    if not found.photos:
        raise ArboriskError(
            "at least one photo",
            " ".join(["none.", passed_over_text(found.passed_over)]).strip(" ."),
            str(photos),
            "Give a photo or a folder of photos.",
        )
    root = photos if photos.is_dir() else photos.parent
    names = [path.relative_to(root).as_posix() for path in found.photos]
    return root, names, found.passed_over


def _is_done(journal: Journal, name: str, path: Path) -> bool:
    """Whether the journal holds an answer for the file as it is now."""
    if name not in journal:
        return False
    earlier = journal[name]
    same = (earlier.n_bytes, earlier.modified_ns) == file_stamp(path)
    return same and earlier.failure is None


def _work(
    task: _Task, done: set[str], journal: Journal, n_threads: int, progress: Progress | None
) -> None:
    """Answers the photos not done, a few in flight at a time, journalled in order.

    Those that are done but lack their overlay are looked at once more; their answer stays.
    """
    todo = [name for name in task.names if name not in done or task.lacks_overlay(name)]
    n_before = len(task.names) - len(todo)
    waiting: deque[Future[PhotoPrediction]] = deque()
    with ThreadPoolExecutor(n_threads, thread_name_prefix="predict") as pool:

        def keep_oldest(n_handed_out: int) -> None:
            prediction = waiting.popleft().result()
            if prediction.photo not in done:
                journal.append(prediction)
            if progress:
                progress(n_before + n_handed_out - len(waiting), len(task.names))

        try:
            for number, name in enumerate(todo, start=1):
                waiting.append(pool.submit(task.answer, name))
                if len(waiting) == n_threads * WAITING_PER_THREAD:
                    keep_oldest(number)
            while waiting:
                keep_oldest(len(todo))
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _refuse_taken_place(out: Path, tree_ids: Mapping[str, str] | None) -> None:
    """Never writes the table of trees over a file that no earlier run wrote."""
    place = trees_path(out)
    if tree_ids and place.exists() and not journal_path(out).exists():
        raise ArboriskError(
            "a free place for the table of trees",
            "a file that no earlier run wrote",
            str(place),
            Remedy("Choose another {}, or move that file.", option("--out", "predict")),
        )


def trees_path(out: Path) -> Path:
    """Where the table of trees lies: beside that of photos."""
    return out.with_name(f"{out.stem}_trees{out.suffix}")


def _finish(
    task: _Task,
    journal: Journal,
    found: AssessedPhotos,
    answering: Answering,
    out: Path,
    *,
    tree_ids: dict[str, str],
    n_done: int,
) -> PredictionSummary:
    """Writes the tables in the order of the photos, and sums them up."""
    write_predictions(
        out, photo_columns(answering), photo_rows(journal, found, answering, tree_ids)
    )
    of_trees = None
    if found.trees is not None:
        of_trees = trees_path(out)
        write_predictions(of_trees, tree_columns(answering), tree_rows(found, answering))
    overlays = None if task.overlays is None else task.overlays.folder
    lines = tuple(task.gating.lines())
    return PredictionSummary(
        out, of_trees, found, answering, n_done, lines, overlays, task.passed_over
    )
