"""A last layer fitted again over the frozen body of a model."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from arborisk.bundle.activation_map import Contrast
from arborisk.explanation.belief.maps import above
from arborisk.explanation.opened import OpenedModel
from arborisk.metrics.fewest import FEWEST
from arborisk.metrics.over_groups import NO_SPREAD, over_groups, t_interval
from arborisk.metrics.scores import SMALLEST_PROBABILITY
from arborisk.models.averaged import AveragedNetwork
from arborisk.models.network import Network, make_head
from arborisk.models.settings import Output
from arborisk.models.table import MODELS
from arborisk.records import Interval
from arborisk.split.make import inner_folds
from arborisk.training.head import Head, fit_head
from arborisk.training.settings import HeadSettings
from arborisk.wording.intervals import interval_text

CHANCE: Final = 0.5
"""Area under the ROC curve of a model that guesses."""
FEWEST_GROUPS: Final = FEWEST["groups for an order of photos"]
"""Groups with a photo of the class, and groups with one of the others, below which no interval is
given. All pairs of five and five come into the right order by luck in 1 of 252 tries."""
TOO_FEW = "too few groups of a class for an interval"


@dataclass(frozen=True, slots=True)
class Skill:
    """How well the score tells the classes of a contrast apart.

    Attributes:
        area: Share of pairs, one photo of the class asked about and one of those against it, of
            which the former scores higher (area under the ROC curve); 0.5 is guessing.
        n_photos: Photos of these classes.
        held_back: Whether the model had not learnt from these photos. On photos it has learnt
            from, only a figure at chance means anything.
        title: The contrast in words.
    """

    area: Interval
    n_photos: int
    held_back: bool
    title: str

    @property
    def passed(self) -> bool | None:
        """Whether it is shown to do better than guess; None where too few groups can show it."""
        if self.area.note == NO_SPREAD:
            return self.area.value > CHANCE
        return above(self.area, CHANCE) if self.area.low is not None else None

    @property
    def sentence(self) -> str:
        """In words."""
        known = "photos held back" if self.held_back else "photos it may have learnt from"
        how = {
            True: "does better than guess",
            False: "is not shown to do better than guess",
            None: "was judged on too few groups",
        }[self.passed]
        return (
            f"The model {how} for {self.title}: it puts {interval_text(self.area)} of pairs in the "
            f"right order, where guessing puts 0.50 ({self.n_photos} {known})."
        )


def skill_of(
    log_probability: NDArray[np.float64],
    class_index: NDArray[np.int64],
    groups: Sequence[str],
    contrast: Contrast,
    titles: Sequence[str],
    *,
    held_back: bool,
    level: float = 0.95,
) -> Skill | None:
    """Area under the ROC curve of a contrast's score, with an interval over groups.

    Args:
        log_probability: Of each class, shape (n, n_classes).
        class_index: True class, shape (n,); -1 where unknown.
        groups: Group of each photo.
        contrast: What the maps explain.
        titles: Titles of the classes.
        held_back: Whether the model had not learnt from these photos.
        level: Coverage aimed at, in (0, 1).

    Returns:
        None where one side of the contrast has no photo.
    """
    score = log_probability @ contrast.weights(len(titles))
    of = class_index == contrast.of
    kept = of | np.isin(class_index, contrast.against)
    if not of.any() or of[kept].all():
        return None
    area = _area_interval(score[kept], of[kept], np.asarray(groups, dtype=str)[kept], level)
    return Skill(area, int(kept.sum()), held_back, contrast.title(titles))


def log_of(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logarithm of probabilities, finite where one is 0."""
    return np.log(np.maximum(probability, SMALLEST_PROBABILITY))


def area_under_roc(score: NDArray[np.float64], positive: NDArray[np.bool_]) -> float:
    """Share of pairs in the right order, ties half.

    Args:
        score: Shape (n,).
        positive: Which photos should score higher, shape (n,); some, but not all.

    Source: Mann and Whitney (1947), Annals of Mathematical Statistics 18(1), 50-60.

    >>> area_under_roc(np.array([1.0, 2.0, 3.0]), np.array([False, True, True]))
    1.0
    """
    from scipy import stats

    n_of = int(positive.sum())
    ranks = stats.rankdata(score)[positive].sum() - n_of * (n_of + 1) / 2
    return float(ranks / (n_of * (len(score) - n_of)))


def _area_interval(
    score: NDArray[np.float64], of: NDArray[np.bool_], groups: NDArray[np.str_], level: float
) -> Interval:
    """The area with a t interval from leaving out one group at a time, within 0 and 1."""
    _, group = np.unique(groups, return_inverse=True)
    if min(len(set(group[of])), len(set(group[~of]))) < FEWEST_GROUPS:
        return Interval(area_under_roc(score, of), None, None, level, TOO_FEW)
    spread = over_groups(lambda kept: area_under_roc(score[kept], of[kept]), group)
    return t_interval(spread, level, within=(0.0, 1.0))


def redrawn(opened: OpenedModel, n_stages: int, *, seed: int) -> OpenedModel:
    """A copy whose last layers and highest stages have weights drawn at random.

    Args:
        opened: The model; left as it is.
        n_stages: Stages redrawn below the last layer, counted from the top; those of
            `arborisk.models.network.Network.stages`.
        seed: Of the draw.

    Returns:
        Without a bundle: nothing that it says comes from the bundle's own file.
    """
    network = copy.deepcopy(opened.network)
    generator = torch.Generator().manual_seed(seed)
    for classifier in network.classifiers:
        _redraw(classifier, generator)
    for body in network.bodies:
        stages = list(cast(Network, body).stages())
        for stage in stages[len(stages) - n_stages :]:
            _redraw(stage, generator)
    return replace(opened, network=network, bundle=None)


