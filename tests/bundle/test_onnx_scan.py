"""What an ONNX file of a bundle must not hold."""

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arborisk.bundle.files import refuse_unsafe_onnx
from arborisk.bundle.load import load_bundle
from arborisk.bundle.record import BundleRecord
from arborisk.errors import BundleError

onnx = pytest.importorskip("onnx")


@pytest.fixture
def model(fake_bundle):
    return onnx.load(fake_bundle / "model.onnx")


def refusal(model) -> str:
    with pytest.raises(BundleError) as caught:
        refuse_unsafe_onnx(model.SerializeToString(), "model.onnx")
    return caught.value.found


def point_outside(tensor, location):
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)


def test_a_plain_network_passes(model):
    refuse_unsafe_onnx(model.SerializeToString(), "model.onnx")


@pytest.mark.parametrize("location", ["/etc/passwd", "../../secret", "weights.bin"])
def test_weights_in_another_file(model, location):
    point_outside(model.graph.initializer[0], location)
    assert "external data" in refusal(model)


def test_external_data_without_its_flag_or_its_list(model):
    model.graph.initializer[0].external_data.add(key="location", value="/etc/passwd")
    assert "external data" in refusal(model)
    del model.graph.initializer[0].external_data[:]
    model.graph.initializer[0].data_location = onnx.TensorProto.EXTERNAL
    assert "external data" in refusal(model)


def test_external_data_inside_a_constant(model):
    tensor = onnx.helper.make_tensor("t", onnx.TensorProto.FLOAT, [1], [0.0])
    point_outside(tensor, "/etc/passwd")
    model.graph.node.append(onnx.helper.make_node("Constant", [], ["c"], value=tensor))
    assert "external data" in refusal(model)


def test_external_data_inside_a_sparse_tensor(model):
    point_outside(model.graph.sparse_initializer.add().values, "/etc/passwd")
    assert "external data" in refusal(model)


def test_operators_of_another_domain(model):
    model.graph.node.append(onnx.helper.make_node("Run", [], ["x"], domain="evil"))
    assert "'evil'" in refusal(model)


def test_another_domain_among_the_imports(model):
    model.opset_import.append(onnx.helper.make_opsetid("com.microsoft", 1))
    assert "com.microsoft" in refusal(model)


def test_loops_and_branches(model):
    body = onnx.helper.make_graph([], "body", [], [])
    model.graph.node.append(onnx.helper.make_node("Loop", ["n", "c"], ["x"], body=body))
    assert "subgraph" in refusal(model)


def test_local_functions(model):
    model.functions.append(
        onnx.helper.make_function(
            "", "F", [], ["y"], [], opset_imports=[onnx.helper.make_opsetid("", 17)]
        )
    )
    assert "local functions" in refusal(model)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_refused_or_passed_but_never_crash(data):
    content = data.draw(st.binary(max_size=200))
    try:
        refuse_unsafe_onnx(content, "model.onnx")
    except BundleError:
        return


def test_a_cut_file_is_refused(model):
    with pytest.raises(BundleError, match="no ONNX model"):
        refuse_unsafe_onnx(model.SerializeToString()[:-1], "model.onnx")


def test_a_signed_bundle_with_external_data_is_refused(fake_bundle, model):
    point_outside(model.graph.initializer[0], "/etc/passwd")
    content = model.SerializeToString()
    (fake_bundle / "model.onnx").write_bytes(content)
    record = json.loads((fake_bundle / "bundle.json").read_text())
    record["files"]["model.onnx"] = hashlib.sha256(content).hexdigest()
    record["bundle_id"] = BundleRecord.model_validate_json(json.dumps(record)).computed_id()
    (fake_bundle / "bundle.json").write_text(json.dumps(record))
    with pytest.raises(BundleError, match="external data"):
        load_bundle(fake_bundle)
