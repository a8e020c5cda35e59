"""What each command asks of a table: the roles that it looks for and those it cannot do without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from arborisk.errors import TableError
from arborisk.scales import (
    Consequence,
    EventLikelihood,
    FailureLikelihood,
    FallDirection,
    ImpactLikelihood,
    Occupancy,
    Protection,
    RiskRating,
    Scale,
    TargetZone,
)
from arborisk.tables.vocabulary import DEVIATION, is_role, vocabulary

PLACES: Final = ("latitude", "longitude", "place", "x", "y")
RATED: Final = (
    *("failure", "impact", "occupancy", "protection", "zone", "fall_direction", "consequences"),
)
"""Inputs of a rating, in words."""
SCALES: Final[Mapping[str, type[Scale]]] = {
    "failure": FailureLikelihood,
    "impact": ImpactLikelihood,
    "occupancy": Occupancy,
    "protection": Protection,
    "zone": TargetZone,
    "fall_direction": FallDirection,
    "consequences": Consequence,
    "event": EventLikelihood,
    "risk_rating": RiskRating,
    "residual_risk": RiskRating,
}
"""Scale of each role whose cells are words of one."""
_MEASURES = (
    *("height", "dbh", "girth", "crown_width", "crown_base", "crown_density", "lean"),
    *("crown_offset", "wall_ratio", "opening_share", "strength_kept", "root_kept"),
)
_ASSUMED = (
    *("bending_strength", "knot_factor", "green_density", "form_factor", "crown_mass_share"),
    *("anchorage", "drag_factor", "amplification", "roughness", "local_gust_factor"),
)
_IDENTITY = ("tree", "species", "genus", "street")
_CONDUCTOR = ("conductor_height", f"conductor_height{DEVIATION}")


@dataclass(frozen=True, slots=True)
class Command:
    """What a command asks of a table.

    Attributes:
        name: Of the command or of the layer that it takes.
        purpose: What it does, for messages.
        roles: Roles that it looks for; the first of two wins a header that fits both.
        needed: Roles that it cannot do without; of several in one, any will do.
        measured: Quantities whose unit it must know.
        places: Whether it cannot do without places.
        scales: Roles whose cells must be words of a scale, or nothing.
        numbers: Roles whose cells must be plain numbers.
        options: Role to the option that stands in for rows that do not say.
    """

    name: str
    purpose: str
    roles: tuple[str, ...]
    needed: tuple[tuple[str, ...], ...] = ()
    measured: tuple[str, ...] = ()
    places: bool = False
    scales: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()


def _with_deviations(roles: tuple[str, ...]) -> tuple[str, ...]:
    return (*roles, *(role + DEVIATION for role in roles))


_STORM = (*_MEASURES, *_ASSUMED)
COMMANDS: Final[Mapping[str, Command]] = {
    command.name: command
    for command in (
        Command(
            "import", "make a data set of photos",
            ("file", "label", "tree", "site", "view", "time_frame", "season", "rater", "rated_at",
             "taken_at", "latitude", "longitude", "source", "licence", "note"),
            needed=(("file",),),
        ),
        Command(
            "agree", "compare raters",
            ("file", "label", "tree", "rater", "rated_at", "round", "saw_model", "time_frame",
             "note"),
            needed=(("file", "tree"),),
        ),
        Command(
            "inventory", "rate the risk of trees",
            (*_IDENTITY, *PLACES, "condition", "part", "condition_of_concern", "target", *RATED,
             "event", "risk_rating", "residual_risk", "by", "inspected_at", "next_inspection",
             "height", "dbh", "girth", "note", "imminent"),
            needed=(("tree",), ("impact", "occupancy", "consequences", "target", "protection",
                                "zone")),
            scales=RATED,
        ),
        Command(
            "plan", "make a work list within a budget",
            (*_IDENTITY, *PLACES, "option", "cost", "risk", "risk_after", "failure",
             "failure_after", "impact_chance", "loss", "crew", "hours", "needs", "inspected_at",
             "imminent"),
            needed=(("tree",), ("option",), ("cost",), ("risk", "failure"),
                    ("risk_after", "failure_after")),
            numbers=("cost", "risk", "risk_after", "loss", "hours"),
            scales=("failure",),
        ),
        Command(
            "storm", "count failures in a storm",
            (*_IDENTITY, *PLACES, *_with_deviations(_STORM), "kind", "condition", "failure",
             "imminent", "inspected_at"),
            needed=(("height",), ("dbh", "girth")),
            measured=_MEASURES,
            options=(("kind", "say --kind broadleaf or conifer"),),
        ),
        Command(
            "strike", "find what a falling tree may hit",
            (*_IDENTITY, *PLACES, *_with_deviations(("height", "crown_width")), "condition",
             "fall_bearing", "fall_kappa", "failure", "imminent", "inspected_at"),
            needed=(("height",),),
            measured=("height",),
            places=True,
            options=(("condition", "say --condition living or dead"),),
        ),
        Command("predict", "tell which tree a photo shows", ("file", "tree"),
                needed=(("file",), ("tree",))),
        Command("split", "take a split made elsewhere", ("file", "subset"),
                needed=(("file",), ("subset",))),
        Command("outcomes", "learn from a storm",
                (*_IDENTITY, "failure", "failed", "chance"), needed=(("failure",), ("failed",))),
        Command("lines", "conductors",
                ("circuit", "name", *_CONDUCTOR, "customers", "repair_cost_low",
                 "repair_cost_high", "outage_hours_low", "outage_hours_high", "fire_ground",
                 "people_below"), measured=("conductor_height",), places=True),
        Command("roads", "roads", ("name", "street", "width"), measured=("width",), places=True),
        Command("buildings", "buildings", ("name", "address"), places=True),
        Command("gusts", "a map of gusts",
                (*_with_deviations(("gust",)), *PLACES), needed=(("gust",),), measured=("gust",),
                places=True),
    )
}  # fmt: skip
"""Commands and layers by name."""
LOOKED_AT: Final = ("import", "agree", "inventory", "plan", "storm", "strike", "predict", "split")
"""Commands that `arborisk table` tells about."""


def command_of(name: str) -> Command:
    """A command; for "" one that looks for every role and needs none.

    Raises:
        TableError: No such command; names those there are.
    """
    if not name:
        return Command("", "", tuple(vocabulary()))
    if name not in COMMANDS:
        raise TableError(
            f"one of {', '.join(COMMANDS)}", repr(name), "--for", "Choose one of these."
        )
    return COMMANDS[name]


def check_role(name: str, where: str) -> str:
    """The role of a name, or of its plain spelling.

    Raises:
        TableError: No such role; names those there are.
    """
    plain = name.strip().lower().replace(" ", "_").replace("-", "_")
    if not is_role(plain):
        raise TableError(
            f"a role: {', '.join(vocabulary())}", repr(name), where, "Choose one of these."
        )
    return plain
