"""How many labels that were made wrong on purpose are found, and how many found ones are wrong.

    python benchmarks/label_quality.py DATASET --scheme as-labelled
    python benchmarks/label_quality.py simulated

Of a data set: flips a share of its labels at random, trains the default model's head anew on the
flipped labels on grouped folds, and looks for suspects as `arborisk suspects` does. Prints for each
seed and on average: labels found suspect, those of them that were flipped (precision), flipped ones
that were found (recall), how many would be wrong if the model were believed, and the share of
flipped labels among the first ten. Labels that were wrong beforehand count as right here.

`simulated` does the same with drawn numbers whose classes overlap more or less, so that it shows
when suspects are right labels: with a model that agrees with 85 % of right labels, most are.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from arborisk.calibration.table import shift_prior
from arborisk.cli.console import progress_for
from arborisk.evaluation.label_quality import find_suspects, steps_off
from arborisk.split.make import make_folds
from arborisk.studies.head_learner import HeadLearner, make_head_learner
from arborisk.studies.measuring import prepare_task
from arborisk.studies.settings import RunSettings, load_settings
from arborisk.studies.task import Task, make_task

SIMULATED = "simulated"
SEPARATIONS = (1.5, 2.0, 3.0, 4.0, 6.0)
"""Distance between the centres of neighbouring classes, in standard deviations."""
SHARES = {2: (0.74, 0.26), 3: (0.70, 0.18, 0.12)}
N_SIMULATED = 500
N_FIRST = 10


@dataclass(frozen=True, slots=True)
class Found:
    """What one search found."""

    agreement: float
    n_suspects: int
    n_flipped_found: int
    n_flipped: int
    believed: float
    first: float


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("dataset", help=f"Data set made by `arborisk import`, or {SIMULATED}.")
    parser.add_argument("--scheme", default="as-labelled", help="Class scheme.")
    parser.add_argument(
        "--rates",
        type=float,
        nargs="+",
        default=[0.0, 0.05, 0.10],
        help="Shares of the labels to flip.",
    )
    parser.add_argument("--seeds", type=int, default=10, help="Number of seeds.")
    given = parser.parse_args()
    if given.dataset == SIMULATED:
        of_drawn_numbers(given.rates, given.seeds)
    else:
        of_data_set(Path(given.dataset), given.scheme, given.rates, given.seeds)


def of_data_set(folder: Path, scheme: str, rates: list[float], n_seeds: int) -> None:
    """Flips labels of real photos."""
    settings = load_settings({"scheme": scheme})
    task = make_task(folder, settings)
    arrays = prepare_task(task, settings, progress_for)
    learner = make_head_learner(task, arrays, settings, progress_for)
    n_groups = len(set(task.groups))
    print(f"{settings.model}; {len(task.groups)} photos, {n_groups} groups, {n_seeds} seeds")
    header()
    for rate in rates:
        found = [
            search(
                flip(task.class_index, len(task.scheme.classes), rate, seed),
                task.class_index,
                lambda noisy, seed=seed: held_back(task, learner, settings, noisy, seed),
                ordered=task.scheme.ordered,
            )
            for seed in range(n_seeds)
        ]
        tell(f"{rate:.0%} flipped", found)


def of_drawn_numbers(rates: list[float], n_seeds: int) -> None:
    """Flips labels of drawn numbers, whose classes overlap by a known measure."""
    print(f"{N_SIMULATED} drawn points, logistic regression on 5 folds, {n_seeds} seeds")
    for n_classes, shares in SHARES.items():
        for separation in SEPARATIONS:
            print(f"\n{n_classes} classes, {separation:g} standard deviations apart")
            header()
            for rate in rates:
                found = []
                for seed in range(n_seeds):
                    draw = np.random.default_rng(seed)
                    truth = draw.choice(n_classes, N_SIMULATED, p=shares)
                    points = draw.normal(size=(N_SIMULATED, 4))
                    points[:, 0] += separation * truth
                    found.append(
                        search(
                            flip(truth, n_classes, rate, seed),
                            truth,
                            lambda noisy, points=points: cross_val_predict(
                                LogisticRegression(), points, noisy, method="predict_proba"
                            ),
                            ordered=True,
                        )
                    )
                tell(f"{rate:.0%} flipped", found)


def flip(truth: NDArray[np.int64], n_classes: int, rate: float, seed: int) -> NDArray[np.int64]:
    """Labels of which a share is another class, any other alike."""
    draw = np.random.default_rng([seed, 1])
    rows = draw.permutation(len(truth))[: round(rate * len(truth))]
    noisy = truth.copy()
    noisy[rows] = (truth[rows] + draw.integers(1, n_classes, len(rows))) % n_classes
    return noisy


def held_back(
    task: Task, learner: HeadLearner, settings: RunSettings, noisy: NDArray[np.int64], seed: int
) -> NDArray[np.float64]:
    """What the default model, trained on flipped labels, says of photos held back."""
    rows = task.labelled.rows
    split = make_folds(rows, noisy, task.groups, n_folds=5, seed=seed)
    position = {row.photo_id: index for index, row in enumerate(rows)}
    order = np.array([position[row.photo_id] for row in split.rows])
    labelled = replace(task.labelled, class_index=noisy)
    flipped = replace(learner, task=replace(task, labelled=labelled))
    n_classes = len(task.scheme.classes)
    probability = np.zeros((len(rows), n_classes))
    for round_ in split.rounds():
        train, test = order[round_.train], order[round_.test]
        fitted = flipped.fit(round_.name, train, test, None, None)
        said = fitted.probability
        if settings.counts_classes_alike:
            share = np.bincount(noisy[train], minlength=n_classes) / len(train)
            said = shift_prior(said, np.full(n_classes, 1 / n_classes), share)
        probability[test] = said
    return probability


def search(noisy, truth, answers, *, ordered) -> Found:  # noqa: ANN001
    """Suspects among flipped labels, in the order of the page."""
    probability = answers(noisy)
    found = find_suspects(noisy, probability)
    steps = steps_off(noisy, probability, ordered=ordered)
    order = [row for row in np.argsort(-steps, kind="stable") if found[row]]
    flipped = noisy != truth
    believed = 1 - probability[found, noisy[found]]
    first = flipped[order[:N_FIRST]].mean() if order else float("nan")
    return Found(
        agreement=float((probability.argmax(axis=1) == truth).mean()),
        n_suspects=int(found.sum()),
        n_flipped_found=int((found & flipped).sum()),
        n_flipped=int(flipped.sum()),
        believed=float(believed.sum()),
        first=float(first),
    )


def header() -> None:
    print(
        f"{'':14}{'model right':>12}{'suspects':>10}{'of them flipped':>17}{'believed wrong':>16}"
        f"{'precision':>11}{'recall':>8}{'first 10':>10}   precision, recall: least to most"
    )


def tell(name: str, found: list[Found]) -> None:
    """The average over the seeds, and the range of precision and recall."""
    mean = [
        float(np.mean([getattr(one, field) for one in found]))
        for field in ("agreement", "n_suspects", "n_flipped_found", "believed")
    ]
    precisions = [one.n_flipped_found / one.n_suspects for one in found if one.n_suspects]
    recalls = [one.n_flipped_found / one.n_flipped for one in found if one.n_flipped]
    first = [one.first for one in found if one.n_suspects]
    print(
        f"{name:14}{mean[0]:12.1%}{mean[1]:10.1f}{mean[2]:17.1f}{mean[3]:16.1f}"
        f"{average(precisions):>11}{average(recalls):>8}{average(first):>10}"
        f"   {spread(precisions)}, {spread(recalls)}",
        flush=True,
    )


def average(values: list[float]) -> str:
    return f"{np.mean(values):.0%}" if values else "none"


def spread(values: list[float]) -> str:
    return f"{min(values):.0%} to {max(values):.0%}" if values else "none"


if __name__ == "__main__":
    main()
