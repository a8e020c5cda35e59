"""Settings of a training run: command line > file > environment > default."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from arborisk.errors import Remedy, SettingsError, option
from arborisk.models.settings import Model1Settings, Output, TestViews
from arborisk.models.table import DEFAULT_MODEL, model_entry
from arborisk.models.weights import FROM_SCRATCH
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.training.settings import (
    PRESETS,
    AugmentationSettings,
    HeadSettings,
    TrainingSettings,
    settings_for_fine_tuning,
)
from arborisk.wording.sentences import AnswerRule

ENVIRONMENT_PREFIX = "ARBORISK_"
OTHER_VARIABLES = {"ARBORISK_CACHE", "ARBORISK_DATA", "ARBORISK_TRACEBACK"}
TUNED_HASH_DIGITS = 16
"""Of a photo's SHA-256: 64 bits. Of a million photos two look alike with a chance of 1 in 4e7."""
ALIKE = 0.6
"""Likeness (difflib's ratio) from which on a known key is proposed for an unknown one."""


class SplitSettings(BaseModel):
    """How photos are held back."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    protocol: Literal["grouped", "deck", "given", "leaky"] = "grouped"
    """How photos are parted: ``grouped`` keeps trees, sites and copies whole; ``deck`` splits at
    random by photo, as the deck did, and is marked as leaking. ``given`` reads ``file``; ``leaky``
    makes copies of each photo and splits those at random: for `arborisk.studies.experiment` alone,
    to show what it hides.
    """
    folds: int = Field(default=5, ge=0, le=50)
    """Number of folds, or 0 for one hold-out."""
    test_share: float = Field(default=0.2, gt=0, lt=1)
    """Share of photos held out when ``folds`` is 0."""
    by: tuple[Literal["tree", "site"], ...] = ("tree", "site")
    """What is kept whole besides near-duplicates: ``tree``, ``site``, or both."""
    trust_tree_ids: bool = False
    """Part even copies of one photo where their stated trees differ."""
    file: str = ""
    """A split file to honour, a CSV of file and part; sets the protocol to ``given``."""

    @model_validator(mode="after")
    def _a_given_split_has_a_file(self) -> Self:
        if (self.protocol == "given") != bool(self.file):
            raise ValueError("protocol 'given' and a split file go together")
        if self.protocol == "deck" and self.folds:
            raise ValueError("the deck's protocol is one hold-out: folds must be 0")
        return self


class TunedRecord(BaseModel):
    """What a search left on a configuration: whatever it saw is no test of it any more.

    Attributes:
        photos: First `TUNED_HASH_DIGITS` hexadecimal digits of the SHA-256 of each photo that the
            search learnt from or judged by.
        n_trials: Settings that were tried.
        objective: What they were judged by.
        inner_score: Its value for the chosen setting, on the inner parts: the best of `n_trials`,
            so optimistic.
        dataset_hash: Hash of the data set's photos and labels.
        arborisk: Version that searched.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    photos: tuple[Annotated[str, Field(pattern=f"^[0-9a-f]{{{TUNED_HASH_DIGITS}}}$")], ...] = ()
    n_trials: int = Field(default=0, ge=0)
    objective: str = ""
    inner_score: float | None = None
    dataset_hash: str = ""
    arborisk: str = ""

    def n_of(self, sha256: Iterable[str]) -> int:
        """How many of these photos, by their SHA-256, the search has seen."""
        seen = set(self.photos)
        return sum(digest[:TUNED_HASH_DIGITS] in seen for digest in sha256)


