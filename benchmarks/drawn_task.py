"""Is the drawn stand a real task? The default model against the ceiling, chance and blind probes.

Every row of the table is the default model (frozen embeddings, head chosen inside the training
part, 5 folds that keep sites whole), and only what it gets to see differs:

* the photo, prepared as `arborisk train` does, and letterboxed (the whole photo, smaller);
* cues blanked: the same trees and labels, every tree drawn sound and of middling proportions;
* border: a frame of 5 % of the width; strips: 12 % of the width left and right; the rest grey;
* background: the photo with its tree taken out. Within the tree's part mask (crown, dead crown,
  stem, root flare, defect), widened by JPEG blocks, stands the same scene drawn without a tree.
  A flat or smoothed filling would keep the silhouette, which tells the class; this keeps none.

Probes are letterboxed, so that nothing they show is cropped away. Balanced accuracy of three
classes; chance is 1/3. Intervals treat sites as the unit.
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
from arborisk.dataset import import_photos
from arborisk.dataset.options import ImportOptions
from arborisk.metrics import scores_with_intervals
from arborisk.models.embedding import embed_arrays
from arborisk.preprocess import PreprocessSettings, prepare_image
from arborisk.records import Interval
from arborisk.simulate import simulate_stand
from arborisk.simulate.drawing.lens import expose
from arborisk.simulate.drawing.light import choose_light
from arborisk.simulate.drawing.parts import PART_CODES
from arborisk.simulate.drawing.scenery import paint_scenery
from arborisk.simulate.drawing.view import choose_view
from arborisk.simulate.jobs import PhotoJob
from arborisk.simulate.pictures import JPEG_QUALITY
from arborisk.simulate.visits import plan_visits
from arborisk.studies.learners import HeadLearner
from arborisk.studies.settings import RunSettings, load_settings
from arborisk.studies.task import Task, make_task

CHANCE = 1 / 3
TREE_PARTS = ("crown", "dead_crown", "stem", "root_flare", "defect")
BORDER_SHARE, STRIP_SHARE = 0.05, 0.12
FLAT_GREY = 127
BLOCK_PX = 16  # of a JPEG file with halved colour: within such a block an edge leaves its traces

Pixels = NDArray[np.uint8]
Shown = Callable[[Pixels, Pixels, PhotoJob], Pixels]
"""What is left of a photo: called with its pixels, its part codes and what was drawn."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Out-of-fold answers on the photos of a stand, or of several joined.

    Attributes:
        class_index: True class, shape (n,).
        probability: Shape (n, 3).
        groups: Site of each photo.
    """

    class_index: NDArray[np.int64]
    probability: NDArray[np.float64]
    groups: tuple[str, ...]

    def balanced_accuracy(self, class_names: Sequence[str]) -> Interval:
        """Balanced accuracy with its interval over sites."""
        return scores_with_intervals(
            self.class_index, self.probability, self.groups, class_names=class_names, ordered=True
        )["balanced_accuracy"]


@dataclass(frozen=True, slots=True)
class StandResult:
    """One stand: its ceiling, and the answers from every view of its photos."""

    seed: int
    ceiling: float
    answers: dict[str, Answers]


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
    folder: Path, *, n_trees: int, size_px: tuple[int, int], seed: int, n_folds: int = 5
) -> StandResult:
    """Draws a stand with and without cues, and lets the default model answer from every view.

    Args:
        folder: Where pictures and embeddings are kept; a second call with it draws nothing.
        n_trees: Trees of the stand, one photo each.
        size_px: Width and height of a photo.
        seed: Seed of the stand.
        n_folds: Folds by site.
    """
    width_px, height_px = size_px
    for name in (PHOTO, BLANKED):
        stand = simulate_stand(
            folder / name,
            n_trees=n_trees,
            seed=seed,
            width_px=width_px,
            height_px=height_px,
            blank_cues=name == BLANKED,
            progress=progress_for(f"Drawing stand {seed}, {name}"),
        )
    jobs = plan_visits(stand.trees, stand.sites, photos_per_tree=1, seed=seed)
    labels = ImportOptions(labels=folder / PHOTO / "labels.csv")
    import_photos(folder / PHOTO / "photos", folder / "dataset", labels, overwrite=True)
    settings = load_settings({"split": {"folds": n_folds, "by": ["tree", "site"]}})
    task = make_task(folder / "dataset", settings)
    answers = {}
    for name, (crop, shown) in PROBES.items():
        preprocess = settings.preprocess.model_copy(update={"crop": crop})
        pictures = folder / (BLANKED if name == BLANKED else PHOTO)
        arrays = _arrays(task, pictures, {job.file: job for job in jobs}, preprocess, shown)
        answers[name] = _answers(task, settings, _embedded(arrays, preprocess, folder, name))
    return StandResult(seed, stand.ceiling.balanced_accuracy, answers)


def _arrays(
    task: Task,
    pictures: Path,
    job_of: dict[str, PhotoJob],
    preprocess: PreprocessSettings,
    shown: Shown,
) -> Pixels:
    """What is shown of every photo, prepared, shape (n, size, size, 3)."""
    arrays = np.empty((len(task.labelled.rows), *preprocess.shape), dtype=np.uint8)
    for row, array in zip(task.labelled.rows, arrays, strict=True):
        job = job_of[row.file]
        photo = np.asarray(Image.open(pictures / "photos" / job.file))
        parts = np.asarray(Image.open(pictures / "masks" / f"{job.name}.png"))
        array[:] = prepare_image(Image.fromarray(shown(photo, parts, job)), preprocess)
    return arrays


def _embedded(
    arrays: Pixels, preprocess: PreprocessSettings, folder: Path, name: str
) -> NDArray[np.float32]:
    return embed_arrays(
        arrays,
        sha256=[hashlib.sha256(array.tobytes()).hexdigest() for array in arrays],
        preprocess=preprocess,
        cache_dir=folder / "cache",
        progress=progress_for(f"Embedding {name}"),
    )


def _answers(task: Task, settings: RunSettings, embeddings: NDArray[np.float32]) -> Answers:
    """Out-of-fold answers of the default model's head."""
    learner = HeadLearner(embeddings, task, settings)
    probability = np.empty((len(task.class_index), len(task.scheme.classes)))
    for round_ in task.split.rounds():
        fitted = learner.fit(round_.name, round_.train, round_.test, Path(), None)
        probability[round_.test] = fitted.probability
    return Answers(task.class_index, probability, task.groups)


