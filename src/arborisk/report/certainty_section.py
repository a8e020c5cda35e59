"""The section of a run's report on how far to trust its answers."""

from __future__ import annotations

from dataclasses import dataclass

from arborisk.calibration.maps import METHOD_WORDS
from arborisk.evaluation.certainty import (
    COVERAGE,
    Certainty,
    SetsOfClass,
    certainty_of,
    referable_classes,
)
from arborisk.evaluation.results import Evaluation
from arborisk.report.certainty_figures import reliability_figure, workload_figure
from arborisk.report.content import ClassEntry, class_entries
from arborisk.wording.intervals import interval_text
from arborisk.wording.leaks import ERRORS_LOOK_SMALL

MINUS = "\N{MINUS SIGN}"
LEAKS = f"Nothing is said of calibration, likelihood sets and misses: {ERRORS_LOOK_SMALL}."


@dataclass(frozen=True, slots=True)
class SetsRow:
    """Likelihood sets of one class, as the page shows them."""

    entry: ClassEntry
    sets: SetsOfClass


@dataclass(frozen=True, slots=True)
class CertaintySection:
    """What the page shows.

    Attributes:
        headline: What is known, in sentences.
        reliability: Figure of said against seen.
        workload: Figure of caught against referred, or "" where no class allows one.
        rows: Likelihood sets, the likeliest class first.
        set_price: What the sets cost, in a sentence, or "".
        promises: For each class what may be promised on misses, in a sentence.
        coverage: Coverage asked of the sets.
    """

    headline: tuple[str, ...]
    reliability: str
    workload: str
    rows: tuple[SetsRow, ...]
    set_price: str
    promises: tuple[str, ...]
    coverage: float = COVERAGE


def certainty_section(evaluation: Evaluation) -> CertaintySection | None:
    """The section, or None where the split leaks."""
    if evaluation.leak.n_groups_spanning:
        return None
    scheme, found = evaluation.config.scheme, certainty_of(evaluation)
    entries = class_entries(scheme)
    numbers = referable_classes(len(entries), ordered=scheme.ordered)
    above = [
        scheme.titles[number]
        + (" or likelier" if scheme.ordered and number + 1 < len(entries) else "")
        for number in numbers
    ]
    curves = [
        (title, number, curve)
        for title, number, curve in zip(above, numbers, found.workload, strict=True)
        if curve is not None
    ]
    rows = [SetsRow(entry, sets) for entry, sets in zip(entries, found.sets, strict=True)]
    return CertaintySection(
        headline=_headline(found),
        reliability=reliability_figure(found.before, found.after, scheme.titles, name="trust"),
        workload=workload_figure(curves, name="workload") if curves else "",
        rows=tuple(reversed(rows)),
        set_price=found.set_price.sentence(scheme.titles[-1]) if found.set_price else "",
        promises=tuple(
            rule.sentence(title) for rule, title in zip(found.miss_rules, above, strict=True)
        ),
    )


def _headline(found: Certainty) -> tuple[str, ...]:
    """How the probabilities were calibrated, and what it changed."""
    before, after = found.before.error, found.after.error
    calibrated = interval_text(after, 3)
    return (
        f"Calibrated by {METHOD_WORDS[found.map.method]}. Calibration error {before.value:.3f} "
        f"raw, {calibrated} calibrated; {found.after.by_chance:.3f} is what luck "
        "alone gives where every probability is right.",
        f"Log-loss {found.log_loss[0]:.3f} raw, {found.log_loss[1]:.3f} calibrated. Brier score "
        f"{found.after.brier.total:.3f} = {found.after.brier.reliability:.3f} from wrong "
        f"probabilities {MINUS} {found.after.brier.resolution:.3f} from telling photos "
        f"apart + {found.after.brier.uncertainty:.3f} from the class shares "
        f"{'+' if found.after.brier.within >= 0 else MINUS} {abs(found.after.brier.within):.3f} "
        "within bins.",
    )
