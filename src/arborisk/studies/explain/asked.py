"""The photos to explain, with what the model answered: new ones, or those that a run held back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from arborisk.bundle.load import Bundle
from arborisk.evaluation.run_photos import RunPhotos
from arborisk.prediction.run import predict_photos
from arborisk.records import Progress
from arborisk.report.assessed import AssessedPhoto, ClassChance, read_assessment
from arborisk.report.content import ClassEntry, class_entries
from arborisk.report.thumbnails import thumbnail_uri

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
