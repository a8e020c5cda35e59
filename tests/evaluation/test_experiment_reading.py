"""An experiment read from its folder: what is finished, what is not, and repeats put together."""

import pytest

from arborisk.errors import DatasetError
from arborisk.evaluation.evaluate import evaluate_run
from arborisk.evaluation.experiment import read_experiment
from arborisk.evaluation.experiment_axes import settings_of, start_of
from arborisk.evaluation.experiment_pool import n_distinct_photos
from arborisk.evaluation.run_tables import RunConfig

RUN = {"n_trees": 40, "photos_per_tree": 2}


def test_repeats_are_no_further_trees(tmp_path, make_experiment):
    out = make_experiment(tmp_path, [({"size": 108}, [RUN, RUN, RUN])])
    (cell,) = read_experiment(out).cells
    once = evaluate_run(out / "cells/c01/repeat-1").metrics
    pooled = cell.scored.evaluation
    for name in ("balanced_accuracy", "macro_f1", "accuracy", "log_loss"):
        ours, single = pooled.metrics[name].interval, once[name].interval
        assert ours.value == pytest.approx(single.value)
        assert (ours.low, ours.high) == pytest.approx((single.low, single.high))
    assert (cell.scored.n_photos, pooled.n_photos, pooled.n_groups) == (80, 240, 40)
    assert (pooled.n_rounds, len(cell.scored.folds)) == (15, 15)
    assert len({row.round_name for row in pooled.history}) == 15


def test_what_is_not_finished_is_named(tmp_path, make_experiment):
    cells = [
        ({"size": 64}, [RUN, None]),
        ({"size": 108}, [None]),
        ({"size": 224}, [RUN]),
    ]
    out = make_experiment(tmp_path, cells, failed={"cells/c02/repeat-1": "no such weights"})
    (out / "cells/c03/repeat-1/predictions.csv").unlink()
    experiment = read_experiment(out)
    assert [cell.name for cell, _ in experiment.finished] == ["c01"]
    assert [cell.name for cell in experiment.unfinished] == ["c01", "c02", "c03"]
    assert (experiment.n_finished_runs, experiment.n_runs) == (1, 4)
    first, second, third = (cell.unfinished[0] for cell in experiment.cells)
    assert first == "cells/c01/repeat-2: not finished"
    assert second == "cells/c02/repeat-1: no such weights"
    assert "predictions.csv" in third


def test_labels_name_what_varies_alone(tmp_path, make_experiment):
    axes = {"scheme": "Pr_Im", "preprocess.size_px": 108, "training.learning_rate": 0.001}
    other = {**axes, "preprocess.size_px": 224, "training.learning_rate": 0.01}
    experiment = read_experiment(make_experiment(tmp_path, [(axes, [None]), (other, [None])]))
    assert experiment.varying == ("size", "training.learning_rate")
    assert experiment.label(experiment.cells[0]) == "108 px · learning rate 0.001"
    assert experiment.label(experiment.cells[0], without={"size"}) == "learning rate 0.001"


@pytest.mark.parametrize("text", ["{}", "[]", "nonsense", '{"cells": [{"cell": "c01"}]}'])
def test_a_damaged_description_is_refused_with_a_remedy(tmp_path, text):
    (tmp_path / "experiment.json").write_text(text)
    with pytest.raises(DatasetError, match=r"experiment\.json.*--resume"):
        read_experiment(tmp_path)


def test_settings_are_the_grids_or_else_what_the_run_resolved(tmp_path, make_run):
    data = evaluate_run(make_run(tmp_path / "run", **RUN)).config.data
    standard = {"crop_share": 0.9, "mirror": 0.5}
    values = {
        "weights": "imagenet",
        "regime": "frozen",
        "augmentation": standard,
        "split": {"protocol": "grouped"},
        "preprocess": {"channels": 3},
        "training": {"epochs": 4},
    }
    config = RunConfig("efficientnet_lite0", 224, values, data)
    found = settings_of(
        {"protocol": "leaky", "head.strengths": "[1]"},
        config,
        others=["training.epochs", "training.x.y"],
    )
    assert found["augmentation"] == "light"
    assert (found["protocol"], found["size"], found["channels"]) == ("leaky", "224", "3")
    assert found["head.strengths"] == "[1]"
    assert (found["training.epochs"], found["training.x.y"]) == ("4", "")
    assert start_of(found) == "pretrained"
    assert start_of({**found, "weights": "none"}) == "from scratch"


def test_copies_of_a_photo_are_one_photo(tmp_path, make_run):
    predictions = evaluate_run(make_run(tmp_path / "run", **RUN)).predictions
    assert n_distinct_photos(predictions, copies=True) == 80
    names = tuple(f"photo#{place % 4}" for place in range(80))
    copied = type(predictions)(names, *(getattr(predictions, f) for f in predictions.__slots__[1:]))
    assert n_distinct_photos(copied, copies=True) == 1
    assert n_distinct_photos(copied, copies=False) == 4
