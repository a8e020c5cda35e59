"""Nothing in text from files steers a terminal; what is escaped is still JSON."""

import json

from hypothesis import given
from hypothesis import strategies as st

from arborisk.errors import ArboriskError, escaped


def test_escape_sequences_line_breaks_and_marks_of_direction_are_written_out():
    assert escaped("a\x1b]0;x\x07b") == r"a\u001b]0;x\u0007b"
    assert escaped("a\r\nb\tc") == r"a\r\nb\tc"
    assert escaped("oak\u202egnp.jpg\x9b2J\u2028") == r"oak\u202egnp.jpg\u009b2J\u2028"
    assert escaped("\U000e0041\udce9") == r"\udb40\udc41\udce9"


def test_letters_of_all_scripts_stay():
    for text in ("Tilleul à côté", "桜", "🌳‍🟫", "\\n", "Ω ≥ 5 µm"):
        assert escaped(text) == text


def test_what_is_to_be_kept_is_kept():
    assert escaped("a\nb\tc\x1b", keep="\n\t") == "a\nb\tc\\u001b"


@given(st.text())
def test_nothing_that_steers_is_left(text):
    assert all(mark.isprintable() or ord(mark) > 0x9F for mark in escaped(text))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_json_stays_json(text):
    assert json.loads(escaped(json.dumps(text, ensure_ascii=False))) == text


def test_the_text_of_an_error_is_one_line_and_its_parts_are_as_given():
    error = ArboriskError("a", "\x1b[2Joak\nbirch", "c", "Do d.")
    assert str(error) == r"Expected a; found \u001b[2Joak\nbirch (c). Do d."
    assert error.found == "\x1b[2Joak\nbirch"
