"""Maps with known answers, for every method and every kind of network."""

import numpy as np
import pytest
import torch

from arborisk.bundle.activation_map import Contrast
from arborisk.errors import SettingsError
from arborisk.explanation.attribution import maps
from arborisk.explanation.attribution.maps import LAYERS, ContrastScores, grey, why_not_exact
from arborisk.explanation.attribution.methods import METHODS, attribute, likeliest
from arborisk.models.network import make_head
from arborisk.models.table import MODELS, build
from arborisk.models.weights import FROM_SCRATCH

PROBABLE = Contrast(2, (0, 1))


@pytest.fixture
def bright():
    """Pictures brighter than grey everywhere, uint8 (4, 32, 32, 3)."""
    return np.random.default_rng(1).integers(180, 256, (4, 32, 32, 3), dtype=np.uint8)


@pytest.mark.parametrize("method", METHODS)
def test_a_network_that_reads_one_corner_is_seen_to(corner_opened, bright, method):
    found = attribute(corner_opened, bright, PROBABLE, method)
    side = found.values.shape[1] // 4
    inside = found.values[:, :side, :side]
    # A square over the corner covers its neighbours too, so that the mean fades there.
    reach = 2 * side if method == "occlusion" else side
    outside = found.values.copy()
    outside[:, :reach, :reach] = 0.0
    if method == "class_activation":
        outside -= np.median(outside)  # each place's share of the constant, here 0
    assert inside.mean() > 1e-4
    assert np.abs(outside).max() < 1e-6


@pytest.mark.parametrize("method", METHODS)
def test_what_speaks_against_is_below_zero_where_a_method_is_signed(corner_opened, bright, method):
    found = attribute(corner_opened, bright, Contrast(0, (2,)), method)
    side = found.values.shape[1] // 4
    if METHODS[method].signed:
        assert found.values[:, :side, :side].mean() < -1e-4
    else:
        assert found.values.min() >= 0


def test_integrated_gradients_sum_to_the_difference_of_the_scores(fake_opened, fake_arrays):
    found = attribute(fake_opened, fake_arrays, PROBABLE, "integrated_gradients")
    pictures = fake_opened.pictures(fake_arrays)
    difference = fake_opened.score(pictures, PROBABLE) - fake_opened.score(
        grey(fake_opened, pictures), PROBABLE
    )
    assert difference.abs().max() > 1e-3
    np.testing.assert_allclose(found.values.sum(axis=(1, 2)), difference.detach(), atol=2e-3)


def test_the_exact_map_sums_to_the_score(fake_opened, fake_arrays):
    found = attribute(fake_opened, fake_arrays, PROBABLE, "class_activation")
    wanted = fake_opened.score(fake_opened.pictures(fake_arrays), PROBABLE)
    np.testing.assert_allclose(found.values.sum(axis=(1, 2)), wanted.detach(), atol=1e-5)


def test_the_exact_map_is_that_of_the_bundle(fake_bundle, fake_opened, fake_arrays):
    from arborisk.bundle.activation_map import contrast_question, exact_map
    from arborisk.bundle.linear_head import read_linear_head
    from arborisk.bundle.load import load_bundle

    bundle = load_bundle(fake_bundle)
    question = contrast_question(PROBABLE, fake_opened.titles)
    light = exact_map(read_linear_head(bundle), question, bundle.predict(fake_arrays).feature_map)
    found = attribute(fake_opened, fake_arrays, PROBABLE, "class_activation")
    np.testing.assert_allclose(found.values * 16, light.place_score, atol=1e-4)


def test_grad_cam_of_a_linear_head_is_the_exact_map_above_zero(fake_opened, fake_arrays):
    exact = attribute(fake_opened, fake_arrays, PROBABLE, "class_activation").values
    scores = ContrastScores(fake_opened, PROBABLE)
    constant = scores.of_maps(torch.zeros(1, 8, 4, 4)).item()
    found = attribute(fake_opened, fake_arrays, PROBABLE, "grad_cam").values
    np.testing.assert_allclose(found, np.maximum(exact - constant / 16, 0), atol=1e-6)


