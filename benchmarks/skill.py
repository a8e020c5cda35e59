"""Skill of one network at three depths against the plain yardstick and other ways, paired.

    arborisk learn simulate STAND --trees 500 --seed 7 --size 378x504
    python benchmarks/skill.py PARKTREES --stand STAND [--seeds 5] [--only depths pair]

The yardstick is the plain logistic regression, as scikit-learn has it, on frozen EfficientNet-Lite0
(224 px, middle square), classes weighted alike, its strength chosen by log-loss on grouped folds
inside the training part. "depths" is `efficientnet_depths` with the default head; others differ
from it in what they name. All learn and answer on the same 5 folds, which keep groups (outings,
sites) whole; each seed draws them anew. An empty cache to begin with: embeddings of other code
would be mixed in.

Prints macro-F1, balanced accuracy and log-loss of balanced classes (weighted alike), means over the
seeds, and the difference in macro-F1 from the yardstick with its 95 % jackknife interval over
groups and its least and most over the seeds. Tasks: `benchmarks/skill_tasks.py`.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arborisk.cli.console import progress_for
from arborisk.models.embedding import embed_arrays
from arborisk.models.settings import TestViews
from arborisk.models.table import model_entry
from arborisk.preprocess.prepare import prepare_image
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.split.make import inner_folds
from arborisk.training.head import fit_head
from arborisk.training.regression import ROUGHLY, FittedPath, Nominal, fit_path, one_thread
from arborisk.training.settings import HeadSettings
from skill_heads import HEADS, Head
from skill_tasks import SkillTask, drawn_tasks, park_tasks

Rows = NDArray[np.int64]
Floats = NDArray[np.float64]
N_FOLDS = 5
STRENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)  # scikit-learn's C: larger is weaker
T_95 = 1.98  # Student's, about 100 groups


@dataclass(frozen=True, slots=True)
class Way:
    """What is seen of a picture, and which head learns from it.

    Attributes:
        model: Network; its usual input, but for `size_px`.
        parts: Parts of its embedding that are used; empty for all.
        size_px: Side of the input where it is not the usual one.
        views: Embeddings that are averaged: of the picture, or of its mirror image too.
        head: Fits and answers; see `skill_heads`.
    """

    model: str = "efficientnet_depths"
    parts: tuple[int, ...] = ()
    size_px: int = 0
    views: TestViews = "one"
    head: str = "default"


WAYS: dict[str, Way] = {
    "depths": Way(),
    "pair": Way("efficientnet_pair"),
    "last map alone": Way(parts=(0,)),
    "last and middle": Way(parts=(0, 1)),
    "no squares": Way(parts=(0, 1, 3)),
    "no early map": Way(parts=(0, 1, 2)),
    "Lite0, last and middle": Way("efficientnet_pair", parts=(0, 1)),
    "256 px": Way(size_px=256),
    "320 px": Way(size_px=320),
    "mirrored": Way(views="mirror"),
    "five views": Way(views="mirror_zoom"),
    **{name: Way(head=name) for name in HEADS},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("parktrees", type=Path, help="Folder with photos.csv and its photos.")
    parser.add_argument("--stand", type=Path, help="Folder of drawn trees.")
    parser.add_argument("--seeds", type=int, default=5, help="Number of split seeds.")
    parser.add_argument("--only", nargs="+", default=["depths", "pair"], help="Ways to measure.")
    parser.add_argument("--tasks", nargs="+", default=[], help="Tasks to measure; all if not said.")
    parser.add_argument("--cache", type=Path, default=Path(".skill-cache"), help="For embeddings.")
    given = parser.parse_args()
    tasks = park_tasks(given.parktrees) + (drawn_tasks(given.stand) if given.stand else [])
    for task in tasks:
        if given.tasks and task.name not in given.tasks:
            continue
        counts = np.bincount(task.class_index).tolist()
        print(f"\n{task.name}: {counts} pictures a class, {len(set(task.groups))} groups")
        print(f"{'':24}{'F1':>7}{'bal.':>7}{'loss':>7}   from the yardstick: mean, 95 %, seeds")
        plain = [yardstick(task, seed, given.cache) for seed in range(given.seeds)]
        tell("yardstick", task, plain, plain)
        for name in given.only:
            said = [answers(task, WAYS[name], seed, given.cache) for seed in range(given.seeds)]
            tell(name, task, said, plain)


@cache
def embedded(task: SkillTask, way: Way, folder: Path) -> NDArray[np.float32]:
    """Embeddings of a task's pictures, shape (n, d); each is computed once and kept."""
    usual = model_entry(way.model).preprocess
    settings = usual.model_copy(update={"size_px": way.size_px or usual.size_px})
    arrays = np.stack([prepare_image(one.opened(), settings) for one in task.pictures])
    found = [_embed(arrays, settings, way.model, folder)]
    if way.views != "one":
        found.append(_embed(np.ascontiguousarray(arrays[:, :, ::-1]), settings, way.model, folder))
    if way.views == "mirror_zoom":  # four corners of 7/8 of the side besides
        edge = settings.size_px // 8
        size = settings.size_px - edge
        for top, left in ((0, 0), (0, edge), (edge, 0), (edge, edge)):
            cut = [
                _enlarged(array[top : top + size, left : left + size], settings) for array in arrays
            ]
            found.append(_embed(np.stack(cut), settings, way.model, folder))
    return np.asarray(np.mean(found, axis=0), dtype=np.float32)


