"""Is the drawn stand a real task? The default model against the ceiling, chance and blind probes.

Every row of the table is the default model (frozen embeddings, head chosen inside the training
part, 5 folds that keep sites whole, the mean of 5 splits), and only what it gets to see differs:

* the photo, prepared as `arborisk train` does, and letterboxed (the whole photo, smaller);
* cues blanked: the same trees and labels, every tree drawn sound and of middling proportions;
* border: a frame of 5 % of the width; strips: 12 % of the width left and right; the rest grey;
* background: the photo with its tree taken out. Within the tree's part mask (crown, dead crown,
  stem, root flare, defect), widened by JPEG blocks, stands the same scene drawn without a tree.
  A flat or smoothed filling would keep the silhouette, which tells the class; this keeps none.

Probes are letterboxed, so that nothing they show is cropped away. Balanced accuracy of three
classes; chance is 1/3. Intervals treat sites as the unit; their ends are means over the splits.

For the table of docs/tutorials/drawn-trees.md: --trees 458 --size 504x672 --seeds 7 1 2
"""

from __future__ import annotations

import argparse
import hashlib
import io
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from arborisk.cli.console import progress_for
from arborisk.dataset.importing import import_photos
from arborisk.dataset.labelling import ImportOptions
from arborisk.metrics.intervals import scores_with_intervals
from arborisk.models.embedding import embed_arrays
from arborisk.preprocess.prepare import prepare_image
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.simulate.drawing.canvas import PART_CODES
from arborisk.simulate.drawing.noise import expose
from arborisk.simulate.drawing.scenery import paint_scenery
from arborisk.simulate.drawing.view import choose_light, choose_view
from arborisk.simulate.pictures import JPEG_QUALITY, PhotoJob, plan_visits
from arborisk.simulate.writing import simulate_stand
from arborisk.studies.head_learner import HeadLearner
from arborisk.studies.settings import load_settings
from arborisk.studies.task import Task, make_task

CHANCE = 1 / 3
N_SPLITS = 5  # one split moves a score by 0.03 and more
CLASS_NAMES = ("Im", "Po", "Pr")
TREE_PARTS = ("crown", "dead_crown", "stem", "root_flare", "defect")
BORDER_SHARE, STRIP_SHARE = 0.05, 0.12
FLAT_GREY = 127
BLOCK_PX = 16  # of a JPEG file with halved colour: within such a block an edge leaves its traces

Pixels = NDArray[np.uint8]
Shown = Callable[[Pixels, Pixels, PhotoJob], Pixels]
"""What is left of a photo: called with its pixels, its part codes and what was drawn."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Out-of-fold answers on n photos: true class (n,), probability (n, 3), site of each."""

    class_index: NDArray[np.int64]
    probability: NDArray[np.float64]
    groups: tuple[str, ...]

    def balanced_accuracy(self) -> tuple[float, float, float]:
        """Value, low and high end; the ends are nan where too few sites allow none."""
        found = scores_with_intervals(
            self.class_index, self.probability, self.groups, class_names=CLASS_NAMES, ordered=True
        )["balanced_accuracy"]
        if found.low is None or found.high is None:
            return found.value, np.nan, np.nan
        return found.value, found.low, found.high


@dataclass(frozen=True, slots=True)
class StandResult:
    """One stand: its ceiling, and the answers from every view of its photos, one a split."""

    seed: int
    ceiling: float
    answers: dict[str, list[Answers]]


def whole(photo: Pixels, parts: Pixels, job: PhotoJob) -> Pixels:
    """The photo as it is."""
    return photo


def border(photo: Pixels, parts: Pixels, job: PhotoJob) -> Pixels:
    """A frame alone."""
    edge = round(BORDER_SHARE * photo.shape[1])
    left = photo.copy()
    left[edge:-edge, edge:-edge] = FLAT_GREY
    return left


def strips(photo: Pixels, parts: Pixels, job: PhotoJob) -> Pixels:
    """The left and right edges, top to bottom."""
    edge = round(STRIP_SHARE * photo.shape[1])
    left = photo.copy()
    left[:, edge:-edge] = FLAT_GREY
    return left


def background(photo: Pixels, parts: Pixels, job: PhotoJob) -> Pixels:
    """The photo with its tree taken out, the scene behind it drawn in."""
    height, width = parts.shape
    view = choose_view(width, height, job.seed)
    scene, _ = paint_scenery(view, job.site, choose_light(job.site.seed, job.seed), job.seed)
    # Saved and read like the photo: outside the tree both are then alike to the last grey level.
    file = io.BytesIO()
    Image.fromarray(expose(scene, job.seed)).save(file, "JPEG", quality=JPEG_QUALITY)
    return np.where(_tree_blocks(parts)[..., None], np.asarray(Image.open(file)), photo)


def _tree_blocks(parts: Pixels) -> NDArray[np.bool_]:
    """JPEG blocks that carry any trace of the tree, and their neighbours, shape as the photo."""
    tree = np.isin(parts, [PART_CODES[part] for part in TREE_PARTS])
    # One pixel a block; the average of a block with a single pixel of the tree rounds to 1.
    blocks = Image.fromarray(tree).convert("L").reduce(BLOCK_PX).filter(ImageFilter.MaxFilter(3))
    touched = np.asarray(blocks).repeat(BLOCK_PX, axis=0).repeat(BLOCK_PX, axis=1) > 0
    return touched[: tree.shape[0], : tree.shape[1]]