def test_grad_cam_pp_follows_its_formula(fake_opened, fake_arrays):
    pictures = fake_opened.pictures(fake_arrays)
    maps = torch.cat([body.features(pictures) for body in fake_opened.bodies], dim=1)
    maps.requires_grad_()
    score = ContrastScores(fake_opened, PROBABLE).of_maps(maps).sum()
    slope = torch.autograd.grad(score, maps)[0]
    below = 2 * slope**2 + (slope**3 * maps).sum(dim=(2, 3), keepdim=True)
    weights = (slope**2 / below * slope.relu()).sum(dim=(2, 3), keepdim=True)
    wanted = (weights * maps).sum(dim=1).relu()
    found = attribute(fake_opened, fake_arrays, PROBABLE, "grad_cam_pp").values
    np.testing.assert_allclose(found, wanted.detach(), rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("method", METHODS)
def test_the_batch_changes_nothing(fake_opened, fake_arrays, method):
    alone, together = (
        attribute(fake_opened, fake_arrays[:4], PROBABLE, method, batch=n).values for n in (1, 4)
    )
    np.testing.assert_allclose(alone, together, rtol=1e-4, atol=1e-6)


def test_occlusion_in_passes_of_one_or_many_is_the_same(fake_opened, fake_arrays):
    pictures = fake_opened.pictures(fake_arrays[:2])
    one, many = (maps.occlusion_map(fake_opened, pictures, PROBABLE, at_once=n) for n in (1, 32))
    np.testing.assert_allclose(one, many, atol=1e-6)
    assert one.abs().max() > 1e-4


def test_the_seed_moves_only_what_draws_at_random(fake_opened, fake_arrays):
    for method in METHODS:
        maps = [
            attribute(fake_opened, fake_arrays[:1], PROBABLE, method, seed=s).values
            for s in (0, 0, 1)
        ]
        np.testing.assert_array_equal(maps[0], maps[1])
        assert (maps[0] == maps[2]).all() == (method != "smooth_saliency")


def test_torchs_own_generator_is_left_alone(fake_opened, fake_arrays):
    before = torch.get_rng_state()
    attribute(fake_opened, fake_arrays[:1], PROBABLE, "smooth_saliency", seed=3)
    assert torch.equal(before, torch.get_rng_state())


def test_without_a_contrast_each_photo_is_asked_for_its_likeliest_class(corner_opened, bright):
    mixed = np.concatenate([bright[:2], np.zeros_like(bright[:2])])
    mixed[2:] = 0  # dark: all logits are 0, so that the first class is named
    found = attribute(corner_opened, mixed, None, "grad_cam", batch=3)
    assert found.contrasts == likeliest(corner_opened, mixed)
    assert [one.of for one in found.contrasts[:2]] == [2, 2]
    for row, contrast in enumerate(found.contrasts):
        alone = attribute(corner_opened, mixed[row : row + 1], contrast, "grad_cam").values[0]
        np.testing.assert_allclose(found.values[row], alone, atol=1e-7)


class TestEveryArchitecture:
    @pytest.mark.parametrize("name", MODELS)
    @pytest.mark.parametrize("method", METHODS)
    def test_maps_are_finite_and_of_the_stated_shape(self, small_opened, name, method, monkeypatch):
        monkeypatch.setattr(maps, "WINDOWS_PER_SIDE", 2)
        monkeypatch.setattr(maps, "N_STEPS", 3)
        monkeypatch.setattr(maps, "N_NOISY", 2)
        model = small_opened(name)
        shape = (2, 64, 64, model.preprocess.channels)
        arrays = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
        if method == "class_activation" and name == "model1":
            with pytest.raises(SettingsError, match=r"do more than take its mean.*grad_cam"):
                attribute(model, arrays, PROBABLE, method)
            return
        found = attribute(model, arrays, PROBABLE, method)
        assert found.values.dtype == np.float32
        assert np.isfinite(found.values).all()
        places = round(64 * LAYERS[name].places / LAYERS[name].size_px)
        side = places if "cam" in method or method == "class_activation" else 64
        assert found.values.shape == (2, side, side)
        assert found.cell_px == 64 / side

    def test_each_has_its_layer(self):
        assert set(LAYERS) == set(MODELS)

    @pytest.mark.parametrize("name", MODELS)
    def test_the_layer_has_the_stated_places(self, name):
        size = LAYERS[name].size_px
        assert size == MODELS[name].size_px
        channels = MODELS[name].channels
        network = build(name, n_classes=2, channels=channels, size=size, weights=FROM_SCRATCH)
        with torch.no_grad():
            maps = network.eval().features(torch.zeros(1, channels, size, size))
        assert maps.shape[2:] == (LAYERS[name].places,) * 2


@pytest.mark.parametrize("kind", ["cumulative_link", "corn"])
def test_ordinal_heads_have_no_exact_map_in_torch(fake_network, opened_of, fake_arrays, kind):
    opened = opened_of([fake_network(0).with_classifier(make_head(kind, 4, 3))])
    assert "ordinal" in why_not_exact(opened)
    with pytest.raises(SettingsError, match="ordinal last layer"):
        attribute(opened, fake_arrays, PROBABLE, "class_activation")
    assert np.isfinite(attribute(opened, fake_arrays, PROBABLE, "grad_cam").values).all()


def test_an_unknown_method_is_refused_by_name(fake_opened, fake_arrays):
    with pytest.raises(SettingsError, match=r"grad_cam.*found 'gradcam'"):
        attribute(fake_opened, fake_arrays, PROBABLE, "gradcam")


def test_every_method_says_what_it_cannot_say():
    for method in METHODS.values():
        assert method.does.endswith(".")
        assert method.limits.endswith(".")


def test_weights_stay_as_they_are(fake_opened, fake_arrays):
    before = [weight.clone() for weight in fake_opened.network.parameters()]
    for method in METHODS:
        attribute(fake_opened, fake_arrays[:1], PROBABLE, method)
    for weight, earlier in zip(fake_opened.network.parameters(), before, strict=True):
        assert torch.equal(weight, earlier)
        assert weight.grad is None or not weight.grad.any()


def test_torchcam_still_needs_the_mended_weights():
    """Once torchcam divides in place, `_GradCAMpp` can go."""
    source = maps.GradCAMpp._get_weights
    values = torch.ones(1, 1, 2, 2)
    holder = type("Holder", (), {"hook_a": [values], "hook_g": [values * 2.0]})()
    holder._backprop = lambda *_, **__: None
    weights = source(holder, 1, values)[0]
    published = 4 * (4 / (2 * 4 + 8 * 4)) * 2
    assert float(weights) != pytest.approx(published)
