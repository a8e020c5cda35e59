"""What is measured from ratings: raters, repeats, the model, before and after, and refusals."""

import json

import numpy as np
import pytest
from made import answers_of, drawn, ratings_of
from published import KRIPPENDORFF

from arborisk.agreement.export import as_json
from arborisk.agreement.measure import measure_agreement
from arborisk.agreement.model_rater import two_way_interval
from arborisk.agreement.overall import NO_SPREAD, TOO_ALIKE, TOO_FEW, coefficient_interval
from arborisk.agreement.predictions import ModelAnswers
from arborisk.agreement.sentences import (
    before_after_sentences,
    consensus_sentences,
    headline,
    sections,
)
from arborisk.dataset.schemes import ISA_WORDS, as_labelled
from arborisk.simulate.tables import RATERS, draw_ratings


def test_who_rates_higher_is_found():
    rng = np.random.default_rng(2)
    truth = rng.integers(0, 2, 200)
    said = np.column_stack([truth, truth, truth + (rng.random(200) < 0.8)])
    found = measure_agreement(ratings_of(said))
    bias = [rater.bias for rater in found.raters]
    assert bias[2].low > 0.5
    assert bias[0].high < 0
    assert bias[2].value == pytest.approx((said[:, 2] - truth).mean())
    assert found.raters[2].higher == pytest.approx((said[:, 2] > truth).mean())
    assert "rater 2 rates higher than the others" in " ".join(sections(found)[0][1])


def test_ratings_of_one_person_count_for_the_shares_of_classes_as_gwet_has_it():
    scheme = as_labelled({f"kind {n}" for n in range(5)})
    found = measure_agreement(ratings_of(KRIPPENDORFF, scheme=scheme)).overall
    assert found.value("gwet_ac1").value == pytest.approx(0.77544, abs=5e-6)
    assert found.value("fleiss_kappa").value == pytest.approx(0.76117, abs=5e-6)
    assert found.value("alpha_nominal").value == pytest.approx(0.74342, abs=5e-6)
    assert (found.n_trees, found.n_several) == (11, 11)


def test_kappa_with_others_is_the_mean_over_pairs():
    _, said = drawn(80, n_raters=3)
    found = measure_agreement(ratings_of(said))
    of_first = [pair.kappas["quadratic"].value for pair in found.pairs if pair.first == 0]
    assert found.raters[0].kappa.value == pytest.approx(np.mean(of_first))
    every = [pair.kappas["quadratic"].value for pair in found.pairs]
    assert found.mean_kappas["quadratic"].value == pytest.approx(np.mean(every))


def test_more_trees_give_narrower_intervals_and_repeated_photos_do_not():
    def width(ratings):
        interval = measure_agreement(ratings).overall.value("alpha_ordinal")
        return interval.high - interval.low

    _, said = drawn(100)
    once = width(ratings_of(said))
    assert width(ratings_of(drawn(800)[1])) < 0.6 * once
    trees = tuple(f"t{number}" for number in range(100)) * 4
    assert width(ratings_of(np.tile(said, (4, 1)), trees=trees)) == pytest.approx(once, rel=0.02)


def test_too_few_trees_and_too_alike_ratings_are_refused_in_words():
    few = measure_agreement(ratings_of(drawn(10)[1]))
    assert {item.interval.note for item in few.overall.statistics} == {TOO_FEW}
    alike = np.zeros((60, 2), dtype=int)
    alike[:3, 0] = 1
    found = measure_agreement(ratings_of(alike))
    assert found.overall.value("fleiss_kappa").note == TOO_ALIKE
    assert found.overall.statistics[0].interval.low is not None
    assert found.mean_kappas["quadratic"].note == found.pairs[0].kappas["linear"].note == TOO_ALIKE
    perfect = np.tile(drawn(60)[0][:, None], (1, 2))
    assert measure_agreement(ratings_of(perfect)).overall.value("fleiss_kappa").note == NO_SPREAD


def test_an_interval_holds_its_value_and_stays_in_bounds():
    without = np.full(30, 0.95)
    without[:3] = (0.5, 0.99, 0.9)
    found = coefficient_interval(0.95, without)
    assert -1 < found.low < 0.95 < found.high < 1


def test_one_rater_is_refused_unless_something_was_rated_twice():
    with pytest.raises(Exception, match=r"two raters.*1 rater \(rater 0\).*rate some again"):
        measure_agreement(ratings_of(np.array([[0], [1], [2]])))
    rng = np.random.default_rng(4)
    first = rng.integers(0, 3, (40, 1))
    again = np.where(rng.random((40, 1)) < 0.8, first, 2 - first)
    found = measure_agreement(ratings_of([first, again]))
    assert found.overall is None
    assert found.repeats[0].n_pairs == 40
    assert found.repeats[0].same.value == pytest.approx((first == again).mean())
    assert "was not measured" in headline(found)
    json.dumps(as_json(found), allow_nan=False)


