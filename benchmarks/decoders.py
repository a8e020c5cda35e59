"""The decoder of JPEGs that is used, strict `simplejpeg`, against others; and memory in flight.

    python benchmarks/decoders.py [PHOTOS ...] [--only speed|memory]

Speed: photos of 4032 x 3024 pixels, drawn without arguments, decoded at a quarter in colour (what a
network of 224 pixels is given) by each decoder in turn, photo by photo; medians of processor time
and of ratios. All use libjpeg-turbo; only the strict one tells what it had to guess.

Memory: highest resident memory of a process in which 1, 3 and 12 threads prepare 24-megapixel
pictures, less that of a process without any. Within the budget of decoded pixels it is flat from
three threads on. Linux only.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

from decode import draw_photos

ROUNDS = 5
QUARTER = {"min_height": 756, "min_width": 756}
THREADS = (1, 3, 12)
WIDE_PX, HIGH_PX = 6000, 4000
MEMORY_PROGRAM = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.preprocess.prepare import prepare_file
n_threads, path = int(sys.argv[1]), Path(sys.argv[2])
settings = PreprocessSettings()
with ThreadPoolExecutor(max(n_threads, 1)) as pool:
    list(pool.map(lambda _: prepare_file(path, settings), range(n_threads)))
status = Path("/proc/self/status").read_text().split()
print(int(status[status.index("VmHWM:") + 1]) / 1024)
"""


def strict(content: bytes) -> object:
    import simplejpeg

    return simplejpeg.decode_jpeg(content, "RGB", **QUARTER)


def lax(content: bytes) -> object:
    import simplejpeg

    return simplejpeg.decode_jpeg(content, "RGB", strict=False, **QUARTER)


def pillow(content: bytes) -> object:
    picture = Image.open(io.BytesIO(content))
    picture.draft("RGB", (picture.width // 4, picture.height // 4))
    return picture.load()


def opencv(content: bytes) -> object:
    import cv2

    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_REDUCED_COLOR_4)


def strict_whole(content: bytes) -> object:
    import simplejpeg

    return simplejpeg.decode_jpeg(content, "RGB")


DECODERS: dict[str, Callable[[bytes], object]] = {
    "simplejpeg, strict (ours)": strict,
    "simplejpeg, not strict": lax,
    "Pillow, draft": pillow,
    "OpenCV, reduced by 4": opencv,
    "simplejpeg, strict, in full": strict_whole,
}


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def compare_speed(contents: list[bytes]) -> None:
    """Print one line a decoder."""
    found: dict[str, list[float]] = {name: [] for name in DECODERS}
    for content in contents * ROUNDS:
        for name, decoder in DECODERS.items():
            found[name].append(seconds(lambda decoder=decoder, content=content: decoder(content)))
    ours = next(iter(found.values()))
    for name, each in found.items():
        ratio = median(other / own for other, own in zip(each, ours, strict=True))
        print(f"{name}: {1000 * median(each):.1f} ms, {ratio:.2f} of ours")


def peak_mib(n_threads: int, path: Path) -> float:
    """Highest resident memory of a process that prepares a picture in that many threads."""
    command = [sys.executable, "-c", MEMORY_PROGRAM, str(n_threads), str(path)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def compare_memory(folder: Path) -> None:
    """Print one line a kind of picture: memory by number of threads."""
    rng = np.random.default_rng(0)
    tile = rng.integers(0, 256, (HIGH_PX // 8, WIDE_PX // 10, 4), dtype=np.uint8)
    for name, n_channels, options in (
        ("a.png", 3, {}),
        ("see-through.png", 4, {}),
        ("a.webp", 3, {}),
        ("a.jpg", 3, {}),
        ("progressive.jpg", 3, {"progressive": True}),
    ):
        path = folder / name
        Image.fromarray(np.tile(tile[:, :, :n_channels], (8, 10, 1))).save(path, **options)
        idle = peak_mib(0, path)
        peaks = {n: peak_mib(n, path) - idle for n in THREADS}
        told = ", ".join(f"{n} threads {peak:.0f} MiB" for n, peak in peaks.items())
        print(f"{name} of 24 megapixels: {told}; {peaks[1] * 2**20 / WIDE_PX / HIGH_PX:.1f} bytes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("photos", type=Path, nargs="*", help="12-megapixel JPEGs; else drawn ones")
    parser.add_argument("--only", choices=("speed", "memory"), help="One of the two.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.only != "memory":
            paths = given.photos or draw_photos(Path(folder))
            compare_speed([path.read_bytes() for path in paths])
        if given.only != "speed":
            compare_memory(Path(folder))


if __name__ == "__main__":
    main()
