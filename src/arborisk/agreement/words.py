"""Label words as people type them: short forms, stray marks, and words for "no answer"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from arborisk.dataset.schemes import AS_LABELLED, ISA_WORDS
from arborisk.dataset.vocabulary import known_words, vocabulary_for
from arborisk.tables.text import clean, fold

SHORT_FORMS: Mapping[str, str] = {
    **dict.fromkeys(("imp", "impr", "improb", "improbab", "inprobable"), "Improbable"),
    **dict.fromkeys(("pos", "poss", "possib", "posible"), "Possible"),
    **dict.fromkeys(("prob", "pr", "probab", "probabl", "propable"), "Probable"),
    **dict.fromkeys(("imm", "immi", "immin", "iminent", "immanent"), "Imminent"),
}
"""Short forms and slips that can mean one ISA word only. "P", "po" or "im" could mean two; they
are refused by name, to be settled with ``--map``."""

_NO_ANSWER = """
n/a na n.a n.a. none nil - -- / ? ?? x nr unrated skip skipped blank missing unsure unknown dk
not rated|can't tell|cant tell|cannot tell|can not tell|could not tell|couldn't tell|not sure
don't know|dont know|no opinion|can't see|cannot see|not visible
"""
NO_ANSWER = frozenset(
    word
    for line in _NO_ANSWER.strip().splitlines()
    for word in (line.split("|") if "|" in line else line.split())
) | {"\N{EN DASH}", "\N{EM DASH}"}
"""Cells that say that there is no rating."""

_ISA = {fold(label): label for label in ISA_WORDS}
_REMARK = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")
_CURLED = "\N{RIGHT SINGLE QUOTATION MARK}"
_EDGES = " \t.,;:!?*'\"`~_"


@dataclass(frozen=True, slots=True)
class WordsRead:
    """What the words of a table mean.

    Attributes:
        meaning: Word as written to its label; "" for no answer; absent for an unknown word.
        n_no_answer: Cells with a word for no answer, by word as written.
        n_doubtful: Cells with a label and a question mark.
        n_unknown: Cells with a word that was passed over, by word as written.
    """

    meaning: Mapping[str, str]
    n_no_answer: Mapping[str, int]
    n_doubtful: int
    n_unknown: Mapping[str, int]


def tidy(word: str) -> str:
    """A word without the marks around it and a remark in brackets behind it.

    >>> tidy("PROBABLE? (dead top)")
    'probable'
    """
    return fold(_REMARK.sub("", clean(word))).replace(_CURLED, "'").strip(_EDGES)


def is_no_answer(word: str) -> bool:
    """Whether a filled cell says that there is no rating."""
    return fold(word) in NO_ANSWER or (bool(fold(word)) and tidy(word) in {"", *NO_ANSWER})


def isa_word(word: str) -> str | None:
    """The ISA word that a cell means, if it means just one.

    >>> isa_word("prob.")
    'Probable'
    """
    form = tidy(word)
    return _ISA.get(form) or SHORT_FORMS.get(form)


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
    mapped = {fold(word) for word in word_map}
    no_answer = {word: n for word, n in counts.items() if _is_blank(word, mapped)}
    plain: dict[str, str] = {}
    own = scheme == AS_LABELLED
    for word in counts.keys() - no_answer.keys():
        short = None if own or fold(word) in mapped else isa_word(word)
        plain[word] = short or (clean(word) if fold(word) in mapped else _bare(word))
    known = known_words(scheme, word_map)
    unknown: dict[str, int] = {}
    if skip_unknown and not own and any(fold(form) in known for form in plain.values()):
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
        no_answer,
        sum(counts[word] for word, label in meaning.items() if label and "?" in word),
        unknown,
    )


def _is_blank(word: str, mapped: set[str]) -> bool:
    return fold(word) not in mapped and is_no_answer(word)


def _bare(word: str) -> str:
    """A word of the user's own without marks around it, in the case it was written in."""
    return _REMARK.sub("", clean(word)).strip(_EDGES) or clean(word)
