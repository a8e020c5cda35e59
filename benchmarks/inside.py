"""What looking inside a network costs, against one plain pass of the same photos.

    python benchmarks/inside.py RUN DATASET [--photos 200] [--out FOLDER]

RUN is a run or bundle, DATASET the data set it was trained on. Prints seconds and processor seconds
of both, their ratio, the growth of resident memory from few photos to many, and for each layer how
far the made pictures go beyond the photos. With --out the pages are kept.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.activation_map import Contrast
from arborisk.dataset.loading import load_dataset
from arborisk.explanation.inside.ascent import AscentSettings
from arborisk.explanation.inside.look import look_inside
from arborisk.explanation.inside.records import Inside
from arborisk.explanation.opened import OpenedModel, open_model
from arborisk.preprocess.files import prepare_files
from arborisk.report.inside_report import write_inside_pages


def photos_of(
    folder: Path, opened: OpenedModel, n_photos: int, cache: Path
) -> tuple[NDArray[np.uint8], list[str], list[str]]:
    """Photos spread evenly over a data set, their groups and names."""
    dataset = load_dataset(folder)
    rows = list(dataset.photos)
    rows = rows[:: max(1, len(rows) // n_photos)][:n_photos]
    arrays = prepare_files(
        [dataset.path_of(row) for row in rows],
        [row.sha256 for row in rows],
        opened.preprocess,
        cache_dir=cache,
        n_processes=1,
    )
    groups = [row.site_id or row.tree_id or row.photo_id for row in rows]
    return arrays, groups, [row.file for row in rows]


def peak_mib() -> float:
    """Highest resident memory so far, in MiB. Linux only."""
    status = Path("/proc/self/status").read_text().split()
    return int(status[status.index("VmHWM:") + 1]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("run", type=Path)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--photos", type=int, default=200)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    opened = open_model(options.run)
    with tempfile.TemporaryDirectory() as name:
        arrays, groups, names = photos_of(
            options.dataset, opened, options.photos, Path(name) / "cache"
        )
        last = opened.n_classes - 1
        contrast = Contrast(last, (last - 1,))
        few = slice(0, 16)
        look_inside(
            opened,
            arrays[few],
            groups=groups[few],
            contrast=contrast,
            ascent=AscentSettings(n_steps=2),
        )
        before = peak_mib()
        begun, worked = time.perf_counter(), time.process_time()
        for start in range(0, len(arrays), 16):
            opened.probability(np.array(arrays[start : start + 16]), batch=16)
        plain = time.perf_counter() - begun, time.process_time() - worked
        begun, worked = time.perf_counter(), time.process_time()
        inside = look_inside(opened, arrays, groups=groups, names=names, contrast=contrast)
        looked = time.perf_counter() - begun, time.process_time() - worked
        begun = time.perf_counter()
        out = write_inside_pages(inside, options.out or Path(name) / "pages")
        writing = time.perf_counter() - begun
        sizes = [page.stat().st_size / 1e6 for page in out.parent.glob("*.html")]
        print(f"{len(arrays)} photos, {len(inside.layers)} of {len(inside.walk)} layers")
        for what, one in (("plain pass", plain), ("looking inside", looked)):
            print(f"{what}: {one[0]:.1f} s, {one[1]:.1f} s of processor time")
        ratios = [some / of for some, of in zip(looked, plain, strict=True)]
        print(f"ratio: {ratios[0]:.1f} in time, {ratios[1]:.1f} in processor time")
        print(f"memory: {peak_mib() - before:.0f} MiB more than for {few.stop} photos")
        print(f"pages: {writing:.1f} s, {len(sizes)} files, the largest {max(sizes):.1f} MB")
        print_layers(inside)


def print_layers(inside: Inside) -> None:
    """For each layer how many made pictures go beyond the photos, and how far in the middle one."""
    for one in inside.layers:
        ratios = [
            unit.climbed.reached / unit.patches[0].value
            for unit in one.units
            if unit.patches[0].value > 0
        ]
        beyond = sum(ratio > 1 for ratio in ratios)
        middle = f"{np.median(ratios):.1f}" if ratios else "none alive"
        print(
            f"{one.layer.whole_title}: {beyond} of {len(one.units)} made pictures beyond the "
            f"photos, median ratio {middle}"
        )


if __name__ == "__main__":
    main()
