"""Where the time of a photo goes, and what is left if only the unavoidable were done.

    python benchmarks/floor.py [--photos FOLDER] [--n 12] [--model NAME]

Medians of processor time of one thread, photo by photo, in one process: other work on the cores
lengthens them somewhat, but much less than the wall clock. Reading a JPEG's bits is measured by a
decode to an eighth in grey, which does little else. The network is measured alone, again and again,
and after a decode, which has pushed its weights out of the processor's cache.

Two bounds follow. Predicting cannot be faster, as a share of preparing, than preparing over
preparing and network. And 458 photos from import to embeddings cannot take less, on all cores, than
their reading of bits and one pass of the network each.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import simplejpeg
from PIL import Image, ImageOps

from arborisk.bundle.load import load_bundle
from arborisk.models.table import DEFAULT_MODEL
from arborisk.photos.copies.features import local_features
from arborisk.photos.files import find_photos, sha256_of
from arborisk.photos.fingerprints import perceptual_hash
from arborisk.photos.fingerprints import thumbnail as small_square
from arborisk.photos.workers import n_cores
from arborisk.prediction.gates.gating import Gating
from arborisk.preprocess.prepare import decoding_for, prepare_decoded
from predict import write_bundle, write_large_photos

N_PHOTOS = 458
ROUNDS = 2


def bits(path: Path) -> object:
    """A decode that does little but read the compressed bits."""
    return simplejpeg.decode_jpeg(path.read_bytes(), "GRAY", min_height=1, min_width=1)


def plain(path: Path) -> Image.Image:
    """A full decode to a small grey square, as in a notebook."""
    with Image.open(path) as picture:
        image = ImageOps.exif_transpose(picture).convert("L")
    side = min(image.size)
    return image.crop((0, 0, side, side)).resize((108, 108), Image.Resampling.BICUBIC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--photos", type=Path, help="12-megapixel JPEGs; else drawn ones.")
    parser.add_argument("--n", type=int, default=12, help="Photos looked at.")
    parser.add_argument("--model", default=DEFAULT_MODEL, help="One with pretrained weights.")
    given = parser.parse_args()
    found: dict[str, list[float]] = {}

    def took(name: str, work: Callable[[], object]) -> object:
        start = time.process_time()
        made = work()
        found.setdefault(name, []).append(1000 * (time.process_time() - start))
        return made

    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        write_bundle(scratch / "bundle", given.model)
        folder = given.photos
        if folder is None:
            folder = scratch / "large"
            write_large_photos(folder, None)
        bundle, paths = load_bundle(scratch / "bundle"), find_photos(folder)[: given.n]
        gating, settings = Gating(bundle), bundle.description.preprocess
        mib = median(path.stat().st_size for path in paths) / 2**20
        print(f"{given.model}, {len(paths)} photos of {mib:.1f} MiB, {ROUNDS} rounds")
        for path in paths * ROUNDS:
            took("plain way: full decode, grey, square", lambda path=path: plain(path))
            took("reading the bits of the JPEG", lambda path=path: bits(path))
            start = time.process_time()
            with decoding_for(path, settings) as photo:
                found.setdefault("decode", []).append(1000 * (time.process_time() - start))
                array = took("resample", lambda photo=photo: prepare_decoded(photo, settings))
            answer = took("network after it", lambda array=array: bundle.predict(array[None]))
            took("network again", lambda array=array: bundle.predict(array[None]))
            took("gates", lambda a=array, b=answer: gating.measure(a, b.embedding[0]))
            grey = photo.image.convert("L")
            took("import: hash of the file", lambda path=path: sha256_of(path))
            took("import: fingerprints", lambda g=grey: (perceptual_hash(g), small_square(g)))
            took("import: features for copies", lambda g=grey: local_features(g))
    of = {name: median(each) for name, each in found.items()}
    for name, value in of.items():
        print(f"  {name}: {value:.1f} ms")
    prepared, network = of["decode"] + of["resample"], of["network again"]
    print(f"Predicting at most at {prepared / (prepared + network):.0%} of preparing;")
    cold = of["network after it"] + of["gates"]
    print(f"  with the network after a decode and the gates {prepared / (prepared + cold):.0%}.")
    seconds = N_PHOTOS / 1000 / n_cores()
    least = seconds * (of["reading the bits of the JPEG"] + network)
    ours = seconds * (prepared + of["network after it"])
    ours += seconds * sum(value for name, value in of.items() if name.startswith("import"))
    told = f"{N_PHOTOS} photos to embeddings on {n_cores()} cores"
    print(f"{told}: bits and network alone {least:.1f} s, with all that is done {ours:.1f} s;")
    whole = N_PHOTOS / 1000 * of["plain way: full decode, grey, square"]
    print(f"  the plain way's decode on one core {whole:.1f} s.")


if __name__ == "__main__":
    main()
