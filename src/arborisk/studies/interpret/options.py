"""What a person asks of an interpretation."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from pydantic import JsonValue


@dataclass(frozen=True, slots=True)
class InterpretOptions:
    """How a model is interpreted; a change of it makes the chapters anew.

    Attributes:
        of: Title of the class that is asked about, or "" for the last one.
        against: Title of the class it is set against, or "" for all others.
        n_photos: Photos looked at, at most.
        n_trees: Drawn trees in which one thing at a time is changed.
        method: A key of `arborisk.explanation.attribution.METHODS`, or "" for the usual one.
        chapters: Names of the chapters to make; empty for all.
        seed: Of all that is drawn at random.
    """

    of: str = ""
    against: str = ""
    n_photos: int = 150
    n_trees: int = 24
    method: str = ""
    chapters: tuple[str, ...] = ()
    seed: int = 0

    def as_json(self) -> dict[str, JsonValue]:
        """All that decides a chapter, for a fingerprint."""
        return {**asdict(self), "chapters": list(self.chapters)}
