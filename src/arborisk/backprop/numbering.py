"""Which of the deck's equations computes what, in a network of any depth."""

from __future__ import annotations


def gradient_equations(layer: int, n_layers: int) -> dict[str, tuple[int, ...]]:
    """Numbers of the equations that a layer's gradients and updates are computed by.

    Args:
        layer: Counted from 1.
        n_layers: L.

    Returns:
        Of "dC_dw", "dC_db", "w_new" and "b_new". A layer between L-2 and 1 has no equation of its
        own in the deck ("and so on"): it goes by those of layer L-2. Layer 1 is also layer L, L-1
        or L-2 of a network of one, two or three layers.

    >>> gradient_equations(2, 2)["dC_dw"], gradient_equations(1, 3)["w_new"]
    ((4, 23), (34, 39))
    """
    names = ("dC_dw", "dC_db", "w_new", "b_new")
    by_place: dict[int, tuple[tuple[int, ...], ...]] = {
        0: ((4, 23), (5, 24), (6, 25), (7, 26)),
        1: ((8, 14, 27), (9, 15, 28), (16, 29), (17, 30)),
    }
    further: tuple[tuple[int, ...], ...] = ((31,), (32,), (34,), (35,))
    numbers = by_place.get(n_layers - layer, further)
    if layer == 1:
        first = ((36,), (37,), (39,), (40,))
        far = n_layers > 3  # then layer 1 is none of the layers above
        numbers = tuple(
            own if far else (*place, *own) for place, own in zip(numbers, first, strict=True)
        )
    return dict(zip(names, numbers, strict=True))


def forward_equations(layer: int, n_layers: int) -> dict[str, tuple[int, ...]]:
    """Numbers of the equations of a layer's "z" and "a"."""
    return {"z": (1, 20), "a": (2, 21)} if layer == n_layers else {"z": (18,), "a": (19,)}


def factor_equations(name: str, layer: int, n_layers: int) -> tuple[int, ...]:
    """Numbers of the equations in which a factor of layer `layer` first stands.

    10, 11 and 12 say that C goes through a(L), z(L) and a(L-1): they stand with the factors that
    exist because of it.

    Args:
        name: "dC_da", "da_dz", "dz_dw", "dz_db" or "dz_da".
        layer: Counted from 1.
        n_layers: L.
    """
    gradients = gradient_equations(layer, n_layers)
    at_last = layer == n_layers
    match name:
        case "dC_da":
            return (4, 10) if at_last else (13,)
        case "dz_da":
            return (12, 13) if at_last else (13,)
        case "da_dz":
            return (4, 11) if at_last else gradients["dC_dw"][:1]
        case "dz_dw":
            return gradients["dC_dw"][:1]
        case _:
            return gradients["dC_db"][:1]
