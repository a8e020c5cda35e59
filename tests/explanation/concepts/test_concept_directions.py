"""Concepts whose part in the score is known, on a network whose embedding is sixteen colours."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from arborisk.bundle.activation_map import Contrast  # noqa: E402
from arborisk.errors import ArboriskError  # noqa: E402
from arborisk.explanation.concepts.sets import (  # noqa: E402
    DRAWN_PAIRS,
    ConceptSet,
    drawn_concepts,
    folder_concept,
)
from arborisk.explanation.concepts.testing import concept_tests  # noqa: E402
from arborisk.explanation.opened import OpenedModel  # noqa: E402
from arborisk.models.averaged import AveragedNetwork  # noqa: E402
from arborisk.models.network import Network  # noqa: E402
from arborisk.simulate.sampling import draw_stand  # noqa: E402

RED, BLUE = 0, 2


class Colours(Network):
    """Mean colours of the cells of a 4 x 4 grid; the last layer reads red, for the last class."""

    def __init__(self, head):
        super().__init__(n_classes=3, channels=3, size=32)
        self.body = torch.nn.Conv2d(3, 3, 1)
        torch.nn.init.dirac_(self.body.weight)
        torch.nn.init.zeros_(self.body.bias)
        self.head = head

    def stages(self):
        return [self.body]

    def features(self, pictures):
        return torch.nn.functional.avg_pool2d(self.body(pictures), 8)

    def pool(self, maps):
        return maps.flatten(1)


@pytest.fixture(scope="module")
def reads_red(fake_description):
    head = torch.nn.Linear(48, 3)
    with torch.no_grad():
        head.weight.zero_()
        head.bias.zero_()
        head.weight[2, :16] = 1.0
    return _opened(Colours(head), fake_description)


@pytest.fixture(scope="module")
def bent(fake_description):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        head = torch.nn.Sequential(torch.nn.Linear(48, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3))
    return _opened(Colours(head), fake_description)


def _opened(network, description):
    return OpenedModel(
        AveragedNetwork([network], description.preprocess),
        description.preprocess,
        description.scheme.scheme.titles,
        "colours",
    )


@pytest.fixture(scope="module")
def arrays():
    return np.random.default_rng(0).integers(60, 160, (12, 32, 32, 3), dtype=np.uint8)


def concept(title, channel, amount, n_pictures=24):
    """The same noise with more of one colour, and without."""
    random = np.random.default_rng(1)
    absent = random.integers(60, 160, (n_pictures, 4, 4, 3)).repeat(8, 1).repeat(8, 2)
    present = absent.copy()
    present[..., channel] += amount
    return ConceptSet(title, present.astype(np.uint8), absent.astype(np.uint8))


@pytest.fixture(scope="module")
def found(reads_red, arrays):
    concepts = [
        concept("red", RED, 60),
        concept("blue", BLUE, 60),
        concept("nothing", RED, 0),
        concept("less red", RED, -50),
    ]
    return concept_tests(reads_red, arrays, Contrast(2, (0, 1)), concepts, n_random=200)


def test_what_the_score_reads_moves_it_and_what_it_does_not_read_does_not(found):
    standing = {item.title: item.standing for item in found.findings}
    assert standing == {
        "red": "towards",
        "blue": "no more than random",
        "nothing": "not readable",
        "less red": "away",
    }


def test_a_linear_last_layer_is_said_to_be_one(found, bent, arrays):
    assert found.constant
    assert {item.positive_share for item in found.findings if item.title == "red"} == {1.0}
    other = concept_tests(
        bent, arrays, Contrast(2, (0, 1)), [concept("red", RED, 60)], n_splits=2, n_random=4
    )
    assert not other.constant


def test_numbers_stand_beside_their_controls(found):
    red, blue, nothing, _ = found.findings
    assert red.accuracy == 1.0 and red.chance_accuracy < 0.9
    assert red.random_band[0] < 0 < red.random_band[1] < red.cosine
    assert blue.random_band[0] < blue.cosine < blue.random_band[1]
    assert nothing.p_value is None and nothing.corrected_p is None
    assert "nothing is said" in nothing.sentence
    assert red.corrected_p == pytest.approx(3 / 201)


def test_what_was_drawn_in_says_the_same(found):
    red, blue, _, less = found.findings
    assert red.direct.low > 0 and less.direct.high < 0
    assert blue.direct.value == pytest.approx(0, abs=1e-6)
    assert "with it and without: +" in red.sentence and "contradicts" not in red.sentence


def test_too_few_pictures_are_refused():
    with pytest.raises(ArboriskError, match="at least 12 pictures with the concept"):
        concept("red", RED, 60, n_pictures=4)


@pytest.fixture
def small_photos(monkeypatch):
    from arborisk.explanation.concepts import sets

    monkeypatch.setattr(sets, "FEWEST_PICTURES", 3)

    monkeypatch.setattr(sets, "PHOTO_WIDTH_PX", 96)
    monkeypatch.setattr(sets, "PHOTO_HEIGHT_PX", 128)


def test_drawn_pairs_differ_in_the_concept_and_stand_beside_the_same_scene(
    fake_description, small_photos
):
    wires, sky = drawn_concepts(
        fake_description.preprocess, n_pairs=3, seed=1, titles=("wires", "sky")
    )
    assert (wires.title, sky.title) == ("wires", "sky")
    assert wires.present.shape == sky.absent.shape == (3, 32, 32, 3)
    same = (np.abs(wires.present.astype(int) - wires.absent) < 8).mean()
    assert 0.6 < same < 1.0
    blue = [side.astype(float)[..., 2].mean() for side in (sky.present, sky.absent)]
    assert blue[0] > blue[1] + 20


@pytest.mark.parametrize(
    ("title", "field", "with_it", "without"),
    [
        ("dead wood", "dead_crown_share", (0.5, 0.9), (0.0, 0.05)),
        ("lean", "lean_deg", (12, 25), (0, 0)),
        ("two stems", "n_stems", (2, 2), (1, 1)),
    ],
)
def test_scenes_of_a_pair_differ_in_one_thing(title, field, with_it, without):
    stand = draw_stand(n_trees=8, seed=1)
    for number, tree in enumerate(stand.trees):
        (one, site), (other, same_site) = DRAWN_PAIRS[title](
            tree, stand.sites[0], np.random.default_rng(number)
        )
        assert site == same_site
        assert with_it[0] <= abs(getattr(one, field)) <= with_it[1]
        assert without[0] <= abs(getattr(other, field)) <= without[1]
        assert replace(one, **{field: getattr(other, field)}) == other


def test_a_folder_of_photos_is_a_concept(tmp_path, scene, fake_description, arrays):
    for number in range(12):
        scene(64, 64, number).save(tmp_path / f"{number}.jpg")
    (tmp_path / "broken.jpg").write_bytes(b"no photo")
    one = folder_concept("moss", tmp_path, arrays, fake_description.preprocess, seed=0)
    assert one.present.shape == one.absent.shape == (12, 32, 32, 3)
    assert not one.paired and not one.drawn
    with pytest.raises(ArboriskError, match="pictures of 'moss'"):
        folder_concept("moss", tmp_path, arrays[:3], fake_description.preprocess, seed=0)
