"""The cards of a run's bundle, as its report shows them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from arborisk.bundle.files import RECORD
from arborisk.bundle.load import read_record
from arborisk.text_files import read_json
from arborisk.wording.answer_rule import missed_sentence, rule_sentence

CARD, DATA_CARD = "bundle/card.md", "bundle/data_card.json"


@dataclass(frozen=True, slots=True)
class CardsSection:
    """What the page shows of the data, and where the cards lie.

    Attributes:
        model_card: Path of the model card, relative to the report.
        data_card: Path of the data card likewise.
        facts: Name and text of what the data card says.
        limits: What the data cannot show, in sentences.
        answers: By which rule the bundle answers, and what each rule misses, in sentences.
    """

    model_card: str
    data_card: str
    facts: tuple[tuple[str, str], ...]
    limits: tuple[str, ...]
    answers: tuple[str, ...]


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
    limits = tuple(card.get("rai:dataLimitations", ()))
    return CardsSection(CARD, DATA_CARD, facts, limits, _answers((run / CARD).parent))


def _answers(bundle: Path) -> tuple[str, ...]:
    """The rule of answers of a bundle, and what each rule misses."""
    if not (bundle / RECORD).is_file():
        return ()
    description = read_record(bundle).description
    title = description.scheme.classes[-1].title
    missed = (
        f"{rule}: {missed_sentence(title, one.interval)}"
        for rule, one in description.answer_missed.items()
    )
    return (rule_sentence(description.rule), *missed)


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
