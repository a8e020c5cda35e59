"""An interpretation: chapters joined into sentences, kept, and refused in words."""

import json

import numpy as np
import pytest

from arborisk.errors import BundleError, SettingsError
from arborisk.report.interpret_page import Chapter
from arborisk.studies.interpret import interpret as module
from arborisk.studies.interpret.interpret import conclude, interpret
from arborisk.studies.interpret.questions import CHAPTERS, ChapterKind
from arborisk.studies.interpret.subject import InterpretOptions, open_subject
from arborisk.studies.train import train


def silent(_):
    return lambda done, total: None


@pytest.fixture(scope="module")
def run(dataset_folder, tiny_settings, tmp_path_factory):
    folder = tmp_path_factory.mktemp("interpreted") / "run"
    train(dataset_folder, tiny_settings(), folder)
    return folder


def made(name, calls):
    def make(subject, options, out, progress_for):
        calls.append(name)
        uses = (f"{name} is used.",)
        return Chapter(name, name.title(), f"<p>{name}</p>", uses=uses, disagrees=("No physics.",))

    return ChapterKind(name.title(), make)


@pytest.fixture
def calls(monkeypatch):
    calls = []
    kinds = {name: made(name, calls) for name in ("where", "shortcuts")}
    monkeypatch.setattr(module, "CHAPTERS", kinds)
    return calls


def test_chapters_are_joined_and_kept(run, tmp_path, calls):
    told = []
    options = InterpretOptions(n_photos=20)
    out = tmp_path / "out"
    done = interpret(run, out, options, progress_for=silent, tell=told.append)
    assert calls == ["where", "shortcuts"]
    content = json.loads((out / "interpret.json").read_text())
    assert content["uses"] == ["where is used.", "shortcuts is used."]
    assert content["question"] == "Probable and not Improbable"
    page = done.path.read_text(encoding="utf-8")
    assert "<p>where</p>" in page and "where is used." in page
    again = interpret(run, out, options, progress_for=silent, tell=told.append)
    assert calls == ["where", "shortcuts"] and "kept from an earlier run" in told[-1]
    assert again.page.headline == done.page.headline
    interpret(run, out, InterpretOptions(n_photos=20, seed=1), progress_for=silent, tell=print)
    assert len(calls) == 4


def test_unknown_chapters_are_named(run, tmp_path):
    options = InterpretOptions(chapters=("where", "magic"))
    with pytest.raises(SettingsError, match=rf"{', '.join(CHAPTERS)}.*magic"):
        interpret(run, tmp_path / "out", options, progress_for=silent, tell=print)


def test_each_photo_is_asked_of_who_held_it_back(run, tmp_path):
    subject = open_subject(run, tmp_path, of="", against="", n_photos=20, seed=0)
    assert subject.contrast.of == 1 and len(subject.rows) == 20
    for row in range(20):
        said = subject.alone(int(subject.member[row])).probability(subject.arrays[row : row + 1])
        kept = subject.run_photos.predictions.probability[subject.rows[row]]
        np.testing.assert_allclose(said[0], kept, atol=1e-3)
    scores = np.log(kept[1]) - np.log(kept[0])
    assert subject.score[-1] == pytest.approx(scores, rel=1e-6)


def test_a_refit_has_no_photos_held_back(dataset_folder, tiny_settings, tmp_path):
    train(dataset_folder, tiny_settings(refit=True), tmp_path / "refit")
    with pytest.raises(BundleError, match="Train without --refit"):
        open_subject(tmp_path / "refit", tmp_path, of="", against="", n_photos=20, seed=0)


def test_the_worst_stands_first_and_nothing_is_promised():
    shortcut = Chapter("shortcuts", "", "", disagrees=("A stamp decides.",))
    belief = Chapter(
        "belief", "", "", cautions=("Not that map.",), figures={"verdict": "not to be believed"}
    )
    fine = Chapter("where", "", "", uses=("The crown.",))
    assert conclude([belief, shortcut], drawn=False).headline == "A stamp decides."
    assert conclude([belief, fine], drawn=False).headline == "Not that map."
    good = conclude([fine], drawn=True)
    assert good.standing == "better" and "among what was looked for" in good.headline
    assert "Drawn trees are never evidence" in good.headline
