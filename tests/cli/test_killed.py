"""Commands that are killed leave nothing behind; what SIGKILL leaves, the next run clears."""

import os
import signal
import subprocess
import sys
import time

import pytest
from PIL import Image
from typer.testing import CliRunner

from arborisk.cli.app import app

PROGRAM = """
import os, sys, time
sys.argv = ["arborisk", *sys.argv[3:]]
from arborisk.cli import main

def stop(*_, **__):
    print("here", flush=True)
    time.sleep(60)

{patch}
main()
"""
PATCHES = {
    "import": "from arborisk.dataset import importing; importing.photo_rows = stop",
    "writing": "from arborisk.dataset import storage; storage._swap = stop",
    "simulate": "from arborisk.simulate import pictures; pictures.exif_of = stop",
}


def photos_in(folder):
    folder.mkdir()
    for number in range(3):
        Image.effect_noise((60, 80), 40 + 20 * number).convert("RGB").save(folder / f"{number}.png")
    return folder


def words_of(what, tmp_path):
    if what == "simulate":
        return ["simulate", tmp_path / "out", "--trees", 5, "--size", "168x224", "--processes", 1]
    return ["import", tmp_path / "photos", "--out", tmp_path / "out", "--processes", 1]


def killed(what, number, tmp_path):
    """Starts a command, waits until it is at work, kills it."""
    program = PROGRAM.format(patch=PATCHES[what])
    words = [sys.executable, "-c", program, "", "", *map(str, words_of(what, tmp_path))]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "here\n", process.stderr.read()
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert "Traceback" not in said
    return process.returncode


def run_again(what, tmp_path):
    done = CliRunner().invoke(app, [str(word) for word in words_of(what, tmp_path)])
    assert done.exit_code == 0, done.output


def hidden(folder):
    return list(folder.rglob(".*"))


@pytest.mark.parametrize("what", ["import", "writing"])
@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGKILL, -9)]
)
def test_a_killed_import_leaves_nothing_or_what_the_next_clears(tmp_path, what, number, status):
    photos_in(tmp_path / "photos")
    assert killed(what, number, tmp_path) == status
    assert not (tmp_path / "out").exists()
    if number != signal.SIGKILL:
        assert os.listdir(tmp_path) == ["photos"]
    run_again("import", tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["out", "photos"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_killed_stand_goes_on(tmp_path, number):
    killed("simulate", number, tmp_path)
    run_again("simulate", tmp_path)
    assert hidden(tmp_path) == []
    assert len(list((tmp_path / "out" / "photos").iterdir())) == 5


def test_workers_end_with_a_parent_that_is_killed(tmp_path):
    program = (
        "import os, sys, time\n"
        "from arborisk.photos.workers import map_photos\n"
        "def work(_):\n"
        "    return os.getpid()\n"
        "if __name__ == '__main__':\n"
        "    for pid in map_photos(work, range(200), n_processes=2):\n"
        "        print(pid, flush=True)\n"
        "        time.sleep(0.5)\n"
    )
    (tmp_path / "program.py").write_text(program)
    parent = subprocess.Popen(
        [sys.executable, str(tmp_path / "program.py")], stdout=subprocess.PIPE, text=True
    )
    worker = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    for _ in range(100):
        if not is_running(worker):
            return
        time.sleep(0.1)
    os.kill(worker, signal.SIGKILL)
    pytest.fail("the worker waits for ever")


def is_running(pid):
    """Whether a process is there and no mere entry of one that has ended."""
    try:
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
