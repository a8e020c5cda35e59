"""``arborisk split`` from data set to file."""

import csv

import pytest
from PIL import Image
from typer.testing import CliRunner

from arborisk.cli.app import app


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """Twelve trees with two unlike photos each, half of them Probable."""
    photos = tmp_path_factory.mktemp("photos")
    lines = ["file,label,tree"]
    for index in range(24):
        grey = Image.effect_noise((64, 64), 20 + index)
        grey.convert("RGB").save(photos / f"{index}.png")
        label = "Probable" if index < 12 else "Improbable"
        lines.append(f"{index}.png,{label},t{index // 2}")
    (photos / "labels.csv").write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path_factory.mktemp("dataset") / "dataset"
    result = CliRunner().invoke(
        app,
        [
            "import",
            str(photos),
            "--labels",
            str(photos / "labels.csv"),
            "--out",
            str(out),
        ],
    )
    assert result.exit_code == 0, result.output
    return out


def split(dataset, out, *options):
    result = CliRunner().invoke(app, ["split", str(dataset), "--out", str(out), *options])
    assert result.exit_code == 0, result.output
    with out.open(encoding="utf-8", newline="") as stream:
        return result, list(csv.DictReader(stream))


def test_the_default_is_a_grouped_holdout(dataset, tmp_path):
    result, rows = split(dataset, tmp_path / "split.csv", "--scheme", "Pr_Im")
    parts = {}
    for row in rows:
        parts.setdefault(row["group"], set()).add(row["part"])
    assert set(parts) == {f"tree:t{number}" for number in range(12)}
    assert all(len(own) == 1 for own in parts.values())
    assert {row["protocol"] for row in rows} == {"grouped"}
    assert "train" in result.stdout
    assert "Improbable" not in result.stdout  # short class names of the scheme


def test_folds_and_seed(dataset, tmp_path):
    _, rows = split(dataset, tmp_path / "split.csv", "--folds", "3", "--seed", "7")
    assert {row["part"] for row in rows} == {"fold-1", "fold-2", "fold-3"}
    assert {row["seed"] for row in rows} == {"7"}


def test_the_decks_protocol_is_marked_as_leaking(dataset, tmp_path):
    result, rows = split(dataset, tmp_path / "split.csv", "--protocol", "deck")
    assert {row["protocol"] for row in rows} == {"deck"}
    assert "The split leaks" in result.stderr


def test_the_deck_has_no_folds(dataset, tmp_path):
    command = ["split", str(dataset), "--out", str(tmp_path / "s.csv"), "--protocol", "deck"]
    result = CliRunner().invoke(app, [*command, "--folds", "3"])
    assert result.exit_code == 2
