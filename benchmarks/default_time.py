"""From 500 photos of 640 px to a measured and shipped default model, as a ratio to embedding alone.

    python benchmarks/default_time.py [--photos 500] [--data FOLDER --labels FOLDER/labels.csv]

Import, 5 grouped folds, evaluation, bundle and report, as `arborisk import` and
`arborisk train` do them, everything cold: a fresh data set and run folder, no prepared photos, no
embeddings, no exported backbone; in a fresh process, timed from start to end, imports included.
Embedding alone is measured right after, in a process of its own: the same prepared photos through
the same exported backbone, which is already there. Targets: 30 s on 2 cores, and at most 3 times
embedding alone. Without --data the photos are drawn, which is not timed; pixels cost the same time
whatever they show.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

from arborisk.photos.workers import n_cores
from arborisk.records import Progress

SIDE_PX = 640
PHOTOS_A_TREE = 2


@dataclass(frozen=True, slots=True)
class Order:
    """What to learn from: photos, their table of labels, and the class scheme."""

    photos: Path
    labels: Path
    scheme: str


Work = Callable[[Order, Path, Connection], None]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--photos", type=int, default=500, help="Photos to draw.")
    parser.add_argument("--data", type=Path, help="Folder of photos instead of drawn ones.")
    parser.add_argument("--labels", type=Path, help="Its CSV: file, label, and tree or site.")
    parser.add_argument("--scheme", default="Pr_Po_Im", help="Class scheme: as-labelled for yours.")
    parser.add_argument("--turns", type=int, default=1, help="Times to measure; the median counts.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        order = Order(given.data, given.labels, given.scheme)
        if given.data is None:
            stand = Path(temporary) / "stand"
            draw(stand, given.photos)
            order = Order(stand / "photos", stand / "labels.csv", given.scheme)
        ratios, seconds = [], []
        for turn in range(given.turns):
            scratch = Path(temporary) / f"turn-{turn}"
            scratch.mkdir()
            started = time.perf_counter()
            stages = ask(whole_way, order, scratch)
            seconds.append(time.perf_counter() - started)
            embedding = ask(embedding_alone, order, scratch)
            ratios.append(seconds[-1] / embedding["seconds"])
            print(f"{embedding['photos']:.0f} photos, {n_cores()} cores: {seconds[-1]:.1f} s")
            print("  " + ", ".join(f"{name} {value:.1f}" for name, value in stages.items()))
            print(f"  embedding alone: {embedding['seconds']:.1f} s", flush=True)
    print(f"from files to report: {median(seconds):.1f} s (target: 30 s for 500 photos on 2 cores)")
    print(f"over embedding alone: {median(ratios):.2f} (target: at most 3)")


def draw(folder: Path, n_photos: int) -> None:
    """Draws a stand with square photos, two a tree."""
    from arborisk.simulate.writing import simulate_stand

    n_trees = n_photos // PHOTOS_A_TREE
    simulate_stand(
        folder,
        n_trees=n_trees,
        width_px=SIDE_PX,
        height_px=SIDE_PX,
        photos_per_tree=PHOTOS_A_TREE,
    )


def ask(work: Work, order: Order, scratch: Path) -> dict[str, float]:
    """What a piece of work answers from a fresh process."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(order, scratch, sending))
    process.start()
    sending.close()
    answer: dict[str, float] = receiving.recv()
    process.join()
    return answer


def whole_way(order: Order, scratch: Path, answer: Connection) -> None:
    """Import, train the default model, evaluate, ship and report; seconds of each stage."""
    ends = [("", time.perf_counter())]
    os.environ["ARBORISK_CACHE"] = str(scratch / "backbone")
    from arborisk.dataset.importing import import_photos
    from arborisk.dataset.labelling import ImportOptions
    from arborisk.models.table import DEFAULT_MODEL, model_entry
    from arborisk.preprocess.files import PrepareAhead
    from arborisk.studies.settings import load_settings
    from arborisk.studies.train import train

    ahead = partial(PrepareAhead, model_entry(DEFAULT_MODEL).preprocess)
    options = ImportOptions(labels=order.labels)
    import_photos(order.photos, scratch / "dataset", options, ahead=ahead)
    ends.append(("import", time.perf_counter()))
    began = {"Embedding photos": "split and prepare", "Training": "export backbone and embed"}

    def progress_for(name: str) -> Progress:
        if name in began:
            ends.append((began[name], time.perf_counter()))
        return lambda done, total: None

    run = scratch / "run"
    train(
        scratch / "dataset", load_settings({"scheme": order.scheme}), run, progress_for=progress_for
    )
    now, clock = time.perf_counter(), time.time()
    files = {"fit 5 heads": run / "predictions.csv", "evaluate": run / "metrics.json"}
    ends += [(name, now - clock + file.stat().st_mtime) for name, file in files.items()]
    ends.append(("bundle and report", now))
    pairs = zip(ends[1:], ends[:-1], strict=True)
    answer.send({name: end - start for (name, end), (_, start) in pairs})


def embedding_alone(order: Order, scratch: Path, answer: Connection) -> None:
    """The prepared photos of the whole way, embedded once more with its exported backbone."""
    os.environ["ARBORISK_CACHE"] = str(scratch / "backbone")
    from arborisk.models.embedding import embed_arrays
    from arborisk.studies.measuring import prepare_task
    from arborisk.studies.settings import load_settings
    from arborisk.studies.task import make_task

    settings = load_settings({"scheme": order.scheme})
    task = make_task(scratch / "dataset", settings)
    arrays = prepare_task(task, settings, lambda _: lambda done, total: None)
    sha256 = [row.sha256 for row in task.labelled.rows]
    started = time.perf_counter()
    embed_arrays(
        arrays,
        sha256=sha256,
        preprocess=settings.preprocess,
        cache_dir=scratch / "fresh-cache",
        model=settings.model,
    )
    answer.send({"seconds": time.perf_counter() - started, "photos": float(len(sha256))})


if __name__ == "__main__":
    main()
