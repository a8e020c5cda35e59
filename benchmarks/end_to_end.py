"""From 12-megapixel photos to an evaluated model: ours against the plain way.

    python benchmarks/end_to_end.py --photos 458

Ours: `import_photos` and `train` as `arborisk import` and `arborisk train` call them, with
the default model and 5 folds by site, up to bundle and report. Everything is cold: a fresh data
set and run folder, no prepared photos, no embeddings, and no exported backbone. The plain way: one
process that decodes each photo in full with Pillow, turns it upright, makes it grey, crops the
middle square, resamples it to 108 pixels (cubic), trains Model 1 for 4 epochs on 80 % of the photos
and counts how many of the rest it gets right. It trains through `fit_network`, with as many torch
threads as torch chooses; a slower loop of one's own would only help us.

Each runs in a fresh process, timed from its start to its end, imports included. The two take turns.
The photos are drawn, enlarged and given a camera's noise; making them is not timed. Target: ours
at least 4 times as fast at 458 photos.
"""

from __future__ import annotations

import argparse
import csv
import multiprocessing
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageOps

from arborisk.cli.console import progress_for
from arborisk.photos.workers import map_photos, n_cores
from arborisk.records import Progress

if TYPE_CHECKING:
    from arborisk.simulate.pictures import PhotoJob

WIDTH_PX, HEIGHT_PX = 3024, 4032
DRAWN_SMALLER = 6  # the drawing is enlarged this many times
NOISE = 4.0  # standard deviation in grey levels; files of 2 to 4 MB, as from phones
JPEG_QUALITY = 92
ON_ITS_SIDE = 6  # EXIF orientation of most phones' upright photos
SIZE_PX, EPOCHS, TRAINING_SHARE = 108, 4, 0.8
SAMPLED_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class Order:
    """One photo to make: the drawing and where it goes."""

    job: PhotoJob
    path: Path


