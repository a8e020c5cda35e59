"""A look at a table as a forester reads it, and as JSON."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from arborisk.cli.console import text_table, wrapped
from arborisk.tables.look import Fitness, Look, RefusedRows, SeenColumn, not_read
from arborisk.wording.counts import counted, first_lines, listed
from arborisk.wording.sentences import imminent_json, imminent_line

_HEADER, _EXAMPLE = 34, 24
_MOST_REASONS = 5
_MOST_ROWS = 3


def look_lines(look: Look) -> Iterator[str]:
    """Headers, places, what each command lacks and refuses, notes."""
    table = look.table
    if urgent := imminent_line(look.imminent):
        yield from wrapped(urgent)
        yield ""
    yield (
        f"{table.source}: {counted(len(table), table.row_word)}, "
        f"{counted(len(table.headers), 'column')}."
    )
    if look.title:
        yield from wrapped(f"Read as {look.title} (crosswalk {look.crosswalk}).")
    yield ""
    able = {one.command for one in look.fitness if not one.missing}
    rows = [_seen_row(one, able) for one in look.seen if one.roles]
    if rows:
        yield text_table(("column", "holds", "unit", "why", "first cell"), rows)
    others = not_read(look)
    if others:
        yield from wrapped(f"Not read: {listed(map(repr, map(_short, others)), most=30)}.")
    yield ""
    yield from _place_lines(look)
    yield ""
    if len(look.fitness) == 1:
        yield from _fitness_lines(look.fitness[0], table.row_word)
    else:
        yield from _overview_lines(look)
        yield from wrapped("arborisk table FILE --for storm, and so on, says more of one command.")
    if look.notes:
        yield ""
        for note in first_lines(look.notes, 12, "notes"):
            yield from wrapped(f"* {note}", "  ")


def look_json(look: Look) -> dict[str, Any]:
    """The same as plain values."""
    places, known = look.places, look.places.known
    first = int(known.argmax()) if known.any() else None
    plane = places.plane is not None
    return {
        "imminent": imminent_json(look.imminent),
        "source": look.table.source,
        "rows": len(look.table),
        "crosswalk": look.crosswalk or None,
        "columns": [
            {
                "header": one.header,
                "roles": {role: list(names) for role, names in one.roles.items()},
                "unit": one.unit or None,
                "unit_from": one.unit_from or None,
                "why": one.why or None,
                "example": one.example,
            }
            for one in look.seen
        ],
        "places": {
            "system": places.system or None,
            "known": int(known.sum()),
            "first": None
            if first is None or plane
            else [float(places.longitude[first]), float(places.latitude[first])],
            "problem": look.places_problem or None,
        },
        "commands": [
            {
                "command": one.command,
                "missing": [f"{item.what}. {item.remedy}" for item in one.missing],
                "optional": list(one.optional),
                "rows_refused": one.n_refused,
                "refused": [
                    {"about": item.what, "first": item.first, "rows": list(item.rows)}
                    for item in one.refused
                ],
            }
            for one in look.fitness
        ],
        "notes": list(look.notes),
    }


def _seen_row(one: SeenColumn, able: Collection[str]) -> list[str]:
    """Its roles, the commonest first; what commands that cannot run take it for is left out."""
    roles = {role: [name for name in names if name in able] for role, names in one.roles.items()}
    roles = {role: names for role, names in roles.items() if names} or {
        role: list(names) for role, names in one.roles.items()
    }
    first, *others = sorted(roles.items(), key=lambda item: -len(item[1]))
    said = [first[0].replace("_", " ")]
    said += [f"{role.replace('_', ' ')} for {listed(names)}" for role, names in others]
    unit = one.unit if one.unit_from in ("header", "") else f"{one.unit} ({one.unit_from})"
    return [_short(one.header), "; ".join(said), unit, one.why, _short(one.example, _EXAMPLE)]


def _place_lines(look: Look) -> Iterator[str]:
    places, table = look.places, look.table
    known = places.known
    if look.places_problem:
        yield from wrapped(f"Places: {look.places_problem}")
        return
    if not known.any():
        why = places.problems
        said = f" {table.name(min(why)).capitalize()}: {why[min(why)]}." if why else ""
        yield from wrapped(f"Places: none.{said}")
        return
    first = int(known.argmax())
    if places.plane is None:
        at = _degrees(float(places.latitude[first]), float(places.longitude[first]))
    else:
        at = f"{places.plane[0][first]:,.1f} m east, {places.plane[1][first]:,.1f} m north"
    count = int(known.sum())
    yield from wrapped(
        f"Places: {count:,} of {counted(len(table), table.row_word)}, in {places.system}; the "
        f"first ({table.name(first)}): {at}."
    )


def _degrees(latitude: float, longitude: float) -> str:
    """A place as it is read out."""
    return (
        f"{abs(latitude):.6f} {'south' if latitude < 0 else 'north'}, "
        f"{abs(longitude):.6f} {'west' if longitude < 0 else 'east'}"
    )


def _fitness_lines(one: Fitness, row_word: str) -> Iterator[str]:
    """All that one command lacks and refuses."""
    if one.missing:
        yield f"{one.command} cannot {one.purpose} yet. Missing:"
        for item in one.missing:
            yield from wrapped(f"  - {item.what}. {item.remedy}", "    ")
    else:
        yield f"{one.command} has what it needs to {one.purpose}."
    for said in one.optional:
        yield from wrapped(f"  - No {said}.", "    ")
    if one.n_refused:
        yield f"It would refuse {counted(one.n_refused, row_word)}:"
    reasons = [f"- {_refused_text(refused, row_word)}" for refused in one.refused]
    for line in first_lines(reasons, _MOST_REASONS, "kinds of reasons"):
        yield from wrapped(f"  {line}", "    ")


def _overview_lines(look: Look) -> Iterator[str]:
    """A line a command; those that lack the same together."""
    together: dict[str, list[str]] = {}
    for one in look.fitness:
        if one.missing:
            state = f"missing: {'; '.join(item.what for item in one.missing)}"
        else:
            state = "can run"
            if one.optional:
                state += f"; no {'; no '.join(one.optional)}"
            if one.n_refused:
                state += f"; {counted(one.n_refused, look.table.row_word)} would be refused"
        together.setdefault(state, []).append(one.command)
    width = max(len(", ".join(names)) for names in together.values()) + 2
    for state, names in sorted(together.items(), key=lambda item: "missing" in item[0]):
        yield from wrapped(f"{', '.join(names):<{width}}{state}", " " * width)
    told: set[tuple[str, str]] = set()
    for one in look.fitness:
        for refused in one.refused[:_MOST_REASONS] if not one.missing else ():
            if (refused.what, refused.first) not in told:
                told.add((refused.what, refused.first))
                yield from wrapped(f"* {_refused_text(refused, look.table.row_word)}", "  ")


def _refused_text(item: RefusedRows, row_word: str) -> str:
    """How many rows, which, and the first reason."""
    n_rows = len(item.rows)
    named = listed(item.rows, most=_MOST_ROWS)
    first = "the first: " if n_rows > 1 else ""
    return f"{counted(n_rows, row_word)} ({named}): {first}{item.first.rstrip('.')}."


def _short(text: str, most: int = _HEADER) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."
