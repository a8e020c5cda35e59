"""The deck's four printed results, accounted for: what they can be, and what is proved of that.

Everything here is counted or enumerated from what the deck prints; the predictions behind it were
not kept. Source of the printed values: NARS Lab, UMass Amherst, slides of 2 December 2020, results.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import cache
from typing import Any, Literal

from arborisk.dataset.schemes import IMPROBABLE, POSSIBLE, PROBABLE
from arborisk.deck.printed import (
    BATCHES,
    N_OF_LABEL,
    N_VALIDATION,
    PRECISION,
    AccuracyAccount,
    BatchSplit,
    Confusion,
    account_of,
    batch_splits,
    chance_of_printed_precision,
    draw_chances,
    matching_confusions,
)
from arborisk.wording.counts import listed
from arborisk.wording.percent import in_percent, percent

Standing = Literal["conclusive", "only consistent", "not known"]


@dataclass(frozen=True, slots=True)
class AccountFinding:
    """One thing that may be said of the deck's results.

    Attributes:
        standing: ``conclusive``: follows from the printed figures alone; ``only consistent``: fits
            them, and other accounts may as well; ``not known``: cannot be told from them.
        sentence: What it is, in plain words.
    """

    standing: Standing
    sentence: str


@dataclass(frozen=True, slots=True)
class DeckResults:
    """The whole account.

    Attributes:
        accuracies: What each printed accuracy can be, in the deck's order.
        confusions: Every confusion matrix with the printed accuracy and recall of the last rows.
        splits: Every way in which a constant answer's photos can fall into the batches.
        constant_chance: Chance that 66 of 76 validation photos are Improbable and that always
            answering so has a batch mean that prints as the deck's precision.
        other_chance: The same chance for all other models of the printed accuracy and recall
            together, Improbable being the positive class.
        probable_chance: The same for all models, Probable being the positive class.
    """

    accuracies: tuple[AccuracyAccount, ...]
    confusions: tuple[Confusion, ...]
    splits: tuple[BatchSplit, ...]
    constant_chance: float
    other_chance: float
    probable_chance: float

    @property
    def largest_precision(self) -> Fraction:
        """The largest precision of any matrix with the printed accuracy and recall."""
        return max(confusion.precision for confusion in self.confusions)

    @property
    def matching_splits(self) -> tuple[BatchSplit, ...]:
        """The ways whose mean prints as the deck's precision, rounded once or twice."""
        return tuple(
            split for split in self.splits if PRECISION in (split.printed_once, split.printed_twice)
        )

    @property
    def findings(self) -> tuple[AccountFinding, ...]:
        """What is proved, what fits, and what is not known."""
        return _findings(self)

    def as_json(self) -> dict[str, Any]:
        """The account for programs; shares and chances from 0 to 1."""
        return {
            "accuracies": [
                {
                    **asdict(account),
                    "majority": float(account.majority),
                    "counts": {str(n): counts for n, counts in account.counts.items()},
                }
                for account in self.accuracies
            ],
            "confusion_matrices": [
                {**asdict(confusion), "precision": float(confusion.precision)}
                for confusion in self.confusions
            ],
            "largest_precision": float(self.largest_precision),
            "batches": list(BATCHES),
            "batch_means": [
                {
                    "counts": list(split.counts),
                    "mean": float(split.mean),
                    "chance": float(split.chance),
                    "printed_once": split.printed_once,
                    "printed_twice": split.printed_twice,
                }
                for split in self.splits
            ],
            "constant_chance": self.constant_chance,
            "other_chance": self.other_chance,
            "probable_chance": self.probable_chance,
            "findings": [asdict(finding) for finding in self.findings],
        }


@cache
def deck_results() -> DeckResults:
    """The account; computed once, in about a second."""
    improbable, possible, probable = (N_OF_LABEL[name] for name in (IMPROBABLE, POSSIBLE, PROBABLE))
    all_photos = (92, 91, 76)  # 20 % of 458 rounded up and down; the one size that the deck prints
    grouped = {IMPROBABLE: improbable, "Probable or Possible": probable + possible}
    three = {IMPROBABLE: improbable, POSSIBLE: possible, PROBABLE: probable}
    two = {IMPROBABLE: improbable, PROBABLE: probable}
    chances = [chance_of_printed_precision(count) for count in range(67)]
    drawn = draw_chances(improbable + probable, improbable, N_VALIDATION)
    drawn_probable = draw_chances(improbable + probable, probable, N_VALIDATION)
    joint = [chance * float(drawn.get(count, 0)) for count, chance in enumerate(chances)]
    return DeckResults(
        accuracies=(
            account_of("{(Probable + Possible), Improbable}", 108, "65.2", grouped, all_photos),
            account_of("{Probable, Possible, Improbable}", 108, "72.8", three, all_photos),
            account_of("{Probable, Improbable}", 108, "86.8", two, (N_VALIDATION, 75)),
            account_of("{Probable, Improbable}", 224, "86.8", two, (N_VALIDATION, 75)),
        ),
        confusions=tuple(matching_confusions()),
        splits=tuple(batch_splits()),
        constant_chance=joint[-1],
        other_chance=sum(joint[:-1]),
        probable_chance=sum(
            chance * float(drawn_probable.get(count, 0)) for count, chance in enumerate(chances)
        ),
    )


