"""Export: the file answers as the members do on average, or it is not written."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from arborisk.bundle.load import load_bundle  # noqa: E402
from arborisk.bundle.session import open_session, run_session, softmax  # noqa: E402
from arborisk.errors import BundleError  # noqa: E402
from arborisk.models import averaged, export  # noqa: E402
from arborisk.models.network import (  # noqa: E402
    make_head,
    views_of,
)
from arborisk.preprocess.settings import PreprocessSettings  # noqa: E402

SETTINGS = PreprocessSettings(size_px=32, channels=3)


def mean_probability(members, arrays, settings=SETTINGS):
    pictures = torch.from_numpy(arrays).permute(0, 3, 1, 2).float()
    with torch.no_grad():
        each = [m.eval()((pictures - settings.means[0]) / settings.divisors[0]) for m in members]
    return np.mean([softmax(logits.numpy()) for logits in each], axis=0)


def outputs(members, arrays, settings=SETTINGS, views="one"):
    content = export.export_onnx(members, settings, views)
    return run_session(open_session(content, n_threads=1, where="test"), arrays, where="test")


@pytest.mark.parametrize("n_members", [1, 2, 5])
def test_the_file_answers_with_the_mean_probability(fake_network, fake_arrays, n_members):
    members = [fake_network(seed) for seed in range(n_members)]
    logits, feature_map, embedding, _ = outputs(members, fake_arrays)
    np.testing.assert_allclose(
        softmax(logits), mean_probability(members, fake_arrays), rtol=0, atol=1e-6
    )
    assert feature_map.shape == (9, 4 * n_members, 4, 4)
    np.testing.assert_allclose(feature_map.mean((2, 3)), embedding, rtol=0, atol=1e-6)


def test_scaling_of_pixels_is_inside(fake_network, fake_arrays):
    settings = PreprocessSettings(size_px=32, channels=3, scaling="efficientnet")
    logits, *_ = outputs([fake_network(0)], fake_arrays, settings)
    expected = mean_probability([fake_network(0)], fake_arrays, settings)
    np.testing.assert_allclose(softmax(logits), expected, rtol=0, atol=1e-6)


def test_heads_on_one_backbone_use_it_once(fake_network, fake_arrays):
    first, second = fake_network(0), fake_network(1)
    second.body = first.body
    logits, feature_map, embedding, _ = outputs([first, second], fake_arrays)
    assert feature_map.shape[1] == embedding.shape[1] == 4
    np.testing.assert_allclose(
        softmax(logits), mean_probability([first, second], fake_arrays), rtol=0, atol=1e-6
    )
    network = averaged.AveragedNetwork([first, second], SETTINGS)
    assert [name for name in network.weights() if name.startswith("1.")] == [
        "1.head.weight",
        "1.head.bias",
    ]


@pytest.mark.parametrize("views", ["mirror", "mirror_zoom"])
@pytest.mark.parametrize("shared", [True, False])
def test_views_are_averaged_and_the_photo_itself_is_shown(fake_network, fake_arrays, views, shared):
    members = [fake_network(0), fake_network(1)]
    if shared:
        members[1].body = members[0].body
    pictures = (torch.from_numpy(fake_arrays).permute(0, 3, 1, 2).float() / 255).contiguous()
    with torch.no_grad():
        each = [member.eval()(view) for member in members for view in views_of(pictures, views)]
    wanted = np.mean([softmax(logits.numpy()) for logits in each], axis=0)
    _, *of_photo, _ = outputs(members, fake_arrays)
    logits, *found, _ = outputs(members, fake_arrays, views=views)
    np.testing.assert_allclose(softmax(logits), wanted, rtol=0, atol=1e-6)
    for one, other in zip(found, of_photo, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)


@pytest.mark.parametrize("output", ["cumulative_link", "corn"])
def test_ordinal_members_that_are_very_sure_still_give_numbers(fake_network, fake_arrays, output):
    members = []
    for seed in range(3):
        head = make_head(output, 4, 3)
        with torch.no_grad():
            for value in head.parameters():
                value.mul_(1 + 300 * seed)
        members.append(fake_network(seed).with_classifier(head))
    logits, *_ = outputs(members, fake_arrays, views="mirror")
    with torch.no_grad():
        network = averaged.AveragedNetwork(members, SETTINGS, "mirror")
        wanted = network(torch.from_numpy(fake_arrays))[0].numpy()
    assert np.isfinite(logits).all()
    np.testing.assert_allclose(softmax(logits), softmax(wanted), rtol=0, atol=1e-5)


def test_what_only_trains_is_not_shipped(fake_network, monkeypatch):
    member = fake_network(0)
    member.helper = torch.nn.Linear(2, 2)
    monkeypatch.setattr(type(member), "training_only", ("helper",))
    names = averaged.AveragedNetwork([member], SETTINGS).weights()
    assert set(names) == {"0.head.weight", "0.head.bias", "0.body.weight", "0.body.bias"}


def test_members_are_left_as_they_were(fake_network):
    member = fake_network(0).train()
    export.export_onnx([member], SETTINGS)
    assert member.training


@pytest.mark.parametrize("case", ["none", "size", "classes"])
def test_members_that_do_not_fit_are_refused(fake_network, case):
    members = {
        "none": [],
        "size": [fake_network(0)],
        "classes": [fake_network(0), fake_network(0, n_classes=2)],
    }[case]
    settings = PreprocessSettings(size_px=64) if case == "size" else SETTINGS
    with pytest.raises(BundleError, match="at least one network, all of one kind"):
        export.export_onnx(members, settings)


def written(folder, members, description, arrays):
    return export.export_bundle(
        members, folder, description=description, arrays=arrays, data="Noise.", licence="MIT"
    )


def test_a_written_bundle_holds_parity_and_versions(
    fake_network, fake_description, fake_arrays, tmp_path
):
    members = [fake_network(0), fake_network(1)]
    bundle = written(tmp_path / "bundle", members, fake_description, fake_arrays)
    assert bundle.parity.n_arrays == export.MAX_PARITY_ARRAYS < len(fake_arrays)
    assert bundle.parity.largest_probability_difference <= export.PROBABILITY_TOLERANCE
    assert bundle.description.versions["torch"] == torch.__version__
    np.testing.assert_allclose(
        load_bundle(tmp_path / "bundle").predict(fake_arrays).probability,
        mean_probability(members, fake_arrays),
        rtol=0,
        atol=1e-6,
    )


def test_a_wrong_export_is_refused_and_nothing_is_written(
    fake_network, fake_description, fake_arrays, tmp_path, monkeypatch
):
    exported = export.export_onnx([fake_network(2), fake_network(3)], SETTINGS)
    monkeypatch.setattr(export, "_to_onnx", lambda *_: exported)
    with pytest.raises(BundleError, match="ONNX Runtime against torch"):
        written(tmp_path / "out", [fake_network(0), fake_network(1)], fake_description, fake_arrays)
    assert list(tmp_path.iterdir()) == []


def test_a_network_that_gives_no_number_is_refused(
    fake_network, fake_description, fake_arrays, tmp_path
):
    broken = fake_network(0)
    torch.nn.init.constant_(broken.head.bias, float("nan"))
    with pytest.raises(BundleError, match="found nan"):
        written(tmp_path / "out", [broken, broken], fake_description, fake_arrays)


def test_the_gate_needs_photos_and_the_stated_number_of_members(
    fake_network, fake_description, fake_arrays, tmp_path
):
    members = [fake_network(0), fake_network(1)]
    with pytest.raises(BundleError, match="at least one prepared photo"):
        written(tmp_path / "out", members, fake_description, fake_arrays[:0])
    with pytest.raises(BundleError, match="2 members"):
        written(tmp_path / "out", members[:1], fake_description, fake_arrays)
