"""Attribution by part: shares, areas, ratios, intervals."""

import numpy as np
import pytest

from arborisk.errors import ArboriskError
from arborisk.explanation.parts.part_map import PARTS, PartMap
from arborisk.explanation.parts.shares import attribution_shares, photo_shares
from arborisk.preprocess.settings import PreprocessSettings

STRETCH = PreprocessSettings(size_px=32, channels=3, crop="stretch")


def two_parts(height=40, width=60, sky_rows=10):
    """Sky above, crown below."""
    probability = np.zeros((len(PARTS), height, width), np.float32)
    probability[PARTS.index("sky"), :sky_rows] = 1
    probability[PARTS.index("crown"), sky_rows:] = 1
    return PartMap(probability, np.zeros((height, width, 3), np.uint8))


@pytest.mark.parametrize("crop", ["stretch", "centre", "letterbox"])
def test_a_uniform_map_is_shared_out_by_area(crop):
    settings = PreprocessSettings(size_px=32, channels=3, crop=crop)
    shares = attribution_shares(np.ones((3, 8, 8)), [two_parts()] * 3, settings)
    for one in shares.parts:
        assert one.positive.value == pytest.approx(one.area.value)
        assert one.absolute.value == pytest.approx(one.area.value)
    assert shares.of("sky").area.value == pytest.approx(0.25)
    assert shares.of("sky").ratio.value == pytest.approx(1)
    assert np.isnan(shares.of("stem").ratio.value)


def test_what_is_not_seen_of_a_photo_does_not_count():
    tall = two_parts(height=90, width=30, sky_rows=30)
    centre = PreprocessSettings(size_px=32, channels=3, crop="centre")
    _, _, area = photo_shares(np.ones((8, 8)), tall, centre)
    assert area[PARTS.index("crown")] == pytest.approx(1)


def test_positive_and_absolute_shares_differ_where_the_sky_speaks_against():
    values = np.ones((1, 8, 8))
    values[:, :2] = -1
    shares = attribution_shares(values, [two_parts()], STRETCH)
    assert shares.of("crown").positive.value > 0.95
    assert shares.of("sky").absolute.value == pytest.approx(0.25, abs=0.05)
    assert shares.of("crown").ratio.value == pytest.approx(4 / 3, rel=0.05)
    assert "crown in leaf" in shares.sentence.split(",")[0]
    assert shares.sentence.endswith("(crown in leaf is 75 % of the picture)")


def test_photos_without_positive_attribution_are_left_out_and_counted():
    values = np.stack([np.ones((8, 8)), -np.ones((8, 8))])
    shares = attribution_shares(values, [two_parts()] * 2, STRETCH)
    assert (shares.n_photos, shares.n_left_out) == (1, 1)


def test_nothing_to_share_out_is_an_error():
    with pytest.raises(ArboriskError, match="none among 2"):
        attribution_shares(np.zeros((2, 8, 8)), [two_parts()] * 2, STRETCH)


def test_too_few_photos_are_an_error():
    with pytest.raises(ArboriskError, match="as many maps as photos"):
        attribution_shares(np.ones((2, 8, 8)), [two_parts()], STRETCH)


def test_intervals_are_of_groups_and_need_enough_of_them():
    random = np.random.default_rng(3)
    values = np.ones((60, 8, 8))
    values[:, :2] *= np.repeat(random.uniform(0, 3, 30), 2)[:, None, None]
    groups = [str(number // 2) for number in range(60)]
    by_group = attribution_shares(values, [two_parts()] * 60, STRETCH, groups=groups)
    alone = attribution_shares(values, [two_parts()] * 60, STRETCH)
    few = attribution_shares(values[:10], [two_parts()] * 10, STRETCH, groups=groups[:10])
    wide, narrow = by_group.of("sky").positive, alone.of("sky").positive
    assert wide.low < wide.value < wide.high
    assert wide.high - wide.low > 1.2 * (narrow.high - narrow.low)
    assert few.of("sky").positive.low is None
    assert few.of("sky").positive.note
    ratio = by_group.of("sky").ratio
    assert ratio.low < ratio.value < ratio.high


def test_a_ratio_that_no_group_moves_has_no_interval():
    from arborisk.explanation.parts.shares import _ratio
    from arborisk.metrics.over_groups import NO_SPREAD

    ones = np.ones(20)
    same = _ratio(2 * ones, ones, ones)
    assert (same.value, same.low, same.high, same.note) == (2.0, None, None, NO_SPREAD)
    moved = _ratio(2 * ones, np.linspace(0.9, 1.1, 20), ones)
    assert moved.low < moved.value < moved.high
