"""What ``bundle.json`` and ``parity.json`` say, checked field by field."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from itertools import chain
from typing import Annotated, Final, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    ValidationError,
    model_validator,
)

from arborisk.bundle.rules import RulesRecord
from arborisk.dataset.schemes import ClassScheme, SchemeClass, says_imminent
from arborisk.errors import DatasetError, Remedy, option
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.records import Interval
from arborisk.wording.sentences import AnswerRule

MAX_CLASSES = 1000

# Titles reach terminals, tables and spreadsheets: nothing that moves a cursor or starts a formula.
Name = Annotated[str, StringConstraints(pattern=r"^[^\s=+\-@\x00-\x1f\x7f]", max_length=60)]
Line = Annotated[str, StringConstraints(max_length=600)]  # a sentence with three class titles

_PROBLEMS = {
    "string_pattern_mismatch": "is empty or begins with a blank, =, +, - or @",
    "string_too_long": "is longer than {max_length} characters",
    "too_short": "holds too few",
    "too_long": "holds more than {max_length}",
    "value_error": "does not hold: {error}",
}


class FrozenRecord(BaseModel):
    """Settings common to all records: frozen, no unknown keys, no NaN."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, protected_namespaces=()
    )


class ClassRecord(FrozenRecord):
    """One class: its column name, its title, the labels it is made of."""

    name: Name
    title: Name
    members: tuple[Line, ...] = Field(min_length=1, max_length=MAX_CLASSES)

    @model_validator(mode="after")
    def _is_printable(self) -> Self:
        for text in (self.name, self.title, *self.members):
            if not text.isprintable():
                raise ValueError(f"class text {text!r} holds characters that cannot be printed")
        return self


class SchemeRecord(FrozenRecord):
    """The class scheme, classes ascending by likelihood when ordered.

    Attributes:
        name: Name of the scheme.
        ordered: Whether the order of the classes means anything.
        study_only: True when a label that occurs in practice has no class: not for a risk rating.
        classes: The classes in the order of the network's outputs.
        isa_words: Per class name its set of ISA words, or None when other labels are used.
    """

    name: Name
    ordered: bool
    study_only: bool
    classes: tuple[ClassRecord, ...] = Field(min_length=2, max_length=MAX_CLASSES)
    isa_words: dict[str, tuple[str, ...]] | None

    @classmethod
    def of(cls, scheme: ClassScheme) -> SchemeRecord:
        """Record of a scheme.

        Raises:
            DatasetError: A bundle cannot state this scheme, for example since a class name is
                longer than a column name may be; says which part and why.
        """
        try:
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
        except ValidationError as error:
            raise DatasetError(
                "class names and titles of 1 to 60 printable characters that do not begin with a "
                "blank, =, +, - or @",
                _in_words(error),
                f"the class scheme {scheme.name[:60]!r}",
                Remedy(
                    "Import again with {}, or write a scheme file with other names.",
                    option("--map LABEL=SHORTER", "import"),
                ),
            ) from error

    @property
    def scheme(self) -> ClassScheme:
        """The scheme as the rest of arborisk uses it."""
        classes = tuple(SchemeClass(c.name, c.title, c.members) for c in self.classes)
        return ClassScheme(self.name, classes, self.ordered)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        names = [item.name for item in self.classes]
        members = [member for item in self.classes for member in item.members]
        if len(set(names)) < len(names) or len(set(members)) < len(members):
            raise ValueError("a class name or member is used twice")
        if self.isa_words != self.scheme.isa_words:
            raise ValueError("isa_words do not follow from the members of the classes")
        if self.study_only != self.scheme.study_only:
            raise ValueError("study_only does not follow from the members of the classes")
        for item in self.scheme.classes:
            if says_imminent(item):
                raise ValueError(f"class {item.name!r} says Imminent, which no model may say")
        return self


def _in_words(error: ValidationError) -> str:
    """The first problem of a scheme: which part, what it is, and why it cannot be."""
    first = error.errors(include_url=False)[0]
    part = " ".join(str(name) for name in first["loc"]) or "the scheme"
    value = f" {first['input'][:80]!r}" if isinstance(first["input"], str) else ""
    problem = _PROBLEMS.get(first["type"], first["msg"]).format(**first.get("ctx", {}))
    return f"{part}{value}, which {problem}"


FORMAT_VERSION: Final = 2
MAX_SIZE_PX = 1024
BUNDLE_ID_DIGITS = 16

_Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_Share = Annotated[float, Field(ge=0, le=1)]
_Finite = Annotated[float, Field(ge=-1e6, le=1e6)]


