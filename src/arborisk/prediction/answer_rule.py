"""Which class is called the answer: by the photo, by the probabilities, or by what errors cost."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle import Bundle, BundleDescription
from arborisk.errors import Remedy, SettingsError, option
from arborisk.metrics.intervals import scores_with_intervals
from arborisk.metrics.sums import predicted_class
from arborisk.prediction.options import AnswerRule, class_number
from arborisk.records import Interval
from arborisk.text_files import read_toml

Costs = Mapping[str, Mapping[str, float]]
"""Class answered to true class to cost; what is left out costs nothing."""
RULES: Final[Mapping[AnswerRule, str]] = {
    "most-raised": (
        "the class that the photo raised most above its share in training, by the network's own "
        "probabilities"
    ),
    "likeliest": "the class with the highest probability",
    "cost": "the class whose errors cost least on average, by the stated table",
}


def rule_of(given: AnswerRule | None, description: BundleDescription) -> AnswerRule:
    """The rule in use: the one asked for, or the one by which the bundle was measured.

    A network that was trained as if all classes were equally common says by how much a photo
    raises each; one that leans to the shares of training says how likely each is.
    """
    if given is not None:
        return given
    if description.lean == "equal_shares":
        return "most-raised"
    return "likeliest"


def rule_sentence(rule: AnswerRule) -> str:
    """The rule in a sentence, with how another one is had."""
    other: AnswerRule = "most-raised" if rule == "likeliest" else "likeliest"
    return f"The answer is {RULES[rule]} (--answer {rule}); --answer {other} gives {RULES[other]}."


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
    """
    measured = rule_of(None, description)
    if rule == measured:  # as it was measured: by the raw probabilities, whatever the prevalence
        return predicted_class(raw)
    if rule == "likeliest":
        return predicted_class(probability)
    if rule == "cost":
        assert costs is not None
        return predicted_class(-(probability @ costs.T))
    shares = np.array(list(description.training_share.values()))
    return predicted_class(raw / np.maximum(shares, 1e-9))


def read_costs(path: Path, description: BundleDescription) -> NDArray[np.float64]:
    """What each error costs, shape (k, k): answer by truth; in any unit of one's own.

    The file is TOML, a table for each answer: ``[Improbable]`` and below it ``Probable = 50``, the
    cost of answering Improbable of a tree that is Probable.

    Raises:
        SettingsError: No such file, an unknown class, a cost below 0, or no cost at all.
    """
    content = read_toml(path, "a table of costs", SettingsError)
    costs = np.zeros((len(description.training_share),) * 2)
    for answer, of_truth in content.items():
        row = class_number(description, answer)
        if not isinstance(of_truth, Mapping):
            raise _wrong(f"{answer} = {of_truth!r}", path)
        for truth, cost in of_truth.items():
            if isinstance(cost, bool) or not isinstance(cost, int | float) or not cost >= 0:
                raise _wrong(f"{truth} = {cost!r} under [{answer}]", path)
            costs[row, class_number(description, truth)] = cost
    if not costs.any() or not np.isfinite(costs).all():
        raise _wrong("no cost above 0, or one without a limit", path)
    return costs


def missed_share(
    bundle: Bundle, rule: AnswerRule, costs: NDArray[np.float64] | None
) -> Interval | None:
    """Share of photos held back of the last class to which the rule gives another answer.

    With its interval over groups; None without photos held back.
    """
    if bundle.calibration is None:
        return None
    table, names = bundle.calibration.table, bundle.description.scheme.scheme.names
    said = answers_by(
        rule,
        bundle.description,
        raw=np.exp(table.log_probability),
        probability=bundle.calibration.map.apply(table.log_probability[:, None, :]).mean(axis=1),
        costs=costs,
    )
    of_last = table.class_index == len(names) - 1
    if not of_last.any():
        return None
    if find_spec("scipy") is None:  # the base install predicts without it
        missed = float((said[of_last] != len(names) - 1).mean())
        return Interval(missed, None, None, note="no interval in the base install")
    found = scores_with_intervals(
        table.class_index,
        np.eye(len(names))[said],
        [str(number) for number in table.group],
        class_names=names,
        ordered=False,
    )[f"recall_{names[-1]}"]
    low = None if found.high is None else 1 - found.high
    high = None if found.low is None else 1 - found.low
    return Interval(1 - found.value, low, high, found.level, found.note)


def _wrong(found: str, path: Path) -> SettingsError:
    return SettingsError(
        "a table for each answer, with the cost of each true class, 0 or more",
        found,
        str(path),
        Remedy(
            "Under [Improbable] write, for example, Probable = 50; give the file with {}.",
            option("--costs FILE", "predict"),
        ),
    )
