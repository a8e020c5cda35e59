"""A bundle opened in torch answers as its own file does."""

import json

import numpy as np
import pytest
import torch

from arborisk.bundle.activation_map import Contrast
from arborisk.bundle.load import load_bundle
from arborisk.bundle.record import BundleDescription, SchemeRecord
from arborisk.dataset.schemes import ISA_SCHEMES
from arborisk.errors import BundleError, SettingsError
from arborisk.explanation.opened import open_model
from arborisk.models.export import export_bundle
from arborisk.models.table import build
from arborisk.models.weights import FROM_SCRATCH
from arborisk.preprocess.settings import PreprocessSettings


def written(folder, members, *, model, size, channels, training):
    preprocess = PreprocessSettings(size_px=size, channels=channels)
    description = BundleDescription(
        model=model,
        scheme=SchemeRecord.of(ISA_SCHEMES["Pr_Po_Im"]),
        preprocess=preprocess,
        kind="folds_averaged",
        protocol="grouped",
        n_members=len(members),
        n_training_photos=9,
        n_training_groups=9,
        training_share={"Im": 0.7, "Po": 0.2, "Pr": 0.1},
        data_hash="d" * 64,
        training=training,
    )
    arrays = np.random.default_rng(0).integers(0, 256, (3, *preprocess.shape), dtype=np.uint8)
    export_bundle(
        members,
        folder,
        description=description,
        arrays=arrays,
        data="Noise.",
        licence="none",
        views=training.get("test_views", "one"),
    )
    return arrays


def networks(model, *, size, channels, output="nominal"):
    return [
        build(
            model,
            n_classes=3,
            channels=channels,
            size=size,
            seed=seed,
            weights=FROM_SCRATCH,
            output=output,
        ).eval()
        for seed in (0, 1)
    ]


@pytest.mark.parametrize(
    ("model", "size", "channels", "output"),
    [("model1", 24, 1, "corn"), ("googlenet", 32, 3, "nominal")],
)
def test_members_with_their_own_bodies(tmp_path, model, size, channels, output):
    members = networks(model, size=size, channels=channels, output=output)
    training = {"output": output}
    arrays = written(
        tmp_path / "b", members, model=model, size=size, channels=channels, training=training
    )
    opened = open_model(tmp_path / "b")
    assert len(opened.bodies) == 2
    file = load_bundle(tmp_path / "b").predict(arrays).probability
    np.testing.assert_allclose(opened.probability(arrays), file, atol=1e-5)


def test_heads_that_share_a_body(tmp_path):
    first = networks("efficientnet_lite0", size=32, channels=3, output="cumulative_link")[0]
    heads = [type(first.classifier)(1280, 3) for _ in range(3)]
    for number, head in enumerate(heads):
        torch.nn.init.normal_(head.score.weight, std=0.1 * (number + 1))
    members = [first.with_classifier(head) for head in heads]
    training = {"output": "cumulative_link", "test_views": "mirror"}
    arrays = written(
        tmp_path / "b", members, model="efficientnet_lite0", size=32, channels=3, training=training
    )
    opened = open_model(tmp_path / "b")
    assert len(opened.bodies) == 1 and len(opened.network.classifiers) == 3
    with torch.inference_mode():
        said = opened.log_probability(opened.pictures(arrays)).numpy()
        shipped = opened.network(torch.from_numpy(arrays))[3].transpose(0, 1).numpy()
    assert said.shape == shipped.shape == (3, 3, 3)
    file = load_bundle(tmp_path / "b").predict(arrays).member_log_probability
    np.testing.assert_allclose(shipped, file.transpose(1, 0, 2), atol=1e-4)
    assert np.abs(said - shipped).max() > 1e-3  # the mirror image is no part of an explanation


def test_weights_of_another_network_are_refused(tmp_path):
    members = networks("model1", size=24, channels=1)
    written(tmp_path / "b", members, model="model1", size=24, channels=1, training={})
    record = tmp_path / "b" / "bundle.json"
    from arborisk.bundle.record import id_of

    content = json.loads(record.read_text())
    content["description"]["training"] = {"model1": {"dense": [16]}}
    content["bundle_id"] = id_of(content)
    record.write_text(json.dumps(content))
    with pytest.raises(BundleError, match=r"weights of 2 networks model1.*train the model again"):
        open_model(tmp_path / "b")


def test_score_is_a_difference_of_logits(fake_opened, fake_arrays):
    contrast = Contrast.between(fake_opened.titles, "Probable", "Possible")
    pictures = fake_opened.pictures(fake_arrays)
    expected = 0.0
    for body, head in zip(fake_opened.bodies, fake_opened.network.classifiers, strict=True):
        logits = head(body.pool(body.features(pictures)))
        expected = expected + (logits[:, 2] - logits[:, 1]) / 2
    torch.testing.assert_close(fake_opened.score(pictures, contrast), expected)


def test_one_member_alone_says_what_it_said_among_others(fake_opened, fake_arrays):
    pictures = fake_opened.pictures(fake_arrays)
    together = fake_opened.log_probability(pictures)
    for member in range(2):
        alone = fake_opened.only(member)
        torch.testing.assert_close(alone.log_probability(pictures)[0], together[member])


def test_contrasts_are_refused_in_words():
    titles = ("Improbable", "Probable")
    with pytest.raises(SettingsError, match="one of the classes Improbable, Probable"):
        Contrast.between(titles, "Imminent")
    with pytest.raises(SettingsError, match="two different classes"):
        Contrast.between(titles, "Probable", "probable")