class RunSettings(BaseSettings):
    """Everything that decides a run's numbers, besides the data set."""

    model_config = SettingsConfigDict(
        frozen=True,
        use_attribute_docstrings=True,
        extra="forbid",
        env_prefix=ENVIRONMENT_PREFIX,
        env_nested_delimiter="__",
    )

    scheme: str = "Pr_Po_Im"
    """Class scheme: Pr_Im, PrPo_Im, Pr_PoIm, Pr_Po_Im, as-labelled, or a TOML file."""
    model: str = DEFAULT_MODEL
    """A name of ``arborisk info models``."""
    seed: int = Field(default=0, ge=0)
    """Same seed, same numbers on the same machine."""
    refit: bool = False
    """Ship a model refitted on every photo; it carries no measured score."""
    weights: str = ""
    """Where training starts: ``imagenet``, ``none`` (from scratch) or a name of ``arborisk info
    weights``. "" stands for what is usual for the model.
    """
    regime: Literal["", "frozen", "last_stages", "all"] = ""
    """What learns: the last layer alone, on embeddings (``frozen``), the ``last_stages`` besides,
    or ``all``. "" is ``frozen`` for pretrained weights and ``all`` from scratch.
    """
    output: Output = "nominal"
    """How the last layer answers: ``nominal``, or, for ordered classes, ``cumulative_link`` or
    ``corn``.
    """
    labels: Literal["agreed", "raters"] = "agreed"
    """What is learnt: the ``agreed`` label of each photo, or the shares of its ``raters``."""
    consensus: str = ""
    """With ``raters``, a file of ``arborisk agree --consensus-out``: its probabilities are learnt
    instead of plain shares of ratings. Scores are against the agreed label either way.
    """
    test_views: TestViews = "one"
    """Views of a photo whose answers are averaged: ``one``, ``mirror`` (and its mirror image),
    ``mirror_zoom`` (and the middle of both).
    """
    split: SplitSettings = SplitSettings()
    """How photos are held back."""
    preprocess: PreprocessSettings = PreprocessSettings()
    """How a photo becomes an array; sizes default by model."""
    model1: Model1Settings = Model1Settings()
    """The choices on the deck's slides, for ``model1``."""
    training: TrainingSettings = TrainingSettings()
    """Optimiser, epochs, loss and the like, for networks trained whole."""
    head: HeadSettings = HeadSettings()
    """Head on frozen embeddings, for ``efficientnet_lite0``."""
    augmentation: AugmentationSettings = AugmentationSettings()
    """Random changes of the training part: none, light, standard or strong, or the changes
    themselves. See `arborisk.training.settings.PRESETS`.
    """
    answer: Literal["", AnswerRule] = ""
    """Rule by which the bundle answers unless told otherwise: ``most-raised``, ``likeliest`` or
    ``cost``, with ``costs`` in a settings file. "" stands for the one that is measured.
    """
    costs: dict[str, dict[str, Annotated[float, Field(ge=0, le=1e12)]]] = Field(
        default_factory=dict
    )
    """For the rule ``cost``: class answered to true class to cost, as ``[costs.Improbable]`` with
    ``Probable = 50`` below it; none is built in.
    """
    tuned: TunedRecord = TunedRecord()
    """What ``arborisk tune`` left: the photos that these settings were chosen on."""

    @property
    def counts_classes_alike(self) -> bool:
        """Whether the model is trained as if all classes were equally common."""
        if self.regime == "frozen":
            return self.head.class_weights == "balanced"
        return self.training.counts_classes_alike

    @field_validator("augmentation", mode="before")
    @classmethod
    def _preset(cls, value: object) -> object:
        """A name stands for its changes."""
        if not isinstance(value, str):
            return value
        if value not in PRESETS:
            raise ValueError(f"one of {', '.join(PRESETS)}, or the changes themselves")
        return PRESETS[value]


