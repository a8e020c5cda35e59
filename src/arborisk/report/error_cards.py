"""The worst errors of a run, each with its picture."""

from __future__ import annotations

from dataclasses import dataclass

from arborisk.evaluation.mistakes import Mistake, worst_mistakes
from arborisk.evaluation.results import Evaluation
from arborisk.report.content import ClassEntry, class_entries
from arborisk.report.thumbnails import thumbnail_uri

N_ERRORS_SHOWN = 8
"""Thumbnails of each kind of error: two rows on paper."""


@dataclass(frozen=True, slots=True)
class ErrorCard:
    """One photo that was told wrong, with its picture as a data URI where it was found."""

    file: str
    uri: str | None
    alt: str
    true: ClassEntry
    said: ClassEntry
    said_probability: float
    true_probability: float


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Errors of one kind: how many there are and the worst of them."""

    title: str
    total: int
    rows: list[ErrorCard]

    @property
    def shown(self) -> int:
        """Number of errors with a card."""
        return len(self.rows)


def error_groups(evaluation: Evaluation) -> list[ErrorGroup]:
    """Errors with pictures; for ordered classes, those said too low come first."""
    kinds: dict[str, bool | None] = (
        {"Said less likely than it is": True, "Said likelier than it is": False}
        if evaluation.config.scheme.ordered
        else {"Told wrong": None}
    )
    groups = []
    for title, too_low in kinds.items():
        mistakes = worst_mistakes(evaluation, too_low=too_low, n=evaluation.n_photos)
        cards = [_card(mistake, evaluation) for mistake in mistakes[:N_ERRORS_SHOWN]]
        if cards:
            groups.append(ErrorGroup(title, len(mistakes), cards))
    return groups


def _card(mistake: Mistake, evaluation: Evaluation) -> ErrorCard:
    """One error with its picture."""
    entries = class_entries(evaluation.config.scheme)
    true, said = entries[mistake.true_index], entries[mistake.said_index]
    return ErrorCard(
        file=mistake.file,
        uri=thumbnail_uri(evaluation.config.data.photo_root / mistake.file),
        alt=f"Photo {mistake.file}: {true.title}, said {said.title}",
        true=true,
        said=said,
        said_probability=mistake.said_probability,
        true_probability=mistake.true_probability,
    )
