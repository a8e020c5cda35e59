"""What is measured: name, title, unit, definition, source and caution of each measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from arborisk.wording.percent import percent

DEGREES, SHARE = "degrees", "share"


@dataclass(frozen=True, slots=True)
class MeasureKind:
    """What a measure is.

    Attributes:
        name: Short name, as in `arborisk.explanation.measures.records.Measure`.
        title: In words.
        unit: ``degrees``, ``share`` (0 to 1, or -1 to 1) or empty.
        what: Definition.
        source: Where the definition or its classes come from.
        caution: What must not be read out of it.
    """

    name: str
    title: str
    unit: str
    what: str
    source: str
    caution: str


MEASURES: Final = (
    MeasureKind(
        "lean_deg",
        "lean",
        DEGREES,
        "angle between the stem's line and the vertical, in the picture plane; right is positive",
        "field of the ISA Basic Tree Risk Assessment Form",
        "One view shows only the lean across it, and no photo shows whether a lean is new: a fresh "
        "lean with lifted soil is what matters.",
    ),
    MeasureKind(
        "crown_asymmetry",
        "crown asymmetry",
        SHARE,
        "(right - left) / total area of the crown's outline, about the plumb line through the "
        "stem where it enters the crown; right is positive",
        'tick box "unbalanced crown" of the ISA Basic Tree Risk Assessment Form',
        "One view only; a crown may be one-sided towards the camera.",
    ),
    MeasureKind(
        "live_crown_ratio",
        "live crown ratio",
        SHARE,
        "height from base to top of the crown in leaf, over the height of the tree",
        "field of the ISA Basic Tree Risk Assessment Form",
        "Seen from below, upper parts look shorter than they are.",
    ),
    MeasureKind(
        "height_to_diameter",
        "height to diameter",
        "",
        "height over the stem's diameter at a tenth of the height. Not at breast height: without a "
        "scale 1.3 m cannot be told",
        "slenderness; a tenth of the height is 1.3 m on a tree of 13 m",
        "No criterion of failure: in pulling tests slenderness had no effect worth naming on the "
        "bending moment a tree stood (Rust, Detter).",
    ),
    MeasureKind(
        "crown_transparency",
        "crown transparency",
        SHARE,
        "share of the outline of the crown in leaf through which the sky is seen",
        "foliage transparency in classes of 5 %, as in the forest inventory (FIA) of the USA",
        "Depends on species, season and exposure; compare like with like.",
    ),
    MeasureKind(
        "dead_crown_share",
        "dead share of the crown",
        SHARE,
        "part of the crown's outline that holds bare wood and no leaves",
        "classes of dieback of i-Tree Eco",
        "In leaf only: out of leaf, bare wood may be living. Dead wood is the strongest visible "
        "sign, and the one a model falls for first.",
    ),
    MeasureKind(
        "n_stems",
        "stems below the crown",
        "",
        "1, or 2 where the stem parts into two of like thickness",
        'field "codominant" of the ISA Basic Tree Risk Assessment Form',
        "An observation only; it raises no likelihood: none of 1,518 trees failed at such a union "
        "(Koeser et al. 2023).",
    ),
    MeasureKind(
        "gap_to_wires",
        "gap in the picture to wires",
        SHARE,
        "shortest way in the picture from the tree to a wire, as a share of the tree's height in "
        "the picture; 0 where they touch or cross in the picture",
        "own definition",
        "A wire may hang far before or behind the tree: this is no distance in space.",
    ),
    MeasureKind(
        "gap_to_buildings",
        "gap in the picture to built things",
        SHARE,
        "shortest way in the picture from the tree to a building, pole or vehicle, as a share of "
        "the tree's height in the picture; 0 where they touch or cross in the picture",
        "own definition",
        "What is built may stand far before or behind the tree: this is no distance in space.",
    ),
)
"""All measures, in the order in which they are shown."""

KIND_BY_NAME: Final = {kind.name: kind for kind in MEASURES}

DIEBACK_CLASSES: Final = (
    ("Excellent", 0.01),
    ("Good", 0.105),
    ("Fair", 0.255),
    ("Poor", 0.505),
    ("Critical", 0.755),
    ("Dying", 0.995),
    ("Dead", float("inf")),
)
"""Classes of dieback with the share up to which each goes, halfway between the whole percents that
bound them. Source: i-Tree Eco, <1, 1-10, 11-25, 26-50, 51-75, 76-99, 100 %."""


def dieback_class(dead_share: float) -> str:
    """Class of dieback of a dead share of the crown.

    >>> dieback_class(0.004), dieback_class(0.18), dieback_class(1.0)
    ('Excellent', 'Fair', 'Dead')
    """
    return next(name for name, limit in DIEBACK_CLASSES if dead_share < limit)


def transparency_class(share: float) -> str:
    """Class of 5 % of a transparency.

    >>> transparency_class(0.22)
    '20-25 %'
    """
    low = min(int(share * 20.0), 19) * 5
    return f"{low}-{percent((low + 5) / 100, 'stated')}"
