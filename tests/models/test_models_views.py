"""Views of a photo: mirror images and middles, averaged in probability."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from arborisk.models.network import middle, mirrored, view_log_probability, views_of  # noqa: E402


def pictures(size):
    return torch.from_numpy(np.random.default_rng(size).random((2, 3, size, size), np.float32))


@pytest.mark.parametrize("size", [7, 8, 32, 33, 224])
def test_views_come_in_order_and_keep_the_shape(size):
    whole = pictures(size)
    views = views_of(whole, "mirror_zoom")
    assert [len(views_of(whole, name)) for name in ("one", "mirror", "mirror_zoom")] == [1, 2, 4]
    assert all(view.shape == whole.shape for view in views)
    assert torch.equal(views[0], whole)
    assert torch.equal(mirrored(views[1]), whole)
    assert torch.equal(views[1][..., 0], whole[..., -1])
    # The middle of the mirror image is the mirror image of the middle.
    assert torch.allclose(mirrored(views[3]), views[2], atol=1e-6)


@pytest.mark.parametrize(("size", "border"), [(16, 1), (33, 2), (224, 14), (7, 0)])
def test_the_middle_of_a_slope_is_a_flatter_slope(size, border):
    # On a slope bilinear enlargement is exact, away from the edges: pixel x shows what stood at
    # border + (x + 1/2) inner / size - 1/2.
    slope = torch.arange(size, dtype=torch.float32).expand(1, 1, size, size)
    inner = size - 2 * border
    wanted = border + (np.arange(size) + 0.5) * inner / size - 0.5
    found = middle(slope)[0, 0, 0].numpy()
    np.testing.assert_allclose(found[2:-2], wanted[2:-2], rtol=1e-5)


def test_probabilities_are_averaged_not_logits():
    def network(seen):
        """Chances 1 to 4 where the left is dark, else 3 to 1."""
        chances = torch.tensor([[3.0, 1.0], [1.0, 4.0]])
        return chances.log()[(seen[:, 0, 0, 0] == 0).long()]

    dark_left = torch.tensor([[0.0, 1.0]]).expand(1, 1, 2, 2)
    found = view_log_probability(network, dark_left, "mirror").exp().numpy()
    np.testing.assert_allclose(found, [[(1 / 5 + 3 / 4) / 2, (4 / 5 + 1 / 4) / 2]], rtol=1e-6)
