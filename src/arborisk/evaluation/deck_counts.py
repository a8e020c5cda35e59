"""Which counts of validation photos the deck's printed accuracies are, and how likely each is."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import comb

from arborisk.dataset.schemes import IMPROBABLE, POSSIBLE, PROBABLE
from arborisk.wording.percent import in_percent

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
