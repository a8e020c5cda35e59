"""The report of an experiment: honest first words, figures in words, nothing from elsewhere."""

import html
import re
from itertools import pairwise

import pytest

from arborisk.evaluation.evaluate import evaluate_run
from arborisk.evaluation.experiment import read_experiment
from arborisk.evaluation.experiment_summary import flatteries, mean_gain
from arborisk.report.experiment_boxes import box_figures
from arborisk.report.experiment_report import experiment_page, write_experiment_report
from arborisk.report.experiment_rows import broken, headline, row_groups
from arborisk.wording.intervals import points

WEAK = {"n_trees": 60, "photos_per_tree": 2, "skill": 1.4, "epochs": 2, "source": "drawn"}


def axes(size, protocol, weights="none", model="model1"):
    return {"size": size, "protocol": protocol, "weights": weights, "model": model}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, make_experiment):
    leaking = {**WEAK, "skill": 2.5, "protocol": "deck"}
    pretrained = {**WEAK, "skill": 2.0, "epochs": 0, "model": "efficientnet_lite0"}
    cells = [
        (axes(64, "grouped"), [WEAK, {**WEAK, "seed": 1}]),
        (axes(108, "grouped"), [{**WEAK, "constant": True}, None]),
        (axes(64, "deck"), [leaking]),
        (axes(64, "grouped", "imagenet", "efficientnet_lite0"), [pretrained]),
    ]
    out = tmp_path_factory.mktemp("experiment")
    (out / "grid.toml").write_text('title = "<Grid>"\n')
    return make_experiment(out, cells, title="<Grid>", source="drawn", n_decoded=120)


@pytest.fixture(scope="module")
def experiment(folder):
    return read_experiment(folder)


@pytest.fixture(scope="module")
def page(folder):
    return write_experiment_report(folder).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def text(page):
    """Words of the page, without its style and figures."""
    body = re.sub(r"<style>.*?</style>|<svg.*?</svg>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_the_first_words_are_the_honest_ones(experiment, text):
    words = headline(experiment)
    assert words.sentence.startswith("2 of 3 cells without a leak beat always giving the majority")
    degenerate, leaking, missing = words.notes
    assert degenerate.startswith("1 cell is degenerate: one answer for (nearly) all photos: c02")
    assert leaking.startswith("1 cell leaks") and "c03" in leaking
    assert missing.startswith("5 of 6 runs are finished.") and "c02" in missing
    places = [text.index(part) for part in (words.sentence, *words.notes, "These are drawn trees")]
    assert places == sorted(places) and places[-1] < text.index("The best of each kind")


def test_pretrained_and_from_scratch_are_never_one_list(experiment, text):
    kinds = [(row.kind, row.best.cell.name) for row in headline(experiment).bests]
    assert [kind for kind, _ in kinds] == ["Best of the pretrained", "Best of those from scratch"]
    assert kinds[0][1] == "c04"
    assert "architectures are never compared across the line" in text
    assert "The best of N cells measured on the same folds is optimistic" in text
    assert "here up to 2" in text
    headings = [group.heading for group in row_groups(experiment)]
    assert headings == [
        "Pretrained · groups kept whole",
        "From scratch · groups kept whole",
        "From scratch · the deck's random split: leaks",
    ]


def test_the_leak_is_told_in_figures(experiment, text):
    found = flatteries(experiment)
    for metric in ("accuracy", "balanced_accuracy", "macro_f1"):
        assert points(mean_gain(found, "deck", metric), 1) in text
    assert "The deck's random split, against groups kept whole, in one setting: +" in text


def test_every_figure_has_words_and_every_table_a_caption(page):
    labels = re.findall(r'<svg class="figure" role="img" aria-label="([^"]+)"', page)
    beginnings = [
        *["Dot plot of balanced accuracy", "Dot plot of macro F1", "Box plots of fold scores"],
        "Scores of the same settings by protocol",
        *["Learning curves of c01", "Learning curves of c02", "Learning curves of c03"],
        *[f"Confusion matrix of c0{number}" for number in range(1, 5)],
    ]
    assert len(labels) == page.count('<svg class="figure"') == len(beginnings)
    for label, beginning in zip(labels, beginnings, strict=True):
        assert label.startswith(beginning)
    assert page.count("<caption>") == page.count("<table") == 4
    names = re.findall(r'\sid="([^"]+)"', page)
    assert len(names) == len(set(names))
    levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_nothing_comes_from_elsewhere_and_nothing_is_promised(page, text):
    assert not re.search(r"<(script|iframe|object|embed|img)", page)
    for link in re.findall(r'(?:src|href)="([^"]*)"', page):
        assert link.startswith(("data:", "#")), link
    assert not re.search(r"\bsafe", text, re.IGNORECASE)
    assert "Level 1 at most" in text
    assert "<Grid>" in text and "<Grid>" not in page


def test_boxes_compare_only_what_may_be_compared(experiment):
    (by_size,) = box_figures(experiment)  # one model, one protocol, one start hold two sizes
    assert (by_size.title, by_size.beside) == ("image size", "")
    assert "64 px: median" in by_size.svg and "of 10 folds" in by_size.svg
    assert "pretrained" not in by_size.svg.lower()


def test_one_unfinished_cell_still_gives_a_page(tmp_path, make_experiment):
    experiment = read_experiment(make_experiment(tmp_path, [({"size": 64}, [None])]))
    page = experiment_page(experiment)
    assert "No run is finished." in page
    assert "cells/c01/repeat-1: not finished" in page


def test_labels_that_are_no_likelihoods_are_told_apart(tmp_path, make_experiment):
    def run(folder):
        from shutil import copytree

        make_experiment(tmp_path / "other", [({}, [{**WEAK, "n_trees": 20, "epochs": 0}])])
        copytree(tmp_path / "other/cells/c01/repeat-1", folder)
        data = (folder / "data.json").read_text()
        for old, new in (("Improbable", "leaf on"), ("Probable", "leaf off"), ("true", "false")):
            data = data.replace(old, new)
        (folder / "data.json").write_text(data.replace("Imminent", "bare"))
        assert evaluate_run(folder).config.scheme.isa_words is None

    experiment = read_experiment(make_experiment(tmp_path / "ours", [({"size": 64}, [run])]))
    page = experiment_page(experiment)
    assert "the model says nothing about\nwhether a tree fails" in page
    assert "The deck's slide" not in page
    assert "precision and recall of leaf on" in page
    assert page == experiment_page(experiment)


def test_long_labels_are_broken_between_settings():
    label = "c01 · 224 px · colour · standard augmentation · ResNet-50"
    assert broken(label).replace("\n", " · ") == label
    assert max(map(len, broken(label).split("\n"))) <= 34
