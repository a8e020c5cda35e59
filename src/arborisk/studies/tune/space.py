"""What is searched for each kind of model, each range with its source or reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from arborisk.dataset.schemes import ClassScheme
from arborisk.models.table import model_entry
from arborisk.models.weights import FROM_SCRATCH
from arborisk.studies.settings import RunSettings
from arborisk.training.settings import PRESETS

Value = int | float | str
"""What a search draws: a number, or the word or number of a choice."""
DECIMALS = 10
"""Steps of 0.05 are drawn as 0.15000000000000002; rounded, they are what people write."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A number from `low` to `high`, both included; whole where both are.

    Attributes:
        name: In the study, the tables and the plots.
        key: Setting by its dotted path. A last part that is a number is a place in a list, counted
            from 0: ``model1.dense.1``.
        low: Least value.
        high: Greatest value.
        step: Distance between values, or None for any value.
        log: Whether equal factors, not equal steps, are equally likely.
        why: Source of the range, or its reason.
    """

    name: str
    key: str
    low: float
    high: float
    step: float | None
    log: bool
    why: str

    @property
    def keys(self) -> frozenset[str]:
        """Settings that it decides."""
        return frozenset([self.key])

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers are drawn."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    @property
    def words(self) -> str:
        """The range, for people."""
        how = " on a logarithmic scale" if self.log else f" by {self.step:g}" if self.step else ""
        return f"{self.low:g} to {self.high:g}{how}"

    def settings(self, value: Value) -> dict[str, Any]:
        """Keys and values that a drawn value stands for."""
        return {self.key: value if isinstance(value, int | str) else round(value, DECIMALS)}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few.

    Attributes:
        name: See `Numbers`.
        options: What is drawn to the settings that it stands for, keys as in `Numbers`.
        why: Source of the options, or their reason.
    """

    name: str
    options: Mapping[Value, Mapping[str, Any]]
    why: str

    @property
    def keys(self) -> frozenset[str]:
        """Settings that it decides."""
        return frozenset(key for option in self.options.values() for key in option)

    @property
    def words(self) -> str:
        """The options, for people."""
        return ", ".join(map(str, self.options))

    def settings(self, value: Value) -> dict[str, Any]:
        """Keys and values that a drawn value stands for."""
        return dict(self.options[value])


Dimension = Numbers | Choice


def choice(name: str, key: str, values: Sequence[Value], why: str) -> Choice:
    """One of some values of a single setting."""
    return Choice(name, {value: {key: value} for value in values}, why)


def with_values(
    base: RunSettings, dimensions: Sequence[Dimension], values: Mapping[str, Value]
) -> RunSettings:
    """Settings with drawn values in their places; all else stays as it is.

    Args:
        base: Settings that the search began with.
        dimensions: What was searched.
        values: Drawn value by name of the dimension.
    """
    whole: dict[str, Any] = {}
    sections: dict[str, dict[str, Any]] = {}
    for dimension in dimensions:
        for key, value in dimension.settings(values[dimension.name]).items():
            section, _, rest = key.partition(".")
            if not rest:
                whole[section] = value
                continue
            field, _, place = rest.partition(".")
            fields = sections.setdefault(section, getattr(base, section).model_dump())
            fields[field] = _placed(fields, field, int(place), value) if place else value
    for name, fields in sections.items():
        section_type: type[BaseModel] = type(getattr(base, name))
        whole[name] = section_type.model_validate(fields)
    return base.model_copy(update=whole)


def _placed(fields: Mapping[str, Any], field: str, place: int, value: object) -> tuple[Any, ...]:
    """A list with one value changed; a value for all layers is first written out for each."""
    current = fields[field]
    if current is None:  # dense activations: as all others
        current = fields["activation"]
    each = list(current) if isinstance(current, tuple | list) else [current]
    while len(each) <= place:
        each.append(each[-1] if each else value)
    each[place] = value
    return tuple(each)


SEQUEL = "range of the deck's sequel"
RATE = Numbers(
    "learning rate", "training.learning_rate", 1e-4, 1e-2, None, log=True, why=SEQUEL
)  # also around the usual 0.001 of Adam, for the other networks

MODEL1: tuple[Dimension, ...] = (
    choice("first kernel", "model1.kernel_sizes.0", (5, 7), SEQUEL),
    choice("activation 1", "model1.dense_activations.0", ("relu", "tanh"), SEQUEL),
    choice("activation 2", "model1.dense_activations.1", ("relu", "tanh"), SEQUEL),
    Numbers("dropout 1", "model1.dropout.0", 0.0, 0.5, 0.05, log=False, why=SEQUEL),
    Numbers("dropout 2", "model1.dropout.1", 0.0, 0.5, 0.05, log=False, why=SEQUEL),
    Numbers("dense 1", "model1.dense.0", 32, 512, 32, log=False, why=SEQUEL),
    Numbers("dense 2", "model1.dense.1", 32, 512, 32, log=False, why=SEQUEL),
    RATE,
)
"""The eight hyperparameters that the deck's sequel searched by Hyperband, with its ranges. Source:
the manuscript of the lab's repository tree-risk-ai."""

