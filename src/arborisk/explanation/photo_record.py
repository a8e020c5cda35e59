"""All that was found out about one photo, as it is kept and shown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.reference import Reference
from arborisk.errors import SettingsError
from arborisk.explanation.measures.table import Measure
from arborisk.records import Failure
from arborisk.wording.percent import percent


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A labelled photo near another one.

    Attributes:
        photo: Its file below the photo root, or "" where the bundle alone is at hand, which keeps
            numbers and no pictures.
        label: Title of its class.
        distance: How far it lies, in typical distances: 1 is the median distance of a training
            photo from the nearest one of another group.
    """

    photo: str
    label: str
    distance: float


@dataclass(frozen=True, slots=True)
class LabelledNeighbours:
    """Labelled photos as points in the space in which a bundle remembers its training.

    Attributes:
        points: Shape (n, r), see `arborisk.bundle.reference.Reference.project`.
        photos: File of each, or "".
        labels: Title of each one's class.
        groups: Tree, site or near-duplicate cluster of each.
        typical: Median distance of a photo from the nearest one of another group, above 0.
    """

    points: NDArray[np.float64]
    photos: tuple[str, ...]
    labels: tuple[str, ...]
    groups: tuple[str, ...]
    typical: float

    @classmethod
    def of(
        cls,
        points: NDArray[np.float64],
        photos: Sequence[str],
        labels: Sequence[str],
        groups: Sequence[str],
    ) -> LabelledNeighbours:
        """Measures what is typical among them.

        Args:
            points: Shape (n, r), n at least 1.
            photos: File of each, or "".
            labels: Title of each one's class.
            groups: Group of each.

        Raises:
            SettingsError: No labelled photo.
        """
        if len(points) == 0:
            raise SettingsError(
                "labelled photos to compare with",
                "none",
                "nearest labelled photos",
                "Give a run whose photos are at hand.",
            )
        squared = _squared(points, points)
        _, own = np.unique(np.asarray(groups), return_inverse=True)
        squared[own[:, None] == own] = np.inf
        nearest = squared.min(axis=1)
        known = np.sqrt(nearest[np.isfinite(nearest)])
        typical = float(np.median(known)) if len(known) else 1.0
        return cls(
            points, tuple(photos), tuple(labels), tuple(groups), typical if typical > 0 else 1.0
        )

    @classmethod
    def of_reference(cls, reference: Reference, titles: Sequence[str]) -> LabelledNeighbours:
        """The photos that a bundle remembers: points and classes, no pictures and no names.

        Args:
            reference: Of the bundle.
            titles: Titles of the classes, in class order.
        """
        return cls.of(
            reference.points.astype(np.float64),
            [""] * len(reference.points),
            [titles[number] for number in reference.class_index],
            [str(number) for number in reference.group],
        )

    def nearest(
        self, point: NDArray[np.float64], *, n_nearest: int = 4, without_group: str = ""
    ) -> tuple[Neighbour, ...]:
        """The nearest labelled photos, at most one of a group, nearest first.

        One of a group, since photos of one tree or outing are alike for reasons that have nothing
        to do with the answer.

        Args:
            point: The photo, shape (r,).
            n_nearest: How many.
            without_group: Group that is passed over: the photo's own, or "".
        """
        distance = np.sqrt(_squared(point[None], self.points)[0]) / self.typical
        found: list[Neighbour] = []
        seen = {without_group} if without_group else set()
        for row in np.argsort(distance, kind="stable"):
            if self.groups[row] in seen:
                continue
            seen.add(self.groups[row])
            found.append(Neighbour(self.photos[row], self.labels[row], float(distance[row])))
            if len(found) == n_nearest:
                break
        return tuple(found)


def _squared(query: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Squared distances, shape (n_query, n_points), never below 0."""
    squared = (query**2).sum(1)[:, None] + (points**2).sum(1) - 2 * query @ points.T
    return np.asarray(np.maximum(squared, 0.0))


@dataclass(frozen=True, slots=True)
class PhotoShare:
    """What one part of a photo has of its map.

    Attributes:
        part: A key of `arborisk.explanation.parts.PART_TITLES`.
        share: Of the attribution that speaks for what was asked, 0 to 1; None where the map says
            nothing.
        area: Of what the network saw of the photo, 0 to 1.
    """

    part: str
    share: float | None
    area: float


@dataclass(frozen=True, slots=True)
class PhotoExplanation:
    """Why a model said what it said of one photo, or why that cannot be shown.

    Attributes:
        photo: Name of the photo in the table.
        mark: What decides the explanation besides the settings: size and time of the file.
        question: What is explained, for example ``Probable and not Possible or Improbable``.
        score: Score of that contrast; above 0 it looks more like the class asked about.
        shares: Parts of the photo, in the order of `arborisk.explanation.parts.PARTS`.
        measures: Physical measures; empty where none were asked for.
        sentences: What goes with the measures: warnings, and what was not recognised.
        neighbours: Nearest labelled photos, nearest first.
        failure: Why the photo could not be used, or None.
    """

    photo: str
    mark: str
    question: str = ""
    score: float = 0.0
    shares: tuple[PhotoShare, ...] = ()
    measures: tuple[Measure, ...] = ()
    sentences: tuple[str, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    failure: Failure | None = None

    @property
    def parts_sentence(self) -> str:
        """For example ``58 % crown in leaf, 21 % stem, 15 % sky``; empty without shares."""
        from arborisk.explanation.parts.part_map import PART_TITLES

        known = [(one.share, PART_TITLES[one.part]) for one in self.shares if one.share is not None]
        told = [(share, title) for share, title in sorted(known, reverse=True) if share >= 0.005]
        return ", ".join(f"{percent(share)} {title}" for share, title in told)

    def to_json(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> PhotoExplanation:
        """Undoes `to_json`.

        Raises:
            ValueError, TypeError, KeyError: The text is something else.
        """
        content: dict[str, Any] = json.loads(text)
        failure = content["failure"]
        content |= {
            "shares": tuple(PhotoShare(**one) for one in content["shares"]),
            "measures": tuple(Measure(**one) for one in content["measures"]),
            "sentences": tuple(content["sentences"]),
            "neighbours": tuple(Neighbour(**one) for one in content["neighbours"]),
            "failure": None if failure is None else Failure(**failure),
        }
        return cls(**content)
