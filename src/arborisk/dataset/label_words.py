"""Label words as people type them: short forms, stray marks, and words for "no answer".

One reading for every command that takes labels; the words themselves are data of
`arborisk.tables.rating_words` and `arborisk.tables.table`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from arborisk.dataset.schemes import AS_LABELLED, ISA_SCHEMES, ISA_WORDS, load_scheme
from arborisk.errors import DatasetError, Remedy, option
from arborisk.scales import FailureLikelihood
from arborisk.tables.rating_words import RatingWordError, is_no_answer, read_word, tidy
from arborisk.tables.table import clean, fold, is_missing

_NEARLY_A_WORD = 0.8
"""Share of letters in common (difflib's ratio) from which a label is taken for a slip of a word."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Known label words.

    Attributes:
        spelling: Folded word to the label it stands for; "" stands for unrated.
        is_open: Whether any other word is a label of the user's own.
    """

    spelling: Mapping[str, str]
    is_open: bool

    def read(self, word: str) -> str | None:
        """Label in its canonical spelling, "" for a blank, None for an unknown word."""
        return "" if not fold(word) else self.spelling.get(fold(word))


def known_words(scheme: str | None, word_map: Mapping[str, str]) -> dict[str, str]:
    """Folded words that are labels whatever the data: ISA words, a scheme file's, mapped ones.

    Args:
        scheme: Name of a scheme, a scheme file, or None.
        word_map: The user's words to labels; an empty label means unrated.
    """
    known = _scale(scheme)
    targets = {fold(word): known.get(fold(label), clean(label)) for word, label in word_map.items()}
    return {**{fold(label): label for label in targets.values() if label}, **known, **targets}


def _scale(scheme: str | None) -> dict[str, str]:
    """Folded ISA words and members of a scheme file, each with its spelling."""
    labels = list(ISA_WORDS)
    if scheme is not None and scheme != AS_LABELLED and scheme not in ISA_SCHEMES:
        labels += [member for item in load_scheme(scheme, set()).classes for member in item.members]
    return {fold(label): label for label in labels}


def has_own_labels(meanings: Iterable[str | None], scheme: str | None) -> bool:
    """Whether labels are the user's own: asked for, or without a scheme and with no ISA word."""
    return scheme == AS_LABELLED or (scheme is None and not set(meanings) & set(ISA_WORDS))


def check_targets(word_map: Mapping[str, str], scheme: str | None, *, own_labels: bool) -> None:
    """Refuses a word mapped to a label that does not exist, most often a slip in its spelling.

    Args:
        word_map: The user's words to labels; an empty label means unrated.
        scheme: Scheme of the import, or None.
        own_labels: Whether the labels are the user's own, see `has_own_labels`. A label that
            nearly spells a word of the scale is refused even then, unless ``as-labelled`` is
            asked for.

    Raises:
        DatasetError: Names the pair and the nearest label.
    """
    if scheme == AS_LABELLED:
        return
    scale = _scale(scheme)
    for word, label in word_map.items():
        near = get_close_matches(fold(label), scale, n=1, cutoff=_NEARLY_A_WORD)
        if not fold(label) or fold(label) in scale or (own_labels and not near):
            continue
        question = f"Did you mean {scale[near[0]]!r}? " if near else ""
        raise DatasetError(
            f"one of the labels {', '.join(scale.values())}",
            f"{clean(label)!r} for {word!r}",
            "--map",
            Remedy(
                "{}Correct it, or take every word as a class with {}.",
                question,
                option("--scheme as-labelled", "import"),
            ),
        )


def vocabulary_for(
    words: Counter[str], scheme: str | None, word_map: Mapping[str, str]
) -> Vocabulary:
    """Vocabulary that fits the words of a label column.

    With ``as-labelled`` every word is a label. Without a scheme, words that include no ISA word
    are taken as the user's own labels; as soon as one is an ISA word, the others must be mapped,
    since a misspelt ISA word must not become a class of its own.

    Args:
        words: Words as written, with their counts; blanks are ignored.
        scheme: Scheme of the import, or None.
        word_map: The user's words to labels.

    Raises:
        DatasetError: Unknown words, each with its count and the option that settles it; or a word
            mapped to a label that does not exist.
    """
    known = known_words(scheme, word_map)
    written = Counter[str]()
    for word, count in words.items():
        if fold(word):
            written[clean(word)] += count
    is_open = has_own_labels((known.get(fold(word)) for word in written), scheme)
    check_targets(word_map, scheme, own_labels=is_open)
    unknown = {word: count for word, count in written.items() if fold(word) not in known}
    if is_open:
        # The commonest spelling of a word names the class; the first by alphabet settles a tie.
        for word in sorted(unknown, key=lambda item: (-unknown[item], item)):
            known.setdefault(fold(word), word)
    elif unknown:
        listed = ", ".join(f"{word!r} ({count})" for word, count in sorted(unknown.items()))
        raise DatasetError(
            f"the labels {', '.join(_scale(scheme).values())}",
            f"unknown words: {listed}",
            "the label column",
            Remedy(
                "Map each with {} ({} for unrated), or take every word as a class with {}.",
                option("--map WORD=LABEL", "import"),
                option("--map WORD=", "import"),
                option("--scheme as-labelled", "import"),
            ),
        )
    return Vocabulary(known, is_open)


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


def agreed_label(labels: Sequence[str]) -> str:
    """Label that several ratings agree on, or "" when they do not.

    ISA words are ordered, so the median is taken, and between two middle ratings the likelier:
    a missed Probable costs more than a needless visit. A majority is always the median. Other
    labels have no order: the most frequent one is taken, and a tie leaves the photo unrated.

    Args:
        labels: One label a rating, in canonical spelling, none empty.

    >>> agreed_label(["Improbable", "Probable"])
    'Probable'
    >>> agreed_label(["Improbable", "Improbable", "Probable"])
    'Improbable'
    >>> agreed_label(["leaf on", "leaf off"])
    ''
    """
    if not labels:
        return ""
    if all(label in ISA_WORDS for label in labels):
        return sorted(labels, key=ISA_WORDS.index)[len(labels) // 2]
    (first, count), *others = Counter(labels).most_common(2)
    return "" if others and others[0][1] == count else first