PHOTO, BLANKED = "photo", "cues blanked"
PROBES: dict[str, tuple[str, Shown]] = {
    PHOTO: ("centre", whole),
    "photo, letterboxed": ("letterbox", whole),
    BLANKED: ("letterbox", whole),
    "border alone": ("letterbox", border),
    "side strips alone": ("letterbox", strips),
    "background alone": ("letterbox", background),
}
"""Name of each view: its crop, and what is shown."""


def measure_stand(
    folder: Path, *, n_trees: int, size_px: tuple[int, int], seed: int
) -> StandResult:
    """Draws a stand with and without cues, and lets the default model answer from every view.

    Args:
        folder: Where pictures and embeddings are kept; a second call with it draws nothing.
        n_trees: Trees of the stand, one photo each.
        size_px: Width and height of a photo.
        seed: Seed of the stand.
    """
    for name in (PHOTO, BLANKED):
        stand = simulate_stand(
            folder / name,
            n_trees=n_trees,
            seed=seed,
            width_px=size_px[0],
            height_px=size_px[1],
            blank_cues=name == BLANKED,
            progress=progress_for(f"Drawing stand {seed}, {name}"),
        )
    labels = ImportOptions(labels=folder / PHOTO / "labels.csv")
    import_photos(folder / PHOTO / "photos", folder / "dataset", labels, overwrite=True)
    tasks = [make_task(folder / "dataset", load_settings({"seed": n})) for n in range(N_SPLITS)]
    rows, usual = tasks[0].labelled.rows, load_settings({}).preprocess  # folds change no order
    visits = plan_visits(stand.trees, stand.sites, photos_per_tree=1, seed=seed)
    job_of = {job.file: job for job in visits}
    answers = {}
    for name, (crop, shown) in PROBES.items():
        preprocess = usual.model_copy(update={"crop": crop})
        pictures = folder / (BLANKED if name == BLANKED else PHOTO)
        arrays = _arrays([job_of[row.file] for row in rows], pictures, preprocess, shown)
        embeddings = embed_arrays(
            arrays,
            sha256=[hashlib.sha256(array.tobytes()).hexdigest() for array in arrays],
            preprocess=preprocess,
            cache_dir=folder / "cache",
            progress=progress_for(f"Embedding {name}"),
        )
        answers[name] = [_answers(task, embeddings, n) for n, task in enumerate(tasks)]
    return StandResult(seed, stand.ceiling.balanced_accuracy, answers)


def _arrays(
    jobs: Sequence[PhotoJob], pictures: Path, preprocess: PreprocessSettings, shown: Shown
) -> Pixels:
    """What is shown of every photo, prepared, shape (n, size, size, 3)."""
    arrays = np.empty((len(jobs), *preprocess.shape), dtype=np.uint8)
    for job, array in zip(jobs, arrays, strict=True):
        photo = np.asarray(Image.open(pictures / "photos" / job.file))
        parts = np.asarray(Image.open(pictures / "masks" / f"{job.name}.png"))
        array[:] = prepare_image(Image.fromarray(shown(photo, parts, job)), preprocess)
    return arrays


def _answers(task: Task, embeddings: NDArray[np.float32], seed: int) -> Answers:
    """Out-of-fold answers of the default model's head."""
    copies = embeddings[:, None][:, :0]  # none: photos are learnt as they are
    learner = HeadLearner(embeddings[None], copies, task, load_settings({"seed": seed}))
    probability = np.empty((len(task.class_index), len(task.scheme.classes)))
    for round_ in task.split.rounds():
        fitted = learner.fit(round_.name, round_.train, round_.test, Path(), None)
        probability[round_.test] = fitted.probability
    return Answers(task.class_index, probability, task.groups)


def balanced_accuracy(results: Sequence[StandResult], name: str) -> tuple[float, float, float]:
    """Balanced accuracy on all stands together, its low and high end; means over the splits."""
    groups = [f"{one.seed}:{group}" for one in results for group in one.answers[name][0].groups]
    each = []
    for parts in zip(*(one.answers[name] for one in results), strict=True):
        truth = np.concatenate([part.class_index for part in parts])
        probability = np.concatenate([part.probability for part in parts])
        each.append(Answers(truth, probability, tuple(groups)).balanced_accuracy())
    value, low, high = np.mean(each, axis=0).tolist()
    return value, low, high


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trees", type=int, default=150, help="Trees of a stand.")
    parser.add_argument("--size", default="252x336", help="Width x height of a photo, pixels.")
    parser.add_argument("--seeds", type=int, nargs="+", default=[7], help="Stand seeds.")
    parser.add_argument("--folder", type=Path, help="Keep pictures here; default: nowhere.")
    given = parser.parse_args()
    width_px, height_px = (int(side) for side in given.size.split("x"))
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        size_px = (width_px, height_px)
        results = [
            measure_stand(folder / f"stand-{n}", n_trees=given.trees, size_px=size_px, seed=n)
            for n in given.seeds
        ]
    print(f"Balanced accuracy, {given.trees} drawn trees of {given.size} a stand; chance 0.333")
    print(
        f"{'what is seen':<22}" + "".join(f"  seed {r.seed:<3}" for r in results) + "  all stands"
    )
    ceilings = [result.ceiling for result in results]
    print(_line("ceiling", ceilings, f"{np.mean(ceilings):.3f}"))
    for name in PROBES:
        each = [balanced_accuracy([result], name)[0] for result in results]
        value, low, high = balanced_accuracy(results, name)
        print(_line(name, each, f"{value:.3f} ({low:.3f} to {high:.3f})"))


def _line(name: str, each: Sequence[float], last: str) -> str:
    return f"{name:<22}" + "".join(f"  {value:<8.3f}" for value in each) + f"  {last}"


if __name__ == "__main__":
    main()
