"""Label words as people type them: short forms, stray marks, and words for "no answer".

One reading for every command that takes labels; the words themselves are data of
`arborisk.tables.rating_words` and `arborisk.tables.table`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from arborisk.dataset.schemes import AS_LABELLED
from arborisk.dataset.vocabulary import has_own_labels, known_words, vocabulary_for
from arborisk.scales import FailureLikelihood
from arborisk.tables.rating_words import RatingWordError, is_no_answer, read_word, tidy
from arborisk.tables.table import clean, fold, is_missing

_MOST_KEPT = 65_536
_REMARK = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")
_EDGES = " \t.,;:!?*'\"`~_"
_ANSWERS_OF_OWN = {"x"}
"""Beside "none": no answer on a scale of likelihood, and a fine label of one's own."""


@dataclass(frozen=True, slots=True)
class WordsRead:
    """What the words of a table mean.

    Attributes:
        meaning: Word as written to its label; "" for no answer; absent for an unknown word.
        n_taken_for: Word written in another way than its label, with the label, to its cells.
        n_no_answer: Cells with a word for no answer, by word as written.
        n_doubtful: Cells with a label that the writer doubted: a question mark, "maybe".
        n_unknown: Cells with a word that was passed over, by word as written.
    """

    meaning: Mapping[str, str]
    n_taken_for: Mapping[tuple[str, str], int]
    n_no_answer: Mapping[str, int]
    n_doubtful: int
    n_unknown: Mapping[str, int]


def read_words(
    words: Iterable[str],
    scheme: str | None,
    word_map: Mapping[str, str],
    *,
    skip_unknown: bool = False,
) -> WordsRead:
    """What each word means.

    A word of the map means what the map says. Then come words for no answer, then ISA words and
    their short forms; with labels of the user's own, only marks and spaces are taken away.

    Args:
        words: Cells that are not blank, as written.
        scheme: Name of a scheme, a scheme file, or None.
        word_map: The user's words to labels; an empty label means no rating.
        skip_unknown: Count unknown words as no rating instead of refusing them.

    Raises:
        DatasetError: Unknown words, each with its count and the option that settles it.
    """
    counts = Counter(words)
    known = known_words(scheme, word_map)
    mapped = {fold(word) for word in word_map}
    isa = {} if scheme == AS_LABELLED else {word: _isa(word) for word in counts}
    of_scale = [known.get(fold(word)) or (isa.get(word) or ("",))[0] for word in counts]
    own = has_own_labels(of_scale, scheme)
    no_answer = {
        word: n
        for word, n in counts.items()
        if fold(word) not in known and fold(word) not in mapped and _says_nothing(word, own=own)
    }
    plain: dict[str, str] = {}
    for word in counts.keys() - no_answer.keys():
        settled = fold(word) in mapped or fold(word) in known
        label = None if own or settled else (isa.get(word) or ("",))[0]
        plain[word] = label or (clean(word) if settled else _bare(word))
    unknown: dict[str, int] = {}
    if skip_unknown and scheme != AS_LABELLED and any(fold(one) in known for one in plain.values()):
        unknown = {word: counts[word] for word, form in plain.items() if fold(form) not in known}
    asked = Counter[str]()
    for word, form in plain.items():
        if word not in unknown:
            asked[form] += counts[word]
    vocabulary = vocabulary_for(asked, scheme, word_map)
    meaning = {
        word: vocabulary.read(form) or "" for word, form in plain.items() if word not in unknown
    }
    return WordsRead(
        {**meaning, **dict.fromkeys(no_answer, ""), **dict.fromkeys(unknown, "")},
        {
            (word, label): counts[word]
            for word, label in sorted(meaning.items())
            if label and fold(word) != fold(label)
        },
        no_answer,
        sum(counts[word] for word, label in meaning.items() if label and _is_doubted(word, isa)),
        unknown,
    )


@lru_cache(maxsize=_MOST_KEPT)
def _isa(word: str) -> tuple[str, bool]:
    """The one ISA word that a cell means and whether it is doubted; "" for none or several."""
    try:
        reading = read_word(FailureLikelihood, word)
    except RatingWordError:
        return "", False
    return (reading.levels[0].word if len(reading.levels) == 1 else ""), reading.hedged


def _is_doubted(word: str, isa: Mapping[str, tuple[str, bool]]) -> bool:
    return "?" in word or isa.get(word, ("", False))[1]


def _says_nothing(word: str, *, own: bool) -> bool:
    """Whether a filled cell says that there is no rating.

    "None" and "x" say so of a likelihood; as labels of one's own they are an answer.
    """
    if not is_no_answer(word):
        return False
    plain = tidy(word)
    is_none = is_missing(plain) and not is_missing(plain, none_is_an_answer=True)
    return not own or not (is_none or plain in _ANSWERS_OF_OWN)


def _bare(word: str) -> str:
    """A word of the user's own without marks around it, in the case it was written in."""
    return _REMARK.sub("", clean(word)).strip(_EDGES) or clean(word)
