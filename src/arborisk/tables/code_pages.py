"""Which code page of old a text is written in, by the letters that it would then hold."""

from __future__ import annotations

from collections import Counter

WORDS = {
    "cp1252": "Windows-1252 (Western Europe)",
    "cp1250": "Windows-1250 (Central Europe)",
    "mac_roman": "Mac Roman",
}
"""Code pages that spreadsheets write, and their names as a person knows them."""
_DASHES_AND_QUOTES = "\u2013\u2014\u2018\u2019\u201c\u201d\u201e"
_WITHIN_WORDS = "\u2013\u2019"
_WESTERN = "äöüßÄÖÜéèêëàâçîïôûùœæÉÈÊÀÇñáíóúÑÁÍÓÚãõìòåøÅØÆŒ¿¡°±€" + _DASHES_AND_QUOTES
_LETTERS = {
    "cp1252": _WESTERN + "ÿ²³½¼·º\xd7",
    "cp1250": "ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČĎÉĚÍŇŘŠŤÚŮÝŽőűŐŰăâîșțşţäöüßÄÖÜ°€"
    + _DASHES_AND_QUOTES,
    "mac_roman": _WESTERN,
}
"""Characters that tables of trees hold, in the languages that each code page serves."""
_RARE = "œæŒÆÿºª¡¿"


def code_page(text: bytes) -> str:
    """Code page in which a text has the likeliest letters.

    Args:
        text: Lines with bytes beyond ASCII.

    >>> code_page("Hauptstraße".encode("mac_roman"))
    'mac_roman'
    """
    return max(_LETTERS, key=lambda name: _fit(text, name))


def _fit(text: bytes, name: str) -> float:
    """How well bytes read so: usual letters for it; odd ones, odd cases, marks in words against."""
    try:
        read = text.decode(name)
    except UnicodeDecodeError:
        return float("-inf")
    score, usual = 0.0, set(_LETTERS[name])
    found = Counter(zip(" " + read, read, read[1:] + " ", strict=False))
    for (before, character, after), count in found.items():
        if ord(character) < 128:
            continue
        is_odd_case = character.isupper() and before.islower()
        is_mark_in_word = not character.isalpha() and before.isalpha() and after.isalpha()
        if is_mark_in_word and character in _WITHIN_WORDS:
            is_mark_in_word = False
        if character not in usual or is_odd_case or is_mark_in_word:
            score -= 2 * count
        else:
            score += count * (0.3 if character in _RARE else 1)
    return score
