"""A run folder made of numbers, for the tests of evaluation and report."""

import csv
import json

import numpy as np
import pytest

from arborisk.dataset.schemes import ClassScheme, SchemeClass
from arborisk.evaluation.run_tables import RunData, write_run_data

CLASSES = {
    "Im": SchemeClass("Im", "Improbable", ("Improbable",)),
    "Po": SchemeClass("Po", "Possible", ("Possible",)),
    "PrPo": SchemeClass("PrPo", "Probable or Possible", ("Possible", "Probable", "Imminent")),
    "Pr": SchemeClass("Pr", "Probable", ("Probable", "Imminent")),
}


def write_table(path, columns, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


def write_config(run, names, *, model="model1", size_px=108, source="", photo_root="photos"):
    scheme = ClassScheme(
        "_".join(reversed(names)), tuple(CLASSES[name] for name in names), ordered=True
    )
    (run / "config.toml").write_text(
        f'scheme = "{scheme.name}"\nmodel = "{model}"\nseed = 0\n'
        f"[preprocess]\nsize_px = {size_px}\nchannels = 1\n",
        encoding="utf-8",
    )
    write_run_data(RunData(scheme, "stand", "0123abcd", run / photo_root, source), run)


def write_run(
    run,
    *,
    names=("Im", "Pr"),
    n_trees=120,
    photos_per_tree=3,
    skill=2.0,
    constant=False,
    n_rounds=5,
    protocol="grouped",
    epochs=4,
    seed=0,
    files=None,
    **config,
):
    """Writes a run whose probabilities have a known skill (0: none) or are constant."""
    run.mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(seed)
    k, n = len(names), n_trees * photos_per_tree
    share = np.array([0.72, 0.28]) if k == 2 else np.array([0.6, 0.22, 0.18])
    tree = np.repeat(np.arange(n_trees), photos_per_tree)
    true = draw.choice(k, n_trees, p=share)[tree]
    # Ordered evidence: a tree's own shift is shared by its photos, as in life.
    evidence = true * skill + 0.7 * draw.normal(size=n_trees)[tree] + 0.7 * draw.normal(size=n)
    logits = np.stack([-((evidence - c * skill) ** 2) / 2 for c in range(k)], axis=1)
    logits += np.log(share)
    if constant:
        logits = np.log(share) + 0.05 * draw.normal(size=(n, k))
    probability = np.exp(logits - logits.max(axis=1, keepdims=True))
    probability /= probability.sum(axis=1, keepdims=True)
    fold = (np.arange(n) if protocol == "deck" else tree) % n_rounds + 1
    files = files or [f"photos/tree-{tree[i]}-{i}.jpg" for i in range(n)]
    write_config(run, names, **config)
    rows, split = [], []
    for i in range(n):
        prior = np.bincount(true[fold != fold[i]], minlength=k) / (fold != fold[i]).sum()
        title = CLASSES[names[true[i]]].title
        said = names[int(probability[i].argmax())]
        shares = [*probability[i].round(6), said, *prior]
        group = f"tree-{tree[i]}"
        file = files[i % len(files)]
        rows.append([f"id-{i}", file, group, f"round-{fold[i]}", title, names[true[i]], *shares])
        split.append([f"id-{i}", file, group, f"fold-{fold[i]}", protocol, 0])
    write_table(
        run / "predictions.csv",
        ["photo_id", "file", "group", "round", "label", "class"]
        + [f"p_{name}" for name in names]
        + ["predicted"]
        + [f"prior_{name}" for name in names],
        rows,
    )
    write_table(run / "split.csv", ["photo_id", "file", "group", "part", "protocol", "seed"], split)
    write_table(
        run / "history.csv",
        ["round", "epoch", "train_loss", "validation_loss", "validation_accuracy", "seconds"],
        [
            [
                f"round-{r + 1}",
                e + 1,
                0.7 * 0.8**e + 0.02 * r,
                0.72 * 0.85**e + 0.03 * r,
                0.6 + 0.05 * e - 0.01 * r,
                1.5,
            ]
            for r in range(n_rounds)
            for e in range(epochs)
        ],
    )
    return run


@pytest.fixture(scope="session")
def make_run():
    return write_run


def write_experiment(out, cells, *, title="Small grid", **about):
    """Writes an experiment: cells are (axes, runs), a run as keywords of `write_run` or None.

    None is a run that has not begun. A run given as a function is called with its folder.
    """
    entries = []
    for number, (axes, runs) in enumerate(cells, start=1):
        folders = [f"cells/c{number:02d}/repeat-{n}" for n in range(1, len(runs) + 1)]
        for folder, run in zip(folders, runs, strict=True):
            if run is None:
                continue
            if callable(run):
                run(out / folder)
            else:
                write_run(out / folder, **run)
            (out / folder / "metrics.json").write_text("{}")
        entries.append({"cell": f"c{number:02d}", "axes": axes, "runs": folders})
    about = {"title": title, "dataset": "stand", "source": "", "cells": entries, **about}
    (out / "experiment.json").write_text(json.dumps(about), encoding="utf-8")
    return out


def write_answers(run, names, folds, **config):
    """Writes a run whose every answer is given.

    Args:
        run: Folder.
        names: Short class names in class order.
        folds: One table a fold, counts by (true class, class said); a photo is a group of its own.
        config: Keywords of `write_config`.
    """
    run.mkdir(parents=True, exist_ok=True)
    write_config(run, names, **config)
    rows, split = [], []
    total = np.sum(folds, axis=(0, 2))
    for fold, counts in enumerate(folds, start=1):
        prior = total - np.sum(counts, axis=1)
        for true, said in np.ndindex(len(names), len(names)):
            for _ in range(counts[true][said]):
                name = f"photo-{len(rows)}"
                shares = [0.9 if k == said else 0.1 / (len(names) - 1) for k in range(len(names))]
                title = CLASSES[names[true]].title
                place = [name, f"{name}.jpg", name, f"fold-{fold}", title, names[true]]
                rows.append([*place, *shares, names[said], *(prior / prior.sum())])
                split.append([name, f"{name}.jpg", name, f"fold-{fold}", "grouped", 0])
    columns = ["photo_id", "file", "group", "round", "label", "class"]
    columns += [f"p_{name}" for name in names] + ["predicted"]
    columns += [f"prior_{name}" for name in names]
    write_table(run / "predictions.csv", columns, rows)
    write_table(run / "split.csv", ["photo_id", "file", "group", "part", "protocol", "seed"], split)
    columns = ["round", "epoch", "train_loss", "validation_loss", "validation_accuracy", "seconds"]
    write_table(run / "history.csv", columns, [])
    return run


@pytest.fixture(scope="session")
def make_experiment():
    return write_experiment


@pytest.fixture(scope="session")
def make_answers():
    return write_answers
