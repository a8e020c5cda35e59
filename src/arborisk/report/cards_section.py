"""The cards of a run's bundle, as its report shows them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from arborisk.text_files import read_json

CARD, DATA_CARD = "bundle/card.md", "bundle/data_card.json"


@dataclass(frozen=True, slots=True)
class CardsSection:
    """What the page shows of the data, and where the cards lie.

    Attributes:
        model_card: Path of the model card, relative to the report.
        data_card: Path of the data card likewise.
        facts: Name and text of what the data card says.
        limits: What the data cannot show, in sentences.
    """

    model_card: str
    data_card: str
    facts: tuple[tuple[str, str], ...]
    limits: tuple[str, ...]


def cards_section(run: Path) -> CardsSection | None:
    """The section of a run that shipped a bundle; None for one that did not, or not yet.

    Args:
        run: Run folder.
    """
    path = run / DATA_CARD
    if not (path.is_file() and (run / CARD).is_file()):
        return None
    card = read_json(path, "the card of the data")
    named = {
        "What": "description",
        "Licence": "license",
        "Days": "temporalCoverage",
        "Collected": "rai:dataCollection",
        "Labelled": "rai:dataAnnotationProtocol",
        "People and places": "rai:personalSensitiveInformation",
    }
    facts = tuple((name, _text(card[key])) for name, key in named.items() if card.get(key))
    return CardsSection(CARD, DATA_CARD, facts, tuple(card.get("rai:dataLimitations", ())))


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
