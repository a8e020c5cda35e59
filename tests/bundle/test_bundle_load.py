"""Bundles from strangers: each thing that can be wrong is refused by its name."""

import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save

from arborisk.bundle.files import MAX_BYTES
from arborisk.bundle.load import load_bundle
from arborisk.bundle.record import BundleDescription, BundleRecord
from arborisk.errors import BundleError


def edit(folder: Path, change, *, sign: bool) -> None:
    """Changes bundle.json; `sign` makes its id fit again, as a hostile maker would."""
    path = folder / "bundle.json"
    content = json.loads(path.read_text())
    change(content)
    if sign:
        content["bundle_id"] = BundleRecord.model_validate_json(json.dumps(content)).computed_id()
    path.write_text(json.dumps(content))


def exchange(folder: Path, name: str, content: bytes) -> None:
    """Puts another file in place and makes every hash fit."""
    import hashlib

    (folder / name).write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    edit(folder, lambda record: record["files"].update({name: digest}), sign=True)


def test_a_bundle_opens_and_answers(fake_bundle, fake_arrays):
    answer = load_bundle(fake_bundle).predict(fake_arrays)
    assert answer.probability.shape == (9, 3)
    np.testing.assert_allclose(answer.probability.sum(axis=1), 1, atol=1e-12)
    assert answer.embedding.shape[0] == answer.feature_map.shape[0] == 9


@pytest.mark.parametrize("batch_size", [1, 4, 7])
def test_answers_do_not_depend_on_the_batch(fake_bundle, fake_arrays, batch_size):
    bundle = load_bundle(fake_bundle)
    whole = bundle.predict(fake_arrays).probability
    parts = [
        bundle.predict(fake_arrays[i : i + batch_size]).probability for i in range(0, 9, batch_size)
    ]
    np.testing.assert_allclose(np.concatenate(parts), whole, atol=1e-6)


def test_a_run_folder_stands_for_its_bundle(fake_bundle):
    assert load_bundle(fake_bundle.parent).folder == fake_bundle


def test_a_moved_bundle_keeps_its_id(fake_bundle, tmp_path):
    before = load_bundle(fake_bundle).bundle_id
    fake_bundle.rename(tmp_path / "elsewhere")
    assert load_bundle(tmp_path / "elsewhere").bundle_id == before


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((1, 32, 32, 1), np.uint8),
        np.zeros((1, 32, 32, 3), np.float32),
        np.zeros((0, 32, 32, 3), np.uint8),
    ],
    ids=["channels", "type", "empty"],
)
def test_wrong_arrays_are_refused(fake_bundle, array):
    with pytest.raises(BundleError, match=r"arrays of uint8 and shape \(n, 32, 32, 3\)"):
        load_bundle(fake_bundle).predict(array)


def test_no_bundle(tmp_path):
    with pytest.raises(BundleError, match=r"a bundle .* or a run folder; found neither"):
        load_bundle(tmp_path)
    with pytest.raises(BundleError, match="found nothing"):
        load_bundle(tmp_path / "missing")


@pytest.mark.parametrize("name", sorted(MAX_BYTES))
class TestFiles:
    def test_damaged(self, fake_bundle, name):
        path = fake_bundle / name
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        what = "a valid bundle.json|the content that bundle_id" if name == "bundle.json" else name
        with pytest.raises(BundleError, match=what):
            load_bundle(fake_bundle)

    def test_missing(self, fake_bundle, name):
        (fake_bundle / name).unlink()
        what = "a bundle" if name == "bundle.json" else f"the file {name}"
        with pytest.raises(BundleError, match=what):
            load_bundle(fake_bundle)

    def test_a_link_is_not_followed(self, fake_bundle, tmp_path, name):
        outside = tmp_path / "outside"
        (fake_bundle / name).rename(outside)
        (fake_bundle / name).symlink_to(outside)
        with pytest.raises(BundleError, match=f"{name} to be a plain file"):
            load_bundle(fake_bundle)

    def test_too_large(self, fake_bundle, name):
        os.truncate(fake_bundle / name, MAX_BYTES[name] + 1)  # sparse: takes no space
        with pytest.raises(BundleError, match=f"{name} of at most"):
            load_bundle(fake_bundle)


