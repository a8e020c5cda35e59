"""What the deck's printed figures can be: counts of validation photos, and averages of batches.

Says how likely each is by chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import comb

from arborisk.dataset.schemes import IMPROBABLE, POSSIBLE, PROBABLE
from arborisk.wording.percent import half_up, in_percent

N_OF_LABEL = {IMPROBABLE: 322, POSSIBLE: 80, PROBABLE: 56}
"""Photos of each label. Source: the deck, data."""


def counts_printed(printed: str, n_photos: int) -> list[int]:
    """All counts of right answers among so many photos that print as a given accuracy.

    Args:
        printed: Accuracy in percent with one decimal, as printed.
        n_photos: Photos it is of.

    >>> counts_printed("86.8", 76), counts_printed("65.2", 76)
    ([66], [])
    """
    return [
        count for count in range(n_photos + 1) if in_percent(Fraction(count, n_photos)) == printed
    ]


@dataclass(frozen=True, slots=True)
class DrawChance:
    """How likely a random validation part holds a certain number of photos of a class.

    Attributes:
        exactly: Chance of this number.
        as_extreme: Chance of any number that is no likelier than this one.
        commonest: The likeliest number.
        of_commonest: Its chance: no single number is likelier.
    """

    exactly: float
    as_extreme: float
    commonest: int
    of_commonest: float


def draw_chances(n_photos: int, n_of_class: int, n_drawn: int) -> dict[int, Fraction]:
    """Chance of each number of photos of a class in a random part: the hypergeometric distribution.

    Args:
        n_photos: Photos in all.
        n_of_class: Photos of the class among them.
        n_drawn: Photos in the part.
    """
    fewest, most = max(0, n_drawn - n_photos + n_of_class), min(n_drawn, n_of_class)
    ways = comb(n_photos, n_drawn)
    return {
        count: Fraction(
            comb(n_of_class, count) * comb(n_photos - n_of_class, n_drawn - count), ways
        )
        for count in range(fewest, most + 1)
    }


def draw_chance(n_photos: int, n_of_class: int, n_drawn: int, count: int) -> DrawChance:
    """Chance of one count; 0 where there are not so many photos of the class."""
    chances = draw_chances(n_photos, n_of_class, n_drawn)
    own = chances.get(count, Fraction(0))
    commonest = max(chances, key=chances.__getitem__)
    return DrawChance(
        exactly=float(own),
        as_extreme=float(sum(chance for chance in chances.values() if chance <= own)),
        commonest=commonest,
        of_commonest=float(chances[commonest]),
    )


@dataclass(frozen=True, slots=True)
class ConstantAnswer:
    """One answer for all photos, as an account of a printed accuracy.

    Attributes:
        answer: The class always given.
        n_right: Validation photos of that class that the printed accuracy needs.
        n_validation: Validation photos.
        n_of_class: Photos of that class in the whole data of the row.
        n_photos: Photos in the whole data of the row.
        chance: How likely a random validation part holds so many.
    """

    answer: str
    n_right: int
    n_validation: int
    n_of_class: int
    n_photos: int
    chance: DrawChance


@dataclass(frozen=True, slots=True)
class AccuracyAccount:
    """What a printed accuracy can be.

    Attributes:
        class_labels: The classes as the deck writes them.
        image_size_px: Side of the pictures in pixels.
        printed: The accuracy in percent, as printed.
        counts: Validation photos to the counts of right answers that print so; the first entry is
            20 % of the photos, rounded up.
        majority: Share of the commonest class in all photos of the row.
        answers: Every constant answer that could print so, likeliest first.
    """

    class_labels: str
    image_size_px: int
    printed: str
    counts: dict[int, list[int]]
    majority: Fraction
    answers: tuple[ConstantAnswer, ...]


def account_of(
    class_labels: str,
    image_size_px: int,
    printed: str,
    classes: dict[str, int],
    n_validation: tuple[int, ...],
) -> AccuracyAccount:
    """Which counts, and which constant answers, print as an accuracy.

    Args:
        class_labels: The classes as the deck writes them.
        image_size_px: Side of the pictures in pixels.
        printed: The accuracy in percent, as printed.
        classes: Photos of each class in the data of the row.
        n_validation: Sizes of the validation part to try; answers are of the first.
    """
    n_photos = sum(classes.values())
    counts = {n: counts_printed(printed, n) for n in n_validation}
    first = n_validation[0]
    answers = [
        ConstantAnswer(
            answer,
            count,
            first,
            n_of_class,
            n_photos,
            draw_chance(n_photos, n_of_class, first, count),
        )
        for answer, n_of_class in classes.items()
        for count in counts[first]
    ]
    answers.sort(key=lambda one: -one.chance.exactly)
    majority = Fraction(max(classes.values()), n_photos)
    return AccuracyAccount(class_labels, image_size_px, printed, counts, majority, tuple(answers))


N_VALIDATION = 76
"""Validation photos. Source: the deck, data."""
BATCHES = (32, 32, 12)
"""76 photos in batches of 32, the deck's batch size."""
PRECISION, RECALL, ACCURACY = "87.9", "100", "86.8"
"""As printed, in percent."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts of a model with two answers.

    Attributes:
        true_positive: Of the positive class and called so.
        false_negative: Of the positive class and not called so.
        false_positive: Not of the positive class and called so.
        true_negative: Not of the positive class and not called so.
    """

    true_positive: int
    false_negative: int
    false_positive: int
    true_negative: int

    @property
    def precision(self) -> Fraction:
        """Of the photos called so, the share that are so; 0 where none is called so."""
        called = self.true_positive + self.false_positive
        return Fraction(self.true_positive, called) if called else Fraction(0)


