"""A report holds everything it shows, says the verdict first, and reads well without eyes."""

import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

import arborisk
from arborisk.dataset.schemes import as_labelled
from arborisk.evaluation.evaluate import evaluate_run
from arborisk.evaluation.verdict import verdict_of
from arborisk.report.run_report import run_page, write_run_report


class Outline(HTMLParser):
    """Elements of a page in order, with their attributes, and the text of its body."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.words, self.skipping = [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.skipping = tag == "style"

    def handle_data(self, data):
        if not self.skipping:
            self.words.append(data)

    def all(self, *tags):
        return [attributes for tag, attributes in self.elements if tag in tags]

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def page(run_folder):
    return Outline(write_run_report(run_folder).read_text(encoding="utf-8"))


def test_nothing_comes_from_elsewhere(page):
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "iframe", "object", "embed", "audio", "video"}
    for _, attributes in page.elements:
        for name in ("src", "href", "xlink:href"):
            value = attributes.get(name) or "#"
            assert value.startswith(("data:", "#")), value
    assert len(page.all("img")) >= 2


def test_the_verdict_comes_first(page, run_folder):
    headings = [tag for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    sections = page.all("section")
    assert sections[0]["class"].startswith("verdict")
    sentence = verdict_of(evaluate_run(run_folder)).sentence
    assert 0 < page.text.index(sentence) < page.text.index("Does it beat")
    assert headings[0] == "h1"
    assert headings.count("h1") == 1
    for above, below in pairwise(headings):
        assert int(below[1]) <= int(above[1]) + 1


def test_how_far_to_trust_an_answer(page):
    """Two classes, 39 groups with the likelier one: too few to promise 5 % missed."""
    trust = page.text[page.text.index("How far can an answer be trusted?") :]
    assert "Calibrated by" in trust
    assert "is what luck alone gives" in " ".join(trust.split())
    assert "cannot be promised with 95 % confidence" in " ".join(trust.split())
    assert "at least 59 are needed" in trust


def test_pictures_have_words_and_names_are_unique(page):
    assert all(image["alt"].startswith("Photo ") for image in page.all("img"))
    figures = [svg for svg in page.all("svg") if svg.get("class") == "figure"]
    assert len(figures) == 6
    assert all(svg["role"] == "img" and len(svg["aria-label"]) > 40 for svg in figures)
    names = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(names) == len(set(names))
    assert {section["aria-labelledby"] for section in page.all("section")} <= set(names)


def test_every_metric_stands_beside_both_baselines(page, run_folder):
    for result in evaluate_run(run_folder).metrics.values():
        values = (result.interval.value, result.majority, result.prior_sampling)
        for value in values:
            assert f"{value:.3f}" in page.text


def test_limits_are_always_printed(page):
    assert "Level 1 at most, one side, a likelihood, never a risk rating." in page.text
    assert "This model cannot say Imminent." in page.text
    assert "call an arborist now" in page.text
    assert not re.search(r"\bsafe", page.text, re.IGNORECASE)


def test_only_drawn_trees_get_the_banner(page, tmp_path, make_run):
    assert "never evidence about real ones" in page.text
    real = run_page(evaluate_run(make_run(tmp_path, n_trees=20)))
    assert "never evidence about real ones" not in real


def test_other_labels_are_told_apart_from_likelihoods(page, run_folder):
    evaluation = evaluate_run(run_folder)
    other = as_labelled({"leaf_off", "leaf_on"})
    scheme = replace(evaluation.config.scheme, classes=other.classes, ordered=False)
    data = replace(evaluation.config.data, scheme=scheme)
    names = dict(zip(evaluation.config.scheme.names, other.names, strict=True))
    metrics = dict(evaluation.metrics)
    for ours, theirs in names.items():
        metrics |= {
            f"{kind}_{theirs}": metrics[f"{kind}_{ours}"] for kind in ("precision", "recall", "f1")
        }
    config = replace(evaluation.config, data=data)
    outline = Outline(run_page(replace(evaluation, config=config, metrics=metrics)))
    assert "the model says nothing about whether a tree fails" in outline.text
    assert "the model says nothing about whether a tree fails" not in page.text
    assert "Told wrong" in outline.text
    assert "Beside the deck" not in outline.text


def test_the_class_of_the_decks_precision_is_told_as_inferred(page):
    assert "We infer: of Improbable" in page.text
    assert page.text.count("Improbable (we infer)") == 4


def test_a_leak_is_told_before_any_praise(tmp_path, make_run):
    run = make_run(tmp_path, n_trees=120, protocol="deck")
    outline = Outline(run_page(evaluate_run(run)))
    assert outline.all("section")[0]["class"].startswith("verdict leaking")
    text = outline.text
    leaks = text.index("The split leaks: scores flatter")
    assert (
        leaks < text.index("The split leaks: 120 groups") < text.index("better than always giving")
    )
    assert "Better than" not in text[: text.index("Does it beat")]


def test_sites_that_are_not_kept_whole_are_told(run_folder):
    evaluation = evaluate_run(run_folder)
    leak = replace(evaluation.leak, n_sites_apart=2)
    text = Outline(run_page(replace(evaluation, leak=leak))).text
    assert "no group stands on both sides; 2 sites not kept whole" in text


def test_the_same_run_gives_the_same_page(run_folder):
    evaluation = evaluate_run(run_folder)
    assert run_page(evaluation) == run_page(evaluation)


def test_a_degenerate_run_says_so_before_anything_else(tmp_path, make_run):
    run = make_run(tmp_path, n_trees=20, constant=True, epochs=0)
    outline = Outline(run_page(evaluate_run(run)))
    assert outline.all("section")[0]["class"].startswith("verdict degenerate")
    assert "Learning curves" not in outline.text
    assert "the photo was not found" in outline.text


def test_file_names_cannot_write_into_the_page(tmp_path, make_run):
    name = '"><script>alert(1)</script>.jpg'
    run = make_run(tmp_path, n_trees=20, constant=True, files=[name])
    outline = Outline(run_page(evaluate_run(run)))
    assert not outline.all("script")
    assert name in outline.text


def test_the_cards_of_a_shipped_model_stand_in_its_report(run_folder, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(run_folder, run)
    assert "The data, and the cards" not in run_page(evaluate_run(run))
    (run / "bundle").mkdir()
    (run / "bundle" / "card.md").write_text("# Model card")
    card = {"description": "9 photos of trees.", "rai:dataLimitations": ["No rated trees."]}
    (run / "bundle" / "data_card.json").write_text(json.dumps(card))
    text = run_page(evaluate_run(run))
    for part in ("9 photos of trees.", "<li>No rated trees.</li>", 'href="bundle/data_card.json"'):
        assert part in text


def test_pages_speak_to_their_reader_and_name_no_option():
    """Commands stand in code blocks; what a page says in sentences is for whoever reads it."""
    templates = Path(arborisk.__file__).parent / "report" / "templates"
    left_out = r"<(pre|code|style|script)\b.*?</\1>|<!--.*?-->|<[^>]*>"
    named = [
        f"{template.name}: {option}"
        for template in sorted(templates.glob("*.html.j2"))
        for option in re.findall(
            r"(?<![\w-])--[a-z]+", re.sub(left_out, "", template.read_text(), flags=re.DOTALL)
        )
    ]
    assert named == []
