"""Grids: what a file says, what the command line says instead, and what is refused."""

import pytest

from arborisk.errors import SettingsError
from arborisk.studies.experiment import grid as module
from arborisk.studies.experiment.cells import resolve_cells
from arborisk.studies.experiment.grid import Overrides, read_grid, ready_grids, with_overrides

SMALL = """
title = "Small"
folds = 3
repeats = 2
seed = 5
[base]
model = "model1"
training = { epochs = 3 }
[axes]
scheme = ["Pr_Im", "Pr_Po_Im"]
preprocess.size_px = [32, 48]
[[cells]]
scheme = "Pr_Im"
protocol = ["deck", "leaky"]
model1.dense = [[64, 32], [8]]
"""


@pytest.fixture
def grid(tmp_path):
    """Reads a grid from its text."""

    def read(text):
        path = tmp_path / "grid.toml"
        path.write_text(text)
        return read_grid(str(path))

    return read


def cells_of(grid):
    return resolve_cells(grid)[0]


def test_axes_are_multiplied_and_rows_stand_besides(grid):
    cells = cells_of(grid(SMALL))
    assert [cell.name for cell in cells] == [f"c{n:02d}" for n in range(1, 9)]
    assert cells[1].axes == {"scheme": "Pr_Im", "size": 48}  # by its short name
    assert cells[4].axes == {"scheme": "Pr_Im", "protocol": "deck", "model1.dense": [64, 32]}
    assert cells[7].settings[0].model1.dense == (8,)
    assert {cell.settings[0].training.epochs for cell in cells} == {3}
    assert [one.seed for one in cells[0].settings] == [5, 6]
    assert cells[0].runs == ("cells/c01/repeat-1", "cells/c01/repeat-2")
    assert [cell.settings[0].split.folds for cell in cells[4:]] == [0, 0, 3, 3]
    assert all(cell.settings[0].preprocess.shared for cell in cells)


def test_the_command_line_goes_before_the_grid(grid):
    wanted = Overrides(["as-labelled"], 2, 1, {"size": 40, "training.epochs": 9, "seed": 3})
    cells = cells_of(with_overrides(grid(SMALL), wanted))
    assert len(cells) == 5  # equal cells are one
    first = cells[0].settings[0]
    assert cells[0].axes == {"scheme": "as-labelled", "size": 40}
    assert (first.split.folds, first.seed, first.training.epochs) == (2, 3, 9)
    assert {cell.settings[0].preprocess.size_px for cell in cells} == {40}


def test_a_runs_own_settings_serve_as_base(grid):
    cells = cells_of(grid("[base]\nseed = 4\nsplit.folds = 2\nsize = 64\nmodel = 'model1'"))
    (cell,) = cells
    assert (cell.settings[0].seed, cell.settings[0].split.folds) == (4, 2)
    assert cell.settings[0].preprocess.size_px == 64


def test_a_preset_replaces_a_table_of_the_base(grid):
    text = "[base.augmentation]\nmirror = 0.5\n[axes]\naugmentation = ['none', 'standard']"
    none, standard = cells_of(grid(text))
    assert none.settings[0].augmentation.changes_nothing
    assert standard.settings[0].augmentation.rotation_deg > 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("fold = 3", "'fold'.*Did you mean 'folds'"),
        ("[axes]\nsizes = [32]", "'sizes'.*Did you mean 'size'"),
        ("[axes]\ntraining.epoch = [3]", r"cell training\.epoch = 3.*'training\.epochs'"),
        ("[base]\nmodle = 'model1'", "'modle'.*Did you mean 'model'"),
        ("[drawn]\ntree = 9", "'tree'.*Did you mean 'trees'"),
        ("repeats = 0", "repeats: .*greater.*Correct repeats"),
        ("[axes]\nseed = [1, 2]", "same splits.*`repeats`"),
        ("[axes]\nsize = []", "at least one value of size"),
        ("[axes]\nmodel = ['model2']", "cell model = model2"),
        ("[axes]\nmodel = ['model1']\nregime = ['frozen']", "cell model = model1, regime = frozen"),
        ("title", "a grid in TOML"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(grid, text, told):
    with pytest.raises(SettingsError, match=told):
        resolve_cells(grid(text))


def test_impossible_cells_are_left_out_with_the_reason_where_the_grid_says_so(grid):
    text = "skip_impossible = true\n[axes]\nmodel = ['model1']\nregime = ['all', 'frozen']"
    cells, skipped = resolve_cells(grid(text))
    assert [cell.axes["regime"] for cell in cells] == ["all"]
    assert skipped[0].axes["regime"] == "frozen" and "from scratch" in skipped[0].reason
    with pytest.raises(SettingsError, match="at least one cell"):
        resolve_cells(grid(text.replace("'all', ", "")))


@pytest.mark.parametrize("name", ready_grids())
def test_ready_grids_can_be_read_and_are_those_at_the_root(name, request):
    grid = read_grid(name)
    assert cells_of(grid) and grid.note
    at_root = request.config.rootpath / "grids" / f"{name}.toml"
    assert at_root.read_text() == grid.text
    assert ready_grids() == sorted(path.stem for path in at_root.parent.iterdir())


def test_the_decks_rows_are_the_decks():
    rows = [
        (cell.settings[0].scheme, cell.settings[0].preprocess.size_px)
        for cell in cells_of(read_grid("deck"))
        if cell.settings[0].split.protocol == "deck"
    ]
    assert rows == [("PrPo_Im", 108), ("Pr_Po_Im", 108), ("Pr_Im", 108), ("Pr_Im", 224)]


def test_an_unknown_grid_is_told_which_there_are():
    with pytest.raises(SettingsError, match="deck, leak, next-steps, paper"):
        read_grid("decks")


def test_a_data_set_is_found_from_the_grids_folder(grid, tmp_path):
    assert grid("dataset = 'data'").dataset == str(tmp_path / "data")
    assert module.read_grid("deck").dataset == ""
