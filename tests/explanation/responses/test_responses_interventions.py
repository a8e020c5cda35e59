"""One thing changed at a time: models whose rule is known get the verdict they deserve."""

import numpy as np
import pytest

from arborisk.bundle.activation_map import Contrast
from arborisk.errors import SettingsError
from arborisk.explanation.responses.intervene import expected_gusts_ms
from arborisk.explanation.responses.records import FACTORS
from arborisk.explanation.responses.scene import (
    SceneTask,
    draw_base_trees,
    draw_in_scene,
    draw_versions,
)
from arborisk.explanation.responses.verdicts import summarise
from arborisk.explanation.responses.words import sentences
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.simulate.drawing.compose import draw_photo

SIZE = (96, 128)


@pytest.fixture(scope="module")
def following(studied):
    return studied("follows")


def verdicts(found):
    return {one.response.factor.name: one.verdict for one in summarise(found)}


def test_a_model_that_misses_leaves_follows_physics_on_dead_crowns(following):
    summary = summarise(following)[0]
    assert summary.verdict == "follows physics"
    assert summary.rank.value > 0.8
    assert summary.monotone_share == 1.0
    assert summary.change.low > 0.05
    assert summary.index_change.value > summary.change.value  # two classes up, not one


def test_the_same_model_turned_round_goes_against_it(studied, following):
    found = studied("opposes")
    assert verdicts(found)["dead_crown"] == "goes against physics"
    there, back = summarise(following)[0], summarise(found)[0]
    assert back.rank.value == pytest.approx(-there.rank.value)
    assert back.score_change.value == pytest.approx(-there.score_change.value)
    assert back.monotone_share == 0.0


def test_asked_of_the_least_likely_class_the_verdict_stays(studied, following):
    found = studied("follows", Contrast(0, (1, 2)))
    assert found.direction == -1
    assert verdicts(found)["dead_crown"] == "follows physics"
    assert summarise(found)[0].rank == summarise(following)[0].rank


def test_a_model_that_says_one_thing_ignores_all(studied):
    summary = summarise(studied("constant"))[0]
    assert summary.verdict == "ignores it"
    assert summary.rank.value == summary.change.value == summary.monotone_share == 0.0


def test_wind_is_not_in_the_picture(following):
    wind = following.responses[1]
    assert wind.same_picture
    assert np.ptp(wind.score, axis=1).max() == 0.0
    assert verdicts(following)["wind"] == "not in the picture"
    assert np.ptp(wind.critical_gust_ms, axis=1).max() == 0.0
    assert (np.diff(wind.normal_gust_ms, axis=1) > 0).all()
    assert (np.diff(wind.extreme_gust_ms, axis=1) > 0).all()


def test_without_an_order_it_is_only_told_that_the_score_moves(studied):
    found = studied("follows", ordered=False)
    assert found.direction == 0
    assert verdicts(found) == {"dead_crown": "moves", "wind": "not in the picture"}
    assert summarise(found)[0].rank is None
    assert summarise(found)[0].index_change is None
    assert any("no likelihoods" in text for text in sentences(found).cautions)


def test_same_seed_same_curves_whatever_the_processes(studied, following):
    found = studied("follows", n_processes=2)
    for one, other in zip(found.responses, following.responses, strict=True):
        np.testing.assert_array_equal(one.score, other.score)
        np.testing.assert_array_equal(one.critical_gust_ms, other.critical_gust_ms)
        assert one.strip == other.strip
    other_seed = studied("follows", seed=3, n_trees=2, factors=["dead_crown"])
    assert not np.array_equal(other_seed.responses[0].score, following.responses[0].score[:2])


def test_progress_counts_trees(studied):
    seen = []
    studied("constant", n_trees=2, factors=["wind"], progress=lambda *told: seen.append(told))
    assert seen == [(1, 2), (2, 2)]


def test_a_scene_is_the_same_picture_that_a_stand_would_hold():
    for base in draw_base_trees(2, seed=4):
        levels = FACTORS["lean"].levels(2)
        versions = [FACTORS["lean"].change(base.tree, float(level)) for level in levels]
        for tree, photo in zip(versions, draw_in_scene(base, versions, SIZE), strict=True):
            whole = draw_photo(
                tree, base.site, width_px=SIZE[0], height_px=SIZE[1], seed=base.photo_seed
            )
            np.testing.assert_array_equal(photo.image, whole.image)
            np.testing.assert_array_equal(photo.parts, whole.parts)


def test_pictures_that_are_the_same_are_prepared_once():
    base = draw_base_trees(2, seed=4)[0]
    dead = FACTORS["dead_crown"].change(base.tree, 0.9)
    task = SceneTask(base, (base.tree, dead, base.tree), SIZE, PreprocessSettings(size_px=32), (1,))
    drawn = draw_versions(task)
    assert drawn.place.tolist() == [0, 1, 0]
    assert drawn.arrays.shape == (2, 32, 32, 3)
    assert list(drawn.thumbnails) == [1]


@pytest.mark.parametrize("name", ["lean", "cavity", "dead_crown", "slenderness", "plate_lift"])
def test_mechanics_fails_a_tree_earlier_from_the_lowest_level_to_the_highest(name):
    factor = FACTORS[name]
    trees = [base.tree for base in draw_base_trees(24, seed=0)]
    low, high = (
        expected_gusts_ms([factor.change(tree, level) for tree in trees], seed=0)
        for level in (factor.low, factor.high)
    )
    assert (high < low).mean() > 0.9


def test_luck_is_common_to_all_levels():
    trees = [base.tree for base in draw_base_trees(3, seed=0)]
    first = expected_gusts_ms(trees, seed=0)
    np.testing.assert_array_equal(first, expected_gusts_ms(trees, seed=0))
    # Nothing that mechanics asks for changes with a tree's name.
    named = [FACTORS["another"].change(tree, 3.0) for tree in trees]
    np.testing.assert_array_equal(first, expected_gusts_ms(named, seed=0))


@pytest.mark.parametrize("factor", FACTORS.values(), ids=lambda factor: factor.name)
def test_levels_rise_from_low_to_high_and_change_one_thing(factor):
    levels = factor.levels(7)
    assert levels[0] == factor.low
    assert levels[-1] == pytest.approx(factor.high)
    assert (np.diff(levels) > 0).all()
    tree = draw_base_trees(2, seed=0)[0].tree
    changed = factor.change(tree, factor.high)
    different = [name for name in tree.__slots__ if getattr(tree, name) != getattr(changed, name)]
    assert len(different) == (2 if factor.name == "wind" else 1)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"factors": ["moon"]}, "factors out of lean.*moon"),
        ({"levels": 2}, "at least 3 levels"),
        ({"n_trees": 1}, "at least 2 drawn trees"),
    ],
)
def test_what_cannot_be_studied_is_refused(studied, options, match):
    with pytest.raises(SettingsError, match=match):
        studied("constant", **options)


def test_sentences_carry_figures_and_say_drawn(studied, following):
    said = sentences(following)
    assert len(said.uses) == 1
    assert said.uses[0].startswith(
        "Dead crown from 0 to 0.96 of the crown: P(Probable) moves by +0"
    )
    assert said.disagrees == ()
    assert any("not in the picture" in text for text in said.ignores)
    assert any("never evidence about real ones" in text for text in said.cautions)
    ignored = sentences(studied("constant"))
    assert "m/s, P(Probable) hardly moves: 0.00" in ignored.disagrees[0]
