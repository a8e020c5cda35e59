"""The honest verdict, and what is said beside it."""

from dataclasses import replace

import numpy as np
import pytest

from arborisk.evaluation.evaluate import evaluate_run
from arborisk.evaluation.verdict import HEADLINE, verdict_of
from arborisk.records import Interval


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory, make_run):
    return evaluate_run(make_run(tmp_path_factory.mktemp("verdict"), n_trees=60))


def with_interval(evaluation, interval):
    """The evaluation with another interval of the metric of the verdict."""
    result = replace(evaluation.metrics[HEADLINE], interval=interval, majority=0.5)
    return replace(evaluation, metrics={**evaluation.metrics, HEADLINE: result})


@pytest.mark.parametrize(
    ("interval", "standing", "words"),
    [
        (Interval(0.71, 0.62, 0.80), "better", "a gain of 0.21 (95 % interval 0.12 to 0.30)"),
        (Interval(0.55, 0.49, 0.61), "undecided", "Not distinguishable from"),
        (Interval(0.55, 0.50, 0.60), "undecided", "inside the 95 % interval 0.50 to 0.60"),
        (Interval(0.40, 0.33, 0.47), "worse", "Worse than always giving the majority class"),
        (
            Interval(0.95, None, None, note="too few trees for an interval"),
            "undecided",
            "0.95 against 0.50, but too few trees for an interval",
        ),
    ],
)
def test_the_interval_decides(evaluation, interval, standing, words):
    verdict = verdict_of(with_interval(evaluation, interval))
    assert verdict.standing == standing
    assert words in verdict.sentence


def test_a_constant_answer_is_degenerate_however_accurate(tmp_path, make_run):
    verdict = verdict_of(evaluate_run(make_run(tmp_path, n_trees=40, constant=True)))
    assert verdict.standing == "degenerate"
    assert verdict.sentence.startswith("Degenerate: the model calls 120 of 120 photos 'Improbable'")
    assert "Accuracy misleads" in verdict.sentence


def test_a_leak_comes_before_any_praise(tmp_path, make_run):
    verdict = verdict_of(evaluate_run(make_run(tmp_path, n_trees=120, protocol="deck")))
    assert verdict.standing == "leaking"
    assert verdict.sentence.startswith("The split leaks: 120 groups (360 photos)")
    assert "flatter" in verdict.sentence
    assert "These scores say: better than always giving" in verdict.sentence
    (caution,) = verdict.cautions
    assert "follows the deck" in caution


def test_one_answer_for_all_comes_even_before_a_leak(tmp_path, make_run):
    run = make_run(tmp_path, n_trees=40, protocol="deck", constant=True)
    verdict = verdict_of(evaluate_run(run))
    assert verdict.standing == "degenerate"
    assert verdict.cautions[0].startswith("The split leaks")


def test_sites_on_both_sides_are_told(evaluation):
    leak = replace(evaluation.leak, n_sites_apart=3)
    verdict = verdict_of(replace(evaluation, leak=leak))
    assert verdict.standing == "better"
    assert "3 sites have photos on both sides" in verdict.cautions[0]


def test_accuracy_at_or_below_the_majority_is_told(evaluation):
    accuracy = evaluation.metrics["accuracy"]
    assert verdict_of(evaluation).cautions == ()
    poor = replace(accuracy, majority=accuracy.interval.value)
    told = verdict_of(replace(evaluation, metrics={**evaluation.metrics, "accuracy": poor}))
    assert "is not above" in told.cautions[0]


def test_imminent_labels_are_named_with_what_they_count_as(evaluation):
    assert not any("Imminent" in caution for caution in verdict_of(evaluation).cautions)
    place = evaluation.predictions.label.index("Probable")
    label = list(evaluation.predictions.label)
    label[place] = "Imminent"
    predictions = replace(evaluation.predictions, label=tuple(label))
    first = verdict_of(replace(evaluation, predictions=predictions)).cautions[0]
    assert first.startswith("1 photo was rated Imminent by people, and counts here as Probable")
    assert "keep people away" in first


def test_a_class_that_is_never_said_is_named(evaluation):
    confusion = np.array([[30, 0], [5, 0]])
    silent = replace(evaluation, confusion=confusion, degenerate=None)
    title = silent.config.scheme.titles[1]
    own = [
        group
        for group, number in zip(
            silent.predictions.group, silent.predictions.class_index, strict=True
        )
        if number == 1
    ]
    told = (
        f"The model never says {title}: to none of {silent.n_photos} photos, of which {len(own)} "
        f"(of {len(set(own))} groups) are {title}."
    )
    assert told in verdict_of(silent).headline
    (about,) = silent.as_json()["about"]["never_said"]
    assert (about["title"], about["n_photos"], about["n_groups"]) == (
        title,
        len(own),
        len(set(own)),
    )
    assert evaluation.as_json()["about"]["never_said"] == []
    heard = replace(silent, confusion=np.array([[29, 1], [5, 0]]))
    assert "never says" not in verdict_of(heard).headline