def _enlarged(array: NDArray[np.uint8], settings: PreprocessSettings) -> NDArray[np.uint8]:
    from PIL import Image

    return prepare_image(Image.fromarray(array), settings)


def _embed(
    arrays: NDArray[np.uint8], settings: PreprocessSettings, model: str, folder: Path
) -> NDArray[np.float32]:
    return embed_arrays(
        arrays,
        sha256=[hashlib.sha256(array.tobytes()).hexdigest() for array in arrays],
        preprocess=settings,
        cache_dir=folder,
        model=model,
        progress=progress_for("Embedding"),
    )


def answers(task: SkillTask, way: Way, seed: int, folder: Path) -> Floats:
    """Log-probabilities of each picture while it is held back, shape (n, n_classes)."""
    embeddings = embedded(task, way, folder)
    lengths = model_entry(way.model).parts
    parts = way.parts or tuple(range(len(lengths)))
    starts = np.cumsum((0, *lengths))
    columns = np.concatenate([np.arange(starts[part], starts[part + 1]) for part in parts])
    head: Head = HEADS.get(way.head, default_head)
    scaled = tuple(lengths[part] for part in parts)

    def fit(train: Rows, classes: Rows, test: Rows) -> Floats:
        groups = [task.groups[row] for row in train]
        seen, judged = embeddings[train][:, columns], embeddings[test][:, columns]
        return head(seen, classes, groups, scaled, judged)

    return held_back(task, fit, seed)


def default_head(
    embeddings: NDArray[np.float32],
    classes: Rows,
    groups: Sequence[str],
    parts: Sequence[int],
    judged: NDArray[np.float32],
) -> Floats:
    """The head that ships."""
    fitted = fit_head(
        embeddings,
        classes,
        groups,
        n_classes=int(classes.max()) + 1,
        settings=HeadSettings(),
        seed=0,
        parts=parts,
    )
    return np.log(np.maximum(fitted.probability(judged), 1e-300))


