"""What is written is what can be read, or nothing is written."""

import os
import shutil

import numpy as np
import pytest
from safetensors.numpy import load_file

from arborisk.bundle.load import load_bundle
from arborisk.bundle.write import write_bundle
from arborisk.errors import BundleError


def rewrite(folder, source, **changes):
    bundle = load_bundle(source)
    content = {
        "model": (source / "model.onnx").read_bytes(),
        "weights": load_file(source / "weights.safetensors"),
        "description": bundle.description,
        "parity": bundle.parity,
        "data": "Noise.",
        "licence": "Apache-2.0",
        "calibration": bundle.calibration and bundle.calibration.table,
        "reference": bundle.reference,
        "data_card": (source / "data_card.json").read_text(),
    }
    content |= changes
    if content["description"].calibration is None:
        content["calibration"] = None
    return write_bundle(folder, **content)


def test_the_same_content_has_the_same_id(fake_bundle, tmp_path):
    written = rewrite(tmp_path / "again", fake_bundle)
    assert written.bundle_id == load_bundle(fake_bundle).bundle_id
    assert sorted(path.name for path in written.folder.iterdir()) == [
        "bundle.json",
        "calibration.safetensors",
        "card.md",
        "data_card.json",
        "model.onnx",
        "parity.json",
        "reference.safetensors",
        "weights.safetensors",
    ]


def test_a_stated_calibration_without_its_table_is_refused(fake_bundle, tmp_path):
    with pytest.raises(BundleError, match="a table for the stated calibration; found none"):
        rewrite(tmp_path / "again", fake_bundle, calibration=None)
    assert not (tmp_path / "again").exists()


def test_any_change_of_content_changes_the_id(fake_bundle, tmp_path, fake_arrays):
    before = load_bundle(fake_bundle)
    weights = {"other": np.zeros(1, np.float32)}
    assert rewrite(tmp_path / "a", fake_bundle, weights=weights).bundle_id != before.bundle_id
    assert rewrite(tmp_path / "b", fake_bundle, licence="MIT").bundle_id != before.bundle_id


def test_a_bundle_replaces_a_bundle_and_nothing_else(fake_bundle, tmp_path):
    rewrite(fake_bundle, fake_bundle, licence="MIT")
    assert "MIT" in (fake_bundle / "card.md").read_text()
    other = tmp_path / "thesis"
    other.mkdir()
    (other / "chapter.txt").write_text("years of work")
    with pytest.raises(BundleError, match="an empty place for the bundle; found other files"):
        rewrite(other, fake_bundle)
    assert (other / "chapter.txt").read_text() == "years of work"


@pytest.mark.parametrize(("move", "done"), [(1, False), (1, True), (2, False), (2, True)])
def test_a_stop_while_names_change_loses_no_bundle(fake_bundle, tmp_path, monkeypatch, move, done):
    source = shutil.copytree(fake_bundle, tmp_path / "source")
    before = load_bundle(fake_bundle).bundle_id
    moves = []

    def stop(old, new, real=os.replace):
        moves.append(new)
        if len(moves) != move:
            real(old, new)
            return
        if done:
            real(old, new)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        rewrite(fake_bundle, source, licence="MIT")
    is_new = load_bundle(fake_bundle).bundle_id != before
    assert is_new == (move == 2 and done)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_bundle_that_cannot_be_read_is_not_left_behind(fake_bundle, tmp_path):
    with pytest.raises(BundleError):
        rewrite(tmp_path / "out" / "new", fake_bundle, model=b"no network")
    assert list((tmp_path / "out").iterdir()) == []


def test_the_card_says_what_a_reader_must_know(fake_bundle):
    card = (fake_bundle / "card.md").read_text()
    for text in (
        "never a risk rating",
        "This model cannot say Imminent.",
        "| Pr | Probable | Probable, Imminent | 12.0 % |",
        "| macro_f1 | 0.500 | 0.400 to 0.600 | 0.270 | not defined | 458 | 120 |",
        "Each was measured on groups that it had not seen; the average itself on none.",
        "calibrated by temperature scaling with a bias for each class",
        "| log-loss | 0.900 | 0.800 |",
        "| Probable | 20 | 78 % to 98 % | cannot be promised: 59 groups are needed |",
        "Apache-2.0",
    ):
        assert text in card
    assert "safe" not in card.lower()


def test_the_card_begins_with_the_cautions_and_owns_to_a_leak(
    fake_bundle, tmp_path, fake_description
):
    change = {
        "kind": "held_out",
        "protocol": "deck",
        "n_groups_spanning_parts": 31,
        "cautions": ("The split leaks: these scores flatter.",),
    }
    leaking = fake_description.model_copy(update=change)
    written = rewrite(tmp_path / "leaking", fake_bundle, description=leaking)
    assert written.description == leaking
    card = (written.folder / "card.md").read_text()
    cautions, use = card.index("- The split leaks: these scores flatter."), card.index("## Use")
    assert card.index("## Cautions") < cautions < use
    for text in (
        "measured on photos held back from its training; of some groups it had seen other photos.",
        "The split is at random by photo, whatever group it shows.",
        "Groups with photos on both sides: 31.",
    ):
        assert text in card
    assert "## Cautions" not in (fake_bundle / "card.md").read_text()


def test_the_card_of_a_refit_says_so_and_has_no_score(fake_bundle, tmp_path, fake_description):
    refit = fake_description.model_copy(update={"kind": "refit", "scores": {}})
    written = rewrite(tmp_path / "refit", fake_bundle, description=refit)
    card = (written.folder / "card.md").read_text()
    assert "never measured" in card
    assert "no likelihood sets and no promise on misses: it is a refit" in card
    assert "Probabilities are not calibrated" in card
    assert "macro_f1" not in card
