"""The deck's table, with its own numbers and ours, and the class they are of."""

from dataclasses import replace

import pytest

from arborisk.dataset.schemes import ISA_SCHEMES, as_labelled
from arborisk.evaluation.evaluate import evaluate_run
from arborisk.evaluation.experiment_tables import deck_table


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory, make_run):
    return evaluate_run(make_run(tmp_path_factory.mktemp("deck"), n_trees=40))


def test_the_decks_rows_are_its_own_and_of_improbable(evaluation):
    deck = [row for row in deck_table(evaluation) if row.source == "the deck"]
    assert [row.accuracy for row in deck] == [0.652, 0.728, 0.868, 0.868]
    assert [row.image_size_px for row in deck] == [108, 108, 108, 224]
    assert (deck[2].precision, deck[2].recall) == (0.879, 1.0)
    assert {row.precision_of for row in deck} == {"Improbable"}
    # 322 of 458 photos are Improbable, and 322 of 378 without Possible.
    assert [round(100 * row.majority_accuracy, 1) for row in deck] == [70.3, 70.3, 85.2, 85.2]


def test_ours_stand_beside_once_for_each_class(evaluation):
    ours = deck_table(evaluation)[4:]
    assert [row.precision_of for row in ours] == ["Improbable", "Probable"]
    assert {row.class_labels for row in ours} == {"{Probable, Improbable}"}
    recall = evaluation.metrics["recall_Pr"].interval.value
    assert (ours[1].recall, ours[1].image_size_px) == (recall, 108)


def with_scheme(evaluation, scheme):
    data = replace(evaluation.config.data, scheme=scheme)
    return replace(evaluation, config=replace(evaluation.config, data=data))


def test_a_grouped_class_is_written_as_the_deck_does(evaluation):
    scheme = ISA_SCHEMES["PrPo_Im"]
    metrics = {name.replace("_Pr", "_PrPo"): result for name, result in evaluation.metrics.items()}
    ours = deck_table(replace(with_scheme(evaluation, scheme), metrics=metrics))[-1]
    assert ours.class_labels == "{(Probable + Possible), Improbable}"


def test_labels_that_are_not_isa_words_have_no_deck_table(evaluation):
    scheme = as_labelled({"leaf_on", "leaf_off"})
    assert deck_table(with_scheme(evaluation, scheme)) == ()
