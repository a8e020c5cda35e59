"""Which class is called the answer: by the photo, by the probabilities, or by what errors cost."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.record import BundleDescription, SchemeRecord
from arborisk.calibration.misses import tree_scores
from arborisk.calibration.table import CalibrationMap, CalibrationTable
from arborisk.errors import Remedy, SettingsError, option
from arborisk.metrics.intervals import scores_with_intervals
from arborisk.metrics.scores import predicted_class
from arborisk.prediction.options import class_number
from arborisk.records import Interval
from arborisk.text_files import read_toml
from arborisk.wording.sentences import AnswerRule

Costs = Mapping[str, Mapping[str, float]]
"""Class answered to true class to cost; what is left out costs nothing."""


def rule_of(given: AnswerRule | None, description: BundleDescription) -> AnswerRule:
    """The rule in use: the one asked for, or the one that the bundle records."""
    return description.rule if given is None else given


def answers_by(
    rule: AnswerRule,
    description: BundleDescription,
    *,
    raw: NDArray[np.float64],
    probability: NDArray[np.float64],
    costs: NDArray[np.float64] | None,
) -> NDArray[np.int64]:
    """Class of each photo, shape (n,).

    Args:
        rule: How it is chosen.
        description: What the bundle states.
        raw: Mean of the members' probabilities, shape (n, k).
        probability: Calibrated, for the prevalence in use, shape (n, k).
        costs: Of answering the row's class where the column's is true, shape (k, k), for ``cost``.

    Raises:
        SettingsError: The rule ``cost`` without costs.
    """
    if rule == description.measured_rule:  # by the raw probabilities, whatever the prevalence
        return predicted_class(raw)
    if rule == "likeliest":
        return predicted_class(probability)
    if rule == "cost":
        if costs is None:
            raise no_costs()
        return predicted_class(-(probability @ costs.T))
    shares = np.array(list(description.training_share.values()))
    return predicted_class(raw / np.maximum(shares, 1e-9))


def read_costs(path: Path, scheme: SchemeRecord) -> NDArray[np.float64]:
    """What each error costs, shape (k, k): answer by truth; in any unit of one's own.

    The file is TOML, a table for each answer: ``[Improbable]`` and below it ``Probable = 50``, the
    cost of answering Improbable of a tree that is Probable.

    Raises:
        SettingsError: No such file, an unknown class, a cost below 0, or no cost at all.
    """
    return costs_table(read_toml(path, "a table of costs", SettingsError), scheme, str(path))


def costs_table(
    content: Mapping[str, object], scheme: SchemeRecord, where: str
) -> NDArray[np.float64]:
    """The same from what was read; `where` it stands is named in errors."""
    costs = np.zeros((len(scheme.classes),) * 2)
    for answer, of_truth in content.items():
        row = class_number(scheme, answer)
        if not isinstance(of_truth, Mapping):
            raise _wrong(f"{answer} = {of_truth!r}", where)
        for truth, cost in of_truth.items():
            if isinstance(cost, bool) or not isinstance(cost, int | float) or not cost >= 0:
                raise _wrong(f"{truth} = {cost!r} under [{answer}]", where)
            costs[row, class_number(scheme, truth)] = cost
    if not costs.any() or not np.isfinite(costs).all():
        raise _wrong("no cost above 0, or one without a limit", where)
    return costs


def named_costs(costs: NDArray[np.float64], scheme: SchemeRecord) -> dict[str, dict[str, float]]:
    """Costs by names of classes, answer by truth, as a bundle and JSON hold them."""
    names = scheme.scheme.names
    return {
        answer: dict(zip(names, row, strict=True))
        for answer, row in zip(names, costs.tolist(), strict=True)
    }


def missed_share(
    description: BundleDescription,
    table: CalibrationTable,
    calibration: CalibrationMap,
    rule: AnswerRule,
    costs: NDArray[np.float64] | None,
    *,
    class_number: int,
) -> Interval | None:
    """Share of trees held back of a class (or a likelier one) that get the answer of another.

    A tree is answered as in predictions: by the mean of what is said of its photos.

    Args:
        description: What the bundle states.
        table: What was said of photos held back.
        calibration: Map of the bundle.
        rule: How the answer is chosen.
        costs: For the rule ``cost``.
        class_number: The class; with it count likelier ones where classes are ordered.

    Returns:
        Share with its interval over groups; None where no tree of the class was held back.
    """
    _, first, tree = np.unique(table.tree, return_index=True, return_inverse=True)
    fused = np.zeros((len(first), table.n_classes))
    np.add.at(fused, tree, table.probability)
    fused /= np.bincount(tree)[:, None]
    log = np.log(np.maximum(fused, 1e-43))
    answer = answers_by(
        rule,
        description,
        raw=fused,
        probability=calibration.apply(log[:, None, :]).mean(axis=1),
        costs=costs,
    )
    ordered = description.scheme.ordered
    _, is_so, group = tree_scores(table, class_number, ordered=ordered)
    said = answer >= class_number if ordered else answer == class_number
    if not is_so.any():
        return None
    if find_spec("scipy") is None:  # the base install predicts without it
        missed = float((~said[is_so]).mean())
        return Interval(missed, None, None, note="no interval in the base install")
    found = scores_with_intervals(
        is_so.astype(np.int64),
        np.eye(2)[said.astype(np.int64)],
        [str(number) for number in group],
        class_names=("other", "sought"),
        ordered=False,
    )["recall_sought"]
    low = None if found.high is None else 1 - found.high
    high = None if found.low is None else 1 - found.low
    return Interval(1 - found.value, low, high, found.level, found.note)


def no_costs() -> SettingsError:
    """The rule ``cost`` and costs go together."""
    return SettingsError(
        "--answer cost and a table of costs together",
        "one without the other",
        "--answer",
        Remedy(
            "No costs are built in: state yours with {} and {}.",
            option("--answer cost", "predict"),
            option("--costs FILE", "predict"),
        ),
    )


def _wrong(found: str, where: str) -> SettingsError:
    return SettingsError(
        "a table for each answer, with the cost of each true class, 0 or more",
        found,
        where,
        Remedy(
            "Under [Improbable] write, for example, Probable = 50; give the file with {}.",
            option("--costs FILE", "predict"),
        ),
    )
