"""``arborisk weights``: import, list, and the words in between."""

import hashlib
import json

import pytest
from typer.testing import CliRunner

torch = pytest.importorskip("torch")

from arborisk.cli.app import app  # noqa: E402
from arborisk.models.table import build  # noqa: E402


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.setenv("ARBORISK_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *arguments: CliRunner().invoke(app, ["weights", *map(str, arguments)])


def test_imported_weights_are_listed_and_named_for_training(run, tmp_path):
    file = tmp_path / "googlenet.pth"
    torch.save(build("googlenet", n_classes=2, channels=3, size=64).state_dict(), file)
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    done = run("import", file, "--sha256", sha256[:10], "--source", "drawn here")
    name = f"googlenet-{sha256[:8]}"
    assert (done.exit_code, done.stdout) == (0, f"{name}\n")
    assert f"train DATASET --model googlenet --weights {name}" in done.stderr
    assert "licence is not recorded" in done.stderr
    line = next(line for line in run("list").stdout.splitlines() if line.startswith(name))
    assert line.split() == [name, "googlenet", "present", sha256[:8], "not", "recorded"]
    listed = json.loads(run("list", "--format", "json").stdout)
    assert [row["origin"] for row in listed] == ["package"] * 3 + ["imported"]
    assert (listed[-1]["sha256"], listed[-1]["source"]) == (sha256, "drawn here")


def test_help_says_where_files_are_and_that_none_is_fetched(run):
    words = run("import", "--help").stdout
    for fact in ("resnet50-11ad3fa6.pth", "googlenet-1378be20.pth", "Nothing is downloaded"):
        assert fact in words


def test_a_hash_is_asked_for(run, tmp_path):
    assert run("import", tmp_path / "any.pth").exit_code == 2
