"""Is the model only a detector of dead trees? Scores are made here, no network is asked."""

import numpy as np
import pytest

from arborisk.bundle.activation_map import Contrast
from arborisk.explanation.shortcuts.material import Material
from arborisk.explanation.shortcuts.photos import ShortcutPhotos
from arborisk.explanation.shortcuts.single_numbers import dead_wood_test
from arborisk.records import Interval


@pytest.fixture
def judged(fake_opened):
    """Outcome for a score made from dead shares and from something else that tells the classes."""

    def judge(of_dead, of_other):
        random = np.random.default_rng(3)
        label = np.arange(200) % 2
        dead = np.where(label & (random.random(200) < 0.5), random.uniform(0.3, 0.9, 200), 0.0)
        dead += random.uniform(0, 0.1, 200)
        other = label + random.normal(0, 0.7, 200)
        score = of_dead * dead + of_other * other + random.normal(0, 0.01, 200)
        plain = np.column_stack([np.zeros(200), score, np.full(200, -9.0)])
        photos = ShortcutPhotos(
            np.zeros((200, 32, 32, 3), np.uint8),
            label,
            tuple(f"tree {number}" for number in range(200)),
            np.zeros(200, int),
            dead_share=dead,
        )
        unused = Interval(0.5, None, None)
        return dead_wood_test(
            Material(fake_opened, photos, Contrast(1, (0,)), plain, None, unused, unused, 0)
        )

    return judge


def test_a_detector_of_dead_trees_is_called_one(judged):
    found = judged(1.0, 0.0)
    assert found.standing == "found"
    assert found.readings[-1].interval.value > 0.95
    assert "Among trees with less than 15 % dead wood" in found.sentence


def test_a_model_that_sees_more_is_not(judged):
    found = judged(1.0, 1.0)
    assert found.standing == "not found"
    living = next(one for one in found.readings if one.title.startswith("with little dead wood"))
    assert living.interval.low > 0.5
    more = next(one for one in found.readings if one.title.startswith("the model beyond"))
    assert more.interval.low > 0


def test_dead_wood_counts_whichever_way_it_points(judged):
    assert judged(-1.0, 0.0).readings[-1].interval.value < -0.95
