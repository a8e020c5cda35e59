"""What a comparison found, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import Remedy, TableError, option
from arborisk.prediction.drift.dealing import ComparisonOutcome
from arborisk.prediction.drift.photos import NO_GROUP, NewPhotos
from arborisk.records import Interval
from arborisk.tables.read import read_table
from arborisk.tables.table import fold
from arborisk.tables.word_columns import cell_text
from arborisk.wording.counts import agreeing, counted
from arborisk.wording.intervals import share_text
from arborisk.wording.percent import counted_share, percent


@dataclass(frozen=True, slots=True)
class ShiftSize:
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
    sizes: tuple[ShiftSize, ...]
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


TITLES: Final = {
    "embedding": "what the photos show, as the network sees it",
    "distance": "distance from the nearest training photos",
    "classes": "mix of classes, as the model sees it",
    "light": "light and sharpness",
}
FACT_TITLES: Final = {
    "dark": "darkest twentieth",
    "middle": "middle brightness",
    "bright": "brightest twentieth",
    "blur": "blur",
}
NEVER: Final = (
    "A shift says that the photos differ, not that the answers are wrong; no shift does not show "
    "that they are right. Only labels of new trees show that."
)
WHAT_TO_DO: Final = (
    "Look at the farthest photos. If the change is one of camera, season or framing, photograph as "
    "for training; if the trees are others, have a sample of them rated and measure the model on "
    "it before relying on its numbers."
)
GROUPS_WORDS: Final = {
    "given": "groups as given",
    "day": "photos of one day as a group",
    "photo": "each photo as a group of its own",
}


def headline(drift: Drift) -> str:
    """The finding in a sentence."""
    changed = [shift.title for shift in drift.shifts if shift.alarm]
    if changed:
        return (
            f"The new photos differ from those of training more than luck explains: "
            f"{'; '.join(changed)}."
        )
    if not drift.can_alarm:
        return "Too few groups to tell: with so few even the largest change could be luck."
    return "No change was found that luck does not explain. That does not prove that there is none."


def sentence_of(
    name: str, outcome: ComparisonOutcome, sizes: Mapping[str, ShiftSize], alarm: bool
) -> str:
    """One comparison in sentences."""
    luck = (
        f"the difference is {outcome.times_luck:.1f} times what luck gives at most in 19 of 20 "
        "cases"
        if outcome.times_luck > 0
        else "there is no difference to speak of"
    )
    verdict = "More than luck explains" if alarm else "Luck can explain it"
    if not alarm and outcome.times_luck > 1:
        verdict = "Not shown, for with several comparisons one may well be as large"
    said = f"{verdict}: {luck}."
    if outcome.apart is not None:
        said += (
            f" The clouds are {percent(outcome.apart)} apart, where 0 % is one cloud and 100 % are "
            "two with nothing in common."
        )
    if name == "distance" and sizes[name].old > 0:
        times = sizes[name].new / sizes[name].old
        said += f" New photos lie {times:.2f} times as far out as training photos left out."
    if name == "light":
        facts = (
            f"{title} {sizes[fact].old:.3g} before, {sizes[fact].new:.3g} now"
            for fact, title in FACT_TITLES.items()
        )
        said += f" {'; '.join(facts)}.".replace(" d", " D", 1)
    if name == "classes":
        size = sizes[name]
        said += (
            f" {size.name}, each group counting once: {percent(size.old)} before, "
            f"{percent(size.new)} now."
        )
    return said


def leaf_sentence(leafless: tuple[float, float] | None) -> str:
    """Shares out of leaf, in a sentence."""
    if leafless is None:
        return "not told: the gate on leaves needs the embedding of the default model as it comes"
    old, new = (percent(share) for share in leafless)
    return f"{old} of training photos, {new} of new ones, by the gate"


def beyond_sentence(beyond: Beyond, n_new: int) -> str:
    """Share of photos beyond the gate's limit, in a sentence."""
    if beyond.stated is None or beyond.most_by_luck is None:
        return (
            "The training photos are of too few groups to set a limit from which on a photo is "
            "called unlike them."
        )
    many = "more than" if beyond.share > beyond.most_by_luck else "within"
    return (
        f"{counted_share(beyond.n_photos, n_new, 1)} of {counted(n_new, 'new photo')} "
        f"{agreeing(beyond.n_photos, 'lies', 'lie')} beyond the limit of the gate "
        f'"unlike the training photos", which is set to stop {percent(beyond.stated, 1)} of photos '
        f"like those of training: {many} what the gate may really stop of such photos (up to "
        f"{percent(beyond.most_by_luck, 1)}, with the groups that set it)."
    )


