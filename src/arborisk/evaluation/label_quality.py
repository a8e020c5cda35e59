"""Labels that a model, not trained on them, contradicts: suspects for a person to look at."""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arborisk.calibration.table import shift_prior
from arborisk.errors import DatasetError, MissingDependencyError
from arborisk.evaluation.evaluate import evaluate_run
from arborisk.evaluation.results import Evaluation
from arborisk.evaluation.verdict import HEADLINE, Verdict, verdict_of
from arborisk.metrics.scores import predicted_class

FEW_PHOTOS = 20
"""Photos of a class below which its usual probability, on which all rests, is a guess."""
MOST_SUSPECT = 0.5
"""Share of the labels of a class above which none of them is listed: either most are wrong or the
model does not know the class, and it cannot tell which."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """One photo whose label the model contradicts.

    Attributes:
        rank: From 1, the most suspect first.
        row: Row of the photo in the predictions of the run.
        given_index: Class that its label belongs to.
        said_index: Class that the model says.
        given_probability: What the model gives to the class of the label.
        said_probability: What it gives to the class it says.
        usual_probability: What it gives on average to photos with that label, for their label.
        steps_off: Expected number of steps between the label and the class, by the model; where
            the order of the classes means nothing, every other class is one step away.
        n_others: Other photos of the same tree, where trees are stated.
        n_otherwise: Of these, photos that are labelled as another class.
    """

    rank: int
    row: int
    given_index: int
    said_index: int
    given_probability: float
    said_probability: float
    usual_probability: float
    steps_off: float
    n_others: int
    n_otherwise: int

    @property
    def n_steps(self) -> int:
        """Classes between the label and what the model says, in class order."""
        return abs(self.said_index - self.given_index)


@dataclass(frozen=True, slots=True)
class LabelQuality:
    """The suspect labels of a run.

    Attributes:
        evaluation: The run.
        verdict: What may be said of its model.
        suspects: The most suspect first.
        usual_probability: Of each class, what the model gives on average to photos with its label,
            for that label, shape (k,); NaN for a class without a photo.
        pairs: Suspects by (class of the label, class the model says), shape (k, k).
        unjudged: Classes of which no label is listed, since the model is no judge of them: class
            index, and labels of it that it contradicts.
    """

    evaluation: Evaluation
    verdict: Verdict
    suspects: tuple[Suspect, ...]
    usual_probability: NDArray[np.float64]
    pairs: NDArray[np.int64]
    unjudged: dict[int, int]

    @property
    def few(self) -> dict[str, int]:
        """Classes with fewer than `FEW_PHOTOS` photos, by title."""
        evaluation = self.evaluation
        counts = zip(evaluation.config.scheme.titles, evaluation.class_counts.values(), strict=True)
        return {title: count for title, count in counts if count < FEW_PHOTOS}


def suspect_labels(run: Path) -> LabelQuality:
    """Finds the labels of a run that its model contradicts.

    Each photo is judged by the model of the round that held it back. Nothing is corrected.

    Args:
        run: Run folder.

    Raises:
        DatasetError: A file of the run is missing or wrong, or its model is degenerate or not shown
            to beat its baseline: then its doubts say nothing of labels.
        MissingDependencyError: cleanlab is not installed.
    """
    return suspects_of(evaluate_run(run))


def suspects_of(evaluation: Evaluation) -> LabelQuality:
    """`suspect_labels` of a run that is evaluated already."""
    verdict = verdict_of(evaluation)
    if not _tells_apart(evaluation):
        raise DatasetError(
            "a model that is shown to distinguish the classes, so that its doubts point at labels",
            verdict.sentence.removesuffix("."),
            str(evaluation.run),
            "No label is listed: such a model may contradict right labels as often as wrong ones. "
            "Train a better one, or on more trees, first.",
        )
    predictions, scheme = evaluation.predictions, evaluation.config.scheme
    probability = predictions.probability
    if evaluation.config.data.counts_classes_alike:
        probability = shift_prior(
            probability, np.full(probability.shape[1], 1 / probability.shape[1]), predictions.prior
        )
    given = predictions.class_index
    is_suspect, unjudged = of_judged_classes(
        given, find_suspects(given, probability), predicted_class(probability)
    )
    usual = usual_probabilities(given, probability)
    steps = steps_off(given, probability, ordered=scheme.ordered)
    # lexsort: last key first; the file name breaks ties, so that the order never wavers.
    order = [row for row in np.lexsort((np.array(predictions.file), -steps)) if is_suspect[row]]
    said = predicted_class(probability)
    of_tree = Counter(predictions.tree)
    alike = Counter(zip(predictions.tree, given.tolist(), strict=True))
    suspects = []
    for rank, row in enumerate(order, start=1):
        tree, label = predictions.tree[row], int(given[row])
        suspects.append(
            Suspect(
                rank=rank,
                row=int(row),
                given_index=label,
                said_index=int(said[row]),
                given_probability=float(probability[row, label]),
                said_probability=float(probability[row, said[row]]),
                usual_probability=float(usual[label]),
                steps_off=float(steps[row]),
                n_others=of_tree[tree] - 1 if tree else 0,
                n_otherwise=of_tree[tree] - alike[tree, label] if tree else 0,
            )
        )
    pairs = np.zeros((len(scheme.classes),) * 2, dtype=np.int64)
    np.add.at(pairs, (given[order], said[order]), 1)
    return LabelQuality(evaluation, verdict, tuple(suspects), usual, pairs, unjudged)


def _tells_apart(evaluation: Evaluation) -> bool:
    """Whether the model is shown to beat one answer for all, whatever else is said of its split."""
    result = evaluation.metrics[HEADLINE]
    low = result.interval.low
    return evaluation.degenerate is None and low is not None and low > result.majority


def of_judged_classes(
    given: NDArray[np.int64], found: NDArray[np.bool_], said: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], dict[int, int]]:
    """Suspects without those of classes that the model does not know, and how many these had.

    It does not know a class that it never says, or of which it contradicts more than
    `MOST_SUSPECT` of the labels: on random labels that was nearly all of one class.

    Args:
        given: Class of each label, shape (n,).
        found: Which labels are suspect, shape (n,).
        said: Class that the model says, shape (n,).

    >>> found = np.array([True, True, False, True, False, False, False])
    >>> said = np.array([1, 1, 0, 0, 1, 1, 1])
    >>> of_judged_classes(np.array([0, 0, 0, 1, 1, 1, 1]), found, said)[1]
    {0: 2}
    """
    unjudged = {}
    for label in np.unique(given).tolist():
        own = given == label
        n = int(found[own].sum())
        if n > MOST_SUSPECT * own.sum() or (n and label not in said):
            unjudged[label] = n
    return found & ~np.isin(given, list(unjudged)), unjudged


def find_suspects(given: NDArray[np.int64], probability: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which labels are suspect by confident learning, shape (n,).

    A photo counts as a confident disagreement when the model gives some other class at least what
    it gives that class on average where it is the label. As many photos as there are such
    disagreements are suspect: those whose label falls furthest behind the best other class.

    Args:
        given: Class of each label, shape (n,).
        probability: Out of fold, rows sum to 1, shape (n, k).

    Raises:
        MissingDependencyError: cleanlab is not installed.

    Source: Northcutt, Jiang and Chuang (2021), J. Artif. Intell. Res. 70, 1373-1411; cleanlab.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of packages it brings and we do not use
            from cleanlab.filter import find_label_issues
    except ImportError as error:
        raise MissingDependencyError("cleanlab", "labels", "finding suspect labels") from error
    is_suspect = np.zeros(len(given), dtype=np.bool_)
    present = np.unique(given)
    if len(present) < 2:  # one class alone: nothing else that a label could be
        return is_suspect
    # cleanlab wants every class to have a label: a class without one is nobody's alternative.
    among = probability[:, present]
    total = among.sum(axis=1)
    judged = total > 0
    among = among[judged] / total[judged, None]
    is_suspect[judged] = find_label_issues(
        np.searchsorted(present, given[judged]),
        among,
        filter_by="low_normalized_margin",
        n_jobs=1,
    )
    return is_suspect


def usual_probabilities(
    given: NDArray[np.int64], probability: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Mean probability of a label where it is given, by class, NaN without a photo, shape (k,)."""
    n_classes = probability.shape[1]
    count = np.bincount(given, minlength=n_classes)
    own = probability[np.arange(len(given)), given]
    total = np.bincount(given, weights=own, minlength=n_classes)
    return np.asarray(np.divide(total, count, out=np.full(n_classes, np.nan), where=count > 0))


def steps_off(
    given: NDArray[np.int64], probability: NDArray[np.float64], *, ordered: bool
) -> NDArray[np.float64]:
    """Expected steps between label and class, by the model, shape (n,).

    Where the order means something, a label two classes away from what the model says ranks above
    an equally improbable one next to it.

    Args:
        given: Class of each label, shape (n,).
        probability: Rows sum to 1, shape (n, k).
        ordered: Whether the order of the classes means something.

    >>> steps_off(np.array([0, 0]), np.array([[0.1, 0, 0.9], [0.1, 0.9, 0]]), ordered=True).tolist()
    [1.8, 0.9]
    """
    away = np.abs(np.arange(probability.shape[1])[None, :] - given[:, None])
    if not ordered:
        away = np.minimum(away, 1)
    return np.asarray((probability * away).sum(axis=1))
