"""Has the mix of classes changed? By what the model says, with its errors allowed for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.load import Bundle
from arborisk.calibration.prevalence import FEWEST_OF_CLASS, estimate_prevalence
from arborisk.calibration.table import CalibrationMap, CalibrationTable
from arborisk.metrics.scores import number_groups, predicted_class
from arborisk.prediction.answers import Answering
from arborisk.prediction.drift.dealing import (
    N_DRAWS,
    Arrangements,
    ComparisonOutcome,
    Draws,
    group_means,
)
from arborisk.prediction.drift.photos import NewPhotos
from arborisk.prediction.drift.words import ClassShare, ShiftSize
from arborisk.prediction.options import USUAL
from arborisk.wording.counts import agreeing, counted

RAW_ONLY = (
    "This bundle holds no photos on which its errors were measured: the shares of its answers "
    "stand here as they are, errors and all, and nothing is tested."
)
SAME_LOOK = (
    "Estimates take for granted that trees of a class look as they did in training; where the "
    "photos themselves have changed, as tested above, they may be wrong."
)


def class_shares_of(bundle: Bundle, new: NewPhotos) -> tuple[tuple[ClassShare, ...], str]:
    """Share of each class, and what the shares cannot say."""
    description = bundle.description
    titles = [item.title for item in description.scheme.classes]
    counts = np.bincount(predicted_class(new.probability), minlength=len(titles))
    answered = counts / counts.sum()
    training = list(description.training_share.values())
    if bundle.calibration is None:
        plain = zip(titles, training, answered.tolist(), strict=True)
        return tuple(ClassShare(*row, None, None, None) for row in plain), RAW_ONLY
    fewest = min(bundle.calibration.table.groups_of_class())
    if fewest < FEWEST_OF_CLASS:
        plain = zip(titles, training, answered.tolist(), strict=True)
        few = (
            f"{counted(fewest, 'group')} of the rarest class {agreeing(fewest, 'was')} held back, "
            f"and {FEWEST_OF_CLASS} are needed to allow for errors."
        )
        return tuple(ClassShare(*row, None, None, None) for row in plain), few
    answering = Answering(bundle, USUAL)
    intervals = estimate_prevalence(
        bundle.calibration.table,
        bundle.calibration.map,
        new.members,
        new.groups,
        prior_log=answering.prior_log,
        source=answering.source,
    )
    rows = zip(titles, training, answered.tolist(), intervals, strict=True)
    shares = tuple(
        ClassShare(title, old, said, interval.value, interval.low, interval.high)
        for title, old, said, interval in rows
    )
    notes = [SAME_LOOK, *dict.fromkeys(f"{one.note}." for one in intervals if one.note)]
    return shares, " ".join(note[:1].upper() + note[1:] for note in notes)


@dataclass(frozen=True, slots=True)
class ClassMix:
    """How far the mix of classes has moved.

    Attributes:
        outcome: Of the test.
        size: Of the class that moved most.
    """

    outcome: ComparisonOutcome
    size: ShiftSize


def compare_classes(bundle: Bundle, new: NewPhotos, *, seed: int) -> ClassMix | None:
    """Tests calibrated probabilities of new photos against those of photos held back.

    Both were given by members that had not seen the photo. None without calibration.
    """
    if bundle.calibration is None:
        return None
    table = bundle.calibration.table
    said = bundle.calibration.map.apply(table.log_probability[:, None, :]).mean(axis=1)
    old_group = number_groups([str(number) for number in table.group])
    new_group = number_groups(new.groups)
    now = bundle.calibration.map.apply(new.members).mean(axis=1)
    old, fresh = group_means(said, old_group), group_means(now, new_group)
    if len(old) < 2:
        return None
    before, after = old.mean(axis=0), fresh.mean(axis=0)
    most = int(np.abs(after - before).argmax())
    title = bundle.description.scheme.classes[most].title
    return ClassMix(
        mix_differs(table, bundle.calibration.map, new.members, new_group, seed=seed),
        ShiftSize(title, float(before[most]), float(after[most])),
    )


def mix_differs(
    table: CalibrationTable,
    calibration: CalibrationMap,
    members: NDArray[np.float64],
    new_group: NDArray[np.int64],
    *,
    seed: int,
    n_draws: int = N_DRAWS,
) -> ComparisonOutcome:
    """Tests the mix of classes, one member speaking for each group.

    A photo held back was seen by one member. What all members say of a new photo on average varies
    less, and could not change places with it: a member is drawn for each new group as well.

    Args:
        table: Answers to photos held back.
        calibration: What the members say as probabilities.
        members: What each member says of new photos, logarithms, shape (n, n_members, k).
        new_group: Group of each, 0 and up without gaps, shape (n,).
        seed: Of all that is drawn.
        n_draws: Draws of photos and members.
    """
    old_group = number_groups([str(number) for number in table.group])
    n_old, n_new = int(old_group.max()) + 1, int(new_group.max()) + 1
    _, first = np.unique(old_group, return_index=True)
    of_old = table.member[first]
    said = calibration.apply(table.log_probability[:, None, :]).mean(axis=1)
    now = np.stack(
        [calibration.apply(members[:, [member]]).mean(axis=1) for member in range(members.shape[1])]
    )

    def one_draw(
        dealt: Arrangements,
        rows: NDArray[np.int64],
        own: NDArray[np.int64],
        random: np.random.Generator,
    ) -> ComparisonOutcome:
        speaks = random.choice(of_old, size=n_new)
        every = np.concatenate([said, now[speaks[new_group], np.arange(len(new_group))]])
        return dealt.means_differ(group_means(every[rows], own))

    draws = Draws(np.concatenate([old_group, n_old + new_group]), n_old, seed)
    return draws.outcomes(one_draw, more_is_drawn=members.shape[1] > 1, n_draws=n_draws)[0]
