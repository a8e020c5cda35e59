"""Experiments end to end on a small data set: shared pool, same splits, resumed = uninterrupted."""

import csv
import json
import shutil
from dataclasses import replace

import pytest

from arborisk.errors import SettingsError, SplitError
from arborisk.evaluation.evaluate import evaluate_run
from arborisk.evaluation.verdict import verdict_of
from arborisk.preprocess import prepare as prepare_module
from arborisk.studies.experiment import pool, runner
from arborisk.studies.experiment.grid import Overrides, read_grid, with_overrides
from arborisk.studies.experiment.runner import run_experiment

TINY = """
title = "Tiny"
folds = 2
copies = 3
[base]
scheme = "Pr_Im"
model = "model1"
model1 = { feature_maps = [4, 4], dense = [8], kernel_sizes = [3] }
training = { epochs = 2, batch_size = 8 }
[[cells]]
size = [24, 32]
channels = [1, 3]
[[cells]]
size = 24
protocol = ["deck", "leaky"]
"""


@pytest.fixture(scope="session")
def tiny_grid(tmp_path_factory):
    path = tmp_path_factory.mktemp("grid") / "tiny.toml"
    path.write_text(TINY)
    return read_grid(str(path))


def counting_decodes(patch):
    """Names of the photos that are decoded from here on."""
    names = []
    decode = prepare_module.decoding

    def counting(path, **options):
        names.append(path.name)
        return decode(path, **options)

    patch.setattr(prepare_module, "decoding", counting)
    return names


@pytest.fixture(scope="session")
def data(dataset_folder, tmp_path_factory):
    """A data set of its own."""
    copy = tmp_path_factory.mktemp("experiment") / "data"
    shutil.copytree(dataset_folder.parent, copy, ignore=shutil.ignore_patterns("cache"))
    return copy / "dataset"


@pytest.fixture(scope="session")
def whole(tiny_grid, data, tmp_path_factory):
    """The tiny experiment, what was told of it, and the photos that it decoded."""
    told = []
    out = tmp_path_factory.mktemp("whole") / "out"
    with pytest.MonkeyPatch.context() as patch:
        decoded = counting_decodes(patch)
        result = run_experiment(tiny_grid, out, dataset=data, n_processes=1, tell=told.append)
    return result, told, decoded


def rows(path):
    return list(csv.DictReader(path.read_text().splitlines()))


def splits(out, cell, repeat=1):
    return {
        row["photo_id"]: row["part"]
        for row in rows(out / "cells" / cell / f"repeat-{repeat}" / "split.csv")
    }


def predictions(out, cell):
    return (out / "cells" / cell / "repeat-1" / "predictions.csv").read_text()


def test_an_experiment_from_photos_to_tables(whole, data):
    result, told, decoded = whole
    out = result.out
    about = json.loads((out / "experiment.json").read_text())
    n_photos = len(rows(data / "photos.csv")) - 2  # one tree is Possible: no class under Pr_Im
    assert len(decoded) == len(set(decoded)) == n_photos, "each photo once for all cells"
    assert (about["n_photos"], about["n_decoded"], about["n_embedded"]) == (n_photos, n_photos, 0)
    assert about["axes"] == {"size": [24, 32], "channels": [1, 3], "protocol": ["deck", "leaky"]}
    assert [cell["runs"] for cell in about["cells"]][5] == ["cells/c06/repeat-1"]
    assert not result.failed and "Tiny" in result.deck_table
    assert "Tiny" in result.report.read_text()
    assert len(rows(out / "folds.csv")) == 4 * 2 + 1 + 2
    assert any("6 of 6 runs" in line for line in told)

    same = [splits(out, f"c0{n}") for n in (1, 2, 3, 4)]
    assert all(one == same[0] for one in same)

    leaky = out / "cells" / "c06" / "repeat-1"
    assert len(rows(leaky / "predictions.csv")) == 3 * n_photos
    evaluation = evaluate_run(leaky)
    assert evaluation.leak.protocol == "leaky" and evaluation.leak.n_groups_spanning > 0
    verdict = verdict_of(evaluation)
    assert "leaks" in " ".join([verdict.sentence, *verdict.cautions])


