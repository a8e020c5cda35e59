"""Exit status and the one line that an error makes."""

import subprocess
import sys


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "arborisk", *arguments], capture_output=True, text=True
    )


def test_an_error_is_one_line_and_status_1(tmp_path):
    done = run("train", str(tmp_path / "absent"), "--out", str(tmp_path / "run"))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("arborisk: Expected")
    assert "Traceback" not in done.stderr


def test_usage_is_status_2():
    assert run("train").returncode == 2


def test_version():
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("arborisk 0.")
