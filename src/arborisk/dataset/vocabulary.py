"""Which words are labels, and how each is spelled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from arborisk.dataset.schemes import AS_LABELLED, ISA_SCHEMES, ISA_WORDS, load_scheme
from arborisk.dataset.text import clean, fold
from arborisk.errors import DatasetError


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
    labels = list(ISA_WORDS)
    if scheme is not None and scheme != AS_LABELLED and scheme not in ISA_SCHEMES:
        labels += [member for item in load_scheme(scheme, set()).classes for member in item.members]
    known = {fold(label): label for label in labels}
    targets = {fold(word): known.get(fold(label), clean(label)) for word, label in word_map.items()}
    return {**{fold(label): label for label in targets.values() if label}, **known, **targets}


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
        DatasetError: Unknown words, each with its count and the option that settles it.
    """
    known = known_words(scheme, word_map)
    written = Counter[str]()
    for word, count in words.items():
        if fold(word):
            written[clean(word)] += count
    meanings = {known.get(fold(word)) for word in written}
    is_open = scheme == AS_LABELLED or (scheme is None and not meanings & set(ISA_WORDS))
    unknown = {word: count for word, count in written.items() if fold(word) not in known}
    if is_open:
        # The commonest spelling of a word names the class; the first by alphabet settles a tie.
        for word in sorted(unknown, key=lambda item: (-unknown[item], item)):
            known.setdefault(fold(word), word)
    elif unknown:
        listed = ", ".join(f"{word!r} ({count})" for word, count in sorted(unknown.items()))
        raise DatasetError(
            f"the labels {', '.join(sorted({label for label in known.values() if label}))}",
            f"unknown words: {listed}",
            "the label column",
            "Map each with --map WORD=LABEL (--map WORD= for unrated), or take every word as a "
            "class with --scheme as-labelled.",
        )
    return Vocabulary(known, is_open)
