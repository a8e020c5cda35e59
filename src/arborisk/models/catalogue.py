"""The table of models as a person reads it: a row for each start of the weights. Needs torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from arborisk.models.packaged_weights import FROM_SCRATCH, IMAGENET, PACKAGED, packaged_bodies
from arborisk.models.summary import cost_of_model
from arborisk.models.table import DEFAULT_MODEL, MODELS
from arborisk.models.timing import Times
from arborisk.models.weights_list import State, imported

DECK_CLASSES = 3
"""Classes of the counts: the deck's Probable, Possible, Improbable."""
PRETRAINED = "pretrained"
SCRATCH = "from scratch"


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """A model with the weights it starts from.

    Attributes:
        model: What ``--model`` calls it.
        title: Name for people.
        default: Whether it is taken unless asked otherwise.
        start: `PRETRAINED` (on ImageNet) or `SCRATCH`; scores are never compared across the two.
        weights: What ``--weights`` calls them.
        weights_state: Whether their file is here; "" from scratch.
        weights_licence: "" from scratch, and where nobody said.
        parameters: Learnt numbers that an answer of three classes passes through.
        parameters_in_training: All of them, auxiliary classifiers included.
        parameters_1000_classes: As ``parameters``, for the 1000 classes of published counts.
        parameters_1000_classes_in_training: As ``parameters_in_training``, likewise.
        multiply_adds: For one picture of the usual input, three classes.
        size_px: Side of the usual input, in pixels.
        channels: 1 (grey) or 3 (colour), usually.
        ms_a_photo: Milliseconds by photos at a time, on this machine; None if not measured.
        source: Who described the model first.
    """

    model: str
    title: str
    default: bool
    start: str
    weights: str
    weights_state: State | str
    weights_licence: str
    parameters: int
    parameters_in_training: int
    parameters_1000_classes: int
    parameters_1000_classes_in_training: int
    multiply_adds: int
    size_px: int
    channels: int
    ms_a_photo: Times | None
    source: str


def catalogue(times: Mapping[str, Times]) -> list[CatalogueRow]:
    """Every model of the table, pretrained ones first.

    Args:
        times: Milliseconds a photo by model, as far as measured.

    Raises:
        SettingsError: A record of imported weights cannot be read; says which.
    """
    rows = []
    for name, entry in MODELS.items():
        few, many = (cost_of_model(name, n_classes=n) for n in (DECK_CLASSES, 1000))
        for weights, state, licence in _starts(name, entry.weights_licence):
            rows.append(
                CatalogueRow(
                    model=name,
                    title=entry.title,
                    default=name == DEFAULT_MODEL and weights == entry.usual_weights,
                    start=SCRATCH if weights == FROM_SCRATCH else PRETRAINED,
                    weights=weights,
                    weights_state=state,
                    weights_licence=licence,
                    parameters=few.n_parameters,
                    parameters_in_training=few.n_parameters_in_training,
                    parameters_1000_classes=many.n_parameters,
                    parameters_1000_classes_in_training=many.n_parameters_in_training,
                    multiply_adds=few.n_multiply_adds,
                    size_px=entry.size_px,
                    channels=entry.channels,
                    ms_a_photo=times.get(name),
                    source=entry.source,
                )
            )
    return sorted(rows, key=lambda row: row.start == SCRATCH)


def _starts(model: str, licence: str) -> Iterator[tuple[str, State | str, str]]:
    """(name, state, licence) of the weights a model can start from."""
    bodies = packaged_bodies(model)
    if bodies:
        here = all(PACKAGED[body].installed for body in bodies)
        yield IMAGENET, "present" if here else "missing", licence
    for weights in imported():
        if weights.model == model:
            yield weights.name, weights.state, weights.licence
    yield FROM_SCRATCH, "", ""