def matching_confusions() -> list[Confusion]:
    """All confusion matrices of 76 photos whose accuracy prints 86.8 and whose recall prints 100.

    Which class counts as the positive one makes no difference: every matrix is gone through, so the
    list holds those of either. A recall of 100 needs a photo of the positive class.
    """
    n = N_VALIDATION
    return [
        Confusion(hit, miss, n - right - miss, right - hit)
        for right in counts_printed(ACCURACY, n)
        for hit in range(right + 1)
        for miss in range(n - right + 1)
        if hit + miss and in_percent(Fraction(hit, hit + miss), 0) == RECALL
    ]


@dataclass(frozen=True, slots=True)
class BatchSplit:
    """The 66 photos of the class always given, over the batches.

    Attributes:
        counts: Photos of the class in each batch.
        mean: Mean of the batches' precisions, each batch counting alike.
        chance: Chance of these counts when the photos come in random order.
    """

    counts: tuple[int, int, int]
    mean: Fraction
    chance: Fraction

    @property
    def printed_once(self) -> str:
        """The mean in percent, rounded once to one decimal."""
        return in_percent(self.mean)

    @property
    def printed_twice(self) -> str:
        """The mean rounded to four decimals, as Keras shows it, and then to one of percent."""
        return in_percent(half_up(self.mean, 4))


def batch_splits(n_of_class: int = 66) -> list[BatchSplit]:
    """All ways in which the photos of the class always given can fall into the batches.

    With one answer for all photos, the precision in a batch is the share of that class in it. The
    chances are those of the multivariate hypergeometric distribution and add up to 1.

    Args:
        n_of_class: Photos of that class among the 76.
    """
    one, two, three = BATCHES
    ways = comb(N_VALIDATION, n_of_class)
    return [
        BatchSplit(
            (x, y, z),
            (Fraction(x, one) + Fraction(y, two) + Fraction(z, three)) / 3,
            Fraction(comb(one, x) * comb(two, y) * comb(three, z), ways),
        )
        for x in range(one + 1)
        for y in range(two + 1)
        for z in [n_of_class - x - y]
        if 0 <= z <= three
    ]


def chance_of_printed_precision(n_positive: int) -> float:
    """Chance that a model of the printed accuracy and recall has a batch mean that prints 87.9.

    The printed accuracy and recall leave one number free: of the 76 photos, how many are of the
    positive class. Ten of the others are then called so wrongly and the rest rightly not. The
    chance is over the order of the photos, all orders alike; rounding once or twice both count.

    Args:
        n_positive: Validation photos of the positive class, 0 to 66; 66 is the constant answer.
    """
    n_rest = 66 - n_positive
    hits = 0
    for wrong in _parts(10, BATCHES):
        room = tuple(size - count for size, count in zip(BATCHES, wrong, strict=True))
        ways_wrong = _ways(BATCHES, wrong)
        for rest in _parts(n_rest, room):
            if 0.87845 <= _mean_precision(room, rest, wrong) < 0.8795:
                hits += ways_wrong * _ways(room, rest)
    return hits / (comb(N_VALIDATION, 10) * comb(66, n_rest))


def _parts(total: int, room: tuple[int, ...]) -> Iterator[tuple[int, int, int]]:
    """All ways to divide a number over the three batches, at most so many in each."""
    for one in range(min(total, room[0]) + 1):
        for two in range(min(total - one, room[1]) + 1):
            if total - one - two <= room[2]:
                yield one, two, total - one - two


def _ways(room: tuple[int, ...], counts: tuple[int, ...]) -> int:
    """Ways to choose so many places in each batch."""
    product = 1
    for size, count in zip(room, counts, strict=True):
        product *= comb(size, count)
    return product


def _mean_precision(room: tuple[int, ...], rest: tuple[int, ...], wrong: tuple[int, ...]) -> float:
    """Mean over the batches of right among called positive; 0 where none is called so."""
    total = 0.0
    for size, not_called, false in zip(room, rest, wrong, strict=True):
        right = size - not_called
        total += right / (right + false) if right + false else 0.0
    return total / len(room)