class ScoreRecord(FrozenRecord):
    """One measured score with its interval over groups; ends are None where none is honest.

    ``majority`` and ``prior_sampling`` are what always giving the commonest class, and drawing from
    the class shares of the training part, score on the same photos; None where that is not defined.
    """

    value: float
    low: float | None = None
    high: float | None = None
    n_photos: int = Field(ge=1)
    n_groups: int = Field(ge=1)
    note: Line = ""
    majority: float | None = None
    prior_sampling: float | None = None

    @property
    def interval(self) -> Interval:
        """Its value with the ends, or why there are none."""
        return Interval(self.value, self.low, self.high, note=self.note or "none")


class CalibrationRecord(FrozenRecord):
    """How the probabilities of this very network are calibrated.

    Attributes:
        method: See `arborisk.calibration.CalibrationMap`.
        weight: Its matrix, k rows of k numbers.
        bias: Its bias, k numbers.
        model_sha256: Hash of the ``model.onnx`` that it belongs to; filled in when written.
        n_photos: Photos held back that it was fitted on.
        n_groups: Groups of these.
        groups_of_class: Groups that hold each class.
        groups_from_class: Groups that hold it or, where classes are ordered, a likelier one.
        n_trees_with_several_photos: Trees among them that more than one photo shows.
        referred_from_class: Share of the trees held back to which the promise on misses sends a
            person, for each class that has one on the card.
        set_price: How little the sets on the card say, in a sentence, or "".
        before: Measures of the raw probabilities of photos held back.
        after: The same of calibrated ones, each by a map fitted on other groups.
    """

    method: Literal["none", "temperature", "bias", "matrix"]
    weight: tuple[tuple[_Finite, ...], ...] = Field(max_length=MAX_CLASSES)
    bias: tuple[_Finite, ...] = Field(max_length=MAX_CLASSES)
    model_sha256: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")] = ""
    n_photos: int = Field(ge=1)
    n_groups: int = Field(ge=1)
    groups_of_class: dict[str, int]
    groups_from_class: dict[str, int] = Field(default_factory=dict)
    n_trees_with_several_photos: int = Field(default=0, ge=0)
    referred_from_class: dict[str, _Share] = Field(default_factory=dict, max_length=MAX_CLASSES)
    set_price: Line = ""
    before: dict[str, float] = Field(default_factory=dict, max_length=20)
    after: dict[str, float] = Field(default_factory=dict, max_length=20)


