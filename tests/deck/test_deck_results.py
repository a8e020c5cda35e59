"""The account of the deck's results: hand-worked figures, chances that add up, and its page."""

import json
import sys
from fractions import Fraction
from math import comb
from pathlib import Path

import pytest

from arborisk.cli import main
from arborisk.deck.printed import (
    batch_splits,
    chance_of_printed_precision,
    counts_printed,
    draw_chance,
    draw_chances,
)
from arborisk.deck.results import deck_results
from arborisk.deck.results_page import deck_results_markdown
from arborisk.evaluation.experiment_tables import DECK_ROWS
from arborisk.wording.percent import in_percent

PAGE = Path(__file__).parents[2] / "docs" / "deck-results.md"


@pytest.fixture(scope="module")
def found():
    return deck_results()


def test_each_accuracy_is_one_count(found):
    needed = [(one.answers[0].n_right, one.answers[0].n_validation) for one in found.accuracies]
    assert needed == [(60, 92), (67, 92), (66, 76), (66, 76)]
    assert {one.answers[0].answer for one in found.accuracies} == {"Improbable"}
    for account, row in zip(found.accuracies, DECK_ROWS, strict=True):
        assert account.printed == in_percent(row.accuracy)
        assert float(account.majority) == row.majority_accuracy
    # Neither row of 458 photos can be of the 76 that the deck prints, nor of 91.
    assert [account.counts[n] for account in found.accuracies[:2] for n in (91, 76)] == [[]] * 4
    assert counts_printed("50.0", 1000) == [500]
    assert counts_printed("0.1", 2000) == [1, 2]  # half up


def test_chances_of_the_draws(found):
    """About 5, 9 and 13 %: in the order of the rows."""
    chances = [account.answers[0].chance for account in found.accuracies[:3]]
    assert [round(one.exactly, 4) for one in chances] == [0.0491, 0.0867, 0.1335]
    assert [round(one.as_extreme, 3) for one in chances] == [0.251, 0.611, 0.721]
    assert sum(draw_chances(378, 322, 76).values()) == 1
    # By hand: 2 of 3 red balls among 4, 2 drawn: both red with 3 / 6.
    assert draw_chance(4, 3, 2, 2).exactly == 0.5
    assert draw_chance(4, 1, 2, 2).exactly == 0


def test_no_confusion_matrix_has_the_printed_precision(found):
    """With no photo missed and 66 right, the precision is hit / (hit + 10), at most 66 / 76."""
    assert len(found.confusions) == 66
    for one in found.confusions:
        assert (one.false_negative, one.false_positive) == (0, 10)
        assert one.precision == Fraction(one.true_positive, one.true_positive + 10)
        assert in_percent(one.precision) != "87.9"
    assert found.largest_precision == Fraction(66, 76)


def test_the_batch_average_needs_eleven_in_the_last_batch_and_two_roundings(found):
    assert sum(split.chance for split in batch_splits()) == 1
    assert {split.counts[2] for split in found.matching_splits} == {11}
    assert len(found.matching_splits) == 10
    for split in found.matching_splits:
        assert split.mean == (Fraction(55, 32) + Fraction(11, 12)) / 3
        assert (split.printed_once, split.printed_twice) == ("87.8", "87.9")
    # The last batch is a random 12 of 76 with 66 Improbable.
    chance = sum(split.chance for split in found.matching_splits)
    assert chance == Fraction(comb(66, 11) * comb(10, 1), comb(76, 12))
    assert chance_of_printed_precision(66) == pytest.approx(float(chance))


def test_other_models_hardly_give_that_average(found):
    assert found.constant_chance == pytest.approx(0.1335 * 0.3462, rel=1e-3)
    assert found.constant_chance > 200 * found.other_chance
    assert 0 < found.probable_chance < 1e-24  # as the sentence says


def test_the_page_holds_what_the_command_prints(found):
    page = PAGE.read_text(encoding="utf-8")
    assert page.endswith(f"\n\n{deck_results_markdown(found)}\n"), (
        "run `arborisk learn deck-results --format markdown` and paste it at the end of the page"
    )


def test_the_command_gives_json_and_a_figure(tmp_path, capsys, monkeypatch):
    figure = tmp_path / "deck.svg"
    arguments = ["arborisk", "learn", "deck-results", "--format", "json", "--figure", str(figure)]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit):
        main()
    told = json.loads(capsys.readouterr().out)
    assert told["accuracies"][2]["counts"] == {"76": [66], "75": []}
    assert {one["standing"] for one in told["findings"]} == {
        *("conclusive", "only consistent", "not known")
    }
    assert "printed 86.8: 66 of 76" in figure.read_text()