def yardstick(task: SkillTask, seed: int, folder: Path) -> Floats:
    """Log-probabilities of the plain way, shape (n, n_classes)."""
    found = embedded(task, Way("efficientnet_lite0"), folder).astype(np.float64)
    centred = found - found.mean(axis=0)
    points = centred @ np.linalg.svd(centred, full_matrices=False)[2].T  # the same distances

    likelihood = Nominal(task.n_classes)

    def path(rows: Rows, classes: Rows, inverse: Sequence[float]) -> Iterator[FittedPath]:
        weight = len(classes) / (task.n_classes * np.bincount(classes))[classes]
        wanted = np.eye(task.n_classes)[classes]
        # scikit-learn's C weighs the sum of the losses, a strength here their mean
        strengths = [1 / (one * len(rows)) for one in inverse]
        return fit_path(points[rows], wanted, weight, strengths, likelihood, tolerance=ROUGHLY)

    def said(fit: FittedPath, rows: Rows) -> Floats:
        return likelihood.log_probability(points[rows] @ fit.weight.T, fit.offsets)

    def fit(train: Rows, classes: Rows, test: Rows) -> Floats:
        groups = [task.groups[row] for row in train]
        folds = inner_folds(classes, groups, n_folds=N_FOLDS, seed=0)
        losses = np.zeros(len(STRENGTHS))
        for learn, judge in folds:
            for place, one in enumerate(path(train[learn], classes[learn], STRENGTHS)):
                own = said(one, train[judge])[np.arange(len(judge)), classes[judge]]
                losses[place] -= own.sum()
        *_, last = path(train, classes, STRENGTHS[: int(losses.argmin()) + 1])
        return said(last, test)

    with one_thread():
        return held_back(task, fit, seed)


def held_back(task: SkillTask, fit: Callable[[Rows, Rows, Rows], Floats], seed: int) -> Floats:
    """What a way says of each picture on one grouped split."""
    said = np.zeros((len(task.class_index), task.n_classes))
    for train, test in inner_folds(task.class_index, task.groups, n_folds=N_FOLDS, seed=seed):
        said[test] = fit(train, task.learnt(train, seed), test)
    return said


def tell(name: str, task: SkillTask, said: Sequence[Floats], plain: Sequence[Floats]) -> None:
    """One row of the table."""
    truth = task.class_index
    names, group = np.unique(task.groups, return_inverse=True)
    ours = np.stack([_tables(truth, one, group, len(names)) for one in said])
    theirs = np.stack([_tables(truth, one, group, len(names)) for one in plain])
    lead = _macro_f1(ours.sum(axis=1)) - _macro_f1(theirs.sum(axis=1))
    without = [
        (
            _macro_f1(ours.sum(axis=1) - ours[:, one])
            - _macro_f1(theirs.sum(axis=1) - theirs[:, one])
        ).mean()
        for one in range(len(names))
    ]
    half = T_95 * np.sqrt((len(names) - 1) * np.var(without))
    recall = [_recall(table.sum(axis=0)).mean() for table in ours]
    share = np.bincount(truth)[truth] * task.n_classes
    losses = [-(one[np.arange(len(truth)), truth] / share).sum() for one in said]
    print(
        f"{name:24}{_macro_f1(ours.sum(axis=1)).mean():7.3f}{np.mean(recall):7.3f}"
        f"{np.mean(losses):7.3f}   {lead.mean():+.3f} ({lead.mean() - half:+.3f} to "
        f"{lead.mean() + half:+.3f}); {lead.min():+.3f} to {lead.max():+.3f}",
        flush=True,
    )


def _tables(truth: Rows, said: Floats, group: Rows, n_groups: int) -> NDArray[np.int64]:
    """Confusions by group, true class and class said."""
    n_classes = said.shape[1]
    found = np.zeros((n_groups, n_classes, n_classes), dtype=np.int64)
    np.add.at(found, (group, truth, said.argmax(axis=1)), 1)
    return found


def _recall(table: NDArray[np.int64]) -> Floats:
    return np.asarray(np.diag(table) / np.maximum(table.sum(axis=1), 1))


def _macro_f1(tables: NDArray[np.int64]) -> Floats:
    """Of confusions, shape (seeds, k, k)."""
    right = np.diagonal(tables, axis1=1, axis2=2)
    both = tables.sum(axis=1) + tables.sum(axis=2)
    return np.asarray((2 * right / np.maximum(both, 1)).mean(axis=1))


if __name__ == "__main__":
    main()
