"""Text as people and spreadsheets write it, made comparable."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"))
_WORDS = re.compile(r"[^\W\d_]+|\d+")


def clean(text: str) -> str:
    r"""Text without invisible characters, odd spaces or spaces at its ends.

    >>> clean("Improbable\xa0")
    'Improbable'
    """
    if not (text.isascii() and text.isprintable()):  # most cells are plain, and there are millions
        text = unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    return " ".join(text.split())


def fold(text: str) -> str:
    """Key under which spellings that differ in case or spaces are the same."""
    return clean(text).casefold()


def words_of(text: str) -> tuple[str, ...]:
    """Words and numbers of a name, in order: letters and digits part ways, all else separates.

    >>> words_of("IMG_0033 Improbable-2")
    ('img', '0033', 'improbable', '2')
    """
    return tuple(_WORDS.findall(fold(text)))
