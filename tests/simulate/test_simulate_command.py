"""The command, with the real pictures."""

import pytest
import typer
from typer.testing import CliRunner

from arborisk.cli.learn import simulate
from arborisk.simulate.sampling import draw_stand
from arborisk.simulate.writing import simulate_stand

app = typer.Typer()
app.command()(simulate)
SMALL = ["--trees", "6", "--seed", "5", "--size", "96x128"]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    out = tmp_path_factory.mktemp("command") / "drawn"
    return out, CliRunner().invoke(app, [str(out), *SMALL, "--processes", "2"])


def test_it_says_what_was_drawn_and_what_is_reachable(drawn):
    out, result = drawn
    assert result.exit_code == 0, result.output
    assert "6 drawn trees" in result.stdout
    assert "Improbable 4, Possible 1, Probable 1" in result.stdout
    assert "Ceiling, balanced accuracy" in result.stdout
    usual = draw_stand(n_trees=458, seed=5).ceiling.balanced_accuracy
    assert "of these 6 trees, 1 in the rarest class, and moves by chance" in result.stdout
    assert f"of 458 trees drawn alike: {usual:.3f}" in result.stdout
    assert len(list((out / "photos").iterdir())) == 6


def test_two_processes_write_the_files_of_one(drawn, tmp_path):
    out, _ = drawn
    simulate_stand(tmp_path, n_trees=6, seed=5, width_px=96, height_px=128, n_processes=1)
    files = sorted(path.relative_to(out) for path in out.rglob("*") if path.is_file())
    assert len(files) == 6 + 6 + 5
    for file in files:
        assert (tmp_path / file).read_bytes() == (out / file).read_bytes(), file


@pytest.mark.parametrize("size", ["large", "96", "96x", "-96x128"])
def test_a_size_that_is_none_is_a_usage_error(tmp_path, size):
    result = CliRunner().invoke(app, [str(tmp_path / "x"), "--size", size])
    assert result.exit_code == 2
    assert "1008x1344" in result.output
