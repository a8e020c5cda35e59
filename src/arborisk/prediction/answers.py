"""From what the members say to probabilities, sets and scores, for many photos or trees at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.load import Bundle
from arborisk.calibration.misses import (
    MissRule,
    MissRuleRefused,
    attainable_coverage,
    find_miss_rule,
    referral_scores,
)
from arborisk.calibration.prevalence import refuse_estimate, source_shares
from arborisk.calibration.sets import SetRule
from arborisk.calibration.table import shift_prior
from arborisk.errors import SettingsError
from arborisk.prediction.answer_rule import (
    answers_by,
    costs_table,
    missed_share,
    no_costs,
    read_costs,
    rule_of,
)
from arborisk.prediction.decide import AskedModel, model_asks, package_rules
from arborisk.prediction.options import (
    ESTIMATE,
    AnswerOptions,
    class_number,
    stated_shares,
)
from arborisk.records import Interval
from arborisk.wording.counts import agreeing, counted
from arborisk.wording.intervals import share_range
from arborisk.wording.percent import percent
from arborisk.wording.sentences import missed_sentence, rule_sentence

NO_CALIBRATION = (
    "a bundle with calibration",
    "one without: a refit, or a model whose split leaks",
)


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers to n photos or trees.

    Attributes:
        probability: Calibrated where the bundle is, for the prevalence in use, shape (n, k).
        answer: Class that the model answers, shape (n,), by the rule in use. The rule by which the
            bundle was measured goes by raw probabilities and does not hang on the prevalence.
        inside: Whether each class is in the likelihood set, shape (n, k); all of them without
            calibration.
        score: What speaks for the class that must not be missed, shape (n,).
        asks: Whether that class asks for a person, shape (n,).
    """

    probability: NDArray[np.float64]
    answer: NDArray[np.int64]
    inside: NDArray[np.bool_]
    score: NDArray[np.float64]
    asks: NDArray[np.bool_]


