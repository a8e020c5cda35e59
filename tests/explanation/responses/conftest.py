"""Models that score a drawn picture by a rule one knows."""

import functools

import numpy as np
import pytest


class Ruled:
    """Stands for an opened model of three classes; its rule gives a number a picture."""

    bundle = None
    titles = ("Improbable", "Possible", "Probable")

    def __init__(self, rule, preprocess):
        self.rule, self.preprocess = rule, preprocess

    def pictures(self, arrays):
        torch = pytest.importorskip("torch")
        return torch.from_numpy(np.ascontiguousarray(arrays))

    def log_probability(self, pictures):
        import torch

        danger = torch.as_tensor(self.rule(pictures.numpy().astype(float)))
        logits = torch.stack([-danger, torch.zeros_like(danger), danger], dim=1)
        return torch.log_softmax(logits, dim=1)[None]


@pytest.fixture(scope="session")
def ruled():
    """Makes one: `ruled(rule)`, the rule called with (n, 32, 32, 3) arrays."""
    from arborisk.preprocess.settings import PreprocessSettings

    return lambda rule: Ruled(rule, PreprocessSettings(size_px=32, channels=3, crop="stretch"))


def greenness(pictures):
    """How green pictures are, about 0 in the middle: leaves are, dead wood is not."""
    green = pictures[..., 1] - (pictures[..., 0] + pictures[..., 2]) / 2
    return 0.3 * green.mean((1, 2)) - 2.0


RULES = {
    "follows": lambda pictures: -greenness(pictures),
    "opposes": greenness,
    "constant": lambda pictures: np.zeros(len(pictures)),
}


@pytest.fixture(scope="session")
def studied(ruled):
    """Makes studies of a rule by name: `studied(name, **options)`, of five drawn trees in leaf.

    In one process, the same pictures are drawn once for all tests.
    """
    from arborisk.bundle.activation_map import Contrast
    from arborisk.explanation.responses import intervene
    from arborisk.explanation.responses.intervene import interventions

    remembered = functools.cache(intervene.draw_versions)

    def make(name, contrast=None, **options):
        settings = {
            "n_trees": 5,
            "seed": 2,
            "factors": ["dead_crown", "wind"],
            "levels": 3,
            "size_px": (96, 128),
            "ordered": True,
            "n_processes": 1,
        } | options
        with pytest.MonkeyPatch.context() as patch:
            if settings["n_processes"] == 1:
                patch.setattr(intervene, "draw_versions", remembered)
            return interventions(ruled(RULES[name]), contrast or Contrast(2, (0, 1)), **settings)

    return make
