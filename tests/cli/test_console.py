"""What came from files is escaped wherever a command speaks."""

import ast
import io
from pathlib import Path

import pytest
from rich.table import Table

import arborisk.cli
from arborisk.cli.console import ShownConsole, note, say, say_data, text_table

HOSTILE = "oak\x1b]0;owned\x07\x1b[2J\u202egnp.jpg"
SHOWN = r"oak\u001b]0;owned\u0007\u001b[2J\u202egnp.jpg"
FILES = sorted(Path(arborisk.cli.__file__).parent.glob("*.py"))


def test_results_and_notes(capsys):
    say(f"first: {HOSTILE}\nsecond")
    note(f"{HOSTILE}\nforged: line")
    said = capsys.readouterr()
    assert said.out == f"first: {SHOWN}\nsecond\n"
    assert said.err == f"{SHOWN}\\nforged: line\n"


def test_data_are_untouched_but_for_a_terminal(capsys, monkeypatch):
    say_data(HOSTILE)
    assert capsys.readouterr().out == f"{HOSTILE}\n"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    say_data(HOSTILE)
    assert capsys.readouterr().out == f"{SHOWN}\n"


def test_tables_of_rich_take_no_markup_and_no_escapes():
    stream = io.StringIO()
    table = Table(title=f"[red]{HOSTILE}[/red]")
    table.add_column("[bold]name[/bold]")
    table.add_row(f"[link=http://x]{HOSTILE} :evergreen_tree:")
    ShownConsole(file=stream, width=200).print(table)
    text = stream.getvalue()
    assert "\x1b" not in text and "\u202e" not in text
    assert f"[link=http://x]{SHOWN} :evergreen_tree:" in text and "[bold]name[/bold]" in text


def test_tables_of_characters_keep_their_rows():
    lines = text_table(["tree", "n"], [["oak\nbirch", "1"]]).split("\n")
    assert lines[1].startswith(r"oak\nbirch") and len(lines) == 2


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_command_speaks_through_the_console(path):
    """`say`, `say_data`, `note` and `ShownConsole` escape; `print` and `typer.echo` do not."""
    if path.name in ("console.py", "app.py"):
        return  # the one that escapes, and the number of the version
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in ("print", "typer.echo", "Console"), f"line {node.lineno}: {called}"
