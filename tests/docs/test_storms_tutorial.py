"""The commands of the tutorial on storms run as they stand there, and say what it quotes."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from arborisk.cli.app import app
from arborisk.wording.sentences import NEAR_WIRES

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "tutorials" / "storms.md").read_text(encoding="utf-8")
FILES = {
    "csv": ["trees.csv"],
    "toml": ["climate.toml"],
    "json": ["lines.geojson", "houses.geojson"],
}


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What each command of the page printed, and the reports."""
    pytest.importorskip("shapely")
    folder = tmp_path_factory.mktemp("streets")
    for language, names in FILES.items():
        for name, text in zip(names, blocks(language), strict=True):
            (folder / name).write_text(text, encoding="utf-8")
    printed = []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for command in blocks("console"):
            done = CliRunner().invoke(app, shlex.split(command)[1:])
            assert done.exit_code == 0, f"{command}\n{done.output}"
            printed.append(done.stdout)
    for name in ("stormed.csv", "pairs.csv", "zones.geojson"):
        assert (folder / name).is_file()
    return printed, [(folder / name).read_text() for name in ("storm.html", "strike.html")]


def test_every_command_runs_and_prints_what_the_page_quotes(said):
    said, _ = said
    assert len(said) == 3
    quoted = blocks("text")
    assert quoted[0] in said[0]
    assert quoted[1] in said[2]
    everything = " ".join(" ".join(said).split())
    sentences = re.findall(r"((?:^> .*\n)+)", TEXT, re.MULTILINE)
    assert len(sentences) == 2
    for sentence in sentences:
        assert " ".join(sentence.replace("> ", "").split()) in everything


def test_the_reports_hold_what_they_should_and_promise_nothing(said):
    printed, (storm, strike) = said
    for text, parts in (
        (storm, ("Where to expect failures", "In a year", "Fragility", "Gusts of", "Davenport")),
        (strike, (NEAR_WIRES, "Fall zones", "circuit A12", "Level ground")),
    ):
        for part in parts:
            assert part in text
        assert text.count('<svg class="figure"') >= 2
        assert "http://" not in text.replace("http://www.w3.org", "")
    assert "safe" not in " ".join([*printed, storm, strike]).lower()


def test_the_chances_quoted_on_the_page_of_rules_are_those_of_the_tutorial(tmp_path):
    page = (DOCS / "storms.md").read_text(encoding="utf-8")
    assert "get 5.2 and\n3.4 % in a gust of 30 m/s" in page
    assert "up to 45 % and up to 23 %" in page
    for name, text in zip(FILES["csv"], blocks("csv"), strict=True):
        (tmp_path / name).write_text(text, encoding="utf-8")
    from arborisk.risk.storm.analysis import StormRequest, analyse_storm

    request = StormRequest(inventory=tmp_path / "trees.csv", gust="30±2", fill_missing=True)
    found = analyse_storm(request).result.by_tree
    shown = [f"{100 * found[name][tree]:.2g}" for tree in (0, 1)
             for name in ("p_storm", "p_storm_high")]  # fmt: skip
    assert shown == ["5.2", "45", "3.4", "23"]