def test_a_pipe_does_not_hang(fake_bundle):
    (fake_bundle / "card.md").unlink()
    os.mkfifo(fake_bundle / "card.md")
    with pytest.raises(BundleError, match=r"card\.md to be a plain file"):
        load_bundle(fake_bundle)


def test_a_change_by_hand_shows(fake_bundle):
    def swap(record):
        record["description"]["scheme"]["classes"][0]["title"] = "Fine"

    edit(fake_bundle, swap, sign=False)
    with pytest.raises(BundleError, match="changed by hand or damaged"):
        load_bundle(fake_bundle)


@pytest.mark.parametrize("version", [1, 3, "2", None, [2]])
def test_other_versions(fake_bundle, version):
    edit(fake_bundle, lambda record: record.update(format_version=version), sign=False)
    with pytest.raises(BundleError, match="bundle format version 2; found version"):
        load_bundle(fake_bundle)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"format_version": 2}']
)
def test_other_json(fake_bundle, content):
    (fake_bundle / "bundle.json").write_bytes(content)
    with pytest.raises(BundleError, match=r"a valid bundle\.json"):
        load_bundle(fake_bundle)


def _set(path, value):
    def change(record):
        *parents, last = path
        for key in parents:
            record = record[key]
        record[last] = value

    return change


CLASSES = ("description", "scheme", "classes")
BAD_FIELDS = {
    "unknown key": (("description", "run_this"), "x", "run_this"),
    "file outside": (("files", "../../etc/passwd"), "0" * 64, "passwd"),
    "no hash": (("files", "model.onnx"), "short", r"model\.onnx"),
    "huge picture": (("description", "preprocess", "size_px"), 10**6, "size_px"),
    "class used twice": ((*CLASSES, 1, "name"), "Im", "used twice"),
    "escape sequence": ((*CLASSES, 0, "title"), "A\x1b[2Jfine", "cannot be printed"),
    "formula": ((*CLASSES, 0, "name"), "=HYPERLINK(1)", "classes"),
    "claims Imminent": (("description", "scheme", "isa_words", "Pr"), ["Imminent"], "isa_words"),
    "not for study": (("description", "scheme", "study_only"), True, "study_only"),
    "shares": (("description", "training_share", "Im"), 0.1, "sum to 1"),
    "share names": (("description", "training_share"), {"a": 1.0}, "does not name"),
    "not a number": (("description", "scores", "macro_f1", "value"), float("nan"), "value"),
    "measured refit": (("description", "kind"), "refit", "a refit has no measured score"),
    "no protocol": (("description", "protocol"), None, "states the protocol"),
    "caution that moves a cursor": (("description", "cautions"), ["\x1b[2J"], "cannot be printed"),
}


@pytest.mark.parametrize(("path", "value", "match"), BAD_FIELDS.values(), ids=BAD_FIELDS)
def test_fields_that_cannot_be(fake_bundle, path, value, match):
    edit(fake_bundle, _set(path, value), sign=False)
    with pytest.raises(BundleError, match=rf"a valid bundle\.json; found .*{match}"):
        load_bundle(fake_bundle)


def test_messages_hold_no_escape_sequences(fake_bundle):
    edit(fake_bundle, _set(("description", "a\x1b[2Jb"), 1), sign=False)
    with pytest.raises(BundleError) as caught:
        load_bundle(fake_bundle)
    assert "\x1b" not in str(caught.value)


def test_labels_that_do_not_fit_the_network(fake_bundle):
    def drop_a_class(record):
        description = record["description"]
        description["scheme"]["classes"].pop(1)
        description["scheme"]["isa_words"].pop("Po")
        description["scheme"]["study_only"] = True
        description["training_share"] = {"Im": 0.8, "Pr": 0.2}
        description["calibration"] = record["files"]["calibration.safetensors"] = None

    edit(fake_bundle, drop_a_class, sign=True)
    with pytest.raises(BundleError, match=r"width of the output \(labels\) 2; found 3"):
        load_bundle(fake_bundle)