def test_a_model_like_the_people_is_inside_their_spread_and_a_guess_is_not():
    truth, said = drawn(400, n_raters=3)
    like = draw_ratings(truth, np.random.default_rng(9))[:, 0]
    found = measure_agreement(ratings_of(said), answers_of(like)).model
    assert found.difference.low < 0.1 and found.difference.high > -0.05
    assert len(found.in_place_of) == 3
    guess = np.random.default_rng(1).permutation(truth)
    worse = measure_agreement(ratings_of(said), answers_of(guess)).model
    assert worse.difference.high < -0.2
    assert worse.inside is False
    assert worse.people.value == pytest.approx(found.people.value)
    assert all(place.difference.high < 0 for place in worse.in_place_of)


def test_trees_on_which_nobody_says_what_the_model_says_come_farthest_first():
    said = np.array([[0, 0], [0, 0], [1, 1], [2, -1]] + [[0, 1]] * 20)
    model = np.array([1, 2, 1, 0] + [0] * 20)
    found = measure_agreement(ratings_of(said), answers_of(model)).model
    assert [item.item for item in found.apart] == [1, 0]
    assert found.apart[0].counts.tolist() == [2, 0, 0]


def test_items_without_an_answer_are_left_out_and_counted():
    truth, said = drawn(60)
    model = np.where(np.arange(60) < 20, -1, truth)
    found = measure_agreement(ratings_of(said), ModelAnswers(model, np.eye(3)[truth], False)).model
    assert (found.n_items, found.n_without) == (40, 20)


def test_a_known_shift_toward_the_model_is_measured():
    truth, before = drawn(300)
    rng = np.random.default_rng(6)
    model = draw_ratings(truth, rng)[:, 1]
    pulled = rng.random(before.shape) < 0.3
    after = np.where(pulled, model[:, None], before)
    found = measure_agreement(ratings_of([before, after], saw=[False, True]), answers_of(model))
    change = found.before_after
    shift = {item.key: item.interval for item in change.shifts}
    assert change.n_pairs == before.size
    assert change.away == 0
    assert shift["switched"].low < 0.3 < shift["switched"].high
    assert shift["toward_model"].low > 0
    assert shift["changed"].value == pytest.approx((before != after).mean())
    assert change.over_raters
    assert "not a move toward the truth" in before_after_sentences(found)[-1]
    # The people's agreement is that of their ratings without the model.
    np.testing.assert_array_equal(found.said, before)


def test_a_change_without_a_model_is_a_change_all_the_same():
    _, before = drawn(40, n_raters=2)
    after = np.minimum(before + 1, 2)
    found = measure_agreement(ratings_of([before, after], saw=[False, True])).before_after
    shift = {item.key: item.interval for item in found.shifts}
    assert shift["shift"].value == pytest.approx((after - before).mean())
    assert "switched" not in shift and found.toward == -1
    assert not found.over_raters


def test_an_interval_over_trees_and_raters_is_wider_where_raters_differ():
    tree, rater = np.repeat(np.arange(50), 5), np.tile(np.arange(5), 50)
    rng = np.random.default_rng(0)
    noise = rng.normal(size=250)
    alike = two_way_interval(noise, tree, rater)
    unlike = two_way_interval(noise + 2.0 * (rater - 2), tree, rater)
    assert unlike.high - unlike.low > 3 * (alike.high - alike.low)


def test_few_raters_hang_on_the_prior_in_words():
    two = measure_agreement(ratings_of(drawn(60, n_raters=2)[1]))
    four = measure_agreement(ratings_of(drawn(60)[1]))
    assert "hangs on its prior" in " ".join(consensus_sentences(two))
    assert "hangs on its prior" not in " ".join(consensus_sentences(four))


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("k", [2, 3])
def test_any_classes_work(k, ordered):
    scheme = as_labelled(set(ISA_WORDS[:k]) if ordered else {f"kind {n}" for n in range(k)})
    said = np.minimum(drawn(40)[1], k - 1)
    found = measure_agreement(ratings_of(said, scheme=scheme), answers_of(said[:, 0], k))
    keys = {item.key for item in found.overall.statistics}
    assert ("alpha_ordinal" in keys) == (ordered and k == 3)
    assert (found.raters[0].bias is not None) == ordered
    json.dumps(as_json(found), allow_nan=False)
    assert "safe" not in str(sections(found)).lower()


def test_a_class_of_five_and_a_rater_of_two_trees_do_not_stop_it():
    truth, said = drawn(60)
    said[said == 2] = 1
    said[:5] = 2
    said[9:, 3] = -1
    found = measure_agreement(ratings_of(said), answers_of(truth))
    assert found.raters[3].kappa.note == TOO_FEW
    assert found.overall.value("alpha_ordinal").low is not None


def test_the_same_ratings_give_the_same_results():
    one, two = (as_json(measure_agreement(ratings_of(drawn(50)[1]))) for _ in range(2))
    assert one == two
    assert len(RATERS) == len(one["raters"])
