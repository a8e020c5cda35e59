"""The photos that shortcut tests look at, with all that is known of each."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from arborisk.errors import ArboriskError
from arborisk.explanation.opened import OpenedModel
from arborisk.wording.counts import counted

UNSEEN_BY_ALL = -1
"""Member of a photo that no member of the model learnt from."""


@dataclass(frozen=True, slots=True)
class ShortcutPhotos:
    """Prepared photos with their classes; row i of each is photo i.

    Attributes:
        arrays: Bytes as the model takes them, shape (n, size, size, channels).
        class_index: True class, shape (n,).
        groups: Group of each photo: photos of one group are not independent.
        member: Member of the model that did not learn from the photo, or `UNSEEN_BY_ALL`, shape
            (n,). A model's own training photos flatter it.
        tree_mask: Where the tree is, on the grid of the arrays, shape (n, size, size), or None.
        dead_share: Share of the tree that is dead or bare wood, 0 to 1, NaN where unknown, shape
            (n,), or None.
        wood: What that share counts, in words: out of leaf, living twigs are bare as well.
        camera_facts: Numbers from the file's header (size, sharpness of storage, ...), shape
            (n, n_facts), or None.
        camera_fact_names: Their names.
        drawn: Whether the trees are drawn: never evidence about real ones.
    """

    arrays: NDArray[np.uint8]
    class_index: NDArray[np.int64]
    groups: tuple[str, ...]
    member: NDArray[np.int64]
    tree_mask: NDArray[np.bool_] | None = None
    dead_share: NDArray[np.float64] | None = None
    wood: str = "dead wood"
    camera_facts: NDArray[np.float64] | None = None
    camera_fact_names: tuple[str, ...] = ()
    drawn: bool = False

    def __post_init__(self) -> None:
        n_photos = len(self.arrays)
        given = (self.tree_mask, self.dead_share, self.camera_facts)
        lengths = [len(self.class_index), len(self.groups), len(self.member)]
        lengths += [len(item) for item in given if item is not None]
        if not n_photos or any(length != n_photos for length in lengths):
            raise ArboriskError(
                f"one value for each of the {counted(n_photos, 'photo')}, and at least one photo",
                f"lengths {lengths}",
                "the photos of the shortcut tests",
                "Give every photo its class, group and member.",
            )
        if self.tree_mask is not None and self.tree_mask.shape != self.arrays.shape[:3]:
            raise ArboriskError(
                f"masks of shape {self.arrays.shape[:3]}, as the arrays",
                f"{self.tree_mask.shape}",
                "the tree masks of the shortcut tests",
                "Prepare the masks with the settings of the model.",
            )

    def __len__(self) -> int:
        return len(self.arrays)

    @property
    def size_px(self) -> int:
        """Side of the arrays, in pixels."""
        return int(self.arrays.shape[1])

    def group_names(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> list[str]:
        """Groups of some photos."""
        names: list[str] = np.asarray(self.groups, dtype=np.str_)[rows].tolist()
        return names


BATCH = 32


def held_back_scores(
    opened: OpenedModel,
    arrays: NDArray[np.uint8],
    member_of_photo: NDArray[np.int64],
    *,
    batch: int = BATCH,
) -> NDArray[np.float64]:
    """Log-probability of each class, as said by the member that did not learn from the photo.

    A bundle of folds has one member a fold, in the order of the folds. Where all members share a
    body, the bundle's own file gives the embedding, which is faster and the same.

    Args:
        opened: The model.
        arrays: Bytes, shape (n, size, size, channels).
        member_of_photo: Member that is asked, or `UNSEEN_BY_ALL` for the mean over all members,
            shape (n,).
        batch: Photos at a time.

    Returns:
        Shape (n, n_classes). The mean over members is of log-probabilities, so that its rows need
        not sum to one; differences of classes are scores of
        `arborisk.bundle.activation_map.Contrast`.

    Raises:
        ArboriskError: A member is named that the model does not have.
    """
    members = np.asarray(member_of_photo, dtype=np.int64)
    n_members = len(opened.network.classifiers)
    if len(members) and (members.min() < UNSEEN_BY_ALL or members.max() >= n_members):
        raise ArboriskError(
            f"members from 0 to {n_members - 1}, or {UNSEEN_BY_ALL} for unseen by all",
            f"{members.min()} to {members.max()}",
            "the member of each photo",
            "Use the rounds of predictions.csv of the run that the bundle came from.",
        )
    found = np.empty((len(arrays), opened.n_classes))
    for member in np.unique(members):
        rows = np.flatnonzero(members == member)
        for start in range(0, len(rows), batch):
            some = rows[start : start + batch]
            found[some] = _say(opened, np.ascontiguousarray(arrays[some]), int(member))
    return found


def score_of(
    log_probability: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Score of a contrast from log-probabilities, shape (n,); weights as `Contrast.weights`."""
    return np.asarray(log_probability @ weights, dtype=np.float64)


