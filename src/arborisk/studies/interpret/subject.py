"""The model to interpret, with the photos that its run held back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from arborisk.bundle.activation_map import Contrast
from arborisk.evaluation.run_photos import RunPhotos, read_run_photos
from arborisk.explanation.attribution.maps import why_not_exact
from arborisk.explanation.attribution.methods import attribute, method_of
from arborisk.explanation.opened import OpenedModel, open_model
from arborisk.photos.files import sha256_of
from arborisk.preprocess.files import prepare_files
from arborisk.records import Progress


@dataclass(frozen=True, slots=True)
class InterpretOptions:
    """How a model is interpreted; a change of it makes the chapters anew.

    Attributes:
        of: Title of the class that is asked about, or "" for the last one.
        against: Title of the class it is set against, or "" for all others.
        n_photos: Photos looked at, at most.
        n_trees: Drawn trees in which one thing at a time is changed.
        method: A key of `arborisk.explanation.attribution.METHODS`, or "" for the usual one.
        chapters: Names of the chapters to make; empty for all.
        seed: Of all that is drawn at random.
    """

    of: str = ""
    against: str = ""
    n_photos: int = 150
    n_trees: int = 24
    method: str = ""
    chapters: tuple[str, ...] = ()
    seed: int = 0

    def as_json(self) -> dict[str, JsonValue]:
        """All that decides a chapter, for a fingerprint."""
        return {**asdict(self), "chapters": list(self.chapters)}


LEAST_PROBABILITY = 1e-9
"""Probabilities are kept with nine digits; none is taken for less."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is interpreted; row i of each array is photo i.

    Attributes:
        opened: The model of a run.
        run_photos: All photos of the run.
        rows: Those looked at, as rows of ``run_photos.predictions``, shape (n,).
        arrays: Prepared, shape (n, size, size, channels).
        member: Network that held each back, shape (n,).
        contrast: What is asked of the model.
        seed: Of all that is drawn at random.
    """

    opened: OpenedModel
    run_photos: RunPhotos
    rows: NDArray[np.int64]
    arrays: NDArray[np.uint8]
    member: NDArray[np.int64]
    contrast: Contrast
    seed: int

    @property
    def class_index(self) -> NDArray[np.int64]:
        """True class of each photo, shape (n,)."""
        return self.run_photos.predictions.class_index[self.rows]

    @property
    def groups(self) -> tuple[str, ...]:
        """Group of each photo."""
        return tuple(self.run_photos.predictions.group[row] for row in self.rows)

    @property
    def files(self) -> tuple[str, ...]:
        """File of each photo, below the photo root."""
        return tuple(self.run_photos.predictions.file[row] for row in self.rows)

    @property
    def paths(self) -> tuple[Path, ...]:
        """File of each photo."""
        return tuple(self.run_photos.paths[row] for row in self.rows)

    @property
    def score(self) -> NDArray[np.float64]:
        """Score of the contrast by the network that held each photo back, shape (n,)."""
        probability = self.run_photos.predictions.probability[self.rows]
        logs = np.log(np.maximum(probability, LEAST_PROBABILITY))
        return np.asarray(logs @ self.contrast.weights(self.opened.n_classes))

    @property
    def drawn(self) -> bool:
        """Whether the trees are drawn: never evidence about real ones."""
        return self.run_photos.is_drawn

    def alone(self, member: int) -> OpenedModel:
        """The network that held photos back, or all of them for -1."""
        return self.opened if member < 0 else self.opened.only(member)


def open_subject(
    run: Path,
    cache_dir: Path,
    *,
    of: str,
    against: str,
    n_photos: int,
    seed: int,
    progress: Progress | None = None,
) -> Subject:
    """Opens a run for interpretation.

    Args:
        run: Run folder of `arborisk train`.
        cache_dir: Where prepared photos are kept.
        of: Class asked about, or "" for the last one.
        against: Class it is set against, or "" for all others.
        n_photos: Photos looked at, at most; as many of each class as there can be.
        seed: Of their draw, and of all that follows.
        progress: Called with photos prepared and all.

    Raises:
        ArboriskError: The run or its photos cannot be used, or no photo was held back; says what to
            do.
    """
    opened = open_model(run)
    run_photos = read_run_photos(run)
    contrast = Contrast.between(opened.titles, of or opened.titles[-1], against or None)
    return subject_of(
        opened,
        run_photos,
        contrast,
        cache_dir=cache_dir,
        n_photos=n_photos,
        seed=seed,
        progress=progress,
    )


def subject_of(
    opened: OpenedModel,
    run_photos: RunPhotos,
    contrast: Contrast,
    *,
    cache_dir: Path,
    n_photos: int,
    seed: int,
    progress: Progress | None = None,
) -> Subject:
    """A model with some of the photos of its run; see `open_subject`."""
    held_back_by = run_photos.members(opened.own_bundle.description)  # refuses a refit
    rows = run_photos.chosen(n_photos, seed)
    paths = [run_photos.paths[row] for row in rows]
    arrays = prepare_files(
        paths,
        [sha256_of(path) for path in paths],
        opened.preprocess,
        cache_dir=cache_dir,
        progress=progress,
    )
    return Subject(opened, run_photos, rows, arrays, held_back_by[rows], contrast, seed)


def by_member(member: NDArray[np.int64]) -> Sequence[tuple[int, NDArray[np.int64]]]:
    """Places of the photos of each member.

    Args:
        member: Member of each photo, shape (n,).
    """
    return [(int(one), np.flatnonzero(member == one)) for one in np.unique(member)]


EXACT, OTHERWISE = "class_activation", "grad_cam"


def usual_method(opened: OpenedModel, asked: str = "") -> str:
    """Method of the maps: the one asked for; else the exact map, or Grad-CAM where there is none.

    Args:
        opened: The model.
        asked: A key of `arborisk.explanation.attribution.METHODS`, or "".

    Raises:
        SettingsError: There is no such method; names those there are.
    """
    if asked:
        method_of(asked)
        return asked
    return OTHERWISE if why_not_exact(opened) else EXACT


def map_maker(
    method: str, seed: int
) -> Callable[[OpenedModel, NDArray[np.uint8], Contrast], NDArray[np.float32]]:
    """Makes maps by a method.

    Args:
        method: A key of `arborisk.explanation.attribution.METHODS`.
        seed: Of methods that draw at random.
    """

    def make(
        opened: OpenedModel, arrays: NDArray[np.uint8], contrast: Contrast
    ) -> NDArray[np.float32]:
        return attribute(opened, arrays, contrast, method, seed=seed).values

    return make


def own_class_maps(subject: Subject, asked: str) -> list[NDArray[np.float32]]:
    """Map of each photo for its own class against all others.

    Args:
        subject: Model and photos.
        asked: Method asked for, or "".
    """
    make = map_maker(usual_method(subject.opened, asked), subject.seed)
    titles = subject.opened.titles
    found: dict[int, NDArray[np.float32]] = {}
    for member, places in by_member(subject.member):
        opened = subject.alone(member)
        for own in np.unique(subject.class_index[places]):
            some = places[subject.class_index[places] == own]
            arrays = np.ascontiguousarray(subject.arrays[some])
            maps = make(opened, arrays, Contrast.between(titles, titles[own]))
            found.update(zip(some.tolist(), maps, strict=True))
    return [found[number] for number in range(len(subject.arrays))]
