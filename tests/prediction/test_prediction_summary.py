"""What every run says to people."""

import copy
import dataclasses
import json

import pytest

from arborisk.calibration.misses import MissRule
from arborisk.prediction.options import AnswerOptions
from arborisk.prediction.run import predict_photos


def described(summary, change):
    """The summary of a bundle that states something else."""
    bundle = summary.answering.bundle
    changed = bundle.description.model_copy(update=change)
    answering = copy.copy(summary.answering)
    record = bundle.record.model_copy(update={"description": changed})
    answering.bundle = dataclasses.replace(bundle, record=record)
    return dataclasses.replace(summary, answering=answering)


@pytest.fixture
def summary(bundle, photos, tmp_path):
    return predict_photos(bundle, photos, tmp_path / "out.csv")


def test_the_message_stands_under_every_run(summary):
    text = "\n".join(summary.lines())
    assert text.endswith(
        "This model cannot say Imminent. Lifted soil or roots, a fresh crack, a hanging limb, "
        "a sudden lean: keep people away and call an arborist now."
    )
    assert "at most a Level 1 limited visual assessment" in text
    assert "never a risk rating" in text
    assert "safe" not in text.lower()


def test_training_shares_stand_beside_the_counts(summary):
    text = "\n".join(summary.lines())
    for name, title, share in (("Im", "Improbable", "70.0"), ("Pr", "Probable", "12.0")):
        assert f"{name} ({title}): {summary.counts[name]} of 7 photos (training {share} %)" in text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [({"kind": "refit", "scores": {}}, "never measured"), ({}, "ascending by likelihood")],
)
def test_what_a_reader_must_know_of_the_model(summary, change, sentence):
    assert sentence in "\n".join(described(summary, change).lines())


def test_cautions_stand_before_the_counts(summary):
    caution = "Degenerate: the model calls 9 of 9 photos 'Improbable'."
    cautioned = described(summary, {"cautions": (caution,)})
    assert cautioned.lines()[1] == f"Caution: {caution}"
    assert cautioned.as_json()["cautions"] == [caution]
    assert "Caution" not in "\n".join(summary.lines())


def test_a_scheme_that_leaves_a_class_out_is_for_study(summary):
    scheme = summary.description.scheme.model_copy(update={"study_only": True})
    assert "For study only" in "\n".join(described(summary, {"scheme": scheme}).lines())


def test_the_summary_for_programs(summary):
    content = json.loads(json.dumps(summary.as_json()))
    assert content["n_photos"] == 9
    assert content["training_share"] == {"Im": 0.7, "Po": 0.18, "Pr": 0.12}
    assert sum(content["failures"].values()) == content["n_failed"] == 2


def test_programs_are_told_how_probabilities_were_calibrated(summary):
    assert json.loads(json.dumps(summary.as_json()))["calibration"] == (
        summary.description.calibration.method
    )


def test_programs_get_every_number_under_its_name(bundle, photos, tmp_path):
    options = AnswerOptions(prevalence={"Im": 0.8, "Po": 0.15, "Pr": 0.05})
    done = predict_photos(bundle, photos, tmp_path / "out.csv", options=options)
    content = json.loads(json.dumps(done.as_json()))
    assert content["prevalence"] == pytest.approx({"Im": 0.8, "Po": 0.15, "Pr": 0.05})
    assert content["miss_rule"] is None and content["answer_costs"] is None
    rule = MissRule(2, 0.2, 0.9, 0.31, 30, 2, 3, 0.6)
    answering = copy.copy(done.answering)
    answering.miss_rule = rule
    ruled = dataclasses.replace(done, answering=answering)
    told = json.loads(json.dumps(ruled.as_json()))["miss_rule"]
    assert (told["class"], told["threshold"], told["confidence"]) == ("Pr", 0.31, 0.9)
    assert (told["miss_rate"], told["n_groups"], told["n_missed"]) == (0.2, 30, 2)
    assert "with 90 % confidence at most" in "\n".join(ruled.lines())
