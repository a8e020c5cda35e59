"""What is kept of a photo comes back as it was, and is told in words."""

from arborisk.explanation.measures.table import Measure
from arborisk.explanation.photo_record import Neighbour, PhotoExplanation, PhotoShare
from arborisk.records import Failure

FULL = PhotoExplanation(
    "a/b.jpg",
    "12 34",
    "Probable and not Possible",
    0.25,
    (PhotoShare("sky", 0.151, 0.4), PhotoShare("crown", 0.579, 0.3), PhotoShare("built", 0.0, 0.3)),
    (Measure("lean_deg", "Lean", "degrees", 4.0, 2.0, 6.0),),
    ("Wires are not ruled out: look up before you go near.",),
    (Neighbour("c.jpg", "Probable", 0.5),),
)


def test_it_comes_back_as_it_was():
    assert PhotoExplanation.from_json(FULL.to_json()) == FULL
    failed = PhotoExplanation("x.jpg", "1 2", failure=Failure("x.jpg", "truncated", "Expected"))
    assert PhotoExplanation.from_json(failed.to_json()) == failed


def test_parts_in_words_largest_first_and_nothing_that_is_zero():
    assert FULL.parts_sentence == "58 % crown in leaf, 15 % sky"
    assert PhotoExplanation("x.jpg", "1 2").parts_sentence == ""
