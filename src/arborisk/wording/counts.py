"""Numbers with their nouns: 1 photo, 2 photos, 12,000 branches."""

from __future__ import annotations

IRREGULAR = {"person": "people", "is": "are", "has": "have", "was": "were", "does": "do"}
"""What does not follow the rules; verbs too, since they follow their number."""
HISSING = ("s", "x", "z", "ch", "sh")
VOWELS = "aeiou"


def counted(count: float, noun: str, many: str = "") -> str:
    """A number with its noun, with marks at the thousands.

    Args:
        count: How many; parts of one, as of a year, are allowed.
        noun: For one of them; its last word is what changes.
        many: For several, where it is none of the usual forms.

    >>> counted(1, "photo"), counted(0, "photo"), counted(12000, "branch"), counted(2.5, "year")
    ('1 photo', '0 photos', '12,000 branches', '2.5 years')
    """
    shown = f"{count:,}" if isinstance(count, int) else f"{count:,g}"
    return f"{shown} {agreeing(count, noun, many)}"


def agreeing(count: float, word: str, many: str = "") -> str:
    """A noun or verb as the number asks for.

    >>> agreeing(1, "is"), agreeing(2, "is"), agreeing(2, "city"), agreeing(3, "likelihood of it")
    ('is', 'are', 'cities', 'likelihoods of it')
    """
    return word if count == 1 else many or _plural(word)


def _plural(noun: str) -> str:
    """Several of a noun; of ``rating of a tree``, the first noun changes."""
    head, of, rest = noun.partition(" of ")
    first, space, last = head.rpartition(" ")
    if last in IRREGULAR:
        last = IRREGULAR[last]
    elif last.endswith(HISSING):
        last += "es"
    elif last.endswith("y") and last[-2:-1] not in VOWELS:
        last = f"{last[:-1]}ies"
    else:
        last += "s"
    return f"{first}{space}{last}{of}{rest}"
