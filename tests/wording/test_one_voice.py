"""Numbers, shares, counts and lists are put into words in one room, and warnings are written once.

Read from the syntax of the source, so that a second percent function or a second wording of a
warning fails here and not in front of a reader.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import arborisk
from arborisk.wording import sentences

SOURCE = Path(arborisk.__file__).parent
ROOT = SOURCE.parents[1]
TEMPLATES = sorted(SOURCE.rglob("*.j2"))
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"])

STATISTICS = {"percent_agreement"}
"""Functions that compute what has percent in its name, and print nothing."""
SAME_EVERYWHERE = {
    "keep people away": sentences.KEEP_AWAY,
    "line-clearance": sentences.NEAR_WIRES,
    "evidence about real": "never evidence about real ones",
    "visual assessment of one": sentences.ONE_SIDE,
    "inside were not seen": sentences.UNSEEN,
}
"""What gives a sentence away, and how it must go on."""


@pytest.fixture(scope="module")
def elsewhere(source_trees):
    """All nodes of each module outside of the room, by path."""
    return {
        name: list(ast.walk(tree))
        for name, tree in source_trees.items()
        if not name.startswith("wording/")
    }


def name_of(path: Path) -> str:
    """How a file is named in the list of tests."""
    return str(path.relative_to(ROOT))


def around(text: ast.JoinedStr) -> Iterator[tuple[str, ast.FormattedValue, str]]:
    """Each value of an f-string with the words before and after it."""
    for place, part in enumerate(text.values):
        if isinstance(part, ast.FormattedValue):
            before, after = (
                text.values[beside] if 0 <= beside < len(text.values) else None
                for beside in (place - 1, place + 1)
            )
            yield _words(before), part, _words(after)


def _words(part: ast.expr | None) -> str:
    return part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else ""


def test_numbers_are_put_into_words_in_one_room(elsewhere) -> None:
    found = {name: numbers_by_hand(nodes) for name, nodes in elsewhere.items()}
    assert not {name: places for name, places in found.items() if places}


def numbers_by_hand(nodes: list[ast.AST]) -> list[str]:
    """Where a module puts a share, a plural or a list into words itself."""
    found = []
    for node in nodes:
        if isinstance(node, ast.FunctionDef):
            if "percent" in node.name and node.name not in STATISTICS:
                found.append(f"{node.lineno}: a percent function: arborisk.wording.percent")
            if any(argument.arg == "noun" for argument in node.args.args):
                found.append(f"{node.lineno}: numbers with nouns: arborisk.wording.counts")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.search(r"\{[^{}]*:[^{}]*%\}", node.value):
                found.append(f"{node.lineno}: a share formatted by hand: arborisk.wording.percent")
        elif isinstance(node, ast.IfExp):
            ends = {_words(node.body), _words(node.orelse)}
            if ends == {"", "s"}:
                found.append(f"{node.lineno}: a plural by hand: arborisk.wording.counts")
        elif isinstance(node, ast.JoinedStr):
            for before, value, after in around(node):
                spec = _words(value.format_spec.values[-1]) if _has_spec(value) else ""
                if spec.endswith("%") or re.match(r"[ \xa0]?%", after):
                    found.append(f"{node.lineno}: a share by hand: arborisk.wording.percent")
                if before.endswith((" and ", "... and ")) and re.match(r" more\b", after):
                    found.append(f"{node.lineno}: a list by hand: arborisk.wording.counts")
    return found


def _has_spec(value: ast.FormattedValue) -> bool:
    return isinstance(value.format_spec, ast.JoinedStr) and bool(value.format_spec.values)


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_templates_print_shares_and_counts_by_filters(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\}\}[ \xa0]%", text), "a share by hand: use the filter percent"
    assert not re.search(r"else \"s\"|\"s\" if", text), "a plural by hand: use the filter counted"


def test_no_warning_is_worded_a_second_time(elsewhere) -> None:
    for name, found in elsewhere.items():
        documenting = {node.value for node in found if isinstance(node, ast.Expr)}
        for node in found:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if node in documenting:
                    _assert_agrees(node.value, name)
                else:
                    told = [key for key in SAME_EVERYWHERE if key in node.value.lower()]
                    assert not told, f"{name}:{node.lineno}: take arborisk.wording.sentences"


@pytest.mark.parametrize("path", [*PAGES, *TEMPLATES], ids=name_of)
def test_pages_word_the_warnings_alike(path: Path) -> None:
    _assert_agrees(path.read_text(encoding="utf-8"), name_of(path))


def _assert_agrees(text: str, name: str) -> None:
    """Every mention of what has one wording uses it, whatever its capitals, marks and lines."""
    plain = " ".join(re.sub(r"[*_`>|]", " ", text).split()).lower()
    for key, whole in SAME_EVERYWHERE.items():
        wanted = whole.lower().rstrip(".")
        assert plain.count(key) == plain.count(wanted), f"{name}: {key!r} goes on with {wanted!r}"
