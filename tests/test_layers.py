"""Imports point down the house, never up (the floors stand in docs/decisions/0001-floors.md)."""

import ast
import collections

FLOORS = [
    {"former"},
    {"scales", "records", "errors", "leftovers", "__init__"},
    {"files", "text_files"},
    {"wording"},
    {"tables"},
    {"photos", "metrics", "mechanics"},
    {"simulate", "dataset"},
    {"split", "preprocess", "calibration"},
    {"bundle"},
    {"models"},
    {"training"},
    {"evaluation", "agreement"},
    {"explanation", "prediction"},
    {"risk"},
    {"report", "store"},
    {"studies", "deck"},
    {"scale"},
    {"app", "cli"},
    {"__main__"},
]
LEVEL = {name: level for level, floor in enumerate(FLOORS) for name in floor}


def rooms_imported(name: str, tree: ast.Module) -> set[str]:
    """Rooms of arborisk that a file imports anywhere, lazily too."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: use absolute imports"
            names = [node.module or ""]
            if node.module == "arborisk":
                names = [f"arborisk.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for one in names:
            parts = one.split(".")
            if parts[0] == "arborisk" and len(parts) > 1 and parts[1] != "__version__":
                found.add(parts[1])
    return found


def test_no_import_points_up(source_trees):
    for name, tree in source_trees.items():
        room = name.split("/")[0].removesuffix(".py")
        assert room in LEVEL, f"{room} has no floor: add it to FLOORS"
        for other in rooms_imported(name, tree) - {room}:
            assert other in LEVEL, f"{name} imports unknown room {other}"
            assert LEVEL[other] < LEVEL[room], f"{name} imports {other}, which is not below it"


def test_only_the_command_line_opens_the_wing_for_students(source_trees):
    for name, tree in source_trees.items():
        if name.split("/")[0] not in {"deck", "cli"}:
            assert "deck" not in rooms_imported(name, tree), name


def test_no_two_public_classes_have_one_name(source_trees):
    names = collections.defaultdict(list)
    for name, tree in source_trees.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                names[node.name].append(name)
    twice = {name: files for name, files in names.items() if len(files) > 1}
    assert not twice
