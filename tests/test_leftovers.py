"""What a killed process leaves is cleared by the next, and nothing else is."""

import os
import subprocess
import sys

import pytest

from arborisk.files import write_text_whole
from arborisk.leftovers import _cleared, clear_leftovers, scratch_beside, temporary_name

KILLED = """
import os, signal, sys
from pathlib import Path
from arborisk.leftovers import scratch_beside, temporary_name
with scratch_beside(Path(sys.argv[1]) / "made") as folder:
    (folder / "half.txt").touch()
    (Path(sys.argv[1]) / temporary_name(".csv")).touch()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def left(tmp_path):
    """A folder and a file of a process that was killed."""
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)])
    assert done.returncode == -9
    assert len(list(tmp_path.iterdir())) == 2
    return tmp_path


def test_leftovers_of_the_killed_are_cleared_before_the_next_write(left):
    _cleared.discard(left)
    write_text_whole(left / "a.txt", "x")
    assert os.listdir(left) == ["a.txt"]


def test_what_lives_or_is_not_ours_stays(left):
    for name in (".arborisk", ".arborisk-notes.part", ".made-personal", "x.part"):
        (left / name).mkdir()
    elsewhere = temporary_name().split("-")
    elsewhere[1] = "00000000"  # another machine on a shared disk
    (left / "-".join(elsewhere)).touch()
    with scratch_beside(left / "other") as mine:
        clear_leftovers(left)
        assert mine.is_dir()
    assert len(list(left.iterdir())) == 5


def test_a_process_that_took_over_the_number_is_another(tmp_path):
    before = temporary_name().replace(temporary_name().split("-")[3], "f" * 8)
    (tmp_path / before).touch()
    clear_leftovers(tmp_path)
    assert not os.listdir(tmp_path)


def test_a_folder_that_is_not_there_is_no_error(tmp_path):
    clear_leftovers(tmp_path / "absent")


def test_scratch_that_is_renamed_stays(tmp_path):
    with scratch_beside(tmp_path / "new" / "made") as folder:
        (folder / "a.txt").touch()
        os.replace(folder, tmp_path / "new" / "made")
    assert os.listdir(tmp_path / "new") == ["made"]