def test_processes_give_the_same_numbers(whole, tiny_grid, data, tmp_path):
    two_cells = replace(tiny_grid, blocks=tiny_grid.blocks[1:])
    run_experiment(two_cells, tmp_path / "two", dataset=data, n_processes=2)
    for cell, same in (("c01", "c05"), ("c02", "c06")):
        assert predictions(tmp_path / "two", cell) == predictions(whole[0].out, same)


def test_a_stopped_experiment_goes_on_with_what_is_left(
    whole, tiny_grid, data, tmp_path, monkeypatch
):
    alone = whole[0].out
    done = []
    do_job = pool.do_job

    def stop_after_two(job):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(job.name)
        return do_job(job)

    monkeypatch.setattr(pool, "do_job", stop_after_two)
    out = tmp_path / "stopped"
    with pytest.raises(KeyboardInterrupt):
        run_experiment(tiny_grid, out, dataset=data, n_processes=1)
    assert (out / "folds.csv").is_file(), "tables of what there is"
    done.clear()
    decoded = counting_decodes(monkeypatch)
    monkeypatch.setattr(pool, "do_job", lambda job: (done.append(job.name), do_job(job))[1])
    with pytest.raises(SettingsError, match="Give --resume"):
        run_experiment(tiny_grid, out, dataset=data, n_processes=1)
    run_experiment(tiny_grid, out, dataset=data, n_processes=1, resume=True)
    assert len(done) == 4 and not decoded
    assert predictions(out, "c03") == predictions(alone, "c03")
    other = with_overrides(tiny_grid, Overrides(assignments={"training.epochs": 3}))
    with pytest.raises(SettingsError, match="other values of training"):
        run_experiment(other, out, dataset=data, resume=True)


def test_a_cell_that_fails_is_told_and_the_others_go_on(tiny_grid, data, tmp_path, monkeypatch):
    measure = pool.measure

    def fails_at_32(task, settings, run, **options):
        if settings.preprocess.size_px == 32:
            raise ZeroDivisionError("no luck")
        return measure(task, settings, run, **options)

    monkeypatch.setattr(pool, "measure", fails_at_32)
    out = tmp_path / "out"
    result = run_experiment(tiny_grid, out, dataset=data, n_processes=1)
    assert sorted(result.failed) == ["cells/c03/repeat-1", "cells/c04/repeat-1"]
    assert "ZeroDivisionError: no luck" in result.failed["cells/c03/repeat-1"]
    assert json.loads((out / "experiment.json").read_text())["failed"] == result.failed
    assert len({row["cell"] for row in rows(out / "folds.csv")}) == 4


def test_what_cannot_work_is_refused_before_any_work(tiny_grid, data, tmp_path):
    def refused(wanted, error, told):
        with pytest.raises(error, match=told):
            run_experiment(with_overrides(tiny_grid, wanted), tmp_path / "out", dataset=data)
        assert not (tmp_path / "out" / "cells").exists()

    small = Overrides(assignments={"size": 8, "model1.pool_after": [1, 2], "model1.strides": [4]})
    refused(small, SettingsError, r"px left.*cell size = 8")
    assert not (tmp_path / "out").exists()
    refused(Overrides(folds=40), SplitError, r"cell size = 24")


def test_photos_are_embedded_once_for_all_cells(data, tmp_path, monkeypatch):
    embedded = []

    def counting(task, arrays, settings, progress_for):
        n_new = 0 if (settings.preprocess.size_px in embedded) else len(arrays)
        embedded.append(settings.preprocess.size_px)
        if n_new:
            progress_for("Embedding photos")(n_new, n_new)

    monkeypatch.setattr("arborisk.studies.network_learner.make_learner", counting)
    monkeypatch.setattr(runner, "do_jobs", lambda jobs, n: (_ for _ in ()))
    monkeypatch.setattr(runner, "check_networks", lambda cells: None)
    monkeypatch.setattr(runner, "_write_results", lambda out: ("", out))
    path = tmp_path / "grid.toml"
    path.write_text(
        "folds = 2\nrepeats = 3\n[base]\nscheme = 'Pr_Im'\n[axes]\nsize = [32, 48]\n"
        "output = ['nominal', 'corn']\nhead.class_weights = ['none', 'balanced']"
    )
    result = run_experiment(read_grid(str(path)), tmp_path / "out", dataset=data)
    assert sorted(embedded) == [32, 48]
    assert result.counts.n_embedded == 2 * result.counts.n_photos
