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
from arborisk.errors import ArboriskError, PhotoError
from arborisk.photos import find_photos, n_cores, read_facts, sha256_of
from arborisk.prediction.journal import Journal, journal_path
from arborisk.prediction.record import PROBABILITY_DIGITS, PhotoPrediction, PredictionSummary
from arborisk.prediction.table import columns_of, row_of, write_table, writer_for
from arborisk.preprocess import PreprocessSettings, photo_seed, prepare_file
from arborisk.records import Failure, PhotoFacts, Progress

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
        and (entry.n_bytes, entry.modified_ns) == _stamp(path)
    )


def _stamp(path: Path) -> tuple[int, int]:
    """Size and time of change; zeros for a file that went away."""
    try:
        facts = path.stat()
    except OSError:
        return 0, 0
    return facts.st_size, facts.st_mtime_ns


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


def predict_one(
    bundle: Bundle, settings: PreprocessSettings, name: str, path: Path
) -> PhotoPrediction:
    """Answer for one photo; a photo that cannot be used is an answer too."""
    n_bytes, modified_ns = _stamp(path)
    facts = PhotoFacts(0, 0)
    probability: tuple[float, ...] = ()
    failure = None
    try:
        facts = read_facts(path)
        # Only a random crop needs the seed, and the seed needs every byte of the file.
        seed = photo_seed(sha256_of(path)) if settings.crop == "random" else 0
        array = prepare_file(path, settings, seed=seed)
    except PhotoError as error:
        failure = Failure(name, error.reason, str(error))
    except Exception as error:  # whatever a decoder throws at one photo must not end the run
        failure = Failure(name, "unexpected", f"{type(error).__name__}: {error}")
    else:
        answer = bundle.predict(array[None]).probability[0]
        probability = tuple(round(value, PROBABILITY_DIGITS) for value in answer.tolist())
    return PhotoPrediction(
        photo=name,
        n_bytes=n_bytes,
        modified_ns=modified_ns,
        probability=probability,
        failure=failure,
        taken_at=facts.taken_at.isoformat() if facts.taken_at else "",
        latitude=facts.latitude,
        longitude=facts.longitude,
    )


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
