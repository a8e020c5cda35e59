"""Photos in, rows out.

Each thread takes one photo from file to answer: decode, prepare, network. Pillow and ONNX Runtime
leave Python's lock while they work, so threads fill the cores as processes would, with one copy of
the network. The network sees one photo at a time: on processors that is the fastest batch size, and
an answer cannot depend on which photos came before, so a resumed run ends as an uninterrupted one.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from arborisk.bundle import Bundle
from arborisk.errors import ArboriskError
from arborisk.photos import find_photos, n_cores
from arborisk.prediction.journal import Journal, journal_path
from arborisk.prediction.one import file_stamp, predict_one
from arborisk.prediction.record import PhotoPrediction, PredictionSummary
from arborisk.prediction.table import columns_of, row_of, write_table, writer_for
from arborisk.preprocess import PreprocessSettings
from arborisk.records import Progress

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
    restart: bool = False,
    progress: Progress | None = None,
) -> PredictionSummary:
    """Rates the likelihood of every photo under a folder.

    Finished photos are kept in a journal beside ``out``. A rerun skips those it has, tries failed
    or changed ones again, and ends with the same table as one uninterrupted run.

    Args:
        bundle: The model.
        photos: A photo, or a folder that is searched with all its folders.
        out: Table to write: .csv, .jsonl, .parquet or .geojson.
        exact: Decode every pixel instead of the nearest scale that JPEG offers.
        n_threads: Photos worked on at once; None means one a core.
        tree_ids: Tree by photo, named as in the column ``photo``.
        restart: Forget an earlier run into ``out``.
        progress: Called with photos done and photos in all.

    Returns:
        What was done. Photos that could not be used are rows with the reason, never an exception.

    Raises:
        ArboriskError: No photos, a table of other origin at ``out``, other settings than those of
            an interrupted run, or a damaged journal; says what to do.
    """
    writer_for(out)
    paths = _named_photos(photos)
    settings = bundle.description.preprocess
    if exact:
        settings = settings.model_copy(update={"exact": True})
    journal_file = journal_path(out)
    if restart:
        journal_file.unlink(missing_ok=True)
    elif out.exists() and not journal_file.exists():
        raise ArboriskError(
            "a new table, or one with its journal beside it",
            "a file without a journal",
            str(out),
            "Choose another --out, or write it anew with --restart.",
        )
    header = {"bundle_id": bundle.bundle_id, "preprocess": settings.model_dump(mode="json")}
    with Journal(journal_file, header) as journal:
        todo = [name for name, path in paths.items() if not _is_done(journal, name, path)]
        done_before = len(paths) - len(todo)
        _work(bundle, settings, paths, todo, journal, n_threads, progress)
        return _finish(bundle, paths, journal, out, tree_ids or {}, done_before)


def _named_photos(photos: Path) -> dict[str, Path]:
    """Photos by the name that they have in the table, sorted."""
    found = find_photos(photos)
    if not found:
        raise ArboriskError(
            "at least one photo", "none", str(photos), "Give a photo or a folder of photos."
        )
    root = photos if photos.is_dir() else photos.parent
    return {path.relative_to(root).as_posix(): path for path in found}


def _is_done(journal: Journal, name: str, path: Path) -> bool:
    """Whether the journal holds an answer for the file as it is now."""
    entry = journal.entries.get(name)
    return (
        entry is not None
        and not entry.failed
        and (entry.n_bytes, entry.modified_ns) == file_stamp(path)
    )


def _work(
    bundle: Bundle,
    settings: PreprocessSettings,
    paths: Mapping[str, Path],
    todo: list[str],
    journal: Journal,
    n_threads: int | None,
    progress: Progress | None,
) -> None:
    """Answers the photos to do, a few in flight at a time, journalled in order."""
    n_workers = n_threads or n_cores()
    waiting: deque[Future[PhotoPrediction]] = deque()
    remaining = iter(todo)
    done = len(paths) - len(todo)
    with ThreadPoolExecutor(n_workers, thread_name_prefix="predict") as pool:
        try:
            while True:
                while len(waiting) < n_workers * WAITING_PER_THREAD:
                    name = next(remaining, None)
                    if name is None:
                        break
                    waiting.append(pool.submit(predict_one, bundle, settings, name, paths[name]))
                if not waiting:
                    break
                journal.append(waiting.popleft().result())
                done += 1
                if progress:
                    progress(done, len(paths))
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _finish(
    bundle: Bundle,
    paths: Mapping[str, Path],
    journal: Journal,
    out: Path,
    tree_ids: Mapping[str, str],
    done_before: int,
) -> PredictionSummary:
    """Writes the table in the order of the photos and counts what is in it."""
    names = bundle.description.scheme.scheme.names
    counts = Counter(dict.fromkeys(names, 0))
    failures: Counter[str] = Counter()

    def rows() -> Iterator[dict[str, Any]]:
        for name in paths:
            prediction = journal.read(name)
            if prediction.failure:
                failures[prediction.failure.reason] += 1
            else:
                counts[names[prediction.likeliest]] += 1
            yield row_of(prediction, bundle, tree_ids.get(name, ""))

    write_table(out, columns_of(bundle), rows())
    return PredictionSummary(
        out=out,
        n_photos=len(paths),
        n_done_before=done_before,
        failures=dict(failures),
        counts=dict(counts),
        bundle_id=bundle.bundle_id,
        description=bundle.description,
    )
