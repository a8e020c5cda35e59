"""A rated inventory in sentences: Imminent first, counts, the head of the list, what disagrees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from arborisk.risk.portfolio.rating import Ranking, RatedInventory, possible_words, reasons
from arborisk.risk.portfolio.writing import Disagreements
from arborisk.scales import RiskRating
from arborisk.tables.imminent import imminent_rows
from arborisk.wording.counts import agreeing, counted, first_lines, listed
from arborisk.wording.sentences import imminent_line

HEAD: Final = 10
"""Trees at the head of the list that are printed."""
MOST_LISTED: Final = 5
COLUMNS: Final = ("rank", "tree", "species", "rating", "reason")


def imminent_first(rated: RatedInventory) -> str:
    """The line that stands before all others, or ""."""
    return imminent_line(rated.imminent_trees())


def count_lines(rated: RatedInventory) -> Iterator[str]:
    """Trees for each rating, most first; those rated Imminent before them."""
    urgent = rated.imminent_trees()
    if urgent:
        yield f"  Imminent, whatever the matrices give: {len(urgent):,}"
    for words, count in sorted(rated.counts().items(), key=lambda item: -item[1]):
        yield f"  {words}: {count:,}"


def head_rows(rated: RatedInventory, ranking: Ranking, n: int = HEAD) -> list[list[str]]:
    """The first trees of the list: rank, tree, species, rating and reason."""
    rows = ranking.first[:n].tolist()
    species, genus = rated.table.text("species"), rated.table.text("genus")
    return [
        [
            str(ranking.rank[row]),
            rated.trees[row] or rated.table.name(row),
            _species(species[row], genus[row]),
            "Imminent" if rated.imminent[row] else possible_words(
                rated.tree_rating[row], RiskRating
            ),
            why if rated.tree[row] >= 0 else "see its problem",
        ]
        for row, why in zip(rows, reasons(rated, rows), strict=True)
    ]  # fmt: skip


def doubt_lines(rated: RatedInventory, differing: Disagreements) -> Iterator[str]:
    """Disagreements, conflicts between inspections, history, places and notes."""
    table = rated.table
    if differing.n_compared:
        n = len(differing.said)
        yield (
            f"Stated ratings: {n:,} of {counted(differing.n_compared, 'row')} "
            f"{agreeing(n, 'differs', 'differ')} from what follows from the row's own words"
            f"{':' if n else '.'}"
        )
        yield from _listed(f"{_named(rated, row)}: {said}." for row, said in differing.said.items())
    if differing.grave:
        yield (
            f"Without a rating here, and stated High or Extreme by the assessor, so look at these "
            f"first: {listed([_named(rated, row) for row in differing.grave], most=MOST_LISTED)}."
        )
    if differing.n_unread:
        yield (
            f"Stated ratings of {counted(differing.n_unread, 'row')} cannot be read and were not "
            "compared."
        )
    conflicts = rated.inspections.conflicts
    if conflicts:
        yield (
            f"{counted(len(conflicts), 'tree')} {agreeing(len(conflicts), 'stands', 'stand')} "
            "several times, and it cannot be told which row counts. The rating is whatever one of "
            "the rows gives:"
        )
        yield from _listed(f"tree {name}: {why}." for name, why in conflicts.items())
    history = rated.inspections.history
    if history:
        yield (
            f"{counted(len(history), 'row')} {agreeing(len(history), 'is', 'are')} of earlier "
            "inspections: kept in the table, not rated."
        )
        once = [rated.trees[row] for row in imminent_rows(table) if row in history]
        once = [f"tree {name}" for name in dict.fromkeys(once)]
        if once:
            yield (
                f"Earlier inspections said Imminent of {listed(once, most=MOST_LISTED)}; the "
                "latest counts: see that it is of the same tree, and after the work."
            )
    problems = table.places.problems
    if problems:
        row = min(problems)
        yield (
            f"{counted(len(problems), 'row')} {agreeing(len(problems), 'has', 'have')} no place "
            f"that can be used; the first, {table.name(row)}: {problems[row]}."
        )
    yield from dict.fromkeys((*table.notes, *table.places.notes, *rated.inputs.notes))


def _listed(sentences: Iterator[str]) -> Sequence[str]:
    return [f"  {one}" for one in first_lines(sentences, MOST_LISTED)]


def _named(rated: RatedInventory, row: int) -> str:
    name = rated.table.name(row)
    return f"tree {rated.trees[row]} ({name})" if rated.trees[row] else name


def _species(species: str, genus: str) -> str:
    """Genus and species of two columns as one name."""
    if species and genus and genus.casefold() not in species.casefold():
        return f"{genus} {species}"
    return species or genus
