"""The section of a page on the parts of the photos: what the network looks at, and how sure we are.

A page shows it by ``{% import "parts_section.html.j2" as which_part %}`` and
``{{ which_part.section(content) }}``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from arborisk.explanation.parts.head import load_head_weights
from arborisk.explanation.parts.part_map import PART_TITLES, PartMap
from arborisk.explanation.parts.shares import Shares
from arborisk.records import Interval
from arborisk.report.parts_figures import legend, overlay_uri, shares_figure
from arborisk.wording.counts import counted
from arborisk.wording.intervals import interval_text, share_text

BARE_NOTE = (
    "Out of leaf, the bare twigs of a living crown count as dead or bare wood: a photo cannot tell "
    "them apart."
)


@dataclass(frozen=True, slots=True)
class Overlay:
    """A photo beside its parts, as a data URI, with what is said of it."""

    uri: str
    caption: str


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One part in the table: shares and ratio in words."""

    title: str
    positive: str
    area: str
    ratio: str


@dataclass(frozen=True, slots=True)
class AccuracyRow:
    """How well one part is told, in words: on real regions and on drawn photos."""

    title: str
    real: str
    drawn: str


@dataclass(frozen=True, slots=True)
class PartsSection:
    """What the page shows.

    Attributes:
        name: Unique on the page.
        asked: What the attribution explains, for example ``Probable and not Possible``.
        headline: Shares in a sentence, or "" where no attribution was given.
        basis: Photos and groups.
        figure: Figure of the shares, or "".
        rows: Shares as numbers.
        overlays: Some photos with their parts.
        legend: Colour and title of each part.
        accuracy: How well parts are told; empty where it is not shown.
        notes: What to keep in mind.
    """

    name: str
    asked: str
    headline: str
    basis: str
    figure: str
    rows: tuple[ShareRow, ...]
    overlays: tuple[Overlay, ...]
    legend: tuple[tuple[str, str], ...]
    accuracy: tuple[AccuracyRow, ...]
    notes: tuple[str, ...]


def parts_section(
    shares: Shares | None,
    photos: Sequence[tuple[PartMap, str]] = (),
    *,
    asked: str = "",
    name: str = "parts",
    with_accuracy: bool = True,
) -> PartsSection:
    """The section.

    Args:
        shares: Of an attribution over photos, or None to show the parts alone.
        photos: Parts of some photos, each with a caption.
        asked: What the attribution explains, in words.
        name: Of the section and its figure, unique on the page.
        with_accuracy: Whether the table of how well parts are told is shown; once a page is enough.

    Raises:
        MissingDependencyError: matplotlib is not installed.
    """
    rows = [] if shares is None else sorted(shares.parts, key=lambda one: -one.positive.value)
    return PartsSection(
        name=name,
        asked=asked,
        headline="" if shares is None else shares.sentence,
        basis="" if shares is None else _basis(shares),
        figure="" if shares is None else shares_figure(shares, name=name),
        rows=tuple(
            ShareRow(
                row.title,
                share_text(row.positive),
                share_text(row.area),
                interval_text(row.ratio),
            )
            for row in rows
        ),
        overlays=tuple(Overlay(overlay_uri(parts), caption) for parts, caption in photos),
        legend=tuple(legend()),
        accuracy=accuracy_rows() if with_accuracy else (),
        notes=(BARE_NOTE,),
    )


def accuracy_rows() -> tuple[AccuracyRow, ...]:
    """Measured accuracy of the packaged head, by part."""
    facts = load_head_weights().facts
    return tuple(
        AccuracyRow(
            title, _fact(facts["real"][part]), _fact(facts["drawn"]["parts"][part]["recall"])
        )
        for part, title in PART_TITLES.items()
    )


def _basis(shares: Shares) -> str:
    """Photos that count, and those left out."""
    n_photos, n_groups = counted(shares.n_photos, "photo"), counted(shares.n_groups, "group")
    text = f"Mean over {n_photos} of {n_groups}; intervals are 95 %."
    if shares.n_left_out:
        text += f" {counted(shares.n_left_out, 'photo')} without positive attribution left out."
    return text


def _fact(share: dict[str, Any]) -> str:
    """A measured share with its interval."""
    return share_text(Interval(share["share"], share["low"], share["high"]))
