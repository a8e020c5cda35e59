"""Refuses what cannot be looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from arborisk.errors import SettingsError
from arborisk.explanation.inside.layers import Layer, choose_layers
from arborisk.wording.counts import counted


def check_photos(n_photos: int, groups: Sequence[str], names: Sequence[str]) -> None:
    """Refuses no photos, and groups or names that do not fit them.

    Raises:
        SettingsError: Says what does not fit.
    """
    if n_photos == 0:
        raise SettingsError(
            "at least one photo", "none", "photos to look with", "Give at least one photo."
        )
    for what, given in (("group", groups), ("name", names or groups)):
        if len(given) != n_photos:
            raise SettingsError(
                f"a {what} for each of {counted(n_photos, 'photo')}",
                str(len(given)),
                f"{what}s of the photos",
                "Give one a photo, in their order.",
            )


def check_body(body: int, n_bodies: int) -> None:
    """Refuses a body that there is not.

    Raises:
        SettingsError: Says how many there are.
    """
    if not 0 <= body < n_bodies:
        raise SettingsError(
            f"a body from 0 to {n_bodies - 1}",
            str(body),
            "body to look into",
            "Choose a number in this range.",
        )


def wanted_layers(
    walk: Sequence[Layer],
    names: Sequence[str] | None,
    units: Mapping[str, Sequence[int]],
) -> tuple[Layer, ...]:
    """The layers to show, in order of computation.

    Args:
        walk: All layers.
        names: Names of those asked for; None means a readable choice, with the layers of `units`.
        units: Units asked for, by the name of their layer.

    Raises:
        SettingsError: No such layer or unit; names those there are.
    """
    own = {layer.name: layer for layer in walk}
    for name in [*(names or ()), *units]:
        if name not in own:
            raise SettingsError(
                f"one of the layers {', '.join(own)}",
                repr(name),
                "layer to show",
                "Choose one of these layers.",
            )
    for name, numbers in units.items():
        for number in numbers:
            if not 0 <= number < own[name].n_units:
                raise SettingsError(
                    f"a unit from 0 to {own[name].n_units - 1}",
                    str(number),
                    f"unit of {own[name].whole_title}",
                    "Choose a number in this range.",
                )
    chosen = {layer.name for layer in choose_layers(walk)} if names is None else set(names)
    return tuple(layer for layer in walk if layer.name in chosen | set(units))
