"""Exit status and the one line that an error makes."""

import os
import subprocess
import sys
import tempfile

import pytest

WITHOUT = {name: value for name, value in os.environ.items() if name != "ARBORISK_TRACEBACK"}


def run(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "arborisk", *map(str, arguments)],
        **{"capture_output": True, "text": True, "env": WITHOUT, **options},
    )


PROGRAM = """
import sys
from arborisk.cli import app, main
from arborisk.cli.console import say

def broken(what: str) -> None:
    if what == "says":
        say("\\u0142")
        return
    if what == "early":
        raise EOFError("No data left in file")
    raise TypeError("an int is no str\\nat all")

app.app.command()(broken)
sys.argv = ["arborisk", "broken", *sys.argv[1:]]
main()
"""


def says(**options):
    """A command that says one word."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, "says"],
        **{"stderr": subprocess.PIPE, "text": True, "env": WITHOUT, **options},
    )


def told(done):
    """The one line on standard error."""
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("arborisk: Expected")
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_an_error_is_one_line_and_status_1(tmp_path):
    told(run("train", tmp_path / "absent", "--out", tmp_path / "run"))


def test_usage_is_status_2():
    assert run("train").returncode == 2


def test_version():
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("arborisk 0.")


def test_a_form_in_another_encoding_is_a_sentence(tmp_path):
    form = tmp_path / "form.toml"
    form.write_bytes('tree = "Bäume"\nlevel = 2\n'.encode("latin-1"))
    line = told(run("risk", "rate", form))
    assert "UTF-8" in line and "form.toml" in line


def test_a_form_nested_too_deeply_is_a_sentence(tmp_path):
    form = tmp_path / "deep.json"
    form.write_text('{"tree": ' + "[" * 100_000)
    line = told(run("risk", "rate", form))
    assert "nested" in line and "deep.json" in line


def test_a_full_disk_is_a_sentence():
    if not os.path.exists("/dev/full"):
        pytest.skip("the system has no /dev/full")
    with open("/dev/full", "w") as full:
        done = says(stdout=full)
    assert done.returncode == 1
    assert done.stderr.startswith("arborisk: Expected room on the disk; found that it is full")
    assert done.stderr.count("\n") == 1


def test_an_output_whose_reader_has_left_is_a_sentence():
    read, write = os.pipe()
    os.close(read)
    done = says(stdout=write)
    os.close(write)
    assert done.returncode == 1
    assert "its reader has left" in done.stderr
    assert done.stderr.count("\n") == 1


def broken(what, tmp_path, **more):
    environment = {**WITHOUT, "TMPDIR": str(tmp_path), **more}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, what], capture_output=True, text=True, env=environment
    )


def test_a_fault_of_ours_is_a_sentence_and_its_details_a_file(tmp_path):
    line = told(broken("fault", tmp_path))
    assert "a fault of arborisk itself: TypeError an int is no str" in line
    (details,) = tmp_path.iterdir()
    assert str(details) in line
    text = details.read_text()
    assert "Traceback" in text and "TypeError" in text and "'broken', 'fault'" in text


def test_a_developer_sees_where_it_came_up(tmp_path):
    done = broken("fault", tmp_path, ARBORISK_TRACEBACK="1")
    assert done.returncode == 1
    assert done.stderr.startswith("Traceback")


def test_a_file_that_ends_early_is_not_told_as_aborted(tmp_path):
    assert "one that ends early" in told(broken("early", tmp_path))
    assert tempfile.gettempdir() != str(tmp_path)


def test_a_name_cannot_steer_the_terminal(tmp_path):
    form = tmp_path / "oak\x1b[2J\u202e.toml"
    form.write_text("tree = ")
    line = told(run("risk", "rate", form))
    assert "\x1b[2J" not in line and "\u202e" not in line
    assert r"\u001b[2J\u202e" in line


def test_a_terminal_without_a_letter_shows_its_number():
    done = says(stdout=subprocess.PIPE, env={**WITHOUT, "PYTHONIOENCODING": "latin-1"})
    assert (done.returncode, done.stdout, done.stderr) == (0, "\\u0142\n", "")
