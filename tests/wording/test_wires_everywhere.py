"""Nothing that the program says rules wires out, and no text but one says that none was found."""

import ast
import re
from pathlib import Path

import pytest

from arborisk.wording.sentences import NEAR_WIRES, WIRES_NOT_RULED_OUT

SOURCE = Path(__file__).parents[2] / "src" / "arborisk"
WIRES = r"(?:over ?head |power |electric )*(?:wires?|power ?lines?)"
RULED_OUT = re.compile(
    rf"\b(?:no|zero|without|free of|clear of|not near|away from) (?:any )?{WIRES}\b"
    rf"|\b{WIRES}\b[^.;\n]{{0,30}}\b(?:not|none|never|nothing|absent)\b(?! ruled out)(?<!need not)"
    rf"|\b(?:none|not|nothing)\b[^.;:\n]{{0,20}}\b{WIRES}\b"
    rf"|\b(?:no|without) (?:a )?lines? (?:in reach|near)\b",
    re.IGNORECASE,
)


def said_in(path):
    """What a file can say: strings of code but for docstrings, else its whole text."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return [text]
    tree = ast.parse(text)
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent
    ]


def test_no_text_of_the_program_rules_wires_out():
    found = {
        f"{path.name}: {match[0]}"
        for pattern in ("*.py", "*.j2", "*.toml", "*.js")
        for path in SOURCE.rglob(pattern)
        for text in said_in(path)
        for match in RULED_OUT.finditer(text)
    }
    assert found == set()


@pytest.mark.parametrize(
    "text",
    [
        "No wires recognised; look yourself.",
        "wires: none",
        "free of overhead wires",
        "wire not seen",
        "tree, no line in reach",
    ],
)
def test_the_guard_sees_what_it_guards_against(text):
    assert RULED_OUT.search(text)


@pytest.mark.parametrize("text", [NEAR_WIRES, WIRES_NOT_RULED_OUT])
def test_the_guard_lets_our_sentences_pass(text):
    assert not RULED_OUT.search(text)