def cautions_of(
    new: NewPhotos, n_new_groups: int, smallest_p: float, level: float
) -> tuple[str, ...]:
    """What the comparison cannot say."""
    found = []
    if new.grouped_by == "photo":
        found.append(
            "No groups and no dates: every photo was taken for independent of all others. Photos "
            "of one outing or one tree are not, so that alarms come too easily; name the groups "
            "with --groups."
        )
    if new.grouped_by == "day":
        found.append("Photos of one day were taken for a group; --groups names them better.")
    if lost := new.groups.count(NO_GROUP):
        named = "group in the table" if new.grouped_by == "given" else "date"
        found.append(
            f"{counted(lost, 'photo')} {agreeing(lost, 'has', 'have')} no {named}: they may be of "
            "one tree and count as one group together; name the groups of all."
        )
    if smallest_p > level:
        found.append(
            f"{counted(n_new_groups, 'group')} of new photos: the smallest p "
            f"value that can come out is {smallest_p:.2g}, above {level:g}. Nothing can be shown; "
            "add photos of other outings."
        )
    elif n_new_groups < 10:
        found.append(
            f"{counted(n_new_groups, 'group')} of new photos: only large changes exceed luck."
        )
    if new.n_left_out:
        found.append(
            f"{new.n_left_out} more photos were found and not looked at; --most sets how many are."
        )
    return (*found, NEVER)


def drift_text(drift: Drift) -> str:
    """The comparison for people."""
    lines = [
        headline(drift),
        f"{counted(drift.n_new, 'new photo')} of {counted(drift.n_new_groups, 'group')} against "
        f"{counted(drift.n_old, 'training photo')} of {counted(drift.n_old_groups, 'group')}.",
        f"Out of leaf: {leaf_sentence(drift.leafless)}.",
        "",
    ]
    for shift in drift.shifts:
        p_value = f"p {shift.p_value:.3f}, corrected {shift.corrected_p:.3f}"
        lines.append(f"{'!' if shift.alarm else ' '} {shift.title}: {p_value}. {shift.sentence}")
    lines += ["", beyond_sentence(drift.beyond, drift.n_new), ""]
    for share in drift.classes:
        line = (
            f"  {share.title}: {percent(share.training, 1)} in training, "
            f"{percent(share.predicted, 1)} answered"
        )
        if share.interval is not None:
            line += f", {share_text(share.interval, 1)} with errors allowed for"
        lines.append(line)
    return "\n".join([*lines, drift.classes_note, "", *drift.cautions])


def drift_json(drift: Drift) -> dict[str, Any]:
    """The comparison as plain values; what is drawn and not read is left out."""
    left_out = ("map_old", "map_new", "distance_old", "distance_new", "distance_limit")
    values = {name: getattr(drift, name) for name in drift.__slots__ if name not in left_out}
    return values | {
        "alarm": drift.alarm,
        "can_alarm": drift.can_alarm,
        "headline": headline(drift),
        "shifts": [asdict(shift) for shift in drift.shifts],
        "classes": [asdict(share) for share in drift.classes],
        "beyond": asdict(drift.beyond),
        "farthest": [asdict(item) for item in drift.farthest],
        "failures": dict(drift.failures),
        "months": {str(month): count for month, count in drift.months.items()},
        "cautions": list(drift.cautions),
    }


def read_groups(path: Path) -> dict[str, str]:
    """Group by photo, from a table with the columns ``file`` and ``group``.

    Args:
        path: Table; ``file`` is the path of a photo within the folder of photos. Instead of
            ``group`` the second column may be called ``outing``, ``site`` or ``tree``.

    Raises:
        TableError: No table, a column is missing, or a row that does not fit.
    """
    table = read_table(path)
    for row, why in table.problems.items():
        raise TableError("a whole row", why, table.where(row), "Correct the row.")
    headers = [fold(header) for header in table.headers]
    second = next((name for name in ("group", "outing", "site", "tree") if name in headers), None)
    if "file" not in headers or second is None:
        raise TableError(
            "the columns file and group (or outing, site, tree)",
            ", ".join(table.headers[:30]),
            table.source,
            Remedy("Name two columns so, or leave out {}.", option("--groups", "drift")),
        )
    file, group = headers.index("file"), headers.index(second)
    return {
        cell_text(cells[file]).replace("\\", "/"): cell_text(cells[group]) for cells in table.rows
    }
