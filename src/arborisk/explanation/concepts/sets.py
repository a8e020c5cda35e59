"""Pictures with and without a concept: drawn, or from a folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from arborisk.errors import ArboriskError, PhotoError
from arborisk.photos.files import find_photos
from arborisk.preprocess.prepare import prepare_file, prepare_image
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.records import Interval, Progress
from arborisk.simulate.drawing.canvas import PART_CODES, DrawnPhoto
from arborisk.simulate.drawing.compose import draw_photo
from arborisk.simulate.sampling import draw_stand
from arborisk.simulate.trees import DrawnTree, Site

Standing = Literal["towards", "away", "no more than random", "not readable"]

FEWEST_PICTURES = 12
"""Pictures with a concept below which nothing is fitted: four are held out at each split."""


@dataclass(frozen=True, slots=True)
class ConceptSet:
    """Pictures with and without a concept.

    Attributes:
        title: The concept, in words.
        present: Prepared pictures that show it, shape (n, size, size, channels).
        absent: As many that do not, same shape.
        paired: Whether picture i of both is the same scene, but for the concept.
        drawn: Whether the pictures are of drawn trees.
    """

    title: str
    present: NDArray[np.uint8]
    absent: NDArray[np.uint8]
    paired: bool = True
    drawn: bool = True

    def __post_init__(self) -> None:
        if self.present.shape != self.absent.shape or len(self.present) < FEWEST_PICTURES:
            raise ArboriskError(
                f"at least {FEWEST_PICTURES} pictures with the concept, and as many without",
                f"{len(self.present)} and {len(self.absent)}",
                f"the pictures of {self.title!r}",
                "Add pictures with the concept, or without it, until both are enough.",
            )


@dataclass(frozen=True, slots=True)
class ConceptFinding:
    """One concept at one depth of the network.

    Attributes:
        title: The concept.
        layer: The depth, in words.
        standing: What came out.
        sentence: What came out, in words with figures.
        accuracy: Share of pictures left out that its direction tells right, mean over splits.
        chance_accuracy: The same that 19 of 20 random directions stay below.
        cosine: Cosine of the direction and of the way in which the score grows, mean over splits.
        spread: Smallest and largest of it over splits.
        random_band: Middle 95 % of the cosines of random directions.
        positive_share: Share of photos of the class, and of splits, for which a step along the
            direction raises the score (the TCAV score).
        p_value: Of random directions, as many as reach the cosine, two-sided; None where not
            readable.
        corrected_p: Corrected for the number of concepts and depths (Holm).
        direct: Score with the concept less the score of the same scene without it, in standard
            deviations of the score; None where pictures are not paired.
    """

    title: str
    layer: str
    standing: Standing
    sentence: str
    accuracy: float
    chance_accuracy: float
    cosine: float
    spread: tuple[float, float]
    random_band: tuple[float, float]
    positive_share: float
    p_value: float | None
    corrected_p: float | None
    direct: Interval | None


@dataclass(frozen=True, slots=True)
class Concepts:
    """All concepts of one model.

    Attributes:
        contrast_title: The question to the model, for example ``Probable and not Possible``.
        findings: One a concept and depth, in the order of the concepts.
        constant: Whether the score grows in the same direction for every photo, as under a linear
            last layer: then the share of photos is 0 or 1 for each split, and says no more than
            the sign.
        n_splits: Splits of each concept's pictures.
        n_random: Random directions of each.
        drawn: Whether the pictures of any concept are of drawn trees.
    """

    contrast_title: str
    findings: tuple[ConceptFinding, ...]
    constant: bool
    n_splits: int
    n_random: int
    drawn: bool


PHOTO_WIDTH_PX, PHOTO_HEIGHT_PX = 288, 384
CROP_SHARE = 0.35
"""Side of the crops of sky and of other things, over the width of the photo."""

Scene = tuple[DrawnTree, Site]
Pair = Callable[[DrawnTree, Site, np.random.Generator], tuple[Scene, Scene]]
"""From a tree and its site: with the concept, and without; everything else is alike."""


def _dead_wood(tree: DrawnTree, site: Site, random: np.random.Generator) -> tuple[Scene, Scene]:
    dead = float(random.uniform(0.5, 0.9))
    return (replace(tree, dead_crown_share=dead), site), (
        replace(tree, dead_crown_share=0.02),
        site,
    )


def _lean(tree: DrawnTree, site: Site, random: np.random.Generator) -> tuple[Scene, Scene]:
    lean = float(random.choice([-1, 1]) * random.uniform(12, 25))
    return (replace(tree, lean_deg=lean), site), (replace(tree, lean_deg=0.0), site)


def _codominance(tree: DrawnTree, site: Site, _: np.random.Generator) -> tuple[Scene, Scene]:
    broadleaf = replace(tree, kind="broadleaf")
    return (replace(broadleaf, n_stems=2), site), (replace(broadleaf, n_stems=1), site)


def _wires(tree: DrawnTree, site: Site, _: np.random.Generator) -> tuple[Scene, Scene]:
    pole = replace(site, has_pole=True)
    return (tree, replace(pole, has_wires=True)), (tree, replace(pole, has_wires=False))


DRAWN_PAIRS: dict[str, Pair] = {
    "dead wood": _dead_wood,
    "lean": _lean,
    "two stems": _codominance,
    "wires": _wires,
}
"""Concepts that are drawn into a scene, by title."""
SKY = "sky"
DRAWN_TITLES = (*DRAWN_PAIRS, SKY)
"""All concepts that can be drawn."""


def drawn_concepts(
    preprocess: PreprocessSettings,
    *,
    n_pairs: int,
    seed: int,
    titles: Sequence[str] = DRAWN_TITLES,
    progress: Progress | None = None,
) -> tuple[ConceptSet, ...]:
    """Dead wood, lean, two stems and wires drawn into scenes in leaf; and crops of sky.

    Every pair is the same tree at the same place under the same light, with the concept and without
    it. Sky: of each photo the window with most of it, beside the one with least.

    Args:
        preprocess: How pictures become arrays.
        n_pairs: Pairs a concept.
        seed: Of trees, sites and pictures.
        titles: Those wanted.
        progress: Called as pictures get drawn.
    """
    stand = draw_stand(n_trees=max(n_pairs, 8), seed=seed)
    sites = {site.site_id: replace(site, leaf_on=True) for site in stand.sites}
    scenes = [(tree, sites[tree.site_id]) for tree in stand.trees[:n_pairs]]
    random = np.random.default_rng(seed)
    wanted = {title: make for title, make in DRAWN_PAIRS.items() if title in titles}
    found, done, total = [], 0, 2 * n_pairs * len(wanted) + n_pairs * (SKY in titles)

    def drawn(tree: DrawnTree, site: Site, number: int) -> DrawnPhoto:
        nonlocal done
        photo = _draw(tree, site, seed + number)
        done += 1
        if progress is not None:
            progress(done, total)
        return photo

    for title, make in wanted.items():
        pairs = [
            [_array(drawn(*scene, number), preprocess) for scene in make(*both, random)]
            for number, both in enumerate(scenes)
        ]
        found.append(ConceptSet(title, *np.stack(pairs, axis=1)))
    if SKY in titles:
        photos = [drawn(*scene, number) for number, scene in enumerate(scenes)]
        found.append(_sky(photos, preprocess))
    return tuple(found)


def folder_concept(
    title: str,
    folder: Path,
    others: NDArray[np.uint8],
    preprocess: PreprocessSettings,
    *,
    seed: int,
) -> ConceptSet:
    """A concept from a folder of photos that show it, beside other photos.

    Args:
        title: The concept, in words.
        folder: Its photos; those that cannot be read are left out.
        others: Prepared photos that do not show it, or only by chance.
        preprocess: How pictures become arrays.
        seed: Chooses as many of the others.

    Raises:
        ArboriskError: There are too few photos.
    """
    present = []
    for path in find_photos(folder):
        try:
            present.append(prepare_file(path, preprocess))
        except PhotoError:
            continue
    n_used = min(len(present), len(others))
    chosen = np.random.default_rng(seed).choice(len(others), n_used, replace=False)
    shape = (0, *preprocess.shape)
    shown = np.stack(present[:n_used]) if n_used else np.empty(shape, np.uint8)
    return ConceptSet(title, shown, others[chosen], paired=False, drawn=False)


def _draw(tree: DrawnTree, site: Site, seed: int) -> DrawnPhoto:
    return draw_photo(tree, site, width_px=PHOTO_WIDTH_PX, height_px=PHOTO_HEIGHT_PX, seed=seed)


def _array(photo: DrawnPhoto, preprocess: PreprocessSettings) -> NDArray[np.uint8]:
    return prepare_image(Image.fromarray(photo.image), preprocess)


def _sky(photos: list[DrawnPhoto], preprocess: PreprocessSettings) -> ConceptSet:
    """Windows with most and with least sky."""
    most: list[NDArray[np.uint8]] = []
    least: list[NDArray[np.uint8]] = []
    side = round(CROP_SHARE * PHOTO_WIDTH_PX)
    for photo in photos:
        is_sky = photo.parts == PART_CODES["sky"]
        corners = [
            (top, left)
            for top in range(0, PHOTO_HEIGHT_PX - side + 1, side // 3)
            for left in range(0, PHOTO_WIDTH_PX - side + 1, side // 3)
        ]
        shares = [is_sky[top : top + side, left : left + side].mean() for top, left in corners]
        for kept, place in ((most, np.argmax(shares)), (least, np.argmin(shares))):
            top, left = corners[int(place)]
            window = photo.image[top : top + side, left : left + side]
            kept.append(prepare_image(Image.fromarray(window), preprocess))
    return ConceptSet(SKY, np.stack(most), np.stack(least))
