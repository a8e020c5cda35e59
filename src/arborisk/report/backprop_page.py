"""The page to walk through a training, step by step."""

from __future__ import annotations

import json

import arborisk
from arborisk.backprop import EQUATIONS, SIGMAS, SOFTMAX, Trace
from arborisk.backprop.equations import CROSS_ENTROPY
from arborisk.backprop.formulas import as_mathml
from arborisk.backprop.trace_text import COLUMNS, trace_rows
from arborisk.errors import Remedy, SettingsError, option
from arborisk.report.page import render_page

MOST_NEURONS, MOST_LAYERS = 6, 6
"""Of a network that can still be drawn and read."""


def backprop_page(found: Trace) -> str:
    """A page that holds a trace and computes it anew when eta or the inputs are changed.

    Args:
        found: Of one sample, and of a network small enough to draw.

    Returns:
        HTML that needs no network.

    Raises:
        SettingsError: A mini-batch, or a network too large to draw.
    """
    from markupsafe import Markup

    _check(found)
    formulas = {
        number: {
            "printed": as_mathml(equation.printed),
            "indexed": as_mathml(equation.indexed),
            "note": equation.note,
        }
        for number, equation in EQUATIONS.items()
    }
    softmax = found.network.layers[-1].sigma == SOFTMAX
    instead = {name: as_mathml(formula) for name, formula in CROSS_ENTROPY.items()}
    added = {"formulas": formulas, "instead": instead if softmax else {}}
    data = json.dumps(found.as_json() | added, allow_nan=False)
    sizes = ", ".join(map(str, found.network.sizes))
    return render_page(
        "backprop.html.j2",
        kind="arborisk · back-propagation",
        title="Back-propagation, number by number",
        subtitle=f"A network of {sizes} neurons, {len(found.costs) - 1} updates, the deck's "
        "equations 1 to 40",
        version=arborisk.__version__,
        network_text=f"{sizes} neurons, {found.network.layers[0].sigma}"
        f"{' and softmax' if softmax else ''}, {found.network.cost.replace('_', ' ')}, "
        f"eta {found.eta:g}",
        softmax=softmax,
        sigmas=list(SIGMAS),
        scalar_difference=f"{found.scalar_difference:.0e}",
        columns=COLUMNS,
        rows=trace_rows(found),
        equations=[
            {
                "number": number,
                "part": EQUATIONS[number].part,
                "note": EQUATIONS[number].note,
                "printed": Markup(formula["printed"]),
                "indexed": Markup(formula["indexed"]),
            }
            for number, formula in formulas.items()
        ],
        # A "</script>" inside would end the element.
        trace_json=Markup(data.replace("</", "<\\/")),
    )


def _check(found: Trace) -> None:
    """Refuses what the page cannot show."""
    sizes = found.network.sizes
    if len(found.x) > 1:
        raise SettingsError(
            "one sample",
            f"{len(found.x)}",
            "the page",
            Remedy(
                "Leave {} at 1, or use {} or {}.",
                option("--samples", "backprop trace"),
                option("--format table", "backprop trace"),
                option("--format json", "backprop trace"),
            ),
        )
    if max(sizes) > MOST_NEURONS or len(sizes) - 1 > MOST_LAYERS:
        raise SettingsError(
            f"at most {MOST_NEURONS} neurons a layer and {MOST_LAYERS} layers",
            ", ".join(map(str, sizes)),
            "the page",
            Remedy(
                "Draw a smaller network, or use {} or {}.",
                option("--format table", "backprop trace"),
                option("--format json", "backprop trace"),
            ),
        )
