"""What a comparison says, word for word where a number or a cause hangs on it."""

from types import SimpleNamespace

import numpy as np
import pytest

from arborisk.prediction.drift.words import (
    NO_GROUP,
    Beyond,
    beyond_sentence,
    cautions_of,
    sentence_of,
)
from arborisk.prediction.gates.gating import GATES, measure_fitness
from arborisk.prediction.rows import printable


def test_beyond_the_gate_names_what_luck_may_do():
    said = beyond_sentence(Beyond(0.15, 3, 0.01, 0.08), 20)
    assert "of 20 new photos lie beyond" in said
    assert "more than what the gate may really stop of such photos (up to 8.0 %" in said
    within = beyond_sentence(Beyond(0.05, 1, 0.01, 0.08), 20)
    assert "lies beyond the limit" in within and "within what the gate may really stop" in within
    assert "too few groups to set a limit" in beyond_sentence(Beyond(0.0, 0, None, None), 20)


@pytest.mark.parametrize(
    ("times", "alarm", "first"),
    [
        (1.4, True, "More than luck explains: the difference is 1.4 times"),
        (0.7, False, "Luck can explain it: the difference is 0.7 times"),
        (1.2, False, "Not shown, for with several comparisons one may well be as large:"),
        (0.0, False, "Luck can explain it: there is no difference to speak of"),
    ],
)
def test_a_comparison_begins_with_its_verdict(times, alarm, first):
    outcome = SimpleNamespace(times_luck=times, apart=None)
    assert sentence_of("shows", outcome, {}, alarm).startswith(first)


@pytest.mark.parametrize(
    ("by", "word"),
    [("photo", "taken for independent"), ("day", "one day"), ("given", "in the table")],
)
def test_how_photos_were_grouped_is_a_caution(by, word):
    new = SimpleNamespace(grouped_by=by, groups=[NO_GROUP if by == "given" else "a"], n_left_out=0)
    said = " ".join(cautions_of(new, 30, 0.0001, 0.05))
    assert word in said
    if by == "given":
        assert "date" not in said


def test_the_heads_are_among_what_is_measured_of_a_photo():
    heads = SimpleNamespace(scores=lambda embedding: np.array([[1.0, 2.0, 3.0, 4.0]]))
    array = np.full((8, 8, 3), 100, np.uint8)
    found = measure_fitness(array, np.zeros(4, np.float32), reference=None, heads=heads)
    assert [found[gate] for gate in GATES] == [1.0, 2.0, 3.0, 4.0]
    assert "distance" not in found
    without = measure_fitness(array, np.zeros(4, np.float32), reference=None, heads=None)
    assert not set(GATES) & set(without)


def test_a_name_moves_no_cursor_and_loses_no_letter():
    assert printable("a\x1bb\nc") == r"a\x1bb\nc"
    assert printable("Tilleul à côté") == "Tilleul à côté"
