"""Which words are labels, and how each is spelled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from arborisk.dataset.schemes import AS_LABELLED, ISA_SCHEMES, ISA_WORDS, load_scheme
from arborisk.errors import DatasetError, Remedy, option
from arborisk.tables.table import clean, fold

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
                option("--scheme as-labelled", "dataset import"),
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
                option("--map WORD=LABEL", "dataset import"),
                option("--map WORD=", "dataset import"),
                option("--scheme as-labelled", "dataset import"),
            ),
        )
    return Vocabulary(known, is_open)