class BundleDescription(FrozenRecord):
    """All that the maker of a bundle states about it.

    Attributes:
        model: Name of the network in the table of models.
        scheme: The class scheme.
        preprocess: How a photo becomes the array that the network takes.
        kind: ``folds_averaged``: each of the averaged models was measured; ``held_out``: this very
            model was measured; ``refit``: trained on everything afterwards, never measured.
        protocol: How photos were held back for measuring: ``grouped``, ``deck`` (by photo) or
            ``given`` by the user. A refit may leave it out.
        n_groups_spanning_parts: Trees, sites or near-duplicate clusters with photos on both sides
            of that split: above 0 the split leaks and the scores flatter.
        cautions: What takes from the scores, a sentence each, for example that the split leaks or
            that nearly every photo got one answer.
        n_members: Networks averaged inside the one ONNX file.
        n_training_photos: Photos used for training.
        n_training_groups: Trees, sites or near-duplicate clusters among them.
        training_share: Per class name its share of the training photos; they sum to 1.
        lean: What the probabilities lean to: ``training_shares``, or ``equal_shares`` for a model
            trained with classes weighted alike.
        answer_rule: Rule by which answers are given unless told otherwise, see
            `arborisk.wording.sentences`; "" for the one by which the scores were measured.
        answer_costs: For the rule ``cost``: class answered to true class to cost, by names.
        answer_missed: Rule to the share of trees held back of the last class, the likeliest, that
            it answers otherwise.
        time_frame_years: Time frame of the labels, as text.
        scores: Measured scores by name; none for a refit.
        calibration: How its probabilities are calibrated; None for a refit.
        drawn: Whether it was trained on drawn trees: never evidence about real ones.
        gate_alarms: Share of its training photos that each gate on what a photo shows would stop.
        rules: Rules of decision; None in bundles of 0.1.0, which go by those of the package.
        data_hash: Content hash of the data set.
        split_hash: Hash of the split, or "" for a refit.
        training: Resolved training settings.
        versions: Versions of the software that trained and exported.
    """

    model: Name
    scheme: SchemeRecord
    preprocess: PreprocessSettings
    kind: Literal["folds_averaged", "held_out", "refit"]
    protocol: Literal["grouped", "deck", "given"] | None = None
    n_groups_spanning_parts: int = Field(default=0, ge=0)
    cautions: tuple[Line, ...] = Field(default=(), max_length=20)
    n_members: int = Field(ge=1, le=1000)
    n_training_photos: int = Field(ge=1)
    n_training_groups: int = Field(ge=1)
    training_share: dict[str, _Share]
    lean: Literal["training_shares", "equal_shares"] = "training_shares"
    answer_rule: Literal["", AnswerRule] = ""
    answer_costs: dict[str, dict[str, Annotated[float, Field(ge=0, le=1e12)]]] = Field(
        default_factory=dict, max_length=MAX_CLASSES
    )
    answer_missed: dict[AnswerRule, ScoreRecord] = Field(default_factory=dict)
    time_frame_years: Line = "not stated"
    scores: dict[str, ScoreRecord] = Field(default_factory=dict)
    calibration: CalibrationRecord | None = None
    drawn: bool = False
    gate_alarms: dict[str, _Share] = Field(default_factory=dict, max_length=20)
    rules: RulesRecord | None = None
    data_hash: Line
    split_hash: Line = ""
    training: dict[str, JsonValue] = Field(default_factory=dict)
    versions: dict[str, Line] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if tuple(self.training_share) != self.scheme.scheme.names:
            raise ValueError("training_share does not name the classes of the scheme in order")
        if abs(sum(self.training_share.values()) - 1) > 1e-3:
            raise ValueError("training_share does not sum to 1")
        if self.kind == "refit" and (self.scores or self.calibration):
            raise ValueError("a refit has no measured score and no calibration")
        self._check_calibration()
        stated = {*self.answer_costs, *chain.from_iterable(self.answer_costs.values())}
        if not stated <= set(self.training_share):
            raise ValueError("answer_costs names classes that the scheme lacks")
        if self.answer_rule == "cost" and not self.answer_costs:
            raise ValueError("the answer rule cost without costs")
        if self.kind != "refit" and self.protocol is None:
            raise ValueError("a model that was measured states the protocol of its split")
        if not 8 <= self.preprocess.size_px <= MAX_SIZE_PX:
            raise ValueError(f"size_px is outside 8 to {MAX_SIZE_PX}")
        if not all(text.isprintable() for text in (self.time_frame_years, *self.cautions)):
            raise ValueError("time_frame_years or cautions hold characters that cannot be printed")
        return self

    def _check_calibration(self) -> None:
        """The map fits the classes."""
        if self.calibration is None:
            return
        n_classes = len(self.scheme.classes)
        widths = {len(row) for row in self.calibration.weight}
        if (len(self.calibration.weight), widths, len(self.calibration.bias)) != (
            n_classes,
            {n_classes},
            n_classes,
        ):
            raise ValueError("the calibration map does not fit the classes")
        if tuple(self.calibration.groups_of_class) != self.scheme.scheme.names:
            raise ValueError("groups_of_class does not name the classes of the scheme in order")

    @property
    def measured_rule(self) -> AnswerRule:
        """The rule by which its scores were measured.

        A network that was trained as if all classes were equally common says by how much a photo
        raises each; one that leans to the shares of training says how likely each is.
        """
        return "most-raised" if self.lean == "equal_shares" else "likeliest"

    @property
    def rule(self) -> AnswerRule:
        """The rule that it follows unless told otherwise: its maker's, or the measured one."""
        return self.answer_rule or self.measured_rule

    @property
    def split_leaks(self) -> bool:
        """Whether photos of one tree, site or cluster stood on both sides of the split."""
        return self.n_groups_spanning_parts > 0


class FileHashes(FrozenRecord):
    """SHA-256 of each file beside ``bundle.json``. The names are fixed: no path is ever read."""

    model_onnx: _Sha256 = Field(alias="model.onnx")
    weights_safetensors: _Sha256 = Field(alias="weights.safetensors")
    parity_json: _Sha256 = Field(alias="parity.json")
    card_md: _Sha256 = Field(alias="card.md")
    calibration_safetensors: _Sha256 | None = Field(default=None, alias="calibration.safetensors")
    reference_safetensors: _Sha256 | None = Field(default=None, alias="reference.safetensors")
    data_card_json: _Sha256 | None = Field(default=None, alias="data_card.json")

    def by_name(self) -> dict[str, str]:
        """File name to hash, of the files that there are."""
        return self.model_dump(by_alias=True, exclude_none=True)


class BundleRecord(FrozenRecord):
    """The whole of ``bundle.json``."""

    format_version: Literal[2]
    bundle_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
    description: BundleDescription
    files: FileHashes

    def computed_id(self) -> str:
        """Id that follows from everything else in the record."""
        return id_of(self.model_dump(mode="json", by_alias=True))


def id_of(content: Mapping[str, JsonValue]) -> str:
    """Id that follows from the content of ``bundle.json``, as it stands in the file.

    It is made from the file, not from what a later version reads into it: a field that is added to
    the record must not change the id of a bundle that was written before.
    """
    rest = {name: value for name, value in content.items() if name != "bundle_id"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:BUNDLE_ID_DIGITS]


class ParityRecord(FrozenRecord):
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
