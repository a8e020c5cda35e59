"""The pages on the inside of a network: contents, and one page a layer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import arborisk
from arborisk.explanation.inside.records import ContrastClimb, Filters, Inside, LayerInside
from arborisk.models.table import MODELS
from arborisk.report.inside_layers import (
    LayerView,
    kernel_uris,
    layer_view,
    number_words,
    picture_uri,
    short,
)
from arborisk.report.page import Fact, render_page, write_page
from arborisk.wording.counts import counted

CONTENTS = "index.html"
CROPS: dict[str, str] = {
    "stretch": "squeezed to a square",
    "centre": "cut to the square in its middle",
    "random": "cut to a square",
    "letterbox": "with grey bands that make it a square",
}
"""What of a photo an array shows, in words."""


@dataclass(frozen=True, slots=True)
class LayerStep:
    """One line of the walk through the network.

    Attributes:
        title: Name of the layer.
        shape: What leaves it.
        page: File of its page; "" where it is not shown.
        sees: What a place looks at; "" where it is not shown.
        name: Name to ask for it by.
    """

    title: str
    shape: str
    page: str
    sees: str
    name: str


@dataclass(frozen=True, slots=True)
class FilterView:
    """Kernels of one first convolution, with their numbers as text."""

    title: str
    uris: list[str]
    largest: str
    grey: bool
    numbers: str


@dataclass(frozen=True, slots=True)
class ContrastView:
    """A picture made for the contrast, beside the photo that goes farthest."""

    way: str
    uri: str
    photo_uri: str
    photo: str
    farthest: str
    began: str
    reached: str


def write_inside_pages(inside: Inside, folder: Path) -> Path:
    """Writes the pages and gives the path of the contents.

    Each page holds all its pictures; the same content gives the same bytes.

    Args:
        inside: What was found.
        folder: Folder to write into; made where it is missing.

    Raises:
        MissingDependencyError: matplotlib or Jinja2 is not installed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pages = [page_name(number) for number in range(len(inside.layers))]
    for number, layer in enumerate(inside.layers):
        view = layer_view(inside, layer)
        write_page(folder / pages[number], _layer_page(inside, view, pages, number))
    return write_page(folder / CONTENTS, _contents_page(inside, pages))


def page_name(number: int) -> str:
    """File of a layer's page, by its place among those shown, from 0.

    >>> page_name(0)
    'layer-01.html'
    """
    return f"layer-{number + 1:02d}.html"


def _layer_page(inside: Inside, view: LayerView, pages: list[str], number: int) -> str:
    return render_page(
        "inside_layer.html.j2",
        kind="arborisk \N{MIDDLE DOT} inside the network",
        title=view.title,
        subtitle=f"{_model_title(inside)}, layer {number + 1} of {len(pages)} that are shown",
        version=arborisk.__version__,
        drawn=inside.drawn,
        contents=CONTENTS,
        before=pages[number - 1] if number else "",
        after=pages[number + 1] if number + 1 < len(pages) else "",
        view=view,
        contrast=inside.contrast_title,
    )


def _contents_page(inside: Inside, pages: list[str]) -> str:
    steps = _steps(inside, pages)
    return render_page(
        "inside.html.j2",
        kind="arborisk \N{MIDDLE DOT} inside the network",
        title="Inside the network",
        subtitle=f"{_model_title(inside)}, seen through {counted(len(inside.names), 'photo')}",
        version=arborisk.__version__,
        drawn=inside.drawn,
        contrast=inside.contrast_title,
        steps=steps,
        n_left=sum(not step.page for step in steps),
        filters=[_filter_view(one) for one in inside.filters],
        climbs=[_contrast_view(inside, one) for one in inside.climbs],
        facts=_facts(inside),
        scheme=inside.scheme,
    )


def _steps(inside: Inside, pages: list[str]) -> list[LayerStep]:
    """All layers, with links to those that are shown."""
    shown: dict[str, tuple[LayerInside, str]] = {
        one.layer.name: (one, page) for one, page in zip(inside.layers, pages, strict=True)
    }
    steps = []
    for layer in inside.walk:
        one, page = shown.get(layer.name, (None, ""))
        sees = "" if one is None else seen_words(one, inside.size_px)
        title = layer.whole_title
        steps.append(LayerStep(title, layer.shape, page, sees, layer.name))
    return steps


def seen_words(one: LayerInside, size_px: int) -> str:
    """What a place of a layer looks at, in words."""
    if one.field.whole:
        return "the whole picture"
    return f"{one.field.side_px} px of {size_px}"


def _filter_view(filters: Filters) -> FilterView:
    kernels = filters.kernels
    colours = ("red", "green", "blue") if kernels.shape[1] == 3 else ("",)
    lines = [
        f"filter {number}{' ' if colour else ''}{colour}: "
        + " | ".join(" ".join(f"{weight:.3f}" for weight in row) for row in kernel[channel])
        for number, kernel in enumerate(kernels)
        for channel, colour in enumerate(colours)
    ]
    largest = number_words(float(abs(kernels).max()))
    return FilterView(
        filters.title, kernel_uris(kernels), largest, kernels.shape[1] == 1, "\n".join(lines)
    )


def _contrast_view(inside: Inside, one: ContrastClimb) -> ContrastView:
    return ContrastView(
        one.way,
        picture_uri(one.climbed.pixels),
        picture_uri(one.photo_pixels),
        short(inside.names[one.photo]),
        number_words(one.farthest),
        number_words(one.climbed.began),
        number_words(one.climbed.reached),
    )


def _model_title(inside: Inside) -> str:
    return MODELS[inside.model].title if inside.model in MODELS else inside.model


def _facts(inside: Inside) -> list[Fact]:
    """What was looked at, and how."""
    colour = "grey" if inside.channels == 1 else "colour"
    facts = [
        Fact("Model", inside.model),
        Fact("Classes", ", ".join(inside.titles)),
        Fact("Photos", f"{len(inside.names)} of {counted(inside.n_groups, 'group')}"),
        Fact(
            "A photo as the network sees it",
            f"{inside.size_px} px a side, {colour}, {CROPS[inside.crop]}",
        ),
        Fact("Random choices", f"seed {inside.seed}"),
    ]
    if inside.n_bodies > 1:
        which = f"number {inside.body + 1} of {inside.n_bodies}; the others have other units"
        facts.insert(1, Fact("Network looked into", which))
    if inside.n_classifiers > inside.n_bodies:
        facts.insert(1, Fact("Last layers", f"{inside.n_classifiers}, of which scores are means"))
    return facts
