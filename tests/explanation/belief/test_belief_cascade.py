"""Redrawn weights."""

import numpy as np
import pytest
import torch

from arborisk.explanation.belief.refit import (
    only_last_learnt,
    redrawn,
    single_members,
)
from arborisk.explanation.belief.stability import MOST_LEFT, likeness_of, run_cascade


def state(opened):
    return [weight.clone() for weight in opened.network.parameters()]


def test_redrawing_leaves_the_model_as_it_is(knowing):
    before = state(knowing)
    redrawn(knowing, 1, seed=0)
    assert all(torch.equal(one, two) for one, two in zip(before, state(knowing), strict=True))


def test_redrawing_goes_down_from_the_last_layer(knowing):
    shallow, deep = redrawn(knowing, 0, seed=0), redrawn(knowing, 1, seed=0)
    assert torch.equal(shallow.bodies[0].body.weight, knowing.bodies[0].body.weight)
    assert not torch.equal(deep.bodies[0].body.weight, knowing.bodies[0].body.weight)
    for copy in (shallow, deep):
        for one, two in zip(copy.network.classifiers, knowing.network.classifiers, strict=True):
            assert not torch.equal(one.weight, two.weight)
    assert deep.bundle is None


def test_redrawn_weights_keep_their_size_and_spreads_stay_above_0():
    body = torch.nn.Sequential(torch.nn.Conv2d(3, 64, 5), torch.nn.BatchNorm2d(64))
    body[1].running_var.uniform_(0.1, 2.0)
    from arborisk.explanation.belief.refit import _redraw

    size, spreads = body[0].weight.detach().square().mean(), body[1].running_var.clone()
    _redraw(body, torch.Generator().manual_seed(0))
    assert float(body[0].weight.detach().square().mean() / size) == pytest.approx(1.0, abs=0.1)
    assert torch.equal(body[1].running_var.sort().values, spreads.sort().values)


def test_each_member_answers_as_it_does_in_the_model(fake_opened, fake_arrays):
    together = fake_opened.log_probability(fake_opened.pictures(fake_arrays))
    for place, member in enumerate(single_members(fake_opened)):
        alone = member.log_probability(member.pictures(fake_arrays))
        assert torch.allclose(alone[0], together[place], atol=1e-6)


def test_members_of_one_body_share_what_was_not_learnt(knowing, fake_opened):
    assert only_last_learnt(knowing)
    assert not only_last_learnt(fake_opened)


def test_the_map_of_what_was_learnt_goes_with_the_weights(
    knowing, planted, is_square, activation_maps
):
    rows = np.flatnonzero(planted.class_index)[:8]
    found = run_cascade(
        knowing, planted.arrays[rows], is_square, activation_maps, groups=list("abcdefgh")
    )
    assert [step.title for step in found.steps] == ["last layer", "all weights"]
    assert found.passed and found.left <= MOST_LEFT
    assert "changes with what was learnt" in found.sentence


def test_a_map_of_edges_stays_and_fails(knowing, planted, is_square, edge_maps):
    found = run_cascade(knowing, planted.arrays[:8], is_square, edge_maps, groups=list("abcdefgh"))
    assert found.left == pytest.approx(1.0)
    assert not found.passed
    assert "hardly depends on what was learnt" in found.sentence


def test_a_pattern_that_comes_back_as_its_negative_has_not_gone():
    maps = np.random.default_rng(0).normal(size=(5, 14, 14))
    assert likeness_of(maps, -maps) == pytest.approx(np.ones(5))
    others = np.random.default_rng(1).normal(size=(5, 14, 14))
    assert likeness_of(maps, others).mean() < 0.2


def test_progress_counts_every_copy(knowing, planted, is_square, edge_maps):
    said = []
    run_cascade(
        knowing,
        planted.arrays[:2],
        is_square,
        edge_maps,
        groups=["a", "b"],
        n_draws=1,
        progress=lambda done, total: said.append((done, total)),
    )
    assert said == [(1, 2), (2, 2)]