def load_settings(options: Mapping[str, Any], file: Path | None = None) -> RunSettings:
    """Settings from the command line, a file, the environment and the defaults, in that order.

    Args:
        options: What was set on the command line, nested as in the file.
        file: A TOML file, for example ``RUN/config.toml`` of an earlier run.

    Raises:
        SettingsError: An unknown key (with the nearest known one) or a value that cannot work.
    """
    if file is not None and not file.is_file():
        raise SettingsError(
            "a TOML file",
            "no such file",
            str(file),
            Remedy("Check the path given to {}.", option("--config", "train")),
        )

    class _Sources(RunSettings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            given: list[PydanticBaseSettingsSource] = [init_settings]
            if file is not None:
                given.append(TomlConfigSettingsSource(settings_cls, file))
            return (*given, EnvSettingsSource(settings_cls))

    _refuse_unknown_variables()
    where = (
        "the options, " + (f"{file}, " if file else "") + f"or {ENVIRONMENT_PREFIX}... variables"
    )
    try:
        resolved = _Sources(**options)
    except ValidationError as error:
        raise _explained(error, where) from error
    except ValueError as error:  # tomllib names the line
        raise SettingsError(
            "a TOML file", str(error), where, "Correct the file at the place named."
        ) from error
    return completed(resolved, where)


def completed(resolved: RunSettings, where: str = "the settings") -> RunSettings:
    """Settings with what is usual for their model where nothing was asked for.

    Args:
        resolved: As made by hand or read.
        where: Where they come from, for messages.

    Raises:
        SettingsError: A regime that does not go with the weights.
    """
    values = {name: getattr(resolved, name) for name in RunSettings.model_fields}
    entry = model_entry(resolved.model)
    values["preprocess"] = _with_defaults_of(resolved.model, resolved.preprocess)
    values["weights"] = resolved.weights or entry.usual_weights
    scratch = values["weights"] == FROM_SCRATCH
    values["regime"] = resolved.regime or ("all" if scratch else "frozen")
    if scratch and values["regime"] != "all":
        raise SettingsError(
            "regime 'all' for weights that start from scratch: the others would keep them as drawn",
            repr(values["regime"]),
            where,
            Remedy(
                "Leave {} out, or name pretrained weights with {}.",
                option("--regime", "train"),
                option("--weights", "train"),
            ),
        )
    if not scratch and values["regime"] != "frozen":
        values["training"] = settings_for_fine_tuning(resolved.training)
    return RunSettings.model_construct(**values)


def _with_defaults_of(model: str, given: PreprocessSettings) -> PreprocessSettings:
    """Preprocessing with the model's size, channels and scaling where none was asked for."""
    usual = model_entry(model).preprocess.model_dump()
    return PreprocessSettings(**{**usual, **given.model_dump(exclude_unset=True)})


def nested(assignments: Mapping[str, Any]) -> dict[str, Any]:
    """Turns ``{"training.epochs": 4}`` into ``{"training": {"epochs": 4}}``; drops None."""
    tree: dict[str, Any] = {}
    for key, value in assignments.items():
        if value is None:
            continue
        *rooms, last = key.split(".")
        branch = tree
        for room in rooms:
            branch = branch.setdefault(room, {})
        branch[last] = value
    return tree


def _explained(error: ValidationError, where: str) -> SettingsError:
    """The first problem in words, with the nearest known key for an unknown one."""
    problem = error.errors()[0]
    key = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return _unknown(key, where)
    return SettingsError(
        f"{key}: {problem['msg'].removeprefix('Value error, ').lower()}",
        repr(problem.get("input")),
        where,
        f"Correct {key}.",
    )


def _unknown(key: str, where: str) -> SettingsError:
    """Names the known key whose last word is nearest, or all of them."""
    known = known_keys()
    leaf = key.rpartition(".")[2]
    likeness = {
        name: difflib.SequenceMatcher(None, leaf, name.rpartition(".")[2]).ratio() for name in known
    }
    nearest = max(known, key=likeness.__getitem__)
    remedy = f"Did you mean {nearest!r}?"
    if likeness[nearest] < ALIKE:
        remedy = f"Known keys: {', '.join(known)}."
    return SettingsError("a known key", repr(key), where, remedy)


def _refuse_unknown_variables() -> None:
    """Refuses a misspelt variable: silently ignored, it would change nothing and seem to."""
    known = set(known_keys())
    for name in os.environ:
        key = name.removeprefix(ENVIRONMENT_PREFIX).lower().replace("__", ".")
        if name.startswith(ENVIRONMENT_PREFIX) and name not in OTHER_VARIABLES and key not in known:
            raise _unknown(key, f"environment variable {name}")


def known_keys(model: type[BaseModel] = RunSettings, prefix: str = "") -> list[str]:
    """Every key of the settings, nested ones with dots."""
    keys: list[str] = []
    for name, field in model.model_fields.items():
        keys.append(prefix + name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            keys.extend(known_keys(field.annotation, f"{prefix}{name}."))
    return keys