def test_preprocessing_that_does_not_fit_the_network(fake_bundle):
    edit(fake_bundle, _set(("description", "preprocess", "size_px"), 64), sign=True)
    with pytest.raises(BundleError, match=re.escape("(64, 64, 3)")):
        load_bundle(fake_bundle)


def test_a_network_of_another_bundle(fake_bundle):
    parity = json.loads((fake_bundle / "parity.json").read_text())
    parity["probe_probability"] = [0.9, 0.05, 0.05]
    exchange(fake_bundle, "parity.json", json.dumps(parity).encode())
    with pytest.raises(BundleError, match="the answer to the probe"):
        load_bundle(fake_bundle)


@pytest.mark.parametrize("content", [b"", b"no network", b"\x00\x00\x00\x00ORTM" + b"\0" * 40])
def test_a_model_file_that_is_no_onnx(fake_bundle, content):
    exchange(fake_bundle, "model.onnx", content)
    with pytest.raises(BundleError, match=r"a network that ONNX Runtime can load|no ONNX model"):
        load_bundle(fake_bundle)


def rewritten(fake_bundle, change):
    """Exchanges the calibration table for one with changed arrays."""
    path = fake_bundle / "calibration.safetensors"
    arrays = load_file(path)
    change(arrays)
    exchange(fake_bundle, path.name, save(arrays))


BAD_TABLES = {
    "a class too many": (lambda a: a.update(class_index=a["class_index"] + 1), "class_index from"),
    "a member too many": (lambda a: a.update(member=a["member"] + 1), "member from 0 to 1"),
    "a group below 0": (lambda a: a.update(group=a["group"] - 1), "group from 0"),
    "no tree": (lambda a: a.pop("tree"), "the arrays"),
    "not a number": (
        lambda a: a.update(log_probability=a["log_probability"] * np.float32("nan")),
        "finite log-probabilities",
    ),
    "chances above 1": (
        lambda a: a.update(log_probability=a["log_probability"] * 0 + np.float32(1)),
        "finite log-probabilities",
    ),
    "another width": (
        lambda a: a.update(log_probability=a["log_probability"][:, :2].copy()),
        "the arrays",
    ),
}


@pytest.mark.parametrize(("change", "message"), BAD_TABLES.values(), ids=BAD_TABLES)
def test_a_calibration_table_that_cannot_be(fake_bundle, change, message):
    rewritten(fake_bundle, change)
    with pytest.raises(BundleError, match=message):
        load_bundle(fake_bundle)


def test_a_calibration_of_another_network(fake_bundle):
    edit(fake_bundle, _set(("description", "calibration", "model_sha256"), "0" * 64), sign=True)
    with pytest.raises(BundleError, match=r"a calibration of model\.onnx with hash"):
        load_bundle(fake_bundle)


def test_a_calibration_table_that_is_no_table(fake_bundle):
    exchange(fake_bundle, "calibration.safetensors", b"\x00" * 40)
    with pytest.raises(BundleError, match="a safetensors file"):
        load_bundle(fake_bundle)


@pytest.mark.parametrize("kept", ["scores", "calibration"])
def test_neither_a_score_nor_a_calibration_alone_goes_with_a_refit(fake_bundle, kept):
    empty = {"scores": {}, "calibration": None}
    description = load_bundle(fake_bundle).description
    assert description.scores and description.calibration
    content = description.model_dump(mode="json") | {"kind": "refit"}
    del empty[kept]
    with pytest.raises(ValueError, match="a refit has no measured score"):
        BundleDescription.model_validate(content | empty)
    refit = BundleDescription.model_validate(content | {"scores": {}, "calibration": None})
    assert refit.kind == "refit"