@dataclass(slots=True)
class Stages:
    """When each stage of a way ended."""

    started: float = field(default_factory=time.time)
    ends: list[tuple[str, float]] = field(default_factory=list)

    def end(self, name: str, at: float | None = None) -> None:
        """Notes the end of a stage: now, or at the time a file was written."""
        self.ends.append((name, time.time() if at is None else at))

    def seconds(self) -> dict[str, float]:
        """Length of each stage."""
        starts = [self.started] + [at for _, at in self.ends]
        return {name: at - start for (name, at), start in zip(self.ends, starts[:-1], strict=True)}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way, once.

    Attributes:
        seconds: Start to end of the process.
        processor_s: Processor time of the process and its workers, all cores.
        stages: Seconds of each stage; what is missing is the start of Python.
        peak_mib: Highest resident memory of the process and its workers together.
        said: What the way found, in a sentence.
    """

    seconds: float
    processor_s: float
    stages: dict[str, float]
    peak_mib: float
    said: str


Way = Callable[[Path, Path, Connection], None]


def make_photos(folder: Path, n_photos: int) -> None:
    """Writes different photos of 12 megapixels with their table of labels."""
    # Here, not above: each worker process of either way reads this file again.
    from arborisk.simulate.pictures import plan_visits
    from arborisk.simulate.sampling import draw_stand

    stand = draw_stand(n_trees=n_photos, seed=7)
    jobs = plan_visits(stand.trees, stand.sites, photos_per_tree=1, seed=7)
    (folder / "photos").mkdir(parents=True)
    orders = [Order(job, folder / "photos" / job.file) for job in jobs]
    progress = progress_for("Making photos")
    for number, _ in enumerate(map_photos(make_photo, orders), start=1):
        progress(number, n_photos)
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["file", "label", "tree", "site"])
        for job, label in zip(jobs, stand.labels, strict=True):
            table.writerow([job.file, label, job.tree.tree_id, job.site.site_id])


def make_photo(order: Order) -> None:
    """One tree, drawn small, enlarged, with noise of its own, stored on its side."""
    from arborisk.simulate.drawing.compose import draw_photo

    drawn = draw_photo(
        order.job.tree,
        order.job.site,
        width_px=WIDTH_PX // DRAWN_SMALLER,
        height_px=HEIGHT_PX // DRAWN_SMALLER,
        seed=order.job.seed,
    )
    large = Image.fromarray(drawn.image).resize((WIDTH_PX, HEIGHT_PX), Image.Resampling.BICUBIC)
    rng = np.random.default_rng(order.job.seed)
    noise = NOISE * rng.standard_normal((HEIGHT_PX, WIDTH_PX, 3), dtype=np.float32)
    pixels = np.clip(np.asarray(large) + noise, 0, 255).astype(np.uint8)
    image = Image.fromarray(pixels).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = ON_ITS_SIDE
    image.save(order.path, quality=JPEG_QUALITY, exif=exif)


def ours(photos: Path, scratch: Path, answer: Connection) -> None:
    """Import, train the default model, evaluate, ship and report."""
    os.environ["ARBORISK_CACHE"] = str(scratch / "backbone")
    stages = Stages()
    from arborisk.dataset.importing import import_photos
    from arborisk.dataset.labelling import ImportOptions
    from arborisk.models.table import DEFAULT_MODEL, model_entry
    from arborisk.preprocess.files import PrepareAhead
    from arborisk.studies.settings import load_settings
    from arborisk.studies.train import train

    labels = ImportOptions(labels=photos / "labels.csv")
    ahead = partial(PrepareAhead, model_entry(DEFAULT_MODEL).preprocess)
    import_photos(photos / "photos", scratch / "dataset", labels, ahead=ahead)
    stages.end("import")
    began = {"Embedding photos": "prepare", "Training": "embed"}

    def progress_for(name: str) -> Progress:
        if name in began:
            stages.end(began[name])
        return lambda done, total: None

    run = scratch / "run"
    made = train(scratch / "dataset", load_settings({}), run, progress_for=progress_for)
    stages.end("fit 5 heads", (run / "predictions.csv").stat().st_mtime)
    stages.end("evaluate", (run / "metrics.json").stat().st_mtime)
    stages.end("export", max(file.stat().st_mtime for file in made.bundle.iterdir()))
    stages.end("report", made.report.stat().st_mtime)
    answer.send((stages.seconds(), made.headline))


def plain(photos: Path, scratch: Path, answer: Connection) -> None:
    """Full decodes, one split, Model 1, accuracy."""
    stages = Stages()
    with (photos / "labels.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    arrays = np.empty((len(rows), SIZE_PX, SIZE_PX, 1), dtype=np.uint8)
    for array, row in zip(arrays, rows, strict=True):
        with Image.open(photos / "photos" / row["file"]) as picture:
            image = ImageOps.exif_transpose(picture).convert("L")
        side = min(image.size)
        left, top = (image.width - side) // 2, (image.height - side) // 2
        square = image.crop((left, top, left + side, top + side))
        array[..., 0] = square.resize((SIZE_PX, SIZE_PX), Image.Resampling.BICUBIC)
    stages.end("decode")
    import torch

    from arborisk.models.table import build
    from arborisk.preprocess.settings import PreprocessSettings
    from arborisk.training.network import fit_network
    from arborisk.training.settings import TrainingSettings

    names = sorted({row["label"] for row in rows})
    class_index = np.array([names.index(row["label"]) for row in rows])
    order = np.random.default_rng(0).permutation(len(rows))
    train, test = np.split(order, [round(TRAINING_SHARE * len(rows))])
    fitted = fit_network(
        build("model1", n_classes=len(names), channels=1, size=SIZE_PX),
        arrays,
        class_index,
        train=train,
        test=test,
        preprocess=PreprocessSettings(size_px=SIZE_PX, channels=1),
        settings=TrainingSettings(epochs=EPOCHS),
        seed=0,
    )
    right = fitted.probability.argmax(axis=1) == class_index[test]
    stages.end("train")
    said = f"accuracy {right.mean():.2f} of {len(test)}; {torch.get_num_threads()} torch threads"
    answer.send((stages.seconds(), said))


def measure(way: Way, photos: Path) -> Outcome:
    """Runs a way in a process and folder of its own."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    with tempfile.TemporaryDirectory(dir=photos) as scratch:
        process = context.Process(target=way, args=(photos, Path(scratch), sending))
        start, before_s = time.perf_counter(), processor_s()
        process.start()
        sending.close()
        peak_mib = 0.0
        while process.is_alive():
            peak_mib = max(peak_mib, resident_mib(process.pid or 0))
            process.join(SAMPLED_EVERY_S)
        seconds = time.perf_counter() - start
        stages, said = receiving.recv()
    return Outcome(seconds, processor_s() - before_s, stages, peak_mib, said)


def processor_s() -> float:
    """Processor time of all processes that were started from here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def resident_mib(process: int) -> float:
    """Resident memory of a process and all below it; 0 where there is no /proc."""
    try:
        place = Path(f"/proc/{process}")
        pages = int((place / "statm").read_text().split()[1])
        below = (place / f"task/{process}/children").read_text().split()
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20 + sum(resident_mib(int(p)) for p in below)


def tell(name: str, outcome: Outcome) -> None:
    """One way in a few lines."""
    stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in outcome.stages.items())
    print(
        f"{name}: {outcome.seconds:.1f} s, processor {outcome.processor_s:.1f} s, "
        f"memory {outcome.peak_mib:.0f} MiB\n  {stages}\n  {outcome.said}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--photos", type=int, default=60, help="Photos; the target is for 458.")
    parser.add_argument("--pairs", type=int, default=1, help="Turns of both ways.")
    parser.add_argument("--folder", type=Path, help="Keep photos here; made if it is not there.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary) / "made"
        if not folder.exists():
            make_photos(folder, given.photos)
        sizes = [file.stat().st_size / 2**20 for file in (folder / "photos").iterdir()]
        print(f"{len(sizes)} photos of {min(sizes):.1f} to {max(sizes):.1f} MiB, {n_cores()} cores")
        pairs = []
        for _ in range(given.pairs):
            pairs.append((measure(plain, folder), measure(ours, folder)))
            tell("plain", pairs[-1][0])
            tell("ours", pairs[-1][1])
    ratio = statistics.median(slow.seconds / fast.seconds for slow, fast in pairs)
    work = statistics.median(slow.processor_s / fast.processor_s for slow, fast in pairs)
    print(f"plain / ours at {len(sizes)} photos: {ratio:.2f} (target 4 at 458); {work:.2f} in work")


if __name__ == "__main__":
    main()
