"""What a protocol scores more, paired by group; and the best of what may be compared."""

import pytest

from arborisk.evaluation.experiment import read_experiment
from arborisk.evaluation.experiment_summary import (
    best_cells,
    flatteries,
    leaking_cells,
    mean_gain,
    score_gains,
    selection_caution,
)

WEAK = {"n_trees": 60, "photos_per_tree": 2, "skill": 0.8}
STRONG = {**WEAK, "skill": 2.5}


@pytest.fixture(scope="module")
def experiment(tmp_path_factory, make_experiment):
    def axes(size, protocol, model="model1", weights="none"):
        return {"size": size, "protocol": protocol, "model": model, "weights": weights}

    cells = [
        (axes(64, "grouped"), [WEAK]),
        (axes(64, "deck"), [{**STRONG, "protocol": "deck"}]),
        (axes(108, "grouped"), [{**WEAK, "skill": 1.2}]),
        (axes(224, "deck"), [{**STRONG, "protocol": "deck"}]),
        (axes(64, "grouped", "efficientnet_lite0", "imagenet"), [STRONG]),
    ]
    return read_experiment(make_experiment(tmp_path_factory.mktemp("leak"), cells))


def value(experiment, place, metric):
    return experiment.cells[place].scored.evaluation.metrics[metric].interval.value


def test_only_one_setting_under_two_protocols_is_held_against_itself(experiment):
    (found,) = flatteries(experiment)
    assert (found.honest.name, found.other.name, found.protocol) == ("c01", "c02", "deck")
    for metric, gain in found.gains.items():
        difference = value(experiment, 1, metric) - value(experiment, 0, metric)
        assert gain.value == pytest.approx(difference)
        assert gain.low < difference < gain.high
        assert mean_gain([found], "deck", metric) == pytest.approx(difference)


def test_the_same_answers_gain_nothing_for_certain(experiment):
    evaluation = experiment.cells[0].scored.evaluation
    for gain in score_gains(evaluation, evaluation).values():
        assert (gain.value, gain.low, gain.high) == pytest.approx((0, 0, 0))


def test_too_few_groups_give_no_interval(tmp_path, make_experiment):
    cells = [({"size": 64}, [{**WEAK, "n_trees": 20}])]
    (cell,) = read_experiment(make_experiment(tmp_path, cells)).cells
    gains = score_gains(cell.scored.evaluation, cell.scored.evaluation)
    assert gains["accuracy"].low is None
    assert gains["accuracy"].note == "too few trees for an interval"


def test_the_best_is_chosen_on_one_side_of_the_line_and_without_leaks(experiment):
    assert [cell.name for cell in leaking_cells(experiment)] == ["c02", "c04"]
    pretrained, scratch = best_cells(experiment)
    assert (pretrained.start, pretrained.cell.name, pretrained.n_cells) == ("pretrained", "c05", 1)
    assert (scratch.start, scratch.n_cells) == ("from scratch", 2)
    by_value = {
        name: value(experiment, place, "balanced_accuracy")
        for name, place in (("c01", 0), ("c03", 2))
    }
    assert scratch.cell.name == max(by_value, key=by_value.__getitem__)
    assert "here up to 2" in selection_caution([pretrained, scratch])
    assert selection_caution([pretrained]) == ""