def _findings(found: DeckResults) -> tuple[AccountFinding, ...]:
    """The verdicts, from the figures themselves."""
    grouped, three, two, _ = found.accuracies
    matching = found.matching_splits
    mean = matching[0].mean
    share = float(sum(split.chance for split in matching))
    times = found.constant_chance / found.other_chance
    needed = [account.answers[0] for account in (grouped, three, two)]
    exactly = listed(percent(one.chance.exactly, "rare") for one in needed)
    at_most = listed(percent(one.chance.of_commonest, "rare") for one in needed)
    counts = listed(f"{one.n_right} of {one.n_validation}" for one in needed)
    return (
        AccountFinding(
            "conclusive",
            "86.8 as a share of 76 photos is 66 right, no other count. A recall of 100 then means "
            "that no photo of the positive class was missed, and that all 10 errors are photos of "
            "the other class called positive.",
        ),
        AccountFinding(
            "conclusive",
            f"The printed precision {PRECISION} belongs to no confusion matrix of those 76 photos: "
            f"all {len(found.confusions)} with that accuracy and recall have at most "
            f"{in_percent(found.largest_precision, 2)}, whichever class is the positive one. So "
            "that figure is not the TP / (TP + FP) of the 76 photos that the slide defines.",
        ),
        AccountFinding(
            "conclusive",
            "No accuracy is far from that of always answering Improbable on all photos: "
            f"{grouped.printed} against {in_percent(grouped.majority)}, {three.printed} against "
            f"{in_percent(three.majority)}, {two.printed} against {in_percent(two.majority)}. "
            "One standard error of a share of 76 or 92 photos is 4 to 5 points.",
        ),
        AccountFinding(
            "only consistent",
            f"Always answering Improbable gives the printed accuracies where {counts} validation "
            f"photos are Improbable. Random parts of 20 % hold just so many with chances of "
            f"{exactly}, where the likeliest numbers have {at_most}. These are ordinary draws. But "
            "a model that looks at the photos can be right just as often.",
        ),
        AccountFinding(
            "only consistent",
            "The validation size 92 of the first two rows is not printed. It is 20 % of 458 "
            "rounded up, as 76 is of 378; 65.2 and 72.8 are possible with 92 photos and with "
            "neither 91 nor 76.",
        ),
        AccountFinding(
            "only consistent",
            "Always answering Improbable, with the precision averaged over batches of 32, 32 and "
            f"12 photos that count alike, gives {in_percent(mean, 3)} wherever "
            f"{matching[0].counts[2]} of the last 12 photos are Improbable: {len(matching)} of "
            f"{len(found.splits)} ways to fill the batches, with a chance of "
            f"{percent(share, 'rare')}. It prints as {matching[0].printed_once} when rounded once, "
            f"and as {matching[0].printed_twice} when rounded to four decimals first (0.8785), as "
            "Keras shows it. No other way prints as 87.9. The accuracy must then be counted by "
            "photo.",
        ),
        AccountFinding(
            "only consistent",
            "If the precision is such a batch average, hardly anything but the constant answer "
            "gives it: that 66 are Improbable and one answer for all prints 87.9 has a chance of "
            f"{percent(found.constant_chance, 'rare')}; all other models with that accuracy and "
            f"recall together have {percent(found.other_chance, 'rare')}, {times:.0f} times less "
            "(errors spread at random over the batches). With Probable as the positive class it "
            "is below 1 in 10^24: on this account precision and recall are those of Improbable.",
        ),
        AccountFinding(
            "only consistent",
            "The same row for 224 pixels follows if both networks gave one answer to the same "
            "photos in the same order. Networks that look at the photos need not agree in all "
            "three figures.",
        ),
        AccountFinding(
            "not known",
            "Whether the first two rows are constant answers. Nothing but their accuracy is "
            "printed. One constant answer to the same 92 photos would score the same in both rows, "
            "so they would have to be of two different random parts.",
        ),
        AccountFinding(
            "not known",
            "How the precision was computed, how the figures were rounded, and what was predicted. "
            "The code behind the slide and its predictions were not kept.",
        ),
    )
