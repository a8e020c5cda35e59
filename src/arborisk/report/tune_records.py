"""What a search hands to its report."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from arborisk.dataset.schemes import ClassScheme
from arborisk.evaluation.results import MetricResult
from arborisk.evaluation.verdict import Verdict
from arborisk.wording.counts import counted

TrialState = Literal["finished", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One trial.

    Attributes:
        number: Counted from 0, in the order of their start.
        state: ``stopped`` early by Hyperband; ``failed`` by itself.
        values: What was tried, by name of the dimension.
        loss: The objective; of a stopped trial its lowest until then; None of a failed one.
        epochs: Epochs chosen, or None where they are not.
        curve: Lowest loss so far on the first inner part, after each epoch: (epoch, loss).
        scores: Means over the inner parts, by name of the metric; of finished trials.
        seconds: Time it took.
        note: Why it failed, or "".
    """

    number: int
    state: TrialState
    values: Mapping[str, int | float | str]
    loss: float | None
    epochs: int | None
    curve: tuple[tuple[int, float], ...]
    scores: Mapping[str, float]
    seconds: float
    note: str

    @property
    def epochs_run(self) -> int | None:
        """Epochs on the first inner part; None of a trial without epochs."""
        return self.curve[-1][0] if self.curve else None

    @property
    def words(self) -> str:
        """What was tried, in a line."""
        return words_of(self.values)


@dataclass(frozen=True, slots=True)
class DimensionWords:
    """One searched setting.

    Attributes:
        name: What it is.
        words: Its range or options.
        why: Where these are from.
        options: The options of a choice, in their order; empty for a number.
        ends: Least and greatest value of a number.
        log: Whether it is drawn on a logarithmic scale.
    """

    name: str
    words: str
    why: str
    options: tuple[str, ...] = ()
    ends: tuple[float, float] = (0.0, 1.0)
    log: bool = False


@dataclass(frozen=True, slots=True)
class Importance:
    """Share of the spread of the loss that each setting accounts for.

    Attributes:
        shares: By name of the dimension; they sum to 1.
        of: Whose loss it is, for example ``the final loss of the 12 finished trials``.
    """

    shares: Mapping[str, float]
    of: str


@dataclass(frozen=True, slots=True)
class OuterFold:
    """What the search chose inside one outer fold, and how that did outside.

    Attributes:
        name: Name of the fold.
        values: Chosen values.
        epochs: Epochs chosen, or None.
        inner_loss: Loss of the chosen setting on the inner parts: the best of its search.
        inner_scores: Scores there.
        outer_loss: Loss on the photos that the search never saw.
        outer_scores: Scores there.
    """

    name: str
    values: Mapping[str, int | float | str]
    epochs: int | None
    inner_loss: float
    inner_scores: Mapping[str, float]
    outer_loss: float
    outer_scores: Mapping[str, float]

    @property
    def words(self) -> str:
        """What was chosen, in a line."""
        told = words_of(self.values)
        return told if self.epochs is None else f"{told}, epochs {self.epochs}"


@dataclass(frozen=True, slots=True)
class OuterPart:
    """The honest estimate.

    Attributes:
        verdict: What may be said of the search as a method.
        report: Page of the outer run.
        folds: What each outer fold chose.
        metrics: Over all outer folds, by name.
    """

    verdict: Verdict
    report: Path
    folds: tuple[OuterFold, ...]
    metrics: Mapping[str, MetricResult]


@dataclass(frozen=True, slots=True)
class TuneSummary:
    """A search, as its page shows it.

    Attributes:
        title: What was searched, for people.
        dataset: Name of the data set.
        dataset_hash: Hash of its photos and labels.
        drawn: Whether any photo is of a drawn tree.
        scheme: Classes.
        n_photos: Photos given to the search.
        n_groups: Groups of them.
        n_trials_asked: Trials asked for.
        n_tried: Trials that count.
        epochs_max: Epochs of a trial that is not stopped, or None without epochs.
        least_epochs: Epochs before the first look that may stop a trial.
        inner: What a trial is judged on.
        sampler: ``tpe`` or ``random``.
        seed: Of the search.
        objective: Name of the loss.
        dimensions: What was searched.
        rows: All trials.
        best: The finished trial of the lowest loss.
        importance: Or None where too few trials can be compared.
        outer: The honest estimate, or None.
        n_outer_asked: Outer folds asked for.
        config: The best settings.
    """

    title: str
    dataset: str
    dataset_hash: str
    drawn: bool
    scheme: ClassScheme
    n_photos: int
    n_groups: int
    n_trials_asked: int
    n_tried: int
    epochs_max: int | None
    least_epochs: int
    inner: str
    sampler: str
    seed: int
    objective: str
    dimensions: tuple[DimensionWords, ...]
    rows: tuple[TrialRow, ...]
    best: TrialRow
    importance: Importance | None
    outer: OuterPart | None
    n_outer_asked: int
    config: Mapping[str, Any]

    def count(self, state: TrialState) -> int:
        """Trials that ended so."""
        return sum(row.state == state for row in self.rows)

    @property
    def optimism(self) -> str:
        """What must be said beside the best inner score."""
        return (
            f"Optimistic: it is the best of {counted(self.n_tried, 'trial')}, chosen on the very "
            "photos that it was judged on. Its scores on other trees will be lower, and by how "
            "much this page "
            + (
                "says under the outer folds."
                if self.outer
                else "cannot say; a search with outer folds can."
            )
        )

    @property
    def blind_loss(self) -> float:
        """Loss of an answer that gives every class the same probability, in nats."""
        return math.log(len(self.scheme.classes))

    @property
    def is_blind(self) -> bool:
        """Whether not even the best trial beats that."""
        return self.best.loss is None or self.best.loss >= self.blind_loss


def words_of(values: Mapping[str, int | float | str]) -> str:
    """Values in a line, as people write them: three digits of a number."""
    return ", ".join(
        f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in values.items()
    )
