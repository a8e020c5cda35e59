"""Everything that is said of the photos of a run, and of the trees they show.

Of each photo a few numbers are kept, so that memory stays small over any number of them; names,
places and failures stay in the journal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from arborisk.calibration.prevalence import estimate_prevalence
from arborisk.prediction.answers import Answering, Answers
from arborisk.prediction.decide import Finding, Referral, of_tree, refer
from arborisk.prediction.gates.gating import Gating
from arborisk.prediction.journal import Journal, PhotoPrediction
from arborisk.prediction.options import ESTIMATE

PHOTOS_AT_A_TIME = 2_000


@dataclass(frozen=True, slots=True)
class AssessedTrees:
    """Trees of a run that are named, in the order of their names.

    Attributes:
        names: Name of each tree.
        rows: Photos of each tree that have an answer, as rows of the answers.
        n_silent: Photos of each tree without an answer: unreadable, or no tree was recognised.
        answers: Answers to the trees that have a photo with an answer, in their order.
        place: Row of each tree in `answers`, or -1.
    """

    names: tuple[str, ...]
    rows: tuple[NDArray[np.int64], ...]
    n_silent: tuple[int, ...]
    answers: Answers
    place: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AssessedPhotos:
    """What is said of every photo.

    Attributes:
        names: Photos in the order of the table.
        row_of: Row of each photo in `answers`; -1 for one without an answer, shape (n,).
        answers: Answers to the photos that have one.
        shows_a_tree: Whether a tree was recognised on each of these, as far as gates can tell.
        failures: Reason to number of photos that could not be used.
        referrals: One a photo.
        trees: Trees, when they are named.
        tree_referrals: One a tree.
    """

    names: Sequence[str]
    row_of: NDArray[np.int64]
    answers: Answers
    shows_a_tree: NDArray[np.bool_]
    failures: Mapping[str, int]
    referrals: tuple[Referral, ...]
    trees: AssessedTrees | None
    tree_referrals: tuple[Referral, ...]

    def priority(self, *, of_trees: bool) -> NDArray[np.int64]:
        """Place of each photo or tree with an answer in the queue, 1 first, shape (n,).

        The most worrying come first; what has no answer is not in the queue.
        """
        score = (
            self.trees.answers.score if of_trees and self.trees is not None else self.answers.score
        )
        place = np.empty(len(score), dtype=np.int64)
        place[np.argsort(-score, kind="stable")] = np.arange(1, len(score) + 1)
        return place


def assess(
    journal: Journal,
    names: Sequence[str],
    tree_ids: Mapping[str, str],
    answering: Answering,
    gating: Gating,
) -> AssessedPhotos:
    """Answers and referrals of all photos of a run.

    Args:
        journal: What the model said.
        names: Photos in the order of the table.
        tree_ids: Tree by photo; photos without one are no part of any tree.
        answering: How answers are put.
        gating: What the gates ask.

    Raises:
        SettingsError: The prevalence is to be estimated, and too few trees of a class were held
            back for that.
    """
    members, raw, row_of, notes = _said(journal, names, answering, gating)
    trees_of = [tree_ids.get(name, "") for name in names]
    shows_a_tree = np.ones(len(raw), dtype=np.bool_)
    for row, (_, findings) in zip(row_of, notes, strict=True):
        if row >= 0:
            shows_a_tree[row] = all(one.action != "not_a_tree" for one in findings)
    if answering.options.prevalence == ESTIMATE:
        groups = [trees_of[row] for row in np.flatnonzero(row_of >= 0)]
        _estimate(answering, members, groups, shows_a_tree)
    answers = answering.answer(members, raw)
    same: dict[Referral, Referral] = {}  # most photos share one of a few: each is kept once
    found = (
        _referral(reason, int(row), answers, answering, findings)
        for row, (reason, findings) in zip(row_of, notes, strict=True)
    )
    referrals = tuple(same.setdefault(one, one) for one in found)
    trees = _trees(trees_of, row_of, members, raw, answers, answering, shows_a_tree)
    of_trees = () if trees is None else _tree_referrals(trees_of, trees, referrals, answering)
    failures = Counter(reason for reason, _ in notes if reason)
    return AssessedPhotos(
        names, row_of, answers, shows_a_tree, dict(failures), referrals, trees, of_trees
    )


Note = tuple[str, tuple[Finding, ...]]
"""Why a photo has no answer, or "", and what the gates say of it."""


def _said(
    journal: Journal, names: Sequence[str], answering: Answering, gating: Gating
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64], list[Note]]:
    """Log-probabilities (n, members, k) and probabilities (n, k) of photos answered; rows; notes.

    The journal is read once.
    """
    description = answering.bundle.description
    shape = (description.n_members, len(description.scheme.classes))
    row_of = np.full(len(names), -1, dtype=np.int64)
    members, raw = [np.empty((0, *shape))], [np.empty((0, shape[1]))]
    notes: list[Note] = []
    n_answered = 0
    for start, batch in _batches(journal, names):
        good = [place for place, one in enumerate(batch) if one.failure is None]
        row_of[[start + place for place in good]] = np.arange(n_answered, n_answered + len(good))
        n_answered += len(good)
        notes += [_note(one, gating) for one in batch]
        if good:
            members.append(np.array([batch[place].members for place in good]))
            raw.append(np.array([batch[place].probability for place in good]))
    return np.concatenate(members), np.concatenate(raw), row_of, notes


def _note(one: PhotoPrediction, gating: Gating) -> Note:
    if one.failure:
        return one.failure.reason, ()
    return "", gating.findings(one.fitness)


def _batches(journal: Journal, names: Sequence[str]) -> Iterator[tuple[int, list[PhotoPrediction]]]:
    left, start = iter(names), 0
    while part := list(islice(left, PHOTOS_AT_A_TIME)):
        yield start, [journal[name] for name in part]
        start += len(part)


def _estimate(
    answering: Answering,
    members: NDArray[np.float64],
    trees: list[str],
    shows_a_tree: NDArray[np.bool_],
) -> None:
    """Estimates the prevalence from photos that show trees; without a tree's name each is a group.

    Without any such photo there is nothing to estimate, and probabilities stay as they are.
    """
    if answering.calibration is None or not shows_a_tree.any():
        return
    groups = [tree or f"\0{row}" for row, tree in enumerate(trees)]
    answering.share_intervals = estimate_prevalence(
        answering.calibration.table,
        answering.calibration.map,
        members[shows_a_tree],
        [groups[row] for row in np.flatnonzero(shows_a_tree)],
        prior_log=answering.prior_log,
        source=answering.source,
    )
    answering.shares = np.array([interval.value for interval in answering.share_intervals])


def _referral(
    failed: str, row: int, answers: Answers, answering: Answering, findings: Sequence[Finding]
) -> Referral:
    if failed:
        return refer((), failed=failed)
    asks = answering.reasons(answers, row) if answers.asks[row] else ()
    return refer(asks, findings)


def _trees(
    trees_of: Sequence[str],
    row_of: NDArray[np.int64],
    members: NDArray[np.float64],
    raw: NDArray[np.float64],
    answers: Answers,
    answering: Answering,
    shows_a_tree: NDArray[np.bool_],
) -> AssessedTrees | None:
    """Photos of each named tree, fused: the mean of what each member says of them.

    Photos on which no tree was recognised say nothing of it, but for their score.
    """
    names = sorted(set(trees_of) - {""})
    if not names:
        return None
    number_of = {name: number for number, name in enumerate(names)}
    rows: list[list[int]] = [[] for _ in names]
    n_silent = [0] * len(names)
    for place, tree in enumerate(trees_of):
        row = int(row_of[place])
        if tree and row >= 0 and shows_a_tree[row]:
            rows[number_of[tree]].append(row)
        elif tree:
            n_silent[number_of[tree]] += 1
    answered = [number for number, own in enumerate(rows) if own]
    shape = (0, *members.shape[1:])
    said = [np.exp(members[rows[number]]).mean(axis=0) for number in answered]
    with np.errstate(divide="ignore"):
        fused = np.log(np.array(said).reshape(-1, *shape[1:]))
    mean = np.array([raw[rows[number]].mean(axis=0) for number in answered])
    score = np.array([answers.score[rows[number]].max() for number in answered])
    place_of = {number: place for place, number in enumerate(answered)}
    return AssessedTrees(
        tuple(names),
        tuple(np.array(own, dtype=np.int64) for own in rows),
        tuple(n_silent),
        answering.answer(np.maximum(fused, -100.0), mean.reshape(-1, raw.shape[1]), score=score),
        tuple(place_of.get(number, -1) for number in range(len(names))),
    )


def _tree_referrals(
    trees_of: Sequence[str],
    trees: AssessedTrees,
    referrals: Sequence[Referral],
    answering: Answering,
) -> tuple[Referral, ...]:
    """What any photo of the tree, or all of them fused, ask for."""
    own: dict[str, list[Referral]] = {name: [] for name in trees.names}
    for tree, referral in zip(trees_of, referrals, strict=True):
        if tree:
            own[tree].append(referral)
    found = []
    for name, place in zip(trees.names, trees.place, strict=True):
        photos = own[name]
        speaks = any(photo.action in ("routine", "level_2") for photo in photos)
        if place >= 0 and speaks and trees.answers.asks[place]:
            photos = [*photos, refer(answering.reasons(trees.answers, place))]
        found.append(of_tree(photos))
    return tuple(found)
