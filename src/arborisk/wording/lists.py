"""Lists in a sentence: a, b and c; and how many more there are."""

from __future__ import annotations

from collections.abc import Iterable


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
