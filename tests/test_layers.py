"""Imports point down the house, never up (the floors stand in docs/decisions/0001-floors.md)."""

import ast
from pathlib import Path

import pytest

import arborisk

SOURCE = Path(arborisk.__file__).parent

FLOORS = [
    {"scales", "records", "errors", "leftovers", "__init__"},
    {"files", "text_files"},
    {"wording"},
    {"tables"},
    {"photos", "metrics", "mechanics", "backprop"},
    {"simulate", "dataset"},
    {"split", "preprocess", "calibration"},
    {"bundle"},
    {"models"},
    {"training"},
    {"evaluation", "agreement"},
    {"explanation", "prediction"},
    {"risk"},
    {"report", "store"},
    {"studies"},
    {"scale"},
    {"app", "cli"},
    {"__main__"},
]
LEVEL = {name: level for level, floor in enumerate(FLOORS) for name in floor}


def room_of(path: Path) -> str:
    """Top-level package or module of a source file."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def rooms_imported(path: Path) -> set[str]:
    """Rooms of arborisk that a file imports anywhere, lazily too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: use absolute imports"
            names = [node.module or ""]
            if node.module == "arborisk":
                names = [f"arborisk.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "arborisk" and len(parts) > 1 and parts[1] != "__version__":
                found.add(parts[1])
    return found


FILES = sorted(SOURCE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_import_points_up(path):
    room = room_of(path)
    assert room in LEVEL, f"{room} has no floor: add it to FLOORS"
    for other in rooms_imported(path) - {room}:
        assert other in LEVEL, f"{path} imports unknown room {other}"
        assert LEVEL[other] < LEVEL[room], f"{path} ({room}) imports {other}, not below it"
