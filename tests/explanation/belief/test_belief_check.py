"""All checks together, and the verdict."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from arborisk.errors import SettingsError
from arborisk.explanation.belief.check import HeldBack, check_maps, headline, spread_out
from arborisk.explanation.belief.labels import shuffled_labels
from arborisk.explanation.belief.refit import Embedded, embeddings_of
from arborisk.training.head import fit_head
from arborisk.training.settings import HeadSettings


@pytest.fixture(scope="module")
def check(planted, is_square):
    """Checks maps on the photos with a square, with labels and embeddings."""

    def run(opened, make_maps, *, embedded=True):
        rows = np.flatnonzero(planted.class_index)
        labelled = Embedded(
            embeddings_of(opened, planted.arrays), planted.class_index, planted.groups
        )
        said = HeldBack(opened.probability(planted.arrays), planted.class_index, planted.groups)
        return check_maps(
            opened,
            planted.arrays[rows],
            is_square,
            make_maps,
            groups=[planted.groups[row] for row in rows],
            held_back=said,
            embedded=labelled if embedded else None,
        )

    return run


@pytest.fixture(scope="module")
def good(check, knowing, activation_maps):
    return check(knowing, activation_maps)


def test_the_map_of_a_model_that_knows_is_believable(good):
    assert good.verdict.word == "believable"
    assert good.verdict.against == good.verdict.missing == ()
    assert good.contrast == "square and not plain"
    assert headline(good) == "The map is believable."
    assert good.verdict.line == "The map is believable: it passed every check."
    assert len(good.sentences) == 5


@pytest.mark.parametrize("seed", range(3))
def test_a_model_with_shuffled_weights_fails(seed, check, guessing, activation_maps):
    found = check(guessing(seed), activation_maps)
    assert found.verdict.word == "not to be believed"
    assert "The model is not shown to do better than guess." in found.verdict.against


def test_a_model_trained_on_dealt_labels_fails(
    check, square_network, open_networks, planted, knowing, activation_maps
):
    labels = shuffled_labels(planted.class_index, planted.groups, seed=4)
    head = fit_head(
        embeddings_of(knowing, planted.arrays),
        labels,
        planted.groups,
        n_classes=2,
        settings=HeadSettings(strengths=(0.01,), inner_folds=2),
        seed=0,
    )
    network = square_network()
    network.head.load_state_dict({n: torch.from_numpy(v) for n, v in head.weights.items()})
    found = check(open_networks(network, network), activation_maps)
    assert found.verdict.word == "not to be believed"
    assert not found.labels.passed


def test_edges_and_the_centre_are_not_to_be_believed(check, knowing, edge_maps, centre_maps):
    edges, centre = check(knowing, edge_maps).verdict, check(knowing, centre_maps).verdict
    assert edges.word == centre.word == "not to be believed"
    assert "It hardly depends on what the network has learnt." in edges.against
    assert "It is nearly the same map for every photo." in centre.against


def test_what_was_not_tried_is_said_and_leaves_the_verdict_in_part(
    check, knowing, activation_maps, planted, is_square
):
    found = check(knowing, activation_maps, embedded=False)
    assert found.verdict.word == "partly"
    assert "labels dealt at random" in headline(found)
    assert "Not tried" in found.sentences[-1]
    alone = check_maps(knowing, planted.arrays[2:4], is_square, activation_maps)
    assert alone.skill is None
    assert any("no labels were given" in one for one in alone.verdict.missing)
    assert any("Too few photos" in one for one in alone.verdict.missing)


def test_labels_of_the_photos_themselves_serve_where_none_were_held_back(
    knowing, planted, is_square, activation_maps
):
    found = check_maps(
        knowing,
        planted.arrays,
        is_square,
        activation_maps,
        groups=planted.groups,
        class_index=planted.class_index,
    )
    assert found.skill.passed and not found.skill.held_back


def test_a_model_of_its_own_body_takes_one_trained_on_dealt_labels(
    square_network, open_networks, guessing, planted, is_square, activation_maps
):
    rows = np.flatnonzero(planted.class_index)[:6]
    steps = []
    found = check_maps(
        open_networks(square_network()),
        planted.arrays[rows],
        is_square,
        activation_maps,
        shuffled=guessing(0),
        progress=lambda done, total: steps.append((done, total)),
    )
    assert found.labels.passed and found.labels.true is None
    assert found.stability.members is None
    assert steps == [(number, 5) for number in range(1, 6)]


def test_an_unstable_map_is_believed_in_part(good):
    from arborisk.explanation.belief.check import verdict_of

    shaky = replace(good.stability, shifted=replace(good.stability.shifted, value=0.2))
    found = verdict_of(good.skill, good.cascade, good.labels, good.faithfulness, shaky)
    assert found.word == "partly"
    assert found.line == (
        "The map is to be believed in part: it is not stable: shifted by a few pixels, its rank "
        "correlation is 0.20."
    )


def test_no_photo_is_refused(knowing, planted, is_square, activation_maps):
    with pytest.raises(SettingsError, match=r"at least one photo.*Give at least one photo"):
        check_maps(knowing, planted.arrays[:0], is_square, activation_maps)


def test_rows_are_spread_and_never_twice():
    assert spread_out(3, 8).tolist() == [0, 1, 2]
    assert spread_out(100, 8)[[0, -1]].tolist() == [0, 99]
    assert len(set(spread_out(17, 16).tolist())) == 16
