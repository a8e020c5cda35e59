"""Speed and memory of `arborisk predict` with the default model, or another one.

Speed: predicting 12-megapixel photos against decoding and preparing the same photos with as many
threads; medians of interleaved pairs, since other work may share the cores. Target: 80 % of the
speed. Memory: highest resident memory of a process that predicts 500 and one that predicts 50,000
small photos (one file under many names). Target: flat. Linux only.

    python benchmarks/predict.py [--photos FOLDER] [--n-large 50000] [--model NAME]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from arborisk.bundle.load import load_bundle
from arborisk.models.table import DEFAULT_MODEL
from arborisk.photos.files import find_photos
from arborisk.photos.workers import n_cores
from arborisk.prediction.run import predict_photos
from arborisk.preprocess.prepare import prepare_file

N_PHOTOS = 24
N_PAIRS = 7
N_REMEMBERED = 60
TARGET = 0.8
MEMORY_PROGRAM = """
import sys
from pathlib import Path
from arborisk.bundle.load import load_bundle
from arborisk.prediction.run import predict_photos
bundle, photos, out = map(Path, sys.argv[1:])
summary = predict_photos(load_bundle(bundle), photos, out)
status = Path("/proc/self/status").read_text().split()
print(summary.n_photos, int(status[status.index("VmHWM:") + 1]) / 1024)
"""


def write_bundle(folder: Path, model: str) -> None:
    """A model as it ships, five heads on one backbone; the heads are random.

    Its training photos, which the gates compare each photo with, are random too.
    """
    import torch

    from arborisk.bundle.record import BundleDescription, SchemeRecord
    from arborisk.dataset.schemes import ISA_SCHEMES
    from arborisk.models.export import TrainingPhotos, export_bundle
    from arborisk.models.table import build, model_entry

    entry = model_entry(model)
    size_px, channels = entry.preprocess.size_px, entry.preprocess.channels
    network = build(model, n_classes=3, channels=channels, size=size_px)
    width = network.classifier.in_features
    members = [network.with_classifier(torch.nn.Linear(width, 3)) for _ in range(5)]
    photos = np.random.default_rng(0).integers(
        0, 256, (N_REMEMBERED, size_px, size_px, channels), dtype=np.uint8
    )
    export_bundle(
        members,
        folder,
        description=BundleDescription(
            model=model,
            scheme=SchemeRecord.of(ISA_SCHEMES["Pr_Po_Im"]),
            preprocess=entry.preprocess,
            kind="refit",
            n_members=5,
            n_training_photos=1,
            n_training_groups=1,
            training_share={"Im": 1.0, "Po": 0.0, "Pr": 0.0},
            data_hash="none: the heads are random",
        ),
        arrays=photos[:4],
        data="None: the heads are random.",
        training_photos=TrainingPhotos(
            photos, [str(number) for number in range(len(photos))], np.zeros(len(photos), int)
        ),
        licence="Apache-2.0 (backbone)",
    )


def write_large_photos(folder: Path, source: Path | None) -> None:
    """12-megapixel JPEGs: given ones by link, or drawn ones with detail at all scales."""
    folder.mkdir()
    photos = find_photos(source) if source else []
    for number in range(N_PHOTOS):
        place = folder / f"{number}.jpg"
        if photos:
            place.symlink_to(photos[number % len(photos)].resolve())
            continue
        random = np.random.default_rng(number)
        picture = Image.new("RGB", (4032, 3024))
        for size in (8, 63, 504, 4032):
            grain = random.integers(0, 256, (size * 3 // 4, size, 3), dtype=np.uint8)
            layer = Image.fromarray(grain).resize(picture.size, Image.Resampling.BICUBIC)
            picture = Image.blend(picture, layer, 0.6 if size < 4032 else 0.15)
        picture.save(place, quality=90)


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Wall-clock and processor time of some work."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def measure_speed(bundle_folder: Path, photos: Path, scratch: Path, n_threads: int) -> None:
    bundle = load_bundle(bundle_folder)
    settings = bundle.description.preprocess
    paths = find_photos(photos)

    def decode_all() -> None:
        with ThreadPoolExecutor(n_threads) as pool:
            for _ in pool.map(lambda path: prepare_file(path, settings), paths):
                pass

    def predict_all() -> None:
        out = scratch / "speed.csv"
        predict_photos(bundle, photos, out, n_threads=n_threads, restart=True)

    decode_all()  # warms the file cache
    predict_all()
    pairs = [(seconds(decode_all), seconds(predict_all)) for _ in range(N_PAIRS)]
    for name, which in (("wall clock", 0), ("processor time", 1)):
        decoding = statistics.median(decode[which] for decode, _ in pairs) / len(paths) * 1000
        predicting = statistics.median(predict[which] for _, predict in pairs) / len(paths) * 1000
        ratio = statistics.median(decode[which] / predict[which] for decode, predict in pairs)
        print(
            f"{n_threads} threads, {name}: decode {decoding:.1f} ms, predict {predicting:.1f} ms "
            f"a photo; predict at {ratio:.0%} of the speed of decoding (target {TARGET:.0%})"
        )


def measure_memory(bundle: Path, scratch: Path, n_large: int) -> None:
    photo = scratch / "small.jpg"
    Image.effect_noise((64, 64), 60).convert("RGB").save(photo)
    peaks = []
    for n_photos in (500, n_large):
        folder = scratch / f"small-{n_photos}"
        for number in range(n_photos):
            place = folder / f"{number // 1000:03d}" / f"{number % 1000:03d}.jpg"
            place.parent.mkdir(parents=True, exist_ok=True)
            os.link(photo, place)
        done = subprocess.run(
            [sys.executable, "-c", MEMORY_PROGRAM, bundle, folder, scratch / f"{n_photos}.csv"],
            capture_output=True,
            text=True,
            check=True,
        )
        n_rows, peak_mib = done.stdout.split()
        peaks.append(float(peak_mib))
        print(f"{n_rows} photos: highest resident memory {float(peak_mib):.0f} MiB")
    print(f"growth {peaks[1] - peaks[0]:.0f} MiB, {peaks[1] / peaks[0] - 1:.1%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--photos", type=Path, help="12-megapixel photos; else drawn ones.")
    parser.add_argument(
        "--n-large", type=int, default=5_000, help="Photos for memory; 0 leaves it out."
    )
    parser.add_argument("--model", default=DEFAULT_MODEL, help="One with pretrained weights.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        write_bundle(scratch / "bundle", options.model)
        write_large_photos(scratch / "large", options.photos)
        for n_threads in sorted({1, n_cores()}):
            measure_speed(scratch / "bundle", scratch / "large", scratch, n_threads)
        if options.n_large:
            measure_memory(scratch / "bundle", scratch, options.n_large)


if __name__ == "__main__":
    main()
