"""Runs compared by their answers on the same photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arborisk.dataset.copy_links import connected
from arborisk.errors import DatasetError, Remedy, SettingsError, command, option
from arborisk.evaluation.results import SplitLeak
from arborisk.evaluation.run_photos import leak_of
from arborisk.evaluation.run_tables import Predictions, RunConfig, read_config, read_predictions
from arborisk.metrics.paired_tests import (
    PairedSums,
    holm,
    mcnemar_p,
    paired_differences,
    sign_flip_p,
)
from arborisk.metrics.scores import number_groups, sums_by_group
from arborisk.wording.counts import counted
from arborisk.wording.leaks import leak_sentence

USUAL_METRICS = ("accuracy", "balanced_accuracy", "macro_f1")
SCRATCH = "none"
"""Weights of a network that starts from scratch, see `arborisk.models`."""


@dataclass(frozen=True, slots=True)
class RunComparison:
    """Two runs compared in one metric, on the photos that both predict.

    Attributes:
        within: Always "": the photos are the stratum.
        a: Folder of the first run, as given.
        b: Folder of the second.
        metric: Name of the metric, as in metrics.json.
        mean_a: Its value for the first run.
        mean_b: Its value for the second.
        difference: ``mean_b - mean_a``: what b has more than a.
        low: Lower end of its interval over groups, or None where there are too few.
        high: Upper end, or None likewise.
        mcnemar_p: Exact McNemar's test on photos, the same for each metric; None, as every p value,
            where there is no interval: what is too little for the one is too little for the other.
        sign_flip_p: Swapping the answers group by group, see `arborisk.metrics.paired_tests`.
        holm_p: ``sign_flip_p`` after Holm's correction over all pairs of runs, for each metric.
    """

    within: str
    a: str
    b: str
    metric: str
    mean_a: float
    mean_b: float
    difference: float
    low: float | None
    high: float | None
    mcnemar_p: float | None
    sign_flip_p: float | None
    holm_p: float | None

    def as_json(self) -> dict[str, Any]:
        """The comparison under the names of its attributes, in their order."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class RunComparisons:
    """All comparisons of some runs, and what a reader must know of them.

    Attributes:
        rows: Comparisons by pair and metric.
        notes: A sentence each: what makes the runs unlike, and what leaks.
        level: Coverage aimed at by the intervals; 1 - level is the level of the tests.
    """

    rows: tuple[RunComparison, ...]
    notes: tuple[str, ...]
    level: float


@dataclass(frozen=True, slots=True)
class _Run:
    """A run as far as it is compared: its folder as given, and its name without what all share."""

    folder: str
    name: str
    config: RunConfig
    predictions: Predictions
    leak: SplitLeak


def compare_runs(
    folders: Sequence[Path],
    *,
    metrics: Sequence[str] = USUAL_METRICS,
    level: float = 0.95,
    seed: int = 0,
) -> RunComparisons:
    """Compares each pair of runs on the photos that both predict.

    Args:
        folders: Run folders, two or more.
        metrics: Metrics as in metrics.json.
        level: Coverage aimed at by the intervals, in (0, 1).
        seed: For the random swaps of the sign-flip test.

    Raises:
        DatasetError: A folder is no run, or two runs give a photo different classes.
        SettingsError: Other classes, no photo in common, or an unknown metric.
    """
    names = short_names([str(folder) for folder in folders])
    runs = [_read(folder, names[str(folder)]) for folder in folders]
    notes: list[str] = []
    rows: list[RunComparison] = []
    for a, b in combinations(runs, 2):
        rows += _compare(a, b, metrics, level, seed, notes)
    notes += [_leak_sentence(run) for run in runs if run.leak.n_groups_spanning]
    done = list(rows)
    for metric in metrics:
        places = [place for place, row in enumerate(rows) if row.metric == metric]
        corrected = holm([rows[place].sign_flip_p for place in places])
        for place, p in zip(places, corrected, strict=True):
            done[place] = replace(rows[place], holm_p=p)
    return RunComparisons(tuple(done), tuple(dict.fromkeys(notes)), level)


def short_names(folders: Sequence[str]) -> dict[str, str]:
    """Each folder without the leading folders that all have in common.

    >>> short_names(["out/cells/c01/repeat-1", "out/cells/c02/repeat-1"])["out/cells/c02/repeat-1"]
    'c02/repeat-1'
    """
    parts = [Path(folder).parts for folder in folders]
    common = 0
    while all(len(one) > common + 1 and one[common] == parts[0][common] for one in parts):
        common += 1
    return {folder: str(Path(*one[common:])) for folder, one in zip(folders, parts, strict=True)}


def _read(folder: Path, name: str) -> _Run:
    config = read_config(folder)
    predictions = read_predictions(folder, config.scheme)
    return _Run(str(folder), name, config, predictions, leak_of(folder, predictions))


