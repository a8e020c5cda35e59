"""Rows come and go through one room: no other has a reader, header list, unit rule or writer."""

import ast
from collections.abc import Iterator

import pytest
import typer

from arborisk.cli.app import app

PARSERS = {"csv", "openpyxl", "pyogrio", "pyarrow.csv", "pyarrow.json", "sqlite3", "pandas"}
HEADERS = {
    *("treeid", "tree_no", "lng", "lon", "objectid", "globalid", "likelihood_of_failure", "lof"),
    *("stem_diameter_cm", "t_over_r", "photo number", "gust", "tree tag"),
}
"""Spellings that only a list of headers has; one may stand alone, as a name of our own."""
FACTORS = {0.3048, 0.0254, 2.54, 0.44704, 3.28084, 1609.344, 0.514444, 1852 / 3600}
"""Metres of a foot and an inch, and their like."""
MISSING = {"n/a", "?", "unknown", "not known", "na", "nan", "not stated"}

FLAGS = {"yes", "no", "true", "false", "y", "n", "ja", "oui", "si"}
STATES = {"dead", "alive", "living", "dying", "stump", "vacant", "conifer", "deciduous", "hardwood"}


def imported(tree: ast.Module) -> Iterator[str]:
    """Modules that a file imports anywhere."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def literals(node: ast.AST) -> set[object]:
    """Constants in an expression."""
    return {one.value for one in ast.walk(node) if isinstance(one, ast.Constant)}


def collections(tree: ast.Module) -> Iterator[set[object]]:
    """Constants of each tuple, list, set and table of a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict):
            yield {part for part in literals(node) if isinstance(part, str)}


@pytest.fixture(scope="module")
def elsewhere(source_trees):
    """Modules outside of the room, by path."""
    return {name: tree for name, tree in source_trees.items() if not _in_the_room(name)}


def _in_the_room(name: str) -> bool:
    return name.startswith("tables/") and name.count("/") == 1


def test_tables_are_parsed_and_written_in_one_room(elsewhere):
    assert not {name for name, tree in elsewhere.items() if PARSERS & set(imported(tree))}


def test_lists_of_words_and_units_are_in_one_place(elsewhere):
    """Headers, words for nothing, words of cells, factors."""
    found = set()
    for name, tree in elsewhere.items():
        if FACTORS & literals(tree):
            found.add((name, "a factor between units"))
        for words in collections(tree):
            if len(HEADERS & words) > 1:
                found.add((name, "headers"))
            if len(MISSING & words) > 2:
                found.add((name, "words for nothing"))
            if len(FLAGS & words) > 2 or len(STATES & words) > 2:
                found.add((name, "words of cells"))
    assert not found


def test_one_file_writes_csv(source_trees):
    writing = {
        name
        for name, tree in source_trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("writer", "DictWriter", "to_csv")
    }
    assert writing == {"tables/write.py"}


def commands(group: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Commands with their paths."""
    for name, one in getattr(group, "commands", {}).items():
        yield f"{path} {name}".strip(), one
        yield from commands(one, f"{path} {name}")


COMMANDS = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("name", COMMANDS)
def test_columns_are_named_by_one_option(name):
    private = [
        option
        for parameter in COMMANDS[name].params
        for option in parameter.opts
        if option.endswith("-column")
        and option != "--column"
        and not getattr(parameter, "hidden", False)
    ]
    assert not private
