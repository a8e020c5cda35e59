"""What was rated Imminent is named, and nothing is said where nothing was."""

from arborisk.wording.sentences import IMMINENT, MOST_NAMED, imminent_json, imminent_line


def test_the_sentence_stands_first_and_many_are_counted():
    ids = [f"tree {number}" for number in range(MOST_NAMED + 3)]
    line = imminent_line(ids)
    assert line.startswith(IMMINENT)
    assert line.endswith(f"tree {MOST_NAMED - 1}; and 3 more.")
    assert imminent_json(ids)["ids"] == ids


def test_nothing_is_said_where_nothing_is_imminent():
    assert imminent_line([]) == ""
    assert imminent_json([]) is None
