"""Finds, in the source, what stands where a remedy stands."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Trees = Mapping[str, ast.Module]
"""Path below the package to the syntax of a module."""
MAKERS = ("command", "option", "extra", "key")
PLACE_OF_REMEDY = {"PhotoError": 4}
COMMANDS = (
    "agree|augment-preview|backprop|certainty|compare|dataset|deck-results|demo|doctor|drift|"
    "evaluate|experiment|explain|interpret|models|predict|risk|simulate|split|storm|strike|"
    "suspects|table|train|tune|weights"
)
NAMES_A_STEP = re.compile(rf"(?<![\w-])--[a-z]|\barborisk (?:{COMMANDS})\b|`|\.\[[a-z]")
"""What must be a `Step` and no plain text."""


@dataclass(frozen=True)
class Made:
    """One call of a maker of steps.

    Attributes:
        where: File and line.
        maker: ``command``, ``option``, ``extra`` or ``key``.
        texts: Its arguments; what is not known before the program runs stands as ``X``.
    """

    where: str
    maker: str
    texts: tuple[str, ...]


def modules(source_trees: Trees) -> Iterator[tuple[str, ast.Module]]:
    """Every module but those that define the steps."""
    for name, tree in source_trees.items():
        if name not in ("errors/remedies.py", "errors/__init__.py"):
            yield name, tree


def steps_made(source_trees: Trees) -> list[Made]:
    """Every step in the source."""
    found = []
    for name, tree in modules(source_trees):
        imported = {
            alias.asname or alias.name: alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            and (node.module or "").startswith("arborisk.errors")
            for alias in node.names
        }
        constants = constants_of(tree)
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id == "MissingDependencyError" and len(node.args) > 1:
                texts = (text_of(node.args[1], constants),)
                found.append(Made(f"{name}:{node.lineno}", "extra", texts))
            elif imported.get(node.func.id) in MAKERS:
                maker = imported[node.func.id]
                texts = tuple(text_of(one, constants) for one in node.args)
                found.append(Made(f"{name}:{node.lineno}", maker, texts))
    return found


def constants_of(tree: ast.Module) -> dict[str, str]:
    """Texts that a module names."""
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }


def text_of(node: ast.expr, constants: dict[str, str]) -> str:
    """The text of an argument."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.Name):
        return constants.get(node.id, "X")
    if isinstance(node, ast.FormattedValue):
        return text_of(node.value, constants)
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(one, constants) for one in node.values)
    return "X"


def plain_steps(source_trees: Trees) -> list[str]:
    """Remedies that name a command, option, extra or key as plain text: file, line, text."""
    found = set()
    for name, tree in modules(source_trees):
        for place in remedies_of(tree):
            for node in outside_of_makers(place):
                text = node.value if isinstance(node, ast.Constant) else ""
                if isinstance(text, str) and NAMES_A_STEP.search(text):
                    found.add(f"{name}:{node.lineno}: {text}")
    return sorted(found)


def remedies_of(tree: ast.Module) -> list[ast.expr]:
    """Expressions in the place of a remedy, and what is assigned to names that stand there."""
    places: list[ast.expr] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            places += [word.value for word in node.keywords if word.arg == "remedy"]
            at = PLACE_OF_REMEDY.get(called, 3)
            if called.endswith("Error") and len(node.args) > at:
                places.append(node.args[at])
            if called == "Remedy":
                places += node.args
    names = {one.id for place in places for one in ast.walk(place) if isinstance(one, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(getattr(target, "id", "") in names for target in targets):
                places.append(node.value)
    return places


def outside_of_makers(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all below it that is not inside the call of a maker."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MAKERS:
        return
    yield node
    for below in ast.iter_child_nodes(node):
        yield from outside_of_makers(below)