class Answering:
    """Gives answers with one bundle and one set of options.

    Args:
        bundle: The model.
        options: How answers are put.

    Raises:
        SettingsError: The bundle cannot keep what the options ask for; says why, and how many trees
            it would take.
    """

    def __init__(self, bundle: Bundle, options: AnswerOptions) -> None:
        self.bundle = bundle
        self.options = options
        description = bundle.description
        self.rule = rule_of(options.answer, description)
        self.costs = self._costs()
        self.ordered = description.scheme.ordered
        self.refer_class = class_number(description.scheme, options.refer)
        self.titles = [item.title for item in description.scheme.classes]
        self.calibration = bundle.calibration
        self._refuse_without_calibration()
        self.set_rule: SetRule | None = None
        self.unnamed = not self.ordered and not options.refer
        self.miss_rule = self._miss_rule()
        self.shares: NDArray[np.float64] | None = None
        self.share_intervals: list[Interval] = []
        if self.calibration:
            table = self.calibration.table
            self.set_rule = SetRule.of(
                table, coverage=options.coverage, ordered=self.ordered, kind=options.set_kind
            )
            training = np.array(list(description.training_share.values()))
            self.source = source_shares(self.calibration.map.method, table, training)
        if options.prevalence == ESTIMATE and self.calibration:
            refuse_estimate(self.calibration.table)  # before any photo is read
        if options.prevalence is not None and not isinstance(options.prevalence, str):
            self.shares = np.array(stated_shares(description, options.prevalence))

    def answer(
        self,
        members: NDArray[np.float64],
        raw: NDArray[np.float64],
        *,
        score: NDArray[np.float64] | None = None,
    ) -> Answers:
        """Answers from what the members say.

        Args:
            members: Log-probabilities, shape (n, n_members, k).
            raw: Mean of the members' probabilities, shape (n, k).
            score: Scores where they are known, as those of trees are from their photos.

        Trees of several photos are judged by the rule for single photos: their mean is steadier
        than a photo, so that their sets err to the large side.
        """
        said = np.exp(members)
        if score is None:
            score = referral_scores(said, self.refer_class, ordered=self.ordered)
        probability = self.probability_of(members, raw)
        answer = answers_by(
            self.rule, self.bundle.description, raw=raw, probability=probability, costs=self.costs
        )
        rule = self.set_rule
        inside = np.ones(raw.shape, dtype=np.bool_) if rule is None else rule.sets(said)
        return Answers(
            probability,
            answer,
            inside,
            score,
            self._asks(answer, inside, score),
        )

    def probability_of(
        self, members: NDArray[np.float64], raw: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Calibrated probabilities for the prevalence in use; raw ones without calibration."""
        if self.calibration is None:
            return raw
        calibrated = self.calibration.map.apply(members).mean(axis=1)
        if self.shares is None:
            return np.asarray(calibrated)
        return shift_prior(calibrated, self.source, self.shares)

    @property
    def missed(self) -> Interval | None:
        """Share of trees held back of the class of referrals that the rule answers otherwise."""
        if self.calibration is None or self.unnamed:
            return None
        return missed_share(
            self.bundle.description,
            self.calibration.table,
            self.calibration.map,
            self.rule,
            self.costs,
            class_number=self.refer_class,
        )

    @property
    def rule_words(self) -> str:
        """The rule of answers, and what it misses."""
        missed = self.missed
        told = [] if missed is None else [missed_sentence(self.refer_title, missed)]
        return " ".join([rule_sentence(self.rule), *told])

    @property
    def refer_title(self) -> str:
        """The class that must not be missed, with the likelier ones that go with it, in words."""
        above = " or likelier" if self.ordered and self.refer_class + 1 < len(self.titles) else ""
        return self.titles[self.refer_class] + above

    @property
    def prior_log(self) -> NDArray[np.float64]:
        """Bias of the calibration map that needs no data, shape (k,)."""
        description = self.bundle.description
        shares = np.array(list(description.training_share.values()))
        if description.lean == "training_shares":
            return np.zeros(len(shares))
        return np.asarray(np.log(np.maximum(shares, 1e-6)))

    def reasons(self, answers: Answers, row: int) -> tuple[str, ...]:
        """Why the model asks for a person, in words; for a row whose `Answers.asks` is set."""
        model = AskedModel(
            titles=tuple(self.titles),
            answer=int(answers.answer[row]),
            inside=tuple(bool(isin) for isin in answers.inside[row]),
            sought=None if self.unnamed else self.refer_class,
            ordered=self.ordered,
            calibrated=self.calibration is not None,
            score=float(answers.score[row]),
            threshold=None if self.miss_rule is None else self.miss_rule.threshold,
        )
        return (model_asks(model, self.bundle.description.rules or package_rules()),)

    def coverage_lines(self) -> list[str]:
        """What the sets can promise, class by class, in sentences."""
        rule, wanted = self.set_rule, self.options.coverage
        if rule is None:
            return ["No likelihood sets: this bundle carries no calibration."]
        about = "about " if self.bundle.description.n_members > 1 else ""
        if rule.kind == "marginal":
            low, high = attainable_coverage(rule.n_groups[0], wanted)
            return [
                f"Likelihood sets hold the true class for {about}{percent(wanted, 'stated')} of "
                f"new photos like those of training, all classes together "
                f"({share_range(low, high)} with {counted(rule.n_groups[0], 'group')}); a rare "
                "class may be missed nearly always."
            ]
        lines = [
            f"Likelihood sets hold the true class for {about}{percent(wanted, 'stated')} of new "
            "photos of each class like those of training, on average; with the groups at hand, 9 "
            "in 10 such models cover:"
        ]
        for title, n_groups in zip(self.titles, rule.n_groups, strict=True):
            low, high = attainable_coverage(n_groups, wanted)
            lines.append(
                f"  {title}: {share_range(low, high)} ({counted(n_groups, 'group')})"
                if low < 1
                else f"  {title}: never ruled out; {counted(n_groups, 'group')} "
                f"{agreeing(n_groups, 'is')} held back, and "
                f"{rule.fewest_groups} are needed"
            )
        return lines

    def _asks(
        self,
        answer: NDArray[np.int64],
        inside: NDArray[np.bool_],
        score: NDArray[np.float64],
    ) -> NDArray[np.bool_]:
        if self.calibration is None or self.unnamed:
            return np.ones(len(answer), dtype=np.bool_)
        if self.miss_rule is not None:
            return self.miss_rule.refers(score)
        last = len(self.titles) if self.ordered else self.refer_class + 1
        wanted = slice(self.refer_class, last)
        said = (answer >= self.refer_class) if self.ordered else (answer == self.refer_class)
        return np.asarray(said | inside[:, wanted].any(axis=1))

    def _miss_rule(self) -> MissRule | None:
        if self.options.miss_rate is None or self.calibration is None:
            return None
        if self.unnamed:
            raise SettingsError(
                "the class that must not be missed",
                "none: these classes have no order",
                "--refer",
                f"Name one of {', '.join(self.titles)}.",
            )
        found = find_miss_rule(
            self.calibration.table,
            self.refer_class,
            miss_rate=self.options.miss_rate,
            confidence=self.options.confidence,
            ordered=self.ordered,
        )
        if isinstance(found, MissRuleRefused):
            raise SettingsError(
                f"at least {counted(found.n_needed, 'group')} with {self.titles[self.refer_class]} "
                "held back",
                f"{found.n_groups}",
                f"--miss-rate {found.miss_rate:g} --confidence {found.confidence:g}",
                f"{found.sentence(self.refer_title)} Ask for less, or train with more "
                "trees of this class.",
            )
        return found

    def _costs(self) -> NDArray[np.float64] | None:
        given, description = self.options.costs, self.bundle.description
        if self.rule != "cost":
            if given is not None:
                raise no_costs()
            return None
        if given is not None:
            return read_costs(given, description.scheme)
        if not description.answer_costs:
            raise no_costs()
        return costs_table(description.answer_costs, description.scheme, str(self.bundle.folder))

    def _refuse_without_calibration(self) -> None:
        """Nothing can be promised of a model whose errors were never measured."""
        asked = {"--miss-rate": self.options.miss_rate, "--prevalence": self.options.prevalence}
        for name, value in asked.items():
            if value is not None and self.calibration is None:
                raise SettingsError(
                    *NO_CALIBRATION,
                    name,
                    "Train without --refit and with groups kept whole, and use that bundle.",
                )
