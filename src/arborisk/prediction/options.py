"""What a person asks of the answers, beyond the photos themselves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from arborisk.bundle.record import BundleDescription, SchemeRecord
from arborisk.calibration.sets import SetKind
from arborisk.errors import Remedy, SettingsError, option
from arborisk.wording.sentences import AnswerRule

SHARES_TOLERANCE = 0.005
"""Stated shares may miss 1 by rounding."""
ESTIMATE: Literal["estimate"] = "estimate"
Prevalence = Mapping[str, float] | Literal["estimate"] | None


@dataclass(frozen=True, slots=True)
class AnswerOptions:
    """How answers are put; the photos need not be read again when these change.

    Attributes:
        coverage: Share of photos whose likelihood set shall hold the true class, in (0, 1).
        set_kind: See `arborisk.calibration.SetRule`.
        miss_rate: Largest share of trees of the class `refer` that may be missed, or None to refer
            by the likelihood set.
        confidence: Least chance that this holds.
        refer: Name or title of the class that must not be missed, and likelier ones with it; ""
            for the likeliest class. Classes without an order have none: until one is named, every
            tree is referred.
        prevalence: Share of each class (by name or title) where the photos were taken,
            ``estimate`` to estimate them from the photos, or None for those of training.
        answer: How the answer is chosen; None for the rule that the bundle records.
        costs: Table of costs for the rule ``cost``, see
            `arborisk.prediction.answer_rule.read_costs`; none is built in.
    """

    coverage: float = 0.9
    set_kind: SetKind = "class_conditional"
    miss_rate: float | None = None
    confidence: float = 0.95
    refer: str = ""
    prevalence: Prevalence = None
    answer: AnswerRule | None = None
    costs: Path | None = None


USUAL = AnswerOptions()
"""What is asked for unless a person asks for something else."""


def class_number(scheme: SchemeRecord, given: str) -> int:
    """Place of a class by its name or title, whatever its case; the last one for "".

    Raises:
        SettingsError: No class is called so.
    """
    classes = scheme.classes
    if not given:
        return len(classes) - 1
    wanted = given.strip().casefold()
    for number, item in enumerate(classes):
        if wanted in (item.name.casefold(), item.title.casefold()):
            return number
    raise SettingsError(
        f"one of the classes {', '.join(item.title for item in classes)}",
        repr(given),
        "the name of a class",
        "Use one of these.",
    )


def stated_shares(description: BundleDescription, given: Mapping[str, float]) -> list[float]:
    """Shares of all classes, in class order, that sum to 1.

    Args:
        description: What the bundle states.
        given: Share by name or title; one class may be left out and gets the rest.

    Raises:
        SettingsError: A share is no share, they do not sum to 1, or classes are missing.
    """
    shares: list[float | None] = [None] * len(description.scheme.classes)
    twice = False
    for name, share in given.items():
        number = class_number(description.scheme, name)
        twice |= shares[number] is not None
        shares[number] = share if math.isfinite(share) else -1.0
    missing = [number for number, share in enumerate(shares) if share is None]
    total = sum(share for share in shares if share is not None)
    if len(missing) == 1 and 0 <= total <= 1:
        shares[missing[0]] = 1 - total
        total = 1.0
    known = [share for share in shares if share is not None]
    wrong = len(known) < len(shares) or min(known) < 0 or abs(total - 1) > SHARES_TOLERANCE
    if wrong or twice:
        raise SettingsError(
            "the share of each class once, from 0 to 1, summing to 1 (one may be left out)",
            ", ".join(f"{name}={share:g}" for name, share in given.items()) or "nothing",
            "--prevalence",
            Remedy(
                "For example {} leaves 0.88 to the third class.",
                option("--prevalence Probable=0.02,Possible=0.1", "predict"),
            ),
        )
    return [share / total for share in known]


def parse_prevalence(text: str) -> Prevalence:
    """Prevalence as it is typed: ``estimate``, or ``Probable=0.02,Possible=0.1``.

    Raises:
        SettingsError: It is neither.
    """
    if text.strip().casefold() == ESTIMATE:
        return ESTIMATE
    shares = {}
    for part in text.split(","):
        name, sign, share = part.partition("=")
        try:
            shares[name.strip()] = float(share)
        except ValueError as error:
            raise SettingsError(
                "CLASS=SHARE, with commas between, or the word estimate",
                repr(part if sign else text),
                "--prevalence",
                Remedy(
                    "Write, for example, {}.",
                    option("--prevalence Probable=0.02,Possible=0.1", "predict"),
                ),
            ) from error
    return shares