def joined(results: Sequence[StandResult], name: str) -> Answers:
    """Answers of all stands together; no two stands share a site."""
    parts = [result.answers[name] for result in results]
    groups = [f"{r.seed}:{group}" for r in results for group in r.answers[name].groups]
    return Answers(
        np.concatenate([part.class_index for part in parts]),
        np.concatenate([part.probability for part in parts]),
        tuple(groups),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trees", type=int, default=458, help="Trees of a stand.")
    parser.add_argument("--size", default="504x672", help="Width x height of a photo, pixels.")
    parser.add_argument("--seeds", type=int, nargs="+", default=[7, 1, 2], help="Stand seeds.")
    parser.add_argument("--folder", type=Path, help="Keep pictures here; default: nowhere.")
    given = parser.parse_args()
    width_px, height_px = (int(side) for side in given.size.split("x"))
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        results = [
            measure_stand(
                folder / f"stand-{seed}",
                n_trees=given.trees,
                size_px=(width_px, height_px),
                seed=seed,
            )
            for seed in given.seeds
        ]
    names = ("Im", "Po", "Pr")
    print(f"Balanced accuracy, {given.trees} drawn trees of {given.size} a stand; chance 0.333")
    print(
        f"{'what is seen':<22}" + "".join(f"  seed {r.seed:<3}" for r in results) + "  all stands"
    )
    ceilings = [result.ceiling for result in results]
    print(_line("ceiling", ceilings, f"{np.mean(ceilings):.3f}"))
    for name in PROBES:
        each = [result.answers[name].balanced_accuracy(names).value for result in results]
        pooled = joined(results, name).balanced_accuracy(names)
        ends = pooled.note if pooled.low is None else f"({pooled.low:.3f} to {pooled.high:.3f})"
        print(_line(name, each, f"{pooled.value:.3f} {ends}"))


def _line(name: str, each: Sequence[float], last: str) -> str:
    return f"{name:<22}" + "".join(f"  {value:<8.3f}" for value in each) + f"  {last}"


if __name__ == "__main__":
    main()