def _say(opened: OpenedModel, arrays: NDArray[np.uint8], member: int) -> NDArray[np.float64]:
    """Log-probabilities of one member, or of the mean over all, shape (n, k)."""
    network = opened.network
    with torch.inference_mode():
        if opened.bundle is not None and len(opened.bodies) == 1:
            found = opened.bundle.session.run(["embedding"], {"photos": arrays})[0]
            embedding = torch.from_numpy(np.asarray(found))
            heads = (
                network.classifiers if member == UNSEEN_BY_ALL else [network.classifiers[member]]
            )
            logits = torch.stack([head(embedding) for head in heads])
            return np.asarray(logits.double().log_softmax(dim=2).mean(dim=0).numpy())
        pictures = opened.pictures(arrays)
        if member == UNSEEN_BY_ALL:
            return np.asarray(opened.log_probability(pictures).double().mean(dim=0).numpy())
        body = opened.bodies[member if len(opened.bodies) > 1 else 0]
        one = network.classifiers[member](body.pool(body.features(pictures)))
        return np.asarray(one.double().log_softmax(dim=1).numpy())


Photos = NDArray[np.uint8]
Masks = NDArray[np.bool_]

BORDER_SHARE = 0.1
"""Width of the border over the side of the photo; such a border is 36 % of the photo."""


def border_mask(size_px: int) -> Masks:
    """The border of the frame, shape (size, size)."""
    width = max(1, round(BORDER_SHARE * size_px))
    mask = np.ones((size_px, size_px), dtype=bool)
    mask[width:-width, width:-width] = False
    return mask


def pasted(photos: Photos, others: Photos, where: Masks) -> Photos:
    """Photos with pixels of others in their place.

    Args:
        photos: Shape (n, size, size, c).
        others: Same shape.
        where: One mask for all, shape (size, size), or one each.
    """
    return np.where(where[..., None], others, photos)


def only(photos: Photos, where: Masks) -> Photos:
    """Photos whose rest is their mean colour of what is kept, so that nothing else is told.

    Args:
        photos: Shape (n, size, size, c).
        where: What is kept, shape (size, size).
    """
    mean = photos[:, where].mean(axis=1).round().astype(np.uint8)
    return np.where(where[None, ..., None], photos, mean[:, None, None])


def filled(photos: Photos, masks: Masks) -> Photos:
    """Photos with what the masks cover replaced by a blur of what surrounds it.

    Colours are averaged around each pixel over what is not covered, at two widths: near by where
    there is something near by, else from farther away.

    Args:
        photos: Shape (n, size, size, c).
        masks: Shape (n, size, size); widened by a fiftieth of the side.
    """
    from scipy.ndimage import binary_dilation

    reach = max(1, photos.shape[1] // 50)
    result = photos.copy()
    for number, (photo, mask) in enumerate(zip(photos, masks, strict=True)):
        if not mask.any():
            continue
        wide = binary_dilation(mask, iterations=reach)
        result[number][wide] = _surroundings(photo, wide)[wide]
    return result


def _surroundings(photo: Photos, mask: Masks) -> Photos:
    from scipy.ndimage import gaussian_filter

    free = (~mask).astype(np.float64)
    found = np.full(photo.shape, 127.0)
    if free.any():
        found[:] = photo[~mask].mean(axis=0)
    for width in (photo.shape[0] / 6, photo.shape[0] / 20):
        weight = gaussian_filter(free, width)
        near = weight > 0.02
        for channel in range(photo.shape[2]):
            total = gaussian_filter(photo[..., channel] * free, width)
            found[near, channel] = total[near] / weight[near]
    return found.round().clip(0, 255).astype(np.uint8)


def brighter(photos: Photos, factor: float) -> Photos:
    """Photos with all values times a factor."""
    changed: Photos = np.clip(photos * factor, 0, 255).round().astype(np.uint8)
    return changed


def tinted(photos: Photos, amount: float) -> Photos:
    """Photos made warmer: red times 1 + amount, blue times 1 - amount; grey ones stay."""
    if photos.shape[3] == 1:
        return photos
    factors = np.array([1 + amount, 1.0, 1 - amount])
    changed: Photos = np.clip(photos * factors, 0, 255).round().astype(np.uint8)
    return changed


def blurred(photos: Photos, width_px: float) -> Photos:
    """Photos out of focus by a Gaussian of this standard deviation."""
    from scipy.ndimage import gaussian_filter

    return np.asarray(gaussian_filter(photos, (0, width_px, width_px, 0)), dtype=np.uint8)


def stored(photos: Photos, quality: int) -> Photos:
    """Photos stored as JPEG of this quality, and read again."""
    found = np.empty_like(photos)
    for number, photo in enumerate(photos):
        stream = io.BytesIO()
        Image.fromarray(photo[..., 0] if photo.shape[2] == 1 else photo).save(
            stream, "JPEG", quality=quality
        )
        found[number] = np.asarray(Image.open(stream)).reshape(photo.shape)
    return found
