"""Speed of decoding and preparing photos, as ratios against plain Pillow in the same run.

    python benchmarks/decode.py [PHOTOS ...]

Without arguments, photos of 4032 x 3024 pixels are drawn. The plain way and ours take turns photo
by photo (interleaved pairs), so that other load on the cores falls on both; the median of the
ratios is told. "Plain" is: open, turn upright, grey or RGB, crop the middle square, cubic, all on
the full decode.

Targets: 108 grey at least 4 times as fast as the plain way on one core; two processes at least 1.7
times one.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image, ImageDraw, ImageOps

from arborisk.photos.workers import map_photos
from arborisk.preprocess.prepare import prepare_file
from arborisk.preprocess.settings import PreprocessSettings

ROUNDS = 5
PHOTOS_FOR_PROCESSES = 160
WARM_UP = 32
SETTINGS = [
    PreprocessSettings(size_px=108, channels=1),
    PreprocessSettings(size_px=108, channels=1, shared=True),
    PreprocessSettings(size_px=224, channels=3),
    PreprocessSettings(size_px=260, channels=3),
]


def plain(path: Path, settings: PreprocessSettings) -> Image.Image:
    """The same array by Pillow alone, as in a notebook."""
    with Image.open(path) as picture:
        image = ImageOps.exif_transpose(picture).convert("L" if settings.channels == 1 else "RGB")
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    square = image.crop((left, top, left + side, top + side))
    return square.resize((settings.size_px, settings.size_px), Image.Resampling.BICUBIC)


def full_decode(path: Path, settings: PreprocessSettings) -> Image.Image:
    """Decoding in full and nothing else."""
    with Image.open(path) as picture:
        picture.load()
    return picture


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compare(paths: list[Path], settings: PreprocessSettings) -> None:
    """Print one line: our median time and how many times slower each plain way is."""
    ours: list[float] = []
    ratios: dict[str, list[float]] = {"plain": [], "full decode alone": []}
    for path in paths * ROUNDS:
        ours.append(seconds(lambda path=path: prepare_file(path, settings)))
        ratios["plain"].append(seconds(lambda path=path: plain(path, settings)) / ours[-1])
        alone = seconds(lambda path=path: full_decode(path, settings))
        ratios["full decode alone"].append(alone / ours[-1])
    difference = [
        np.abs(
            prepare_file(path, settings).astype(int)
            - np.asarray(plain(path, settings)).reshape(settings.shape)
        ).mean()
        for path in paths
    ]
    colour = "grey" if settings.channels == 1 else "RGB "
    colour += ", shared" if settings.shared else ""
    told = ", ".join(f"{name} / ours {median(each):.2f}" for name, each in ratios.items())
    print(
        f"{settings.size_px} {colour}: ours {1000 * median(ours):.1f} ms a photo; {told}; "
        f"difference {max(difference):.2f} grey levels at most"
    )


def prepare_grey(path: Path) -> np.ndarray:
    return prepare_file(path, SETTINGS[0])


def count(n_steps: int) -> int:
    """Arithmetic alone: what a second core brings on this machine, now, at best."""
    return sum(range(n_steps))


def rate(function: Callable[..., object], items: Sequence[object], n_processes: int) -> float:
    """Items a second, the start of the processes left out."""
    results = map_photos(function, items, n_processes=n_processes)
    for _ in range(WARM_UP):  # by then all processes are up
        next(results)
    return (len(items) - WARM_UP) / seconds(lambda: list(results))


def compare_processes(paths: list[Path]) -> None:
    """Print the speed of two processes against one, beside that of plain arithmetic."""
    photos = (paths * PHOTOS_FOR_PROCESSES)[:PHOTOS_FOR_PROCESSES]
    steps = [1_000_000] * PHOTOS_FOR_PROCESSES
    gains: dict[str, list[float]] = {"photos": [], "arithmetic": []}
    for _ in range(3):
        gains["photos"].append(rate(prepare_grey, photos, 2) / rate(prepare_grey, photos, 1))
        gains["arithmetic"].append(rate(count, steps, 2) / rate(count, steps, 1))
    print(
        f"two processes / one: {median(gains['photos']):.2f} "
        f"(plain arithmetic here, now: {median(gains['arithmetic']):.2f})"
    )


def draw_photos(folder: Path, n_photos: int = 4) -> list[Path]:
    """Photos of 12 megapixels with as much detail as a phone's, stored on their side."""
    rng = np.random.default_rng(7)
    paths = []
    for number in range(n_photos):
        noise = rng.normal(0, 14, (3024, 4032, 1)) + np.linspace(200, 90, 3024)[:, None, None]
        image = Image.fromarray(np.clip(noise + np.array([0, 10, 20]), 0, 255).astype(np.uint8))
        pen = ImageDraw.Draw(image)
        for x, y in rng.normal((2000, 1300), (700, 500), (4000, 2)):
            light = int(rng.integers(40, 150))
            leaf = (int(light * 0.7), light, int(light * 0.3))
            pen.ellipse([x - 25, y - 18, x + 25, y + 18], fill=leaf)
        exif = Image.Exif()
        exif[0x0112] = 6
        paths.append(folder / f"{number}.jpg")
        image.save(paths[-1], quality=88, exif=exif)
    return paths


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("photos", type=Path, nargs="*", help="12-megapixel photos; else drawn ones")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = given.photos or draw_photos(Path(folder))
        kib = median(path.stat().st_size / 1024 for path in paths)
        print(f"{len(paths)} photos of {kib:.0f} KiB, {ROUNDS} rounds, one core unless stated")
        for settings in SETTINGS:
            compare(paths, settings)
        compare_processes(paths)


if __name__ == "__main__":
    main()
