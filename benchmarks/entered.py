"""How many of our own files a command enters, and how many of our functions it calls.

    python benchmarks/entered.py

Reports, and does not test, how far a reader must go who follows one photo, one run or one import.
Counted on drawn trees, by the interpreter's own events: files of arborisk in which a function was
called while the command ran (not those that were only imported). Aims: 30 for plain `predict`, 45
for `evaluate` and for `import`.
"""

from __future__ import annotations

import collections
import subprocess
import sys
import tempfile
from pathlib import Path

import arborisk

ROOT = Path(arborisk.__file__).parent
PROGRAM = """
import sys, threading, json
from pathlib import Path
root, arguments = sys.argv[1], sys.argv[2:]
seen = set()
def watch(frame, event, argument):
    code = frame.f_code
    is_function = code.co_flags & 1  # neither a module that is imported nor the body of a class
    if event == "call" and is_function and code.co_filename.startswith(root):
        seen.add((code.co_filename, code.co_qualname))
from arborisk.cli.app import app
threading.setprofile(watch)
sys.setprofile(watch)
try:
    app(arguments, standalone_mode=False)
except SystemExit:
    pass
finally:
    sys.setprofile(None)
print("SEEN" + json.dumps(sorted(seen)))
"""
SMALL = ("--model", "model1", "--scheme", "PrPo_Im", "--size", "32", "--channels", "1")
SMALLER = ("--feature-maps", "2,2", "--kernels", "3,3", "--strides", "1,1", "--dense", "4")


def entered(*arguments: str | Path) -> list[tuple[str, str]]:
    """Files and functions of ours that a command called."""
    import json

    words = [sys.executable, "-c", PROGRAM, str(ROOT), *map(str, arguments)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return [tuple(pair) for pair in json.loads(done.stdout.rpartition("SEEN")[2])]


def main() -> None:
    """Prints a line a command, and the files by room."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        entered("learn", "simulate", here / "stand", "--trees", "24", "--size", "144x192",
                "--processes", "1")  # fmt: skip
        photos, labels = here / "stand/photos", here / "stand/labels.csv"
        commands = {
            "import": ("import", photos, "--labels", labels, "--out", here / "data",
                       "--no-prepare", "--processes", "1"),
            "train": ("train", here / "data", *SMALL, *SMALLER, "--folds", "2", "--epochs", "1",
                      "--out", here / "run"),
            "evaluate": ("evaluate", here / "run"),
            "predict": ("predict", here / "run", photos, "--out", here / "out.csv"),
        }  # fmt: skip
        print("| command | own files | functions | by room |\n|---|---|---|---|")
        for name, arguments in commands.items():
            calls = entered(*arguments)
            files = {Path(file).relative_to(ROOT) for file, _ in calls}
            rooms = collections.Counter(file.parts[0].removesuffix(".py") for file in files)
            by_room = ", ".join(f"{room} {n}" for room, n in rooms.most_common())
            print(f"| {name} | {len(files)} | {len(calls)} | {by_room} |")


if __name__ == "__main__":
    main()
