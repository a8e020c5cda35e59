"""`arborisk predict` does what `predict_photos` does."""

import json

import pytest
import typer
from typer.testing import CliRunner

from arborisk.cli.predict import predict
from arborisk.errors import TableError
from arborisk.prediction.run import predict_photos

app = typer.Typer()
app.command()(predict)


def invoke(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_table_is_that_of_python(bundle, photos, tmp_path):
    trees = tmp_path / "trees.csv"
    trees.write_text("\ufefffile,tree\n0.JPG,T1\nnorth\\1.JPG,T2\n", encoding="utf-8")
    done = invoke(
        bundle.folder, photos, "--out", tmp_path / "a.csv", "--trees", trees, "--threads", 1
    )
    assert done.exit_code == 3, done.output
    assert done.stdout.endswith("call an arborist now.\n")
    predict_photos(
        bundle, photos, tmp_path / "b.csv", tree_ids={"0.JPG": "T1", "north/1.JPG": "T2"}
    )
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_exit_0_and_json_when_all_went_well(bundle, photos, tmp_path):
    done = invoke(bundle.folder, photos / "north", "--out", tmp_path / "a.csv", "--format", "json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["n_photos"] == 4


def test_a_dry_run_writes_nothing(bundle, photos, tmp_path):
    out = tmp_path / "a.csv"
    done = invoke(bundle.folder, photos, "--out", out, "--dry-run")
    assert "9 photos" in done.stderr
    assert not list(tmp_path.glob("a.csv*"))


def test_trees_without_their_columns(bundle, photos, tmp_path):
    trees = tmp_path / "trees.csv"
    trees.write_text("left,right\n0.JPG,T1\n")
    done = invoke(bundle.folder, photos, "--out", tmp_path / "a.csv", "--trees", trees)
    with pytest.raises(TableError, match=r"a column for the file.*--column file=HEADER"):
        raise done.exception
