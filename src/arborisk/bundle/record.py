"""What ``bundle.json`` and ``parity.json`` say, checked field by field."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, model_validator

from arborisk.dataset.schemes import ClassScheme, SchemeClass
from arborisk.preprocess import PreprocessSettings

FORMAT_VERSION: Final = 1
MAX_CLASSES = 1000
MAX_SIZE_PX = 1024
BUNDLE_ID_DIGITS = 16

# Titles reach terminals, tables and spreadsheets: nothing that moves a cursor or starts a formula.
_Name = Annotated[str, StringConstraints(pattern=r"^[^\s=+\-@\x00-\x1f\x7f]", max_length=60)]
_Line = Annotated[str, StringConstraints(max_length=200)]
_Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_Share = Annotated[float, Field(ge=0, le=1)]


class _Frozen(BaseModel):
    """Settings common to all records: frozen, no unknown keys, no NaN."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, protected_namespaces=()
    )


class ClassRecord(_Frozen):
    """One class: its column name, its title, the labels it is made of."""

    name: _Name
    title: _Name
    members: tuple[_Line, ...] = Field(min_length=1, max_length=MAX_CLASSES)

    @model_validator(mode="after")
    def _is_printable(self) -> Self:
        for text in (self.name, self.title, *self.members):
            if not text.isprintable():
                raise ValueError(f"class text {text!r} holds characters that cannot be printed")
        return self


class SchemeRecord(_Frozen):
    """The class scheme, classes ascending by likelihood when ordered.

    Attributes:
        name: Name of the scheme.
        ordered: Whether the order of the classes means anything.
        study_only: True when a label that occurs in practice has no class: not for a risk rating.
        classes: The classes in the order of the network's outputs.
        isa_words: Per class name its set of ISA words, or None when other labels are used.
    """

    name: _Name
    ordered: bool
    study_only: bool
    classes: tuple[ClassRecord, ...] = Field(min_length=2, max_length=MAX_CLASSES)
    isa_words: dict[str, tuple[str, ...]] | None

    @classmethod
    def of(cls, scheme: ClassScheme) -> SchemeRecord:
        """Record of a scheme."""
        return cls(
            name=scheme.name,
            ordered=scheme.ordered,
            study_only=scheme.study_only,
            classes=tuple(
                ClassRecord(name=item.name, title=item.title, members=item.members)
                for item in scheme.classes
            ),
            isa_words=scheme.isa_words,
        )

    @property
    def scheme(self) -> ClassScheme:
        """The scheme as the rest of arborisk uses it."""
        classes = tuple(SchemeClass(c.name, c.title, c.members) for c in self.classes)
        return ClassScheme(self.name, classes, self.ordered, self.study_only)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        names = [item.name for item in self.classes]
        members = [member for item in self.classes for member in item.members]
        if len(set(names)) < len(names) or len(set(members)) < len(members):
            raise ValueError("a class name or member is used twice")
        if self.isa_words != self.scheme.isa_words:
            raise ValueError("isa_words do not follow from the members of the classes")
        return self


class ScoreRecord(_Frozen):
    """One measured score with its interval over groups; ends are None where none is honest."""

    value: float
    low: float | None = None
    high: float | None = None
    n_photos: int = Field(ge=1)
    n_groups: int = Field(ge=1)
    note: _Line = ""


class BundleDescription(_Frozen):
    """All that the maker of a bundle states about it.

    Attributes:
        model: Name of the network in the table of models.
        scheme: The class scheme.
        preprocess: How a photo becomes the array that the network takes.
        kind: ``folds_averaged`` or ``held_out``: this very model was measured; ``refit``: trained
            on everything afterwards, never measured.
        n_members: Networks averaged inside the one ONNX file.
        n_training_photos: Photos used for training.
        n_training_groups: Trees, sites or near-duplicate clusters among them.
        training_share: Per class name its share of the training photos; they sum to 1.
        time_frame_years: Time frame of the labels, as text.
        scores: Measured scores by name; none for a refit.
        data_hash: Content hash of the data set.
        split_hash: Hash of the split, or "" for a refit.
        training: Resolved training settings.
        versions: Versions of the software that trained and exported.
    """

    model: _Name
    scheme: SchemeRecord
    preprocess: PreprocessSettings
    kind: Literal["folds_averaged", "held_out", "refit"]
    n_members: int = Field(ge=1, le=1000)
    n_training_photos: int = Field(ge=1)
    n_training_groups: int = Field(ge=1)
    training_share: dict[str, _Share]
    time_frame_years: _Line = "not stated"
    scores: dict[str, ScoreRecord] = {}
    data_hash: _Line
    split_hash: _Line = ""
    training: dict[str, JsonValue] = {}
    versions: dict[str, _Line] = {}

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if tuple(self.training_share) != self.scheme.scheme.names:
            raise ValueError("training_share does not name the classes of the scheme in order")
        if abs(sum(self.training_share.values()) - 1) > 1e-3:
            raise ValueError("training_share does not sum to 1")
        if self.kind == "refit" and self.scores:
            raise ValueError("a refit has no measured score")
        if not 8 <= self.preprocess.size_px <= MAX_SIZE_PX:
            raise ValueError(f"size_px is outside 8 to {MAX_SIZE_PX}")
        if not self.time_frame_years.isprintable():
            raise ValueError("time_frame_years holds characters that cannot be printed")
        return self


class FileHashes(_Frozen):
    """SHA-256 of each file beside ``bundle.json``. The names are fixed: no path is ever read."""

    model_onnx: _Sha256 = Field(alias="model.onnx")
    weights_safetensors: _Sha256 = Field(alias="weights.safetensors")
    parity_json: _Sha256 = Field(alias="parity.json")
    card_md: _Sha256 = Field(alias="card.md")

    def by_name(self) -> dict[str, str]:
        """File name to hash."""
        return self.model_dump(by_alias=True)


class BundleRecord(_Frozen):
    """The whole of ``bundle.json``."""

    format_version: Literal[1]
    bundle_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
    description: BundleDescription
    files: FileHashes

    def computed_id(self) -> str:
        """Id that follows from everything else in the record."""
        content = self.model_dump(mode="json", by_alias=True, exclude={"bundle_id"})
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()[:BUNDLE_ID_DIGITS]


class ParityRecord(_Frozen):
    """How closely the ONNX file follows the trained network, and what it answers to the probe.

    Attributes:
        n_arrays: Prepared photos on which both were run.
        batch_sizes: Batch sizes that were compared.
        tolerance: Largest allowed difference of any probability.
        largest_probability_difference: Found, ONNX Runtime against torch.
        largest_batch_difference: Found, between batch sizes.
        largest_embedding_difference: Found, as a share of the largest absolute embedding value.
        probe_probability: Answer of the ONNX file to `arborisk.bundle.probe_array`.
    """

    n_arrays: int = Field(ge=1)
    batch_sizes: tuple[int, ...]
    tolerance: float = Field(gt=0)
    largest_probability_difference: float = Field(ge=0)
    largest_batch_difference: float = Field(ge=0)
    largest_embedding_difference: float = Field(ge=0)
    probe_probability: tuple[float, ...] = Field(min_length=2, max_length=MAX_CLASSES)