def _compare(
    a: _Run, b: _Run, metrics: Sequence[str], level: float, seed: int, notes: list[str]
) -> list[RunComparison]:
    """All metrics of one pair."""
    rows_a, rows_b = _common_rows(a, b)
    n_photos = len(a.predictions.photo_id), len(b.predictions.photo_id)
    if n_photos != (len(rows_a), len(rows_a)):
        notes.append(
            f"{a.name} and {b.name}: compared on the {len(rows_a)} photos that both predict, of "
            f"{n_photos[0]} and {n_photos[1]}."
        )
    groups = _groups(a, b, rows_a, rows_b)
    number = number_groups(groups)
    truth = a.predictions.class_index[rows_a]
    said = a.predictions.probability[rows_a], b.predictions.probability[rows_b]
    scheme = a.config.scheme
    pair = PairedSums(
        sums_by_group(truth, said[0], number),
        sums_by_group(truth, said[1], number),
        scheme.names,
        scheme.ordered,
    )
    right = a.predictions.said[rows_a] == truth, b.predictions.said[rows_b] == truth
    mcnemar = mcnemar_p(int((right[0] & ~right[1]).sum()), int((right[1] & ~right[0]).sum()))
    flip = sign_flip_p(pair, seed=seed)
    intervals = paired_differences(pair, level=level)
    unknown = [metric for metric in metrics if metric not in intervals]
    if unknown:
        raise SettingsError(
            f"metrics of a run: {', '.join(intervals)}",
            ", ".join(unknown),
            "--metrics",
            "Choose one or more of these, with commas between.",
        )
    notes += _unlike(a, b, rows_a, rows_b)
    if len(set(groups)) < len(groups):
        notes.append(
            f"{len(groups)} photos show {counted(len(set(groups)), 'group')} (trees, sites): "
            "McNemar's test takes photos for independent and is too sure of itself; go by the "
            "sign-flip test."
        )
    notes += [
        f"{metric} of {a.name} and {b.name}: {intervals[metric].note}."
        for metric in metrics
        if intervals[metric].note
    ]
    whole = [pair.scores(one.total()) for one in (pair.first, pair.second)]
    return [
        RunComparison(
            *("", a.folder, b.folder, metric, float(whole[0][metric]), float(whole[1][metric])),
            difference=intervals[metric].value,
            low=intervals[metric].low,
            high=intervals[metric].high,
            mcnemar_p=mcnemar if intervals[metric].low is not None else None,
            sign_flip_p=flip[metric] if intervals[metric].low is not None else None,
            holm_p=None,
        )
        for metric in metrics
    ]


def _common_rows(a: _Run, b: _Run) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of the photos that both runs predict, in the first run's order."""
    where = f"{a.name} and {b.name}"
    if a.config.scheme.classes != b.config.scheme.classes:
        raise SettingsError(
            "runs of the same classes",
            f"{', '.join(a.config.scheme.titles)} and {', '.join(b.config.scheme.titles)}",
            where,
            Remedy(
                "Compare runs of one scheme; for several, compare folds with {}.",
                option("--factor scheme", "compare"),
            ),
        )
    place = {photo: row for row, photo in enumerate(b.predictions.photo_id)}
    common = [row for row, photo in enumerate(a.predictions.photo_id) if photo in place]
    if not common:
        raise SettingsError(
            "runs that predict the same photos",
            "no photo in common",
            where,
            "Compare runs of one data set.",
        )
    rows_a = np.array(common, dtype=np.int64)
    photos = a.predictions.photo_id
    rows_b = np.array([place[photos[row]] for row in common], dtype=np.int64)
    differ = a.predictions.class_index[rows_a] != b.predictions.class_index[rows_b]
    if differ.any():
        raise DatasetError(
            "the same true class of a photo in both runs",
            f"{counted(int(differ.sum()), 'photo')} with two, for example "
            f"{photos[rows_a[differ][0]]!r}",
            where,
            Remedy(
                "The labels have changed between the runs: run {} again for both.", command("train")
            ),
        )
    return rows_a, rows_b


def _groups(
    a: _Run, b: _Run, rows_a: NDArray[np.int64], rows_b: NDArray[np.int64]
) -> tuple[str, ...]:
    """Group of each photo: what either run keeps together stays together."""
    of_a = [a.predictions.group[row] for row in rows_a]
    of_b = [b.predictions.group[row] for row in rows_b]
    if of_a == of_b:
        return tuple(of_a)
    pairs = [(("a", one), ("b", other)) for one, other in zip(of_a, of_b, strict=True)]
    name = {thing: whole[0][1] for whole in connected(pairs) for thing in whole}
    return tuple(name[one] for one, _ in pairs)


def _unlike(a: _Run, b: _Run, rows_a: NDArray[np.int64], rows_b: NDArray[np.int64]) -> list[str]:
    """What makes two runs unlike besides what one wants to compare."""
    names, notes = f"{a.name} and {b.name}", []
    from_scratch = [run.config.values.get("weights") == SCRATCH for run in (a, b)]
    stated = all("weights" in run.config.values for run in (a, b))
    if stated and from_scratch[0] != from_scratch[1]:
        notes.append(
            f"{names}: one network was pretrained and the other started from scratch, so the "
            "difference says nothing on their architectures."
        )
    if a.leak.protocol != b.leak.protocol:
        notes.append(
            f"{names}: the protocols differ ({a.leak.protocol} and {b.leak.protocol}), so the "
            "difference is partly one of splits."
        )
    elif not _same_parts(
        [a.predictions.round_name[row] for row in rows_a],
        [b.predictions.round_name[row] for row in rows_b],
    ):
        notes.append(
            f"{names}: the photos were held back in other folds, so the difference is partly one "
            "of splits."
        )
    if a.config.data.dataset_hash != b.config.data.dataset_hash:
        notes.append(f"{names}: the data sets differ; only the photos in common are compared.")
    return notes


def _same_parts(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two divisions of the photos are the same, whatever their parts are called."""
    together = set(zip(one, other, strict=True))
    return len(together) == len(set(one)) == len(set(other))


def _leak_sentence(run: _Run) -> str:
    return f"{run.name}: {leak_sentence(run.leak.n_groups_spanning, run.leak.n_photos)}"
