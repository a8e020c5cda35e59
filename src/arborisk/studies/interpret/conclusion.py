"""The outcome of all chapters in a sentence or two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from arborisk.report.interpret_page import Chapter
from arborisk.wording.counts import agreeing, counted
from arborisk.wording.sentences import DRAWN_TREES


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What stands at the top of the report.

    Attributes:
        headline: The outcome.
        standing: ``better``, ``undecided`` or ``worse``, for the colour.
        word: The outcome in a few words.
    """

    headline: str
    standing: str
    word: str


def conclude(chapters: Sequence[Chapter], *, drawn: bool) -> Conclusion:
    """The outcome: the worst first, and never that there is nothing wrong.

    Args:
        chapters: All that were made.
        drawn: Whether the photos are of drawn trees.
    """
    by_name = {one.name: one for one in chapters}
    tail = f" All of it is of drawn trees. {DRAWN_TREES}" if drawn else ""
    shortcut = by_name.get("shortcuts")
    if shortcut is not None and shortcut.disagrees:
        return Conclusion(f"{shortcut.disagrees[0]}{tail}", "worse", "A shortcut was found")
    belief = by_name.get("belief")
    if belief is not None and belief.figures.get("verdict") == "not to be believed":
        return Conclusion(f"{belief.cautions[0]}{tail}", "worse", "The maps are not to be believed")
    n_against = sum(len(one.disagrees) for one in chapters)
    n_used = sum(len(one.uses) for one in chapters)
    things = (
        f"{counted(n_used, 'thing')} that it uses and {n_against} that "
        f"{agreeing(n_against, 'goes', 'go')} against physics or "
        f"{agreeing(n_against, 'lies', 'lie')} beside the tree; all are listed below."
    )
    if n_against:
        return Conclusion(f"Found: {things}{tail}", "undecided", "Not all of it is as it should be")
    return Conclusion(
        f"Nothing against it among what was looked for. Found: {things}{tail}",
        "better",
        "Nothing of what was looked for",
    )
