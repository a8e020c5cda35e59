"""All that was found out about one photo, as it is kept and shown."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from arborisk.explanation.measures.records import Measure
from arborisk.explanation.neighbours import Neighbour
from arborisk.records import Failure
from arborisk.wording.percent import percent


@dataclass(frozen=True, slots=True)
class PhotoShare:
    """What one part of a photo has of its map.

    Attributes:
        part: A key of `arborisk.explanation.parts.PART_TITLES`.
        share: Of the attribution that speaks for what was asked, 0 to 1; None where the map says
            nothing.
        area: Of what the network saw of the photo, 0 to 1.
    """

    part: str
    share: float | None
    area: float


@dataclass(frozen=True, slots=True)
class PhotoExplanation:
    """Why a model said what it said of one photo, or why that cannot be shown.

    Attributes:
        photo: Name of the photo in the table.
        mark: What decides the explanation besides the settings: size and time of the file.
        question: What is explained, for example ``Probable and not Possible or Improbable``.
        score: Score of that contrast; above 0 it looks more like the class asked about.
        shares: Parts of the photo, in the order of `arborisk.explanation.parts.PARTS`.
        measures: Physical measures; empty where none were asked for.
        sentences: What goes with the measures: warnings, and what was not recognised.
        neighbours: Nearest labelled photos, nearest first.
        failure: Why the photo could not be used, or None.
    """

    photo: str
    mark: str
    question: str = ""
    score: float = 0.0
    shares: tuple[PhotoShare, ...] = ()
    measures: tuple[Measure, ...] = ()
    sentences: tuple[str, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    failure: Failure | None = None

    @property
    def parts_sentence(self) -> str:
        """For example ``58 % crown in leaf, 21 % stem, 15 % sky``; empty without shares."""
        from arborisk.explanation.parts.part_map import PART_TITLES

        known = [(one.share, PART_TITLES[one.part]) for one in self.shares if one.share is not None]
        told = [(share, title) for share, title in sorted(known, reverse=True) if share >= 0.005]
        return ", ".join(f"{percent(share)} {title}" for share, title in told)

    def to_json(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> PhotoExplanation:
        """Undoes `to_json`.

        Raises:
            ValueError, TypeError, KeyError: The text is something else.
        """
        content: dict[str, Any] = json.loads(text)
        failure = content["failure"]
        content |= {
            "shares": tuple(PhotoShare(**one) for one in content["shares"]),
            "measures": tuple(Measure(**one) for one in content["measures"]),
            "sentences": tuple(content["sentences"]),
            "neighbours": tuple(Neighbour(**one) for one in content["neighbours"]),
            "failure": None if failure is None else Failure(**failure),
        }
        return cls(**content)
