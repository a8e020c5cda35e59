"""What is passed on says nothing of the disk of who made it."""

import csv
import shutil
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from arborisk.cli.app import app
from arborisk.dataset.loading import load_dataset
from arborisk.dataset.storage import ROOT_NOTE
from arborisk.studies.run_folder import without_folders

PRIVATE = "jane-private-disk"
SCHEME = """name = "mine"
ordered = true
[[classes]]
name = "lower"
members = ["Improbable"]
[[classes]]
name = "higher"
members = ["Possible", "Probable"]
"""
TREES = """tree,longitude,latitude,failure,impact,consequences
1,-72.52,42.38,Probable,High,Severe
2,-72.52,42.39,wobbly,High,Severe
"""


def invoke(*words, status=0):
    done = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == status, done.output
    return done


@pytest.fixture(scope="module")
def made(dataset_folder, tmp_path_factory):
    """All that the main commands write, below a folder with a telling name."""
    home = tmp_path_factory.mktemp("elsewhere") / PRIVATE
    shutil.copytree(dataset_folder.parent / "photos", home / "photos")
    shutil.copy(dataset_folder.parent / "labels.csv", home)
    whole = next((home / "photos").iterdir()).read_bytes()
    (home / "photos" / "cut.png").write_bytes(whole[: len(whole) // 2])
    (home / "mine.toml").write_text(SCHEME)
    (home / "trees.csv").write_text(TREES)
    dataset, run, photos = home / "dataset", home / "run", home / "photos"
    labels = ("--labels", home / "labels.csv")
    invoke("import", photos, *labels, "--out", dataset, "--processes", 1, status=3)
    invoke("card", dataset, "--out", home / "card.json")
    chosen = ("--scheme", home / "mine.toml")
    invoke("split", dataset, *chosen, "--folds", 2, "--out", home / "split.csv")
    network = ("--model", "model1", "--size", 24, "--epochs", 2)
    split = ("--split", home / "split.csv")
    invoke("train", dataset, *chosen, *split, *network, "--out", run)
    invoke("evaluate", run, "--format", "json", "--out", home / "scores.json")
    for name in ("answers.csv", "answers.jsonl"):
        invoke("predict", run, photos, "--out", home / name, status=3)
    invoke("explain", run, photos, "--photos", 2, "--no-check", "--out", home / "why", status=3)
    invoke("drift", run, photos, "--out", home / "drift.html")
    rated = ("--time-frame-years", 3, "--out", home / "rated.csv")
    invoke("risk", "inventory", home / "trees.csv", *rated, status=3)
    return home


def test_no_file_names_a_folder_of_the_disk(made):
    secrets = [PRIVATE, str(Path.home()), sys.prefix]
    for path in sorted(one for one in made.rglob("*") if one.is_file()):
        if (made / "dataset" / "cache") in path.parents:
            continue  # never passed on
        content = path.read_bytes()
        for secret in secrets:
            at = content.find(secret.encode())
            near = content[max(at - 80, 0) : at + 80]
            assert at < 0, f"{path.relative_to(made)} holds {secret}: {near!r}"


def test_a_data_set_that_is_moved_on_its_disk_finds_its_photos(made, tmp_path):
    moved = Path(shutil.copytree(made / "dataset", tmp_path / "a" / "b" / "moved"))
    assert load_dataset(moved).root == made / "photos"
    (moved / ROOT_NOTE).unlink()
    assert load_dataset(moved).root != made / "photos"


def test_a_data_set_of_before_finds_its_photos(made, tmp_path):
    moved = Path(shutil.copytree(made / "dataset", tmp_path / "a" / "b" / "moved"))
    (moved / ROOT_NOTE).unlink()
    manifest = (moved / "dataset.toml").read_text()
    line = f'root_when_imported = "{(made / "photos").as_posix()}"\n'
    (moved / "dataset.toml").write_text(manifest.replace("content_hash", f"{line}content_hash", 1))
    assert load_dataset(moved).root == made / "photos"


def test_a_run_of_before_goes_on(made):
    """Its settings name whole paths."""
    config = made / "run" / "config.toml"
    text = config.read_text()
    assert 'file = "split.csv"' in text and 'scheme = "mine.toml"' in text
    config.write_text(text.replace('"split.csv"', f'"{made / "split.csv"}"'))
    network = ("--model", "model1", "--size", 24, "--epochs", 2)
    chosen = ("--scheme", made / "mine.toml", "--split", made / "split.csv")
    invoke("train", made / "dataset", *chosen, *network, "--out", made / "run", "--resume")
    config.write_text(text)


def test_a_row_with_a_problem_is_among_what_was_searched(made):
    rows = list(csv.DictReader((made / "rated.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert any("wobbly" in str(row) for row in rows), rows


def test_only_absolute_paths_are_cut():
    told = {"a": r"C:\jane\x.csv", "b": "../x.csv", "c": {"d": "/h/y.toml", "n": 1}, "e": "a/b"}
    want = {"a": "x.csv", "b": "../x.csv", "c": {"d": "y.toml", "n": 1}, "e": "a/b"}
    assert without_folders(told) == want
