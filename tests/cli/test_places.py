"""Every command looks at the places of its outputs before it begins to work."""

import os
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from arborisk.cli.app import app
from arborisk.cli.places import FOLDERS, OUTPUTS, PlacesFirst, check_places
from arborisk.errors import OutputError

READ = {
    *(
        "config",
        "split",
        "dataset",
        "gust_map",
        "climate",
        "costs",
        "labels",
        "model",
        "photo",
        "trees",
    ),
    *("groups", "map_file", "lines", "roads", "buildings"),
}
"""Options that name what is read."""


def commands(one=None):
    one = one or typer.main.get_command(app)
    for below in getattr(one, "commands", {}).values():
        yield from commands(below)
    if not hasattr(one, "commands"):
        yield one


@pytest.mark.parametrize("command", list(commands()), ids=lambda command: command.name)
def test_each_path_of_a_command_is_known_as_read_or_written(command):
    assert isinstance(command, PlacesFirst)
    for one in command.params:
        kind = str(one.type_descriptor.annotation)
        if "Path" in kind and one.param_type_name == "option":
            assert one.name in OUTPUTS | READ, f"{one.name}: is it read or written?"


def test_each_folder_is_an_option_or_argument():
    for command, names in FOLDERS.items():
        homes = [one for one in commands() if one.name == command]
        assert set(names) <= {one.name for home in homes for one in home.params}


def refused(match, *words):
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert isinstance(done.exception, OutputError), done.output
    assert match in str(done.exception)
    assert done.output == ""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "trees.csv"
    path.write_text("tree,failure,impact,consequences\n1,Probable,High,Severe\n")
    return path


def test_an_output_that_is_the_input(table):
    before = table.read_bytes()
    refused("read as input", "risk", "inventory", table, "--time-frame-years", 3, "--out", table)
    assert table.read_bytes() == before


def test_a_page_that_is_the_input(table):
    refused("read as input", "risk", "storm", table, "--gust", "30", "--report", table)


def test_a_device_and_a_link(table, tmp_path):
    rate = ("risk", "inventory", table, "--time-frame-years", 3, "--out")
    refused("a device", *rate, os.devnull)
    (tmp_path / "link.csv").symlink_to(table)
    refused("a symbolic link", *rate, tmp_path / "link.csv")


def test_a_file_below_a_file(table):
    refused("a file", "risk", "storm", table, "--gust", "30", "--report", table / "page.html")


def test_a_folder_that_cannot_be_written(table, tmp_path, monkeypatch):
    """Who runs tests as root may write everywhere, so the refusal is the system's in disguise."""

    def refuse(self, *_, **__):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(type(tmp_path), "touch", refuse)
    refused("refused", "learn", "simulate", tmp_path / "stand")
    refused("refused", "risk", "storm", table, "--gust", "30", "--report", tmp_path / "page.html")


def test_a_file_where_a_folder_is_wanted(table):
    refused("a file", "learn", "simulate", table)


def test_a_folder_among_the_photos(tmp_path):
    (tmp_path / "photos").mkdir()
    out = tmp_path / "photos" / "mine" / "data"
    refused("outside of the photos", "import", tmp_path / "photos", "--out", out)
    assert os.listdir(tmp_path / "photos") == []


def test_a_folder_beside_the_photos_by_its_bare_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("photos").mkdir()
    check_places("import", {"photos": Path("photos"), "out": Path("data")})
    with pytest.raises(OutputError, match="outside of the photos"):
        check_places("import", {"photos": Path("photos"), "out": Path("photos/data")})


def test_two_results_never_share_a_file(tmp_path):
    with pytest.raises(OutputError, match="one for --out and --page"):
        check_places("plan", {"out": tmp_path / "a.csv", "page": tmp_path / "." / "a.csv"})
