"""A script without the main guard is told so in one message, not by every worker."""

import subprocess
import sys

SCRIPT = """
from arborisk.photos.workers import map_photos
list(map_photos(abs, range(40), n_processes=2))
"""


def test_a_script_without_a_main_guard_gets_a_sentence(tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT)
    found = subprocess.run(
        [sys.executable, tmp_path / "script.py"], capture_output=True, text=True, timeout=60
    )
    assert found.returncode == 1
    assert "put the call under if __name__ == '__main__':" in found.stderr.splitlines()[-1]
    assert "freeze_support" not in found.stderr
