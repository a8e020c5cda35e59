"""``arborisk --help`` loads nothing heavy."""

import subprocess
import sys

HEAVY = {"torch", "sklearn", "scipy", "matplotlib", "onnxruntime", "pydantic", "PIL", "numpy"}
PROGRAM = """
import sys
from arborisk.cli import main
sys.argv = ["arborisk", "--help"]
try:
    main()
except SystemExit as left:
    assert left.code in (0, None), left.code
print("LOADED", *sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_help_loads_nothing_heavy():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.rpartition("LOADED")[2].split())
    assert "typer" in loaded
    assert not loaded & HEAVY
    for command in ("import", "split", "train", "evaluate", "predict", "risk", "learn", "info"):
        assert command in done.stdout