def with_members(opened: OpenedModel, members: list[Network]) -> OpenedModel:
    """The same kind of model made of other networks; they are copied."""
    network = AveragedNetwork(members, opened.preprocess, opened.network.views)
    for weight in network.parameters():
        weight.requires_grad_(False)
    return replace(opened, network=network, bundle=None)


def single_members(opened: OpenedModel) -> list[OpenedModel]:
    """Each member of a model as a model of its own: the folds are so many other trainings."""
    bodies, classifiers = opened.bodies, list(opened.network.classifiers)
    each = bodies * (len(classifiers) // len(bodies))
    return [
        with_members(opened, [body.with_classifier(classifier)])
        for body, classifier in zip(each, classifiers, strict=True)
    ]


def n_stages_of(opened: OpenedModel) -> int:
    """Stages below the last layer."""
    return len(opened.bodies[0].stages())


def only_last_learnt(opened: OpenedModel) -> bool:
    """Whether nothing but the last layer was fitted to labelled photos: the body is frozen."""
    if opened.bundle is not None and "regime" in opened.bundle.description.training:
        return opened.bundle.description.training["regime"] == "frozen"
    return len(opened.bodies) < len(opened.network.classifiers)


def _redraw(module: nn.Module, generator: torch.Generator) -> None:
    """New weights of the same size as the old ones, in place.

    Kernels and matrices are normal around 0 with the old root mean square, so that signals neither
    die nor grow. Biases, and the scales, shifts and running statistics of a batch normalisation,
    are dealt to other channels, all of a layer alike: drawn afresh, a spread could be below 0.
    """
    with torch.no_grad():
        for layer in module.modules():
            deals: dict[int, Tensor] = {}
            own = [*layer.named_parameters(recurse=False), *layer.named_buffers(recurse=False)]
            for _, values in own:
                if values.ndim >= 2:
                    scale = values.square().mean().sqrt()
                    values.copy_(torch.randn(values.shape, generator=generator) * scale)
                elif values.ndim == 1:
                    size = len(values)
                    if size not in deals:
                        deals[size] = torch.randperm(size, generator=generator)
                    values.copy_(values[deals[size]].clone())


QUICK = HeadSettings(strengths=(1.0, 0.1, 0.01, 1e-3), inner_folds=3)
"""Strengths tried for a refitted last layer: a decade apart, which is enough to compare maps."""
JUDGED_IN: Final = 3
"""Folds in which a refitted last layer is judged on photos that it has not seen."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """Labelled photos as a model with a frozen body learns from them.

    Attributes:
        embeddings: Shape (m, d), of the body of the model.
        class_index: Class of each photo, shape (m,).
        groups: Group of each photo; labels are dealt to whole groups, and folds keep them whole.
    """

    embeddings: NDArray[np.float32]
    class_index: NDArray[np.int64]
    groups: tuple[str, ...]


def embeddings_of(
    opened: OpenedModel, arrays: NDArray[np.uint8], *, batch: int = 8
) -> NDArray[np.float32]:
    """Embeddings of prepared photos by the body of a model, shape (n, d)."""
    body = opened.bodies[0]
    found = []
    with torch.inference_mode():
        for start in range(0, len(arrays), batch):
            pictures = opened.pictures(arrays[start : start + batch])
            found.append(body.pool(body.features(pictures)).numpy())
    return np.concatenate(found)


def _fit(opened: OpenedModel, learnt: Embedded, rows: NDArray[np.int64], seed: int) -> Head:
    """A last layer fitted to some of the photos."""
    entry = MODELS.get(opened.model)
    return fit_head(
        learnt.embeddings[rows],
        learnt.class_index[rows],
        [learnt.groups[row] for row in rows],
        n_classes=opened.n_classes,
        settings=QUICK,
        seed=seed,
        output=_output_of(opened),
        parts=entry.parts if entry else (),
    )


def _output_of(opened: OpenedModel) -> Output:
    """Kind of the model's last layer."""
    if opened.bundle is None:
        return "nominal"
    return cast(Output, opened.bundle.description.training.get("output", "nominal"))


def refitted(opened: OpenedModel, learnt: Embedded, seed: int) -> OpenedModel:
    """The model under a last layer fitted to all of the photos."""
    head = _fit(opened, learnt, np.arange(len(learnt.groups)), seed)
    classifier = make_head(head.output, learnt.embeddings.shape[1], opened.n_classes)
    classifier.load_state_dict({name: torch.from_numpy(v) for name, v in head.weights.items()})
    return with_members(opened, [opened.bodies[0].with_classifier(classifier)])


def held_back_skill(
    opened: OpenedModel, learnt: Embedded, contrast: Contrast, seed: int
) -> Skill | None:
    """How well last layers fitted to some groups know the labels, true or dealt, of others."""
    folds = inner_folds(learnt.class_index, learnt.groups, n_folds=JUDGED_IN, seed=seed)
    if not folds:
        return None
    log_probability = np.zeros((len(learnt.groups), opened.n_classes))
    for learn, judge in folds:
        head = _fit(opened, learnt, learn, seed)
        log_probability[judge] = log_of(head.probability(learnt.embeddings[judge]))
    return skill_of(
        log_probability,
        learnt.class_index,
        learnt.groups,
        contrast,
        opened.titles,
        held_back=True,
    )
