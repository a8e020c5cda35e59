"""What a person should do, and in which order reasons count."""

import itertools

import pytest

from arborisk.prediction.decide import Finding, Referral, of_tree, refer
from arborisk.wording.sentences import NOTHING_URGENT

NO_TREE = Finding("tree", "not_a_tree", "no tree was recognised")
BLURRED = Finding("blur", "retake", "the photo is blurred")
UNLIKE = Finding("unlike", "level_2", "unlike the photos of training")
BARE = Finding("season", "note", "out of leaf")


def test_nothing_to_say_is_routine_and_says_what_was_not_seen():
    found = refer((), [BARE])
    assert found == Referral("routine", (NOTHING_URGENT, "out of leaf"))
    assert "roots, far side and inside were not seen" in NOTHING_URGENT


@pytest.mark.parametrize(
    ("asks", "findings", "action", "first"),
    [
        (["Probable"], [BLURRED], "level_2", "Probable"),
        ([], [UNLIKE, BLURRED], "level_2", UNLIKE.sentence),
        ([], [BLURRED], "retake", BLURRED.sentence),
        (["Probable"], [NO_TREE], "not_a_tree", NO_TREE.sentence),
    ],
)
def test_the_weightiest_reason_decides(asks, findings, action, first):
    found = refer(asks, findings)
    assert found.action == action
    assert found.reasons[0] == first


def test_what_the_model_said_of_something_that_is_no_tree_is_kept():
    assert "if it is a tree: Probable" in refer(["Probable"], [NO_TREE]).reasons


def test_an_unreadable_photo_is_taken_again():
    assert refer([], failed="truncated") == Referral(
        "retake", ("the photo could not be used: truncated",)
    )


PHOTOS = {
    "level_2": refer(["Probable"]),
    "retake": refer([], [BLURRED]),
    "not_a_tree": refer([], [NO_TREE]),
    "routine": refer([]),
}


@pytest.mark.parametrize("more", PHOTOS.values(), ids=PHOTOS)
def test_a_photo_more_never_withdraws_a_person(more):
    assert of_tree([PHOTOS["level_2"], more]).action == "level_2"


def test_photos_that_cannot_speak_leave_the_word_to_others():
    for silent in ("retake", "not_a_tree"):
        assert of_tree([PHOTOS[silent], PHOTOS["routine"]]).action == "routine"
    assert of_tree([PHOTOS["retake"], PHOTOS["not_a_tree"]]).action == "not_a_tree"


def test_a_doubt_about_an_unseen_tree_is_not_outvoted():
    doubtful = refer(["Probable"], [NO_TREE])
    assert doubtful.action == "not_a_tree"
    tree = of_tree([doubtful, PHOTOS["routine"]])
    assert tree.action == "level_2"
    assert "if it is a tree: Probable" in tree.reasons
    assert of_tree([doubtful, PHOTOS["not_a_tree"]]).action == "not_a_tree"


def test_the_order_of_photos_decides_nothing():
    for photos in itertools.permutations(PHOTOS.values()):
        assert of_tree(photos).action == "level_2"
