"""The commands of the tutorial on experiments run, made smaller as `SMALLER` says and no further.

60 small pictures of noise, dark to bright, stand for DATASET, and two cells of the experiment for
run-a and run-b. The experiment that draws 458 trees, and the one of labels of one's own, run with
``--dry-run``: they name their cells and do nothing. Searches try 1 or 2 settings, not 40. What
the commands compute is tested elsewhere; here, that the page says commands which exist, in an order
in which they work.
"""

import re
import shlex
from pathlib import Path

import numpy as np
from PIL import Image
from typer.testing import CliRunner

from arborisk.cli.app import app

PAGE = Path(__file__).parents[2] / "docs" / "tutorials" / "experiments.md"
TEXT = PAGE.read_text(encoding="utf-8")
COMMANDS = [
    line for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL) for line in block.splitlines()
]
QUICK = (
    "--set model1.feature_maps=[4,4] --set model1.dense=[8] --set model1.kernel_sizes=[3] "
    "--set training.epochs=1"
)
SEARCH = f"--trials 2 --epochs-max 1 --folds 2 --size 24 {QUICK}"
SMALLER = {
    "arborisk experiment deck --out deck-drawn": "--dry-run",
    "arborisk experiment deck --dataset DATASET --out deck-mine": f"--folds 2 --jobs 1 {QUICK}",
    "arborisk experiment deck --dataset DATASET --scheme as-labelled --out deck-mine": "--dry-run",
    "arborisk compare deck-mine/folds.csv --factor size --within scheme "
    "--where protocol=grouped": "",
    "arborisk compare run-a run-b": "",
    "arborisk tune DATASET --model model1 --trials 40 --out tuned": SEARCH,
    "arborisk train DATASET --config tuned/best.toml --out run-tuned": "",
    "arborisk tune DATASET --model model1 --trials 40 --outer-folds 5 --out honest": (
        f"{SEARCH} --trials 1 --outer-folds 2"
    ),
}
"""What is added to each command of the page; an option given twice counts as given last."""


def write_photos(folder):
    """Photos of 20 trees of each class with their labels."""
    folder.mkdir()
    lines = ["file,tree,label"]
    draw = np.random.default_rng(0)
    for number in range(60):
        name, level = f"{number}.png", 60 + 60 * (number % 3)
        pixels = draw.normal(level, 45, (40, 30, 3)).clip(0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / name)
        lines.append(f"{name},{number},{('Improbable', 'Possible', 'Probable')[number % 3]}")
    (folder / "labels.csv").write_text("\n".join(lines))


def run(command):
    program, *arguments = shlex.split(command)
    assert program == "arborisk"
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, f"{command}\n{done.output}\n{done.exception!r}"
    return done.stdout


def test_every_command_of_the_page_is_known_here():
    assert list(SMALLER) == COMMANDS


def test_the_commands_of_the_page_run_on_a_small_stand(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_photos(Path("photos"))
    run("arborisk import photos --labels labels.csv --out DATASET --no-prepare")
    said = {}
    for command, added in SMALLER.items():
        said[command] = run(f"{command} {added}")
        if command.endswith("--out deck-mine") and not Path("run-a").exists():
            first, second, *_ = sorted(Path("deck-mine").glob("cells/*/*"))
            Path("run-a").symlink_to(first)
            Path("run-b").symlink_to(second)
    assert (tmp_path / "deck-mine" / "deck_table.md").is_file()
    assert (tmp_path / "deck-mine" / "report.html").is_file()
    assert "optimistic: tuned on these photos" in " ".join(said[COMMANDS[6]].split())
    assert not (tmp_path / "deck-drawn").exists()  # a dry run


def test_the_grid_of_the_page_has_the_cells_it_promises(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    grid = re.search(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    Path("grid.toml").write_text(grid[1], encoding="utf-8")
    said = run("arborisk experiment grid.toml --dry-run")
    assert len(re.findall(r"^ *c\d+", said, re.MULTILINE)) == 2 * 2 + 1, said
