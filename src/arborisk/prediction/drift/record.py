"""What a comparison of new photos with those of training found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.records import Interval


@dataclass(frozen=True, slots=True)
class Size:
    """How large something is, each group counting once.

    Attributes:
        name: What: ``distance``, a fact on light, or the class that moved most.
        old: Among training photos.
        new: Among new photos.
    """

    name: str
    old: float
    new: float


@dataclass(frozen=True, slots=True)
class Shift:
    """One thing compared.

    Attributes:
        name: ``embedding``, ``distance``, ``light`` or ``classes``.
        title: The same for people.
        sizes: What of it can be told as numbers.
        p_value: Of the test over whole groups, or None where none was made.
        corrected_p: Corrected for the number of tests (Holm), or None.
        times_luck: Difference over the largest that luck gives in 19 of 20 cases, or None.
        alarm: Whether the corrected p value is below the level.
        sentence: The same in words.
    """

    name: str
    title: str
    sizes: tuple[Size, ...]
    p_value: float | None
    corrected_p: float | None
    times_luck: float | None
    alarm: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class ClassShare:
    """Share of one class.

    Attributes:
        title: Of the class.
        training: Its share of the training photos.
        predicted: Share of new photos for which the model answers so, errors and all.
        estimated: Share of new photos that are of it, errors allowed for; None without calibration.
        low: Lower end of its 95 % interval, or None.
        high: Upper end, or None.
    """

    title: str
    training: float
    predicted: float
    estimated: float | None
    low: float | None
    high: float | None

    @property
    def interval(self) -> Interval | None:
        """The estimate with its interval; None without calibration."""
        if self.estimated is None:
            return None
        return Interval(self.estimated, self.low, self.high)


@dataclass(frozen=True, slots=True)
class Beyond:
    """Photos that the gate "unlike the training photos" would stop.

    Attributes:
        share: Of new photos.
        n_photos: As a number.
        stated: Share that the gate states for photos like those of training; None where too few
            groups of training photos set no limit.
        most_by_luck: Share that the gate may really have for such photos, with the groups that it
            was set on: 19 in 20 gates stay below.
    """

    share: float
    n_photos: int
    stated: float | None
    most_by_luck: float | None


@dataclass(frozen=True, slots=True)
class Unlike:
    """A new photo far from the training photos.

    Attributes:
        photo: Its name.
        group: Its group.
        distance: Its distance over the limit of the gate, or over the largest of training photos.
    """

    photo: str
    group: str
    distance: float


@dataclass(frozen=True, slots=True)
class Drift:
    """New photos against those of training.

    Attributes:
        shifts: What was compared.
        classes: Shares of the classes.
        classes_note: What these cannot say, or "".
        beyond: Photos beyond the limit of the gate.
        farthest: New photos farthest from training, the farthest first.
        apart: How far the clouds of new and training groups are apart: 0 where they are one, 1
            where they have nothing in common.
        n_new: New photos compared.
        n_new_groups: Their groups.
        n_old: Training photos that the bundle keeps.
        n_old_groups: Their groups.
        grouped_by: What a group of new photos is: ``given``, ``day`` or ``photo``.
        n_left_out: Photos found and not looked at, since enough others were.
        failures: Photos that could not be used, by reason.
        smallest_p: Smallest p value that so many groups can give, after the correction.
        level: Chance of any alarm where nothing has changed.
        cautions: What the comparison cannot say, in sentences.
        leafless: Share of training photos, and of new ones, that the gate on leaves takes for out
            of leaf; None where it cannot tell.
        months: New photos by month of the year taken, 1 to 12; 0 for unknown.
        map_old: Training photos along the two widest directions, shape (n_old, 2).
        map_new: New photos there, shape (n_new, 2).
        distance_old: Distances of training photos, each from other groups, shape (n_old,).
        distance_new: Of new photos, shape (n_new,).
        distance_limit: Limit of the gate, or infinity.
    """

    shifts: tuple[Shift, ...]
    classes: tuple[ClassShare, ...]
    classes_note: str
    beyond: Beyond
    farthest: tuple[Unlike, ...]
    apart: float
    n_new: int
    n_new_groups: int
    n_old: int
    n_old_groups: int
    grouped_by: str
    n_left_out: int
    failures: Mapping[str, int]
    smallest_p: float
    level: float
    cautions: tuple[str, ...]
    leafless: tuple[float, float] | None
    months: Mapping[int, int]
    map_old: NDArray[np.float64]
    map_new: NDArray[np.float64]
    distance_old: NDArray[np.float64]
    distance_new: NDArray[np.float64]
    distance_limit: float

    @property
    def alarm(self) -> bool:
        """Whether anything has changed more than luck explains."""
        return any(shift.alarm for shift in self.shifts)

    @property
    def can_alarm(self) -> bool:
        """Whether so many groups could show a change at all."""
        return self.smallest_p <= self.level
