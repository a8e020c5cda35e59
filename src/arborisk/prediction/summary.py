"""A run of predictions, summed up in words and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

import numpy as np

from arborisk.bundle.card import LEANS
from arborisk.bundle.record import BundleDescription
from arborisk.calibration.table import METHOD_WORDS
from arborisk.photos.files import passed_over_text
from arborisk.prediction.answer_rule import named_costs
from arborisk.prediction.answers import Answering
from arborisk.prediction.assessment import AssessedPhotos
from arborisk.prediction.decide import Action
from arborisk.prediction.options import ESTIMATE
from arborisk.prediction.rows import printable
from arborisk.wording.counts import counted
from arborisk.wording.intervals import share_text
from arborisk.wording.percent import percent
from arborisk.wording.sentences import LEVEL_1, NEVER_IMMINENT, NOTHING_URGENT

NO_EXPECTED_COUNTS = (
    "Expected numbers are not given: behind every probability stand the proportions of training. "
    "State those of these trees with --prevalence."
)
ACTIONS: dict[Action, str] = {
    "level_2": "send a person to inspect the tree",
    "retake": "take the photo again",
    "not_a_tree": "no tree was recognised: a person must look at the photo",
    "routine": NOTHING_URGENT,
}


@dataclass(frozen=True, slots=True)
class PredictionSummary:
    """What a run did.

    Attributes:
        out: The table of photos that was written.
        out_trees: The table of trees, or None where no tree is named.
        assessment: What is said of every photo.
        answering: How answers were put.
        n_done_before: Answers kept from an earlier run.
        gates_off: Gates that do not work for this bundle, and why, in sentences.
        overlays: Folder of the overlays, or None where none were asked for.
        passed_over: Number of files in the folder that are not taken for photos, by suffix.
    """

    out: Path
    out_trees: Path | None
    assessment: AssessedPhotos
    answering: Answering
    n_done_before: int
    gates_off: tuple[str, ...] = ()
    overlays: Path | None = None
    passed_over: Mapping[str, int] = field(default_factory=dict)

    @property
    def description(self) -> BundleDescription:
        """What the bundle states about itself."""
        return self.answering.bundle.description

    @property
    def n_photos(self) -> int:
        """Rows in the table: one for each photo found."""
        return len(self.assessment.names)

    @property
    def failures(self) -> dict[str, int]:
        """Reason to number of photos that could not be used."""
        return dict(self.assessment.failures)

    @property
    def n_failed(self) -> int:
        """Photos without an answer."""
        return sum(self.failures.values())

    @property
    def n_without_a_tree(self) -> int:
        """Photos on which no tree was recognised: they have no answer."""
        return int((~self.assessment.shows_a_tree).sum())

    @property
    def counts(self) -> dict[str, int]:
        """Class name to number of photos for which it is the answer."""
        names = self.description.scheme.scheme.names
        said = self.assessment.answers.answer[self.assessment.shows_a_tree]
        counts = np.bincount(said, minlength=len(names))
        return dict(zip(names, counts.tolist(), strict=True))

    @property
    def referrals(self) -> dict[str, int]:
        """Referral to number of trees, or of photos where no tree is named."""
        of = self.assessment.tree_referrals or self.assessment.referrals
        counted = Counter(referral.action for referral in of)
        return {action: counted[action] for action in get_args(Action)}

    @property
    def expected(self) -> dict[str, float] | None:
        """Class name to expected number of trees (of photos, where none is named).

        None without a prevalence: probabilities then speak of the training proportions.
        """
        if self.answering.shares is None:
            return None
        trees = self.assessment.trees
        probability = (
            trees.answers.probability
            if trees
            else self.assessment.answers.probability[self.assessment.shows_a_tree]
        )
        names = self.description.scheme.scheme.names
        return dict(zip(names, probability.sum(axis=0).tolist(), strict=True))

    def lines(self) -> list[str]:
        """The summary for people, with the shares in training beside those found."""
        n_answered = self.n_photos - self.n_failed - self.n_without_a_tree
        description = self.description
        share = description.training_share
        lines = [
            f"{counted(self.n_photos, 'photo')}: {n_answered} answered, {self.n_without_a_tree} "
            f"without a tree, {self.n_failed} failed ({self.n_done_before} done earlier).",
            *([passed_over_text(self.passed_over)] if self.passed_over else []),
            *(f"Caution: {caution}" for caution in description.cautions),
            *(f"  failed, {reason}: {n}" for reason, n in sorted(self.failures.items())),
            "Answers, ascending by likelihood (share of training photos):"
            if description.scheme.ordered
            else "Answers (share of training photos):",
        ]
        for item in description.scheme.classes:
            lines.append(
                f"  {item.name} ({item.title}): {self.counts[item.name]} of "
                f"{counted(n_answered, 'photo')} (training {percent(share[item.name], 1)})"
            )
        lines += [
            self.answering.rule_words,
            *self._referral_lines(),
            *self.gates_off,
            *self._probability_lines(),
        ]
        if description.scheme.study_only:
            lines.append("For study only: a rating that occurs in practice has no class here.")
        if description.kind == "refit":
            lines.append("This model is a refit: it was never measured itself.")
        return [*lines, LEVEL_1, NEVER_IMMINENT]

    def first_lines(self, n_first: int) -> list[str]:
        """The trees (photos, where no tree is named) to see first, with what to do.

        Args:
            n_first: How many to name.
        """
        trees = self.assessment.trees
        names = trees.names if trees else tuple(self.assessment.names)
        rows = np.array(trees.place) if trees else self.assessment.row_of
        of = self.assessment.tree_referrals if trees else self.assessment.referrals
        priority = self.assessment.priority(of_trees=trees is not None)
        queue = {int(priority[row]): place for place, row in enumerate(rows) if row >= 0}
        if not n_first:
            return []
        return ["To see first:"] + [
            f"  {place}. {printable(names[queue[place]])}: {of[queue[place]].action} "
            f"({'; '.join(of[queue[place]].reasons)})"
            for place in sorted(queue)[:n_first]
        ]

    def _referral_lines(self) -> list[str]:
        what = "Trees" if self.assessment.trees else "Photos"
        rule = self.answering.miss_rule
        lines = [f"{what} to:"]
        lines += [
            f"  {action}: {count} ({ACTIONS[action]})"  # type: ignore[index]
            for action, count in self.referrals.items()
        ]
        if rule:
            proof = "simulated, not proved, for several folds" if self._several else "proved"
            lines.append(
                f"Referred from a score of {rule.threshold:.3f} on: with "
                f"{percent(rule.confidence, 'stated')} confidence at most "
                f"{percent(rule.miss_rate, 'stated')} of the trees of {self.answering.refer_title} "
                "are missed, one of each new group, if they are like those of training "
                f"({rule.n_missed} of {rule.n_groups} held back; {proof}). "
                f"That sends a person to {percent(self._asked_share)} of these {what.lower()}."
            )
        return lines

    @property
    def _asked_share(self) -> float:
        """Share of trees (photos, where no tree is named) to which the rule sends a person."""
        trees = self.assessment.trees
        asks = trees.answers.asks if trees else self.assessment.answers.asks
        return float(asks.mean()) if len(asks) else 0.0

    @property
    def _several(self) -> bool:
        """Whether several networks answer together."""
        return self.description.n_members > 1

    def _probability_lines(self) -> list[str]:
        description, expected = self.description, self.expected
        calibration = description.calibration
        if calibration is None:
            return [LEANS[description.lean], *self.answering.coverage_lines()]
        lines = [
            f"Probabilities are calibrated on {counted(calibration.n_photos, 'photo')} of "
            f"{counted(calibration.n_groups, 'group')} held back: "
            f"{METHOD_WORDS[calibration.method]}.",
            *self.answering.coverage_lines(),
        ]
        if expected is None and self.answering.options.prevalence == ESTIMATE:
            return [*lines, "No photo shows a tree: the prevalence could not be estimated."]
        if expected is None:
            return [*lines, NO_EXPECTED_COUNTS]
        what = "trees" if self.assessment.trees else "photos"
        titles = self.answering.titles
        lines.append(f"Expected numbers of {what} at the prevalence in use:")
        for number, (title, count) in enumerate(zip(titles, expected.values(), strict=True)):
            interval = (
                self.answering.share_intervals[number] if self.answering.share_intervals else None
            )
            share = (
                f"estimated {share_text(interval, 1)}"
                if interval
                else f"{percent(self.answering.shares[number], 'stated')} stated"  # type: ignore[index]
            )
            lines.append(f"  {title}: {count:.1f} (prevalence {share})")
        return lines

    def as_json(self) -> dict[str, object]:
        """The same for programs."""
        description, rule = self.description, self.answering.miss_rule
        calibration, missed = description.calibration, self.answering.missed
        return {
            "out": str(self.out),
            "out_trees": self.out_trees and str(self.out_trees),
            "overlays": self.overlays and str(self.overlays),
            "n_photos": self.n_photos,
            "n_done_before": self.n_done_before,
            "n_failed": self.n_failed,
            "n_without_a_tree": self.n_without_a_tree,
            "failures": self.failures,
            "passed_over": dict(self.passed_over),
            "counts": self.counts,
            "referrals": self.referrals,
            "gates_off": list(self.gates_off),
            "expected": self.expected,
            "training_share": description.training_share,
            "answer_rule": self.answering.rule,
            "answer_costs": None
            if self.answering.costs is None
            else named_costs(self.answering.costs, description.scheme),
            "answer_missed": missed
            and {"value": missed.value, "low": missed.low, "high": missed.high},
            "prevalence": None
            if self.answering.shares is None
            else dict(zip(self.counts, self.answering.shares.tolist(), strict=True)),
            "lean": description.lean,
            "calibration": calibration and calibration.method,
            "miss_rule": rule
            and {
                "class": description.scheme.classes[rule.class_number].name,
                "miss_rate": rule.miss_rate,
                "confidence": rule.confidence,
                "threshold": rule.threshold,
                "n_groups": rule.n_groups,
                "n_missed": rule.n_missed,
                "referred_held_back": rule.referred,
                "referred": self._asked_share,
            },
            "scheme": description.scheme.name,
            "study_only": description.scheme.study_only,
            "model_kind": description.kind,
            "protocol": description.protocol,
            "cautions": list(description.cautions),
            "bundle_id": self.answering.bundle.bundle_id,
            "message": f"{LEVEL_1} {NEVER_IMMINENT}",
        }
