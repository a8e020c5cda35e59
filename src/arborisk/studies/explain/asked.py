"""The photos to explain, with what the model answered: new ones, or those that a run held back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from arborisk.bundle.activation_map import Contrast
from arborisk.bundle.load import Bundle
from arborisk.bundle.reference import MOST_PHOTOS, Reference
from arborisk.errors import PhotoError
from arborisk.evaluation.run_photos import RunPhotos
from arborisk.explanation.photo_record import LabelledNeighbours
from arborisk.photos.files import sha256_of
from arborisk.photos.workers import n_cores
from arborisk.prediction.run import predict_photos
from arborisk.preprocess.prepare import photo_seed, prepare_file
from arborisk.records import Progress
from arborisk.report.assessed import AssessedPhoto, ClassChance, read_assessment
from arborisk.report.page import ClassEntry, class_entries, thumbnail_uri


@dataclass(frozen=True, slots=True)
class ExplainOptions:
    """How photos are explained; a change of it explains them anew.

    Attributes:
        method: A key of `arborisk.explanation.attribution.METHODS`, or "" for the exact map where
            the model has one and Grad-CAM elsewhere.
        of: Title of the class that is asked about, or "" for the one that the model answers.
        against: Title of the class it is set against, or "" for all others.
        measures: Whether the tree is measured.
        n_photos: Photos of a run that are explained where none are given.
        n_nearest: Labelled photos shown beside each.
        check: Whether the maps are checked on some photos.
        seed: Of the draw of photos and of the checks.
    """

    method: str = ""
    of: str = ""
    against: str = ""
    measures: bool = True
    n_photos: int = 24
    n_nearest: int = 4
    check: bool = True
    seed: int = 0

    def contrast(self, titles: Sequence[str], answer: int) -> Contrast:
        """What is explained of a photo.

        Args:
            titles: Titles of the classes, in class order.
            answer: Class that the model answers.

        Raises:
            SettingsError: No class is called so, or both are one class.
        """
        return Contrast.between(titles, self.of or titles[answer], self.against or None)

    def as_json(self) -> dict[str, JsonValue]:
        """All that decides an explanation, for a fingerprint."""
        return dict(asdict(self))


ALL_MEMBERS = -1
PREDICTIONS = "predictions.csv"


@dataclass(frozen=True, slots=True)
class AskedPhoto:
    """One photo to explain.

    Attributes:
        name: In tables and on pages.
        path: Its file.
        member: Network of the bundle that is asked; `ALL_MEMBERS` for their mean.
        group: Tree, site or near-duplicate cluster where it is known, or "": its own group is no
            neighbour worth showing.
        label: What people said of it, or "".
        answer: What the model said of it, as pages show it.
    """

    name: str
    path: Path
    member: int
    group: str
    label: str
    answer: AssessedPhoto


def new_photos(
    bundle: Bundle, photos: Path, out: Path, *, restart: bool, progress: Progress | None
) -> list[AskedPhoto]:
    """New photos, answered by `arborisk predict` into OUT/predictions.csv; in order of worry.

    Photos without an answer come last, with the reason.

    Args:
        bundle: The model.
        photos: A photo, or a folder.
        out: Folder of the explanations.
        restart: Forget an earlier run.
        progress: Called with photos answered and all.

    Raises:
        ArboriskError: See `arborisk.prediction.predict_photos`.
    """
    table = out / PREDICTIONS
    predict_photos(bundle, photos, table, restart=restart, progress=progress)
    root = photos if photos.is_dir() else photos.parent
    found = read_assessment(table, root, _entries(bundle), n_shown=10**9)
    return [
        AskedPhoto(one.photo, root / one.photo, ALL_MEMBERS, "", "", one)
        for one in (*found.shown, *found.failed)
    ]


def held_back_photos(
    bundle: Bundle, run_photos: RunPhotos, *, n_photos: int, seed: int
) -> list[AskedPhoto]:
    """Photos of a run, each with the answer of the network that had not learnt from it.

    Args:
        bundle: Of the run.
        run_photos: Its photos.
        n_photos: How many at most, as many of each class as there can be.
        seed: Of the draw.
    """
    predictions, entries = run_photos.predictions, _entries(bundle)
    members = run_photos.members(bundle.description)
    titles = run_photos.data.scheme.titles
    found = []
    for row in run_photos.chosen(n_photos, seed):
        path = run_photos.paths[row]
        chances = [
            ClassChance(entry, float(chance))
            for entry, chance in zip(
                entries.values(), predictions.probability[row].tolist(), strict=True
            )
        ]
        answer = AssessedPhoto(
            photo=predictions.file[row],
            uri=thumbnail_uri(path),
            chances=tuple(reversed(chances)),
            failure="",
            said=list(entries.values())[int(predictions.said[row])],
            likelihood_set="",
            referral="",
            reasons="",
        )
        label = titles[int(predictions.class_index[row])]
        name, group = predictions.file[row], predictions.group[row]
        found.append(AskedPhoto(name, path, int(members[row]), group, label, answer))
    return found


def _entries(bundle: Bundle) -> Mapping[str, ClassEntry]:
    """Class by short name, in class order."""
    scheme = bundle.description.scheme.scheme
    return dict(zip(scheme.names, class_entries(scheme), strict=True))


def labelled_photos(
    bundle: Bundle, run_photos: RunPhotos | None, *, progress: Progress | None = None
) -> LabelledNeighbours | None:
    """Labelled photos as points in the bundle's own space, or None where it remembers none.

    Args:
        bundle: The model.
        run_photos: Photos of its run, where they are at hand: then neighbours have pictures.
        progress: Called with photos looked at and all.
    """
    reference = bundle.reference
    if reference is None:
        return None
    titles = bundle.description.scheme.scheme.titles
    if run_photos is None:
        return LabelledNeighbours.of_reference(reference, titles)
    predictions = run_photos.predictions
    n_photos = len(run_photos.paths)
    rows = np.unique(np.linspace(0, n_photos - 1, min(n_photos, MOST_PHOTOS)).astype(np.int64))
    points: list[NDArray[np.float64]] = []
    kept: list[int] = []
    with ThreadPoolExecutor(n_cores()) as pool:
        jobs = [pool.submit(_point, bundle, reference, run_photos.paths[row]) for row in rows]
        for done, (row, job) in enumerate(zip(rows.tolist(), jobs, strict=True), start=1):
            point = job.result()
            if point is not None:
                points.append(point)
                kept.append(row)
            if progress:
                progress(done, len(rows))
    return LabelledNeighbours.of(
        np.array(points).reshape(len(points), -1),
        [predictions.file[row] for row in kept],
        [titles[predictions.class_index[row]] for row in kept],
        [predictions.group[row] for row in kept],
    )


def _point(bundle: Bundle, reference: Reference, path: Path) -> NDArray[np.float64] | None:
    """Place of a photo in the space; None for one that cannot be read."""
    settings = bundle.description.preprocess
    try:
        seed = photo_seed(sha256_of(path)) if settings.crop == "random" else 0
        array = prepare_file(path, settings, seed=seed)
    except PhotoError:
        return None
    point: NDArray[np.float64] = reference.project(bundle.predict(array[None]).embedding)[0]
    return point
