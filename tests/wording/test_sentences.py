"""Sentences that must be the same everywhere stand in one place, and say what they must."""

from arborisk.wording import sentences

WRITTEN = {
    name: value
    for name, value in vars(sentences).items()
    if isinstance(value, str) and name.isupper()
}
FRAGMENTS = {"ONE_SIDE", "UNSEEN", "KEEP_AWAY", "NOTHING_URGENT"}


def test_whatever_is_imminent_tells_people_to_keep_away_and_call_now():
    for name in ("IMMINENT", "WHEN_TO_CALL", "NEVER_IMMINENT"):
        assert WRITTEN[name].endswith("keep people away and call an arborist now.")


def test_sentences_are_sentences_and_none_says_safe():
    for name in WRITTEN.keys() - FRAGMENTS:
        assert WRITTEN[name][0].isupper() and WRITTEN[name].endswith("."), name
    assert not any("safe" in text.lower() for text in WRITTEN.values())


def test_a_photo_gives_a_likelihood_and_never_a_rating():
    for name in ("LEVEL_1", "LEVEL_1_SHORT"):
        assert "likelihood, never a risk rating" in WRITTEN[name]
        assert "Level 1" in WRITTEN[name]
