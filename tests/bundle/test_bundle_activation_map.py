"""Exact class activation maps out of a bundle: they add up to what the network says."""

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from arborisk.bundle.activation_map import (
    Contrast,
    Question,
    contrast_question,
    exact_map,
    usual_question,
)
from arborisk.bundle.linear_head import log_probability, read_linear_head, why_not
from arborisk.bundle.load import load_bundle
from arborisk.errors import BundleError

torch = pytest.importorskip("torch")

ISA = ("Improbable", "Possible", "Probable")
KINDS = ["nominal", "cumulative_link", "corn"]


@pytest.fixture
def bundle_of(tmp_path, fake_description, fake_arrays):
    """Writes and opens a bundle of given networks: `bundle_of(networks, **description)`."""
    from arborisk.models.export import export_bundle

    def write(networks, **changes):
        changes = {"n_members": len(networks), "kind": "refit", "scores": {}} | changes
        export_bundle(
            networks,
            tmp_path / "own",
            description=fake_description.model_copy(update=changes),
            arrays=fake_arrays,
            data="Noise.",
            licence="Apache-2.0",
        )
        return load_bundle(tmp_path / "own")

    return write


def with_head(network, kind, seed):
    """A fake network under a last layer of some kind, with weights of some size."""
    from arborisk.models.network import make_head

    torch.manual_seed(seed)
    head = make_head(kind, 4, 3)
    with torch.no_grad():
        for weight in head.parameters():
            weight.add_(0.5 * torch.randn_like(weight))
    return network.with_classifier(head)


@pytest.mark.parametrize("shared", [True, False], ids=["one body", "two bodies"])
def test_places_and_constant_add_up_to_the_contrast(bundle_of, fake_network, fake_arrays, shared):
    first = fake_network(0)
    second = with_head(first, "nominal", 5) if shared else fake_network(1)
    bundle = bundle_of([first, second])
    output = bundle.predict(fake_arrays)
    head = read_linear_head(bundle)
    for contrast in (Contrast(2, (0, 1)), Contrast(0, (2,))):
        found = exact_map(head, contrast_question(contrast, ISA), output.feature_map)
        wanted = output.member_log_probability.mean(axis=1) @ contrast.weights(3)
        np.testing.assert_allclose(found.score, wanted, atol=1e-5)
        np.testing.assert_allclose(found.place_score.mean(axis=(1, 2)), wanted, atol=1e-5)
        assert np.ptp(found.contribution, axis=(1, 2)).min() > 1e-6  # not one number everywhere


def test_the_map_agrees_with_torch(fake_bundle, fake_arrays, fake_network):
    contrast = Contrast(1, (2,))
    bundle = load_bundle(fake_bundle)
    output = bundle.predict(fake_arrays)
    question = contrast_question(contrast, ISA)
    found = exact_map(read_linear_head(bundle), question, output.feature_map)

    pictures = torch.from_numpy(fake_arrays).permute(0, 3, 1, 2) / 255
    weights = torch.from_numpy(contrast.weights(3)).float()
    wanted = torch.zeros(9, 4, 4)
    for network in (fake_network(0), fake_network(1)):
        maps = network.features(pictures)
        by_place = torch.einsum("kc,nchw->nkhw", network.head.weight, maps) / 16
        wanted += torch.einsum("k,nkhw->nhw", weights, by_place) / 2
    np.testing.assert_allclose(found.contribution, wanted.detach(), atol=1e-6)


