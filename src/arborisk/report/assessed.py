"""Photos that a bundle assessed, as cards: what it said of each, or why it could not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from arborisk.errors import Remedy, command
from arborisk.evaluation.run_tables import read_rows
from arborisk.report.page import ClassEntry, thumbnail_uri
from arborisk.wording.sentences import RULES, rise_words, rule_sentence

NOT_STATED = "not stated"
REMEDY = Remedy("Run {} again.", command("predict"))
PROBABILITY_PREFIX = "p_"
COLUMNS = (
    "photo",
    "failure",
    "time_frame_years",
    "likelihood_set",
    "referral",
    "reasons",
    "priority",
)
REFERRALS = {
    "level_2": "Send a person (Level 2)",
    "retake": "Take the photo again",
    "not_a_tree": "No tree recognised: look at the photo",
    "routine": "Routine",
}


@dataclass(frozen=True, slots=True)
class ClassChance:
    """One class.

    Attributes:
        entry: The class.
        probability: After the photo, 0 to 1.
        share: Before it: its share in training, 0 to 1; None where the probability is of another
            mix of classes, or not calibrated.
    """

    entry: ClassEntry
    probability: float
    share: float | None = None


@dataclass(frozen=True, slots=True)
class AssessedPhoto:
    """One photo of a table of predictions.

    Attributes:
        photo: Path relative to the folder that was assessed.
        uri: The picture as a data URI, or None.
        chances: By class, the likeliest class of the scheme first; empty when the photo failed.
        failure: Why there is no answer, or "".
        said: The model's answer, or None where there is none.
        rule: Rule by which it was chosen, or "".
        likelihood_set: Classes that cannot be ruled out, in words, or "".
        referral: What to do, in words.
        reasons: Why.
    """

    photo: str
    uri: str | None
    chances: tuple[ClassChance, ...]
    failure: str
    said: ClassEntry | None
    likelihood_set: str
    referral: str
    reasons: str
    rule: str = ""

    @property
    def rise(self) -> str:
        """What the photo did to the class of the answer, in words, or ""."""
        for chance in self.chances:
            if chance.entry == self.said and chance.share:
                return rise_words(chance.entry.title, chance.share, chance.probability) + "."
        return ""


@dataclass(frozen=True, slots=True)
class AssessedCard:
    """A table of predictions as a page shows it.

    Attributes:
        shown: Photos with an answer, the most worrying first, at most as many as asked for.
        failed: Photos without an answer.
        n_assessed: All photos with an answer.
        time_frames: Time frames of the answers, in years, or ``not stated``.
        rules: How answers were chosen, a sentence for each rule.
    """

    shown: tuple[AssessedPhoto, ...]
    failed: tuple[AssessedPhoto, ...]
    n_assessed: int
    time_frames: str
    rules: tuple[str, ...]


def read_assessment(
    predictions: Path, photos: Path, entries: Mapping[str, ClassEntry], *, n_shown: int
) -> AssessedCard:
    """Reads a table of predictions and the pictures it is about.

    Args:
        predictions: CSV written by ``arborisk predict``.
        photos: Folder that was assessed.
        entries: Class by short name, in class order.
        n_shown: Largest number of photos shown with their picture.

    Raises:
        DatasetError: The table is missing or lacks a column; says what to do.
    """
    columns = [*COLUMNS, *(PROBABILITY_PREFIX + name for name in entries)]
    rows = read_rows(predictions, columns, remedy=REMEDY)
    good = [row for row in rows if not row["failure"]]
    good.sort(key=lambda row: float(row["priority"]))
    return AssessedCard(
        shown=tuple(_photo(row, photos, entries) for row in good[:n_shown]),
        failed=tuple(_photo(row, photos, {}) for row in rows if row["failure"]),
        n_assessed=len(good),
        time_frames=", ".join(sorted({row["time_frame_years"] for row in good})) or NOT_STATED,
        rules=tuple(
            rule_sentence(rule, on_a_page=True)
            for rule in RULES
            if rule in {row.get("answer_rule") for row in good}
        ),
    )


def _photo(
    row: Mapping[str, str], photos: Path, entries: Mapping[str, ClassEntry]
) -> AssessedPhoto:
    """One row with its picture."""
    chances = [
        ClassChance(entry, float(row[PROBABILITY_PREFIX + name]), _share(row, name))
        for name, entry in entries.items()
    ]
    answer = row.get("likelihood") or row.get("class")
    said = [entry for entry in entries.values() if entry.title == answer]
    return AssessedPhoto(
        photo=row["photo"],
        uri=None if row["failure"] else thumbnail_uri(photos / row["photo"]),
        chances=tuple(reversed(chances)),
        failure=row["failure"],
        said=said[0] if said else None,
        likelihood_set=row["likelihood_set"].replace(" | ", ", "),
        referral=REFERRALS.get(row["referral"], row["referral"]),
        reasons=row["reasons"],
        rule=row.get("answer_rule", ""),
    )


def _share(row: Mapping[str, str], name: str) -> float | None:
    """Share of a class before the photo, where the row's probabilities go with it."""
    share = row.get(f"training_share_{name}")
    moved = any(key.startswith("prevalence_") for key in row)
    calibrated = row.get("calibration") not in (None, "", "not calibrated")
    return float(share) if share and calibrated and not moved else None
