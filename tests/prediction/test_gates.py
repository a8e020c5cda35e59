"""Which photos are fit to be judged, and which gates can tell."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from arborisk.bundle.load import load_bundle
from arborisk.models.table import MODELS
from arborisk.prediction.gates.gating import (
    GATES,
    LITE2_FROM,
    WIDTHS,
    GateHeads,
    Gating,
    gate_alarms,
    load_gate_heads,
)

ORIGINALS = Path(__file__).parents[2].parent / "shared" / "photos" / "nars" / "original"
FINE = {"dark": 30.0, "middle": 120.0, "bright": 220.0, "blur": 0.0, "distance": 0.0}


@pytest.fixture
def gating(bundle):
    return Gating(bundle)


@pytest.fixture
def with_heads(gating):
    """Gates of a bundle whose network the heads fit; 1 says yes, -1 no."""
    gating.limits |= {rule.number: 0.0 for rule in gating.rules.gates if rule.gate in GATES}
    gating.off = {}
    return gating


def actions(gating, **changed):
    fitness = FINE | dict.fromkeys(GATES, 1.0) | changed
    return [(finding.gate, finding.action) for finding in gating.findings(fitness)]


def test_a_fine_photo_is_let_through(gating):
    assert actions(gating) == []


@pytest.mark.parametrize(
    ("changed", "gate"),
    [({"bright": 60.0}, "exposure"), ({"middle": 250.0}, "exposure"), ({"blur": 1.0}, "blur")],
)
def test_photos_of_poor_light_or_no_detail_are_to_be_taken_again(gating, changed, gate):
    assert actions(gating, **changed) == [(gate, "retake")]


@pytest.mark.parametrize(
    ("gate", "action"),
    [("tree", "not_a_tree"), ("photo", "retake"), ("whole", "retake"), ("leaf", "note")],
)
def test_what_a_photo_shows(with_heads, gate, action):
    assert actions(with_heads, **{gate: -1.0}) == [(gate, action)]


def test_what_is_unlike_training_asks_for_a_person(gating):
    gating.limits[11] = 5.0
    assert actions(gating, distance=6.0) == [("unlike", "level_2")]


def test_gates_that_cannot_tell_are_off_and_say_why(gating):
    lines = "\n".join(gating.lines())
    for gate in GATES:
        assert f"Gate off, {gate}: they need the embedding of the default model" in lines
    assert "Gate off, unlike: 9 groups of training photos are too few" in lines


def test_few_training_groups_say_what_unlike_can_promise(gating):
    few = dataclasses.replace(gating.reference, group=np.arange(9, dtype=np.int32) % 9)
    gating.reference, gating.off = few, {}
    assert gating.lines() == [
        "Gate unlike: with 9 groups of training photos it may stop 10.0 % of photos like them on "
        "average, and up to 28 %."
    ]


def test_drawings_are_let_through_by_models_of_drawn_trees(bundle, monkeypatch):
    monkeypatch.setattr(GateHeads, "fits", lambda self, probe: True)
    changed = {"drawn": True, "gate_alarms": {"whole": 0.9, "leaf": 0.01}}
    description = bundle.description.model_copy(update=changed)
    record = bundle.record.model_copy(update={"description": description})
    gating = Gating(dataclasses.replace(bundle, record=record))
    assert gating.off["photo"] == "the model was trained on drawn trees"
    assert gating.off["whole"] == "90 % of the training photos are like that"
    assert "leaf" not in gating.off


def test_the_heads_of_the_package_fit_the_default_model_alone():
    heads = load_gate_heads()
    assert heads.weight.shape[0] == len(heads.bias) == len(GATES)
    assert not heads.fits(np.zeros(4, np.float32))
    assert not any(heads.fits(np.zeros(width, np.float32)) for width in WIDTHS)
    assert heads.facts["gates"]["tree"]["stopped_wrongly"]["n_groups"] > 50


def test_the_heads_read_lite2_where_it_stands_in_an_embedding():
    for width, model in WIDTHS.items():
        parts = MODELS[model].parts
        start = LITE2_FROM[model]
        assert sum(parts) == width
        assert start == sum(parts[: len(parts) - 2 if model == "efficientnet_pair" else 0])
    heads = load_gate_heads()
    own = np.random.default_rng(0).random((3, heads.weight.shape[1]), dtype=np.float32)
    new = np.hstack([own, np.ones((3, 168), np.float32)])
    old = np.hstack([np.ones((3, 1392), np.float32), own])
    assert np.allclose(heads.scores(new), heads.scores(old))


def test_what_photos_of_trees_do_not_excite_speaks_against_a_tree():
    """Two numbers; trees vary along the first: a move along the second counts in full."""
    facts = {"per_residual": 2.0, "gates": {}}
    ones, zeros = np.ones(1400, np.float32), np.zeros(1400, np.float32)
    first, second = np.eye(2, 1400, dtype=np.float32)
    heads = GateHeads(np.zeros((4, 1400), np.float32), zeros[:4], zeros, ones, first[None], facts)
    moved = np.zeros((2, 1568), np.float32)
    moved[:, :1400] = 3 * first, 3 * second
    assert heads.scores(moved)[:, 0].tolist() == [0.0, -6.0]
    assert not heads.scores(moved)[:, 1:].any()


def test_shares_of_training_photos_that_gates_would_stop():
    heads = load_gate_heads()
    towards = heads.weight[1] / (heads.weight[1] ** 2).sum()
    embedding = np.zeros((4, 1568), np.float32)
    steps = np.array([99.0, 99.0, -99.0, 99.0]) - heads.bias[1]
    embedding[:, :1400] = steps[:, None] * towards
    assert gate_alarms(embedding)["whole"] == 0.25
    assert gate_alarms(np.zeros((2, 7), np.float32)) == gate_alarms(None) == {}


def test_a_run_keeps_what_was_measured(bundle, photos, tmp_path):
    from arborisk.prediction.run import predict_photos

    predict_photos(bundle, photos, tmp_path / "out.csv")
    journal = (tmp_path / "out.csv.journal.jsonl").read_text().splitlines()
    line = json.loads(journal[1])
    assert set(line["fitness"]) == {"dark", "middle", "bright", "blur", "distance"}


def test_a_bundle_holds_its_reference_and_data_card(fake_bundle):
    bundle = load_bundle(fake_bundle)
    assert bundle.reference.n_groups == 9
    assert json.loads((fake_bundle / "data_card.json").read_text()) == {"name": "noise"}


@pytest.mark.skipif(not ORIGINALS.is_dir(), reason="shared photos are not here")
def test_phone_photos_are_neither_dark_nor_burnt(gating):
    from arborisk.bundle.reference import LIGHT_FACTS, light_facts
    from arborisk.preprocess.prepare import prepare_file
    from arborisk.preprocess.settings import PreprocessSettings

    settings = PreprocessSettings(size_px=224, channels=3, crop="stretch")
    for path in sorted(ORIGINALS.iterdir()):
        facts = dict(zip(LIGHT_FACTS, light_facts(prepare_file(path, settings)), strict=True))
        assert actions(gating, bright=facts["bright"], middle=facts["middle"]) == []