CHANGES = Choice(
    "augmentation",
    {name: {"augmentation": preset} for name, preset in PRESETS.items()},
    "the presets; what helps depends on how many photos there are",
)
COPIES = Choice(
    "augmentation",
    {
        "none": {"augmentation": PRESETS["none"]},
        **{
            f"{name} x {copies}": {
                "augmentation": PRESETS[name].model_copy(update={"copies": copies})
            }
            for name, copies in (("light", 2), ("light", 4), ("standard", 4), ("standard", 8))
        },
    },
    "preset and changed copies a photo, together: without a change, copies mean nothing; "
    "each copy costs an embedding",
)
BALANCE = Choice(
    "balance",
    {
        name: {"training.class_weights": weights, "training.sampling": sampling}
        for name, weights, sampling in (
            ("none", "none", "shuffled"),
            ("weights", "balanced", "shuffled"),
            ("sampling", "none", "balanced"),
        )
    },
    "two ways to make classes count alike, and none; both at once would count rare classes twice",
)
SMOOTHING = choice(
    "label smoothing",
    "training.label_smoothing",
    (0.0, 0.05, 0.1),
    "0.1 in Szegedy et al. (2016), CVPR; half of it; none",
)
BATCH = choice(
    "batch size",
    "training.batch_size",
    (16, 32, 64),
    "the deck's 32, half and twice: what a small data set and memory allow",
)

SCRATCH: tuple[Dimension, ...] = (
    RATE,
    choice(
        "optimiser",
        "training.optimiser",
        ("momentum", "adam", "adamw"),
        "those in use for such networks; plain gradient descent needs more epochs than is paid for",
    ),
    BATCH,
    CHANGES,
    BALANCE,
    SMOOTHING,
)
"""Networks from scratch, but for Model 1."""

BODY_RATE = Numbers(
    "body rate share",
    "training.body_rate_share",
    0.01,
    1.0,
    None,
    log=True,
    why="from nearly frozen to as fast as the new last layer; a tenth is usual",
)
STAGES = Numbers(
    "last stages",
    "training.last_stages",
    1,
    8,
    1,
    log=False,
    why="up to about half of the 12 to 18 stages of the networks here; for more, the regime all",
)
TUNED_WHOLE: tuple[Dimension, ...] = (RATE, BODY_RATE, CHANGES, BALANCE, SMOOTHING, BATCH)
TUNED_LAST: tuple[Dimension, ...] = (STAGES, *TUNED_WHOLE)
"""Pretrained networks that are fine-tuned."""

FROZEN: tuple[Dimension, ...] = (
    choice(
        "class weights",
        "head.class_weights",
        ("none", "balanced"),
        "all there are; the head's penalty needs no search, each fit chooses its own",
    ),
    COPIES,
    choice(
        "test views",
        "test_views",
        ("one", "mirror", "mirror_zoom"),
        "all there are; each view costs an embedding",
    ),
    choice(
        "crop",
        "preprocess.crop",
        ("centre", "letterbox"),
        "the middle, or the whole photo: a tree may fill its height",
    ),
)
"""A head on frozen embeddings; it has no epochs, so that nothing is stopped early."""

OUTPUTS = choice(
    "output",
    "output",
    ("nominal", "cumulative_link", "corn"),
    "all there are, where the classes have an order and are more than two",
)
FINER = 9 / 7
"""A larger side than a network was trained at often helps: objects of a test photo look smaller
than those of the training crops. 288 for 224. Source: Touvron et al. (2019), NeurIPS (FixRes)."""


@dataclass(frozen=True, slots=True)
class Space:
    """What a search goes through.

    Attributes:
        title: Kind of model, for people.
        dimensions: What is searched.
        has_epochs: Whether a trial grows epoch by epoch and may be stopped early.
    """

    title: str
    dimensions: tuple[Dimension, ...]
    has_epochs: bool


def space_for(settings: RunSettings, scheme: ClassScheme, *, fixed: Collection[str] = ()) -> Space:
    """The space of a model under a regime.

    Args:
        settings: Names model, weights and regime.
        scheme: Classes; ordered ones may have ordinal outputs.
        fixed: Keys that the user has set for good, for example ``preprocess.size_px``.
    """
    title, dimensions = _table_entry(settings)
    if settings.regime == "frozen":
        own = model_entry(settings.model).size_px
        sizes = choice(
            "size", "preprocess.size_px", (own, round(own * FINER)), "the model's own, and FINER"
        )
        dimensions += (sizes,)
    if settings.model != "model1" and scheme.ordered and len(scheme.classes) > 2:
        dimensions += (OUTPUTS,)
    kept = tuple(one for one in dimensions if not one.keys & set(fixed))
    return Space(title, kept, has_epochs=settings.regime != "frozen")


def _table_entry(settings: RunSettings) -> tuple[str, tuple[Dimension, ...]]:
    """Title and dimensions, but for what depends on size and scheme."""
    model, regime = settings.model, settings.regime
    if model == "model1":
        return "model1, the sequel's eight hyperparameters", MODEL1
    if settings.weights == FROM_SCRATCH:
        return f"{model} from scratch", SCRATCH
    if regime == "frozen":
        return f"{model} frozen, with a head", FROZEN
    if regime == "last_stages":
        return f"{model} pretrained, its last stages trained", TUNED_LAST
    return f"{model} pretrained, all of it trained", TUNED_WHOLE
