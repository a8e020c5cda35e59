"""A training by hand for people: the rows of a trace, its page, and its cost epoch by epoch."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import arborisk
from arborisk.deck.activations import SIGMAS, SOFTMAX, Floats
from arborisk.deck.equations import CROSS_ENTROPY, EQUATIONS
from arborisk.deck.fitting import HandFit
from arborisk.deck.formulas import as_mathml
from arborisk.deck.tracing import Entry, Trace
from arborisk.errors import Remedy, SettingsError, option
from arborisk.report.page import render_page
from arborisk.report.style import BLUE, FIGURE_WIDTH_IN, VERMILLION, draw_svg
from arborisk.wording.counts import counted
from arborisk.wording.percent import percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure


COLUMNS = ("r", "pass", "eq.", "quantity", "shape", "values")
LONGEST = 60
"""Characters of values in one line; larger arrays are cut, and JSON has all of them."""

_SYMBOLS = {
    "dC_da": "∂C/∂a",
    "da_dz": "∂a/∂z",
    "dz_dw": "∂z/∂w",
    "dz_db": "∂z/∂b",
    "dz_da": "∂z/∂a",
    "dC_dw": "∂C/∂w",
    "dC_db": "∂C/∂b",
    "w_new": "new w",
    "b_new": "new b",
}
"""Last letters get the layer; what a derivative is by is named in the chapter."""


def trace_rows(found: Trace) -> list[list[str]]:
    """One row for each line of values; matrices take a line for each of their rows.

    Args:
        found: A trace.

    Returns:
        Cells as `COLUMNS`.
    """
    rows = []
    for entry in found.entries:
        lines = _lines(entry.values)
        product = f" = {' · '.join(map(_symbol_of, entry.factors))}" if entry.factors else ""
        first = [
            str(entry.iteration),
            entry.phase,
            ", ".join(map(str, entry.equations)) or "-",
            symbol(entry) + product,
            shape_text(entry.shape),
            lines[0],
        ]
        rows += [first, *([""] * 5 + [line] for line in lines[1:])]
    return rows


def symbol(entry: Entry) -> str:
    """The quantity as in the deck, in plain characters: ∂C/∂w(2)."""
    return _SYMBOLS.get(entry.name, entry.name) + ("" if entry.name == "C" else f"({entry.layer})")


def shape_text(shape: tuple[int, ...]) -> str:
    """3 x 2, or "number".

    >>> shape_text((3, 2)), shape_text(())
    ('3 x 2', 'number')
    """
    return " x ".join(map(str, shape)) or "number"


def _symbol_of(label: str) -> str:
    """A name with its layer, as "dC_da(2)", in the deck's letters."""
    name, _, rest = label.partition("(")
    return f"{_SYMBOLS.get(name, name)}({rest}"


def _lines(values: Floats) -> list[str]:
    """The numbers, a line for each row of a matrix."""
    if values.ndim <= 1:
        return [_line(values.reshape(-1))]
    return [_line(row) for row in values.reshape(-1, values.shape[-1])]


def _line(numbers: Floats) -> str:
    """Numbers one after the other, cut where a line would get too long."""
    text = ""
    for place, number in enumerate(numbers):
        more = f"{_number(float(number))} "
        if len(text) + len(more) > LONGEST:
            return f"{text}... {len(numbers) - place} more"
        text += more
    return text.rstrip()


def _number(number: float) -> str:
    """Six decimals, or four digits and a power of ten where these would say little."""
    return f"{number: .6f}" if number == 0 or 1e-3 <= abs(number) < 1e5 else f"{number: .3e}"


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
                option("--samples", "learn backprop trace"),
                option("--format table", "learn backprop trace"),
                option("--format json", "learn backprop trace"),
            ),
        )
    if max(sizes) > MOST_NEURONS or len(sizes) - 1 > MOST_LAYERS:
        raise SettingsError(
            f"at most {MOST_NEURONS} neurons a layer and {MOST_LAYERS} layers",
            ", ".join(map(str, sizes)),
            "the page",
            Remedy(
                "Draw a smaller network, or use {} or {}.",
                option("--format table", "learn backprop trace"),
                option("--format json", "learn backprop trace"),
            ),
        )


HEIGHT_IN = 4.2


def training_figure(fit: HandFit, name: str) -> str:
    """Two panels over the epochs: C, and the share right of both parts.

    Args:
        fit: The training.
        name: Its task, for the heading.

    Returns:
        An ``<svg>`` element, which is a file of its own as well.
    """
    history = fit.history
    epochs = [row.epoch for row in history]
    held = [row.share_right_held_out for row in history]

    def paint(figure: Figure) -> None:
        above, below = figure.subplots(2, 1, sharex=True)
        above.plot(epochs, [row.cost for row in history], color=BLUE)
        above.set_ylim(bottom=0)
        above.set_ylabel("C, training part")
        above.set_title(name)
        right = [100 * row.share_right for row in history]
        below.plot(epochs, right, color=BLUE, label="training part")
        if None not in held:
            shares = [100 * (share or 0.0) for share in held]
            below.plot(epochs, shares, color=VERMILLION, linestyle="--", label="held back")
        below.set_ylabel("right (%)")
        below.set_xlabel("epoch")
        below.legend(loc="lower right")

    first, last = history[0], history[-1]
    return draw_svg(
        "backprop-training",
        (FIGURE_WIDTH_IN, HEIGHT_IN),
        paint,
        f"{name}: C falls from {first.cost:.3f} to {last.cost:.3f} in "
        f"{counted(last.epoch, 'epoch')}; right {percent(first.share_right)} to "
        f"{percent(last.share_right)} of the training part.",
    )
