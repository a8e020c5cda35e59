"""Runs and photos for the tests of reports."""

import importlib.util
from pathlib import Path

import pytest
from PIL import Image

_BUILDER = Path(__file__).parents[1] / "evaluation" / "conftest.py"


def _run_builder():
    """The builder of run folders that the tests of evaluation use."""
    spec = importlib.util.spec_from_file_location("evaluation_runs", _BUILDER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def make_run():
    return _run_builder().write_run


@pytest.fixture(scope="session")
def photo_folder(tmp_path_factory):
    """Six small photos, one colour each, in a folder a class."""
    root = tmp_path_factory.mktemp("photos")
    for number in range(6):
        folder = root / ("Improbable" if number < 4 else "Probable")
        folder.mkdir(exist_ok=True)
        noise = Image.effect_noise((60, 80), 40 + 10 * number).convert("RGB")
        noise.save(folder / f"photo-{number}.jpg")
    return root


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory, make_run, photo_folder):
    """A run on drawn trees with errors of both kinds, whose photos are there."""
    files = [path.relative_to(photo_folder).as_posix() for path in photo_folder.rglob("*.jpg")]
    run = tmp_path_factory.mktemp("runs") / "run"
    return make_run(
        run,
        n_trees=40,
        skill=1.5,
        files=sorted(files),
        source="drawn",
        photo_root=str(photo_folder),
    )


@pytest.fixture(scope="session")
def make_experiment():
    return _run_builder().write_experiment
