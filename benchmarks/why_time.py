"""What `arborisk predict --why` costs: time with overlays against time without.

Pairs of runs over the same photos, one after the other, since other work may share the cores;
medians and the quartiles of the ratio. Target: at most 1.5 times.

    python benchmarks/why_time.py RUN PHOTOS [--n-photos 60] [--n-pairs 7]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from arborisk.bundle.load import Bundle, load_bundle
from arborisk.photos.files import find_photos
from arborisk.photos.workers import n_cores
from arborisk.prediction.run import predict_photos


def seconds(
    bundle: Bundle, photos: Path, out: Path, *, n_threads: int, why: bool
) -> tuple[float, float]:
    """Wall-clock and processor time of one run, from its beginning to the written table."""
    wall, processor = time.perf_counter(), time.process_time()
    summary = predict_photos(bundle, photos, out, n_threads=n_threads, restart=True, why=why)
    if summary.n_failed:
        raise SystemExit(f"{summary.n_failed} photos failed: choose others")
    return time.perf_counter() - wall, time.process_time() - processor


def measure(bundle: Bundle, photos: Path, scratch: Path, *, n_threads: int, n_pairs: int) -> None:
    """Prints the time a photo with and without overlays, and their ratio."""
    n_photos = len(find_photos(photos))

    def run(why: bool) -> tuple[float, float]:
        out = scratch / f"{why}.csv"
        return seconds(bundle, photos, out, n_threads=n_threads, why=why)

    run(False), run(True)  # warms the file cache
    pairs = []
    for number in range(n_pairs):
        first = run(bool(number % 2))
        second = run(not number % 2)
        pairs.append((second, first) if number % 2 else (first, second))
    for name, which in (("wall clock", 0), ("processor time", 1)):
        plain, with_why = (
            1000 * statistics.median(pair[one][which] for pair in pairs) / n_photos
            for one in (0, 1)
        )
        ratios = [overlays[which] / without[which] for without, overlays in pairs]
        low, middle, high = statistics.quantiles(ratios, n=4)
        print(
            f"{n_threads} threads, {n_photos} photos, {name}: {plain:.1f} ms a photo, with "
            f"overlays {with_why:.1f} ms; ratio {middle:.2f} (quartiles {low:.2f} to {high:.2f}; "
            "target 1.5)"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("run", type=Path, help="Run folder or bundle.")
    parser.add_argument("photos", type=Path, help="Folder of photos.")
    parser.add_argument("--n-photos", type=int, default=60, help="Evenly chosen among them.")
    parser.add_argument("--n-pairs", type=int, default=7, help="Pairs of runs.")
    options = parser.parse_args()
    bundle = load_bundle(options.run)
    found = find_photos(options.photos)
    step = max(1, len(found) // options.n_photos)
    with tempfile.TemporaryDirectory() as name:
        chosen = Path(name) / "photos"
        chosen.mkdir()
        for photo in found[::step][: options.n_photos]:
            (chosen / photo.name).symlink_to(photo.resolve())
        for n_threads in sorted({1, n_cores()}):
            measure(bundle, chosen, Path(name), n_threads=n_threads, n_pairs=options.n_pairs)


if __name__ == "__main__":
    main()