@pytest.mark.parametrize("kind", ["cumulative_link", "corn"])
@pytest.mark.parametrize("step", [0, 1])
def test_ordinal_heads_are_asked_for_a_step(bundle_of, fake_network, fake_arrays, kind, step):
    members = [with_head(fake_network(0), kind, seed) for seed in (1, 2)]
    bundle = bundle_of(members)
    output = bundle.predict(fake_arrays)
    head = read_linear_head(bundle)
    assert head.kind == kind
    question = Question(tuple(np.eye(2)[step].tolist()), "above", "below")
    found = exact_map(head, question, output.feature_map)

    probability = np.exp(output.member_log_probability)
    above = probability[:, :, step + 1 :].sum(axis=2)
    below = probability[:, :, : step + 1].sum(axis=2) if kind != "corn" else probability[:, :, step]
    np.testing.assert_allclose(found.score, np.log(above / below).mean(axis=1), atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_the_last_layer_in_numpy_is_that_of_torch(kind, fake_network):
    from arborisk.bundle.linear_head import _of_member

    network = with_head(fake_network(0), kind, 3)
    state = {f"0.head.{k}": v.numpy() for k, v in network.head.state_dict().items()}
    embedding = np.array([0.3, -1.2, 2.0, 0.1])
    said = log_probability(_of_member(state, 0), embedding)
    with torch.no_grad():
        wanted = torch.log_softmax(network.head(torch.tensor(embedding).float()[None]), 1)[0]
    np.testing.assert_allclose(said, wanted, atol=1e-5)


class TestRefusals:
    @pytest.fixture
    def dense(self, fake_network):
        """A network with a dense layer between its map and its classes."""

        class Dense(type(fake_network(0))):
            def __init__(self):
                super().__init__()
                self.dense = torch.nn.Linear(64, 4)

            def pool(self, feature_map):
                return self.dense(feature_map.flatten(1)).relu()

        return Dense()

    def test_dense_layers_have_no_exact_map(self, bundle_of, dense):
        bundle = bundle_of([dense])
        assert "further layers" in why_not(bundle)
        with pytest.raises(BundleError, match=r"further layers.*arborisk explain"):
            read_linear_head(bundle)

    def test_a_layer_that_gives_other_answers(self, fake_bundle, monkeypatch):
        bundle = load_bundle(fake_bundle)
        weights = load_file(fake_bundle / "weights.safetensors")
        weights["1.head.weight"] = weights["1.head.weight"][::-1].copy()
        monkeypatch.setattr("arborisk.bundle.linear_head._weights", lambda bundle: weights)
        assert "does not give the answers" in why_not(bundle)

    @pytest.mark.parametrize(
        "change",
        [
            lambda weights: weights.pop("1.head.bias"),
            lambda weights: weights.update({"0.head.weight": np.zeros((3, 5), np.float32)}),
            lambda weights: weights.update({"0.head.weight": np.zeros(4, np.float32)}),
        ],
        ids=["part missing", "other width", "other rank"],
    )
    def test_layers_that_do_not_fit(self, fake_bundle, monkeypatch, change):
        bundle = load_bundle(fake_bundle)
        weights = load_file(fake_bundle / "weights.safetensors")
        change(weights)
        monkeypatch.setattr("arborisk.bundle.linear_head._weights", lambda bundle: weights)
        assert "not linear, or not known" in why_not(bundle)

    def test_exchanged_weights_are_refused_by_their_hash(self, fake_bundle):
        bundle = load_bundle(fake_bundle)
        weights = load_file(fake_bundle / "weights.safetensors")
        save_file(
            {name: value + 1 for name, value in weights.items()},
            fake_bundle / "weights.safetensors",
        )
        with pytest.raises(BundleError, match="hash"):
            read_linear_head(bundle)

    def test_a_fine_bundle_has_no_reason(self, fake_bundle):
        assert why_not(load_bundle(fake_bundle)) == ""


class TestQuestions:
    @pytest.mark.parametrize(
        ("kind", "answer", "title", "score_rows"),
        [
            ("nominal", 2, "Probable and not Possible or Improbable", (-0.5, -0.5, 1.0)),
            ("nominal", 1, "Possible and not Probable or Improbable", (-0.5, 1.0, -0.5)),
            ("cumulative_link", 2, "Probable and not Possible or Improbable", (0, 1)),
            ("cumulative_link", 1, "Possible or likelier and not Improbable", (1, 0)),
            ("cumulative_link", 0, "Improbable and not Possible or likelier", (-1, 0)),
            ("corn", 2, "Probable and not Possible", (0, 1)),
            ("corn", 0, "Improbable and not Possible or likelier", (-1, 0)),
        ],
    )
    def test_the_usual_question(self, kind, answer, title, score_rows):
        from arborisk.bundle.linear_head import LinearHead

        n_rows = 3 if kind == "nominal" else 2
        head = LinearHead(kind, np.zeros((n_rows, 4)), np.zeros(n_rows))
        question = usual_question(head, ISA, answer)
        assert question.title == title
        assert question.weights == score_rows

    def test_the_title_is_that_of_the_contrast(self):
        contrast = Contrast(2, (1,))
        assert contrast_question(contrast, ISA).title == contrast.title(ISA)
