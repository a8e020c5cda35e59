"""Numbers with their nouns: 1 photo, 2 photos, 12,000 branches."""

from __future__ import annotations

from collections.abc import Iterable

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


def listed(
    items: Iterable[object],
    *,
    last: str = "and",
    most: int | None = None,
    n_all: int | None = None,
    none: str = "none",
) -> str:
    """Items in a sentence.

    Args:
        items: What to name, in order.
        last: Word before the last one: ``and`` or ``or``; a comma where it is "", as between names
            that may hold such words themselves.
        most: Named at most; the others are counted. All where None.
        n_all: How many there are, where `items` are only the first of them.
        none: What stands for an empty list.

    >>> listed(["a", "b", "c"]), listed(["a", "b"], last="or"), listed("abcde", most=2), listed([])
    ('a, b and c', 'a or b', 'a, b and 3 more', 'none')
    """
    words = [str(item) for item in items]
    n_all = len(words) if n_all is None else n_all
    words = words[:most]
    n_more = n_all - len(words)
    if n_more > 0:
        return f"{', '.join(words)} and {n_more:,} more" if words else f"{n_more:,}"
    if len(words) < 2:
        return words[0] if words else none
    return f"{', '.join(words[:-1])}{f' {last} ' if last else ', '}{words[-1]}"


def first_lines(items: Iterable[object], most: int, noun: str = "") -> list[str]:
    """The first few of a list, a line each, and how many more there are.

    >>> first_lines("abcd", 2), first_lines("ab", 2), first_lines("abc", 1, "rows left out")
    (['a', 'b', '... and 2 more'], ['a', 'b'], ['a', '... and 2 more rows left out'])
    """
    words = [str(item) for item in items]
    n_more = len(words) - most
    more = [f"... and {n_more:,} more{f' {noun}' if noun else ''}"] if n_more > 0 else []
    return [*words[:most], *more]
