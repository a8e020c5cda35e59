"""The page and the table of suspect labels."""

import csv
import re
from dataclasses import replace

import pytest
import typer
from typer.testing import CliRunner

from arborisk.cli.drift import suspects
from arborisk.evaluation.label_quality import suspect_labels
from arborisk.report.label_quality_report import (
    cautions,
    headline,
    reason,
    suspects_page,
    verdict_line,
)
from arborisk.wording.sentences import NEVER_IMMINENT


@pytest.fixture(scope="module")
def quality(run_folder):
    """Of a run of too few trees for a judge, taken for one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("arborisk.evaluation.label_quality._tells_apart", lambda _: True)
        yield suspect_labels(run_folder)


def test_the_page_shows_each_suspect_and_corrects_nothing(quality):
    page = suspects_page(quality, n_shown=3)
    assert len(quality.suspects) > 3
    assert page.count("data:image/jpeg;base64,") == 3
    assert f"(3 of {len(quality.suspects)})" in page
    assert "Nothing was corrected" in page
    assert NEVER_IMMINENT in page
    assert "Drawn trees are never evidence about real ones" in page
    assert "safe" not in re.sub(r"base64,[^\"]*", "", page).lower()
    assert page == suspects_page(quality, n_shown=3)


def test_the_command_writes_page_and_table_with_an_empty_column(run_folder, quality, tmp_path):
    app = typer.Typer()
    app.command()(suspects)
    page, table = tmp_path / "page.html", tmp_path / "table.csv"
    arguments = [str(run_folder), "--out", str(page), "--csv", str(table), "--top", "2"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    told = done.stdout.splitlines()
    assert told[0] == verdict_line(quality) and told[1] == headline(quality, 2)
    assert page.read_text(encoding="utf-8") == suspects_page(quality, n_shown=2)
    with table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(quality.suspects)  # all of them, whatever the page shows
    assert [row["rank"] for row in rows] == [str(n) for n in range(1, len(rows) + 1)]
    assert {row["decision"] for row in rows} == {""}
    predictions = quality.evaluation.predictions
    assert rows[0]["file"] == predictions.file[quality.suspects[0].row]


def test_a_tree_whose_photos_are_labelled_differently_is_told(quality):
    suspect = replace(quality.suspects[0], n_others=3, n_otherwise=2)
    assert reason(quality, suspect).endswith(
        "2 of 3 other photos of this tree are labelled otherwise."
    )


def test_what_cannot_be_known_is_said(make_run, tmp_path):
    leaking = suspect_labels(make_run(tmp_path / "leaking", skill=3, protocol="deck"))
    assert any("whole group shares is missed" in sentence for sentence in cautions(leaking))
    clear = suspect_labels(make_run(tmp_path / "clear", skill=30))
    assert headline(clear, 0).startswith("No label of 360 photos")
    assert "The suspects" not in suspects_page(clear)
    few = suspect_labels(make_run(tmp_path / "few", n_trees=60, photos_per_tree=1, skill=6))
    assert any("Probable has 18 photos" in sentence for sentence in cautions(few))
    unknown = replace(leaking, unjudged={1: 98})
    assert any(
        "No label Probable is listed: the model contradicts 98" in one for one in cautions(unknown)
    )
