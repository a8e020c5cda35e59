"""One agreed label from several raters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from arborisk.dataset.schemes import ISA_WORDS


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
