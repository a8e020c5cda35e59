"""Comparisons in words: columns for a table, a verdict each, and what the tests assume."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from arborisk.evaluation.comparison import EVERYTHING, FoldComparison, FoldComparisons
from arborisk.evaluation.paired_runs import RunComparison, RunComparisons, short_names
from arborisk.wording.intervals import level_words
from arborisk.wording.numbers import number, p_text

Row = tuple[str, ...]


def comparison_columns(found: FoldComparisons | RunComparisons) -> Row:
    """Headings of the table."""
    interval = level_words(found.level)
    shared = ("metric", "a", "b", "mean a", "mean b", "b - a", interval)
    if isinstance(found, FoldComparisons):
        return ("within", *shared, "Welch p", "corrected p", "Holm p")
    return (*shared, "McNemar p", "sign-flip p", "Holm p")


def comparison_cells(found: FoldComparisons | RunComparisons) -> list[Row]:
    """Cells of the table, one row a comparison."""
    return [_cells(row) for row in _shortened(found)]


def _cells(row: FoldComparison | RunComparison) -> Row:
    interval = "none" if row.low is None else f"{_difference(row.low)} to {_difference(row.high)}"
    means = (_score(row.mean_a), _score(row.mean_b))
    shared = (row.metric, row.a, row.b, *means, _difference(row.difference), interval)
    if isinstance(row, FoldComparison):
        tests = (row.welch_p, row.corrected_p, row.holm_p)
        return (row.within, *shared, *map(p_text, tests))
    return (*shared, *map(p_text, (row.mcnemar_p, row.sign_flip_p, row.holm_p)))


def verdict_sentences(found: FoldComparisons | RunComparisons) -> list[str]:
    """What may be said of each comparison, a line each."""
    return [_verdict(row, found.level) for row in _shortened(found)]


def _shortened(found: FoldComparisons | RunComparisons) -> list[FoldComparison | RunComparison]:
    """Comparisons whose runs go without the folders that all have in common."""
    if isinstance(found, FoldComparisons):
        return list(found.rows)
    names = short_names([name for row in found.rows for name in (row.a, row.b)])
    return [replace(row, a=names[row.a], b=names[row.b]) for row in found.rows]


def _verdict(row: FoldComparison | RunComparison, level: float) -> str:
    within = "" if row.within in ("", EVERYTHING) else f"{row.within}, "
    about = f"{within}{row.a} against {row.b}, {row.metric}: "
    if row.holm_p is None:
        return about + "nothing can be said."
    if row.holm_p <= 1 - level:
        return about + f"difference shown (Holm p {p_text(row.holm_p)})."
    return about + f"no difference shown (Holm p {p_text(row.holm_p)})."


def assumption_sentences(found: FoldComparisons | RunComparisons) -> list[str]:
    """What the figures are and what the tests take for granted."""
    tested = Counter(row.metric for row in found.rows if row.holm_p is not None)
    n_family = max(tested.values(), default=0)
    family = (
        f"Holm p corrects for the {n_family} comparisons of each metric printed here; go by it."
        if n_family > 1
        else "Holm p: not more than one test of each metric, so nothing had to be corrected."
    )
    last = (
        "No difference shown does not mean no difference: the interval holds the differences that "
        "these data leave open."
    )
    if isinstance(found, FoldComparisons):
        return [
            "b - a is what b has more than a; its interval is that of the corrected test.",
            "Welch's t-test takes all scores for independent. They are not: the folds share "
            "training photos, which makes its p values too optimistic, and both settings were "
            "tested on the same folds, which it cannot use. It stands here because the paper that "
            "followed the deck prints it.",
            "The corrected resampled t-test (Nadeau and Bengio 2003) compares fold with fold and "
            "adds the variance that shared training photos hide. It takes the differences for "
            "normally distributed, and its correction is an approximation.",
            family,
            last,
        ]
    return [
        "b - a is what b has more than a, on the photos that both predict; its interval is over "
        "groups (trees, sites).",
        "McNemar's test takes photos for independent, and asks of accuracy alone. Photos of one "
        "tree are alike, so it is too sure of itself where trees have several.",
        "The sign-flip test swaps the two models' answers tree by tree and asks how often a "
        "difference as large comes by chance. It takes only trees for independent.",
        "Neither says what other trainings, seeds or splits would give: the models are taken as "
        "they are.",
        family,
        last,
    ]


def _difference(value: float | None) -> str:
    return _score(value, signed=True)


def _score(value: float | None, *, signed: bool = False) -> str:
    """Three decimals for shares, one for percentages and other large scores."""
    if value is None:
        return "none"
    return number(value, 1 if abs(value) >= 10 else 3, signed=signed)


def markdown_table(columns: Row, rows: Sequence[Row], *, n_words: int) -> str:
    """A table in Markdown.

    Args:
        columns: Headings.
        rows: Cells.
        n_words: First columns, which hold words and stand on the left; the others are numbers.
    """
    marks = ["---" if place < n_words else "---:" for place in range(len(columns))]
    lines = [columns, marks, *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines
    )
