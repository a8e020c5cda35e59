"""What a user says of a table: which column holds what, in which unit, in which system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from arborisk.errors import TableError
from arborisk.tables.codes import Codes
from arborisk.tables.commands import COMMANDS, check_role
from arborisk.tables.units import known_unit
from arborisk.tables.vocabulary import role_of

MAP_SUFFIX = ".toml"


@dataclass(frozen=True, slots=True)
class TableChoices:
    """What a user says of a table; what is not said is found from the table.

    Attributes:
        columns: Role to header; "" means that the role is not to be read.
        units: Role to unit of its bare numbers.
        words: Word of the table to word of a scale or a label; "" means that it says nothing.
        codes: Role to table of codes.
        constants: Role to what holds for every row that says nothing, such as a height of
            ``12 ± 4 m``; only a map file states them.
        places: Coordinate system of the places, such as ``EPSG:2263``; "" where the file says it.
        crosswalk: Name of a crosswalk, ``none`` for none, "" to recognise it.
        map_file: Map file that these came from, for messages.
        sheet: Sheet of a workbook.
        layer: Layer of a map file.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Codes] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    places: str = ""
    crosswalk: str = ""
    map_file: Path | None = None
    sheet: str | None = None
    layer: str | None = None

    @classmethod
    def from_options(
        cls,
        *,
        column: Iterable[str] = (),
        units: Iterable[str] = (),
        map_file: Path | None = None,
        places: str = "",
        crosswalk: str = "",
        words: Mapping[str, str] | None = None,
        sheet: str | None = None,
        layer: str | None = None,
    ) -> TableChoices:
        """Choices of a map file, with those of the command line above them.

        Args:
            column: ``ROLE=HEADER`` each; an empty header leaves the role out.
            units: ``ROLE=UNIT`` each.
            map_file: Map file, see `arborisk.tables.mapping`.
            places: Coordinate system of the places.
            crosswalk: Name of a crosswalk.
            words: Word of the table to word of a scale.
            sheet: Sheet of a workbook.
            layer: Layer of a map file.

        Raises:
            TableError: A pair without its sign, a role, unit or crosswalk that is not known, or a
                map file that cannot be read.
        """
        from arborisk.tables.mapping import read_mapping

        said = cls() if map_file is None else read_mapping(map_file)
        return replace(
            said,
            columns={**said.columns, **_pairs(column, "--column", "HEADER")},
            units={**said.units, **checked_units(_pairs(units, "--units", "UNIT"), "--units")},
            words={**said.words, **(words or {})},
            places=places or said.places,
            crosswalk=crosswalk or said.crosswalk,
            sheet=sheet,
            layer=layer,
        )

    def only_for(self, command: str) -> TableChoices:
        """What concerns a command's own table: columns and units of its layers are left out."""
        kept = set(COMMANDS[command].roles)
        return replace(self.only(kept), places=self.places, sheet=self.sheet, layer=self.layer)

    def only(self, roles: Iterable[str]) -> TableChoices:
        """What concerns some roles: of a layer that stands beside another table.

        What is said of sheet, layer and places is of the first table.
        """
        kept = set(roles)
        return replace(
            self,
            columns={role: header for role, header in self.columns.items() if role in kept},
            units={role: unit for role, unit in self.units.items() if role in kept},
            codes={role: codes for role, codes in self.codes.items() if role in kept},
            places="",
            sheet=None,
            layer=None,
        )


def checked_units(units: Mapping[str, str], where: str) -> dict[str, str]:
    """Units by role, each by its own name.

    Raises:
        TableError: A role that has no unit, or a unit of another kind.
    """
    found = {}
    for role, unit in units.items():
        entry = role_of(role)
        dimension = "length" if entry and entry.kind == "coordinate" else entry and entry.dimension
        if not dimension:
            raise TableError(
                "a role that has a unit, such as height or dbh", role, where, "Leave it out."
            )
        try:
            found[role] = known_unit(unit, dimension).name
        except ValueError as error:
            raise TableError(
                f"a unit of {dimension} for the {role.replace('_', ' ')}",
                str(error),
                where,
                "Write a unit that is known, such as those named.",
            ) from error
    return found


def _pairs(texts: Iterable[str], option: str, word: str) -> dict[str, str]:
    found = {}
    for text in texts:
        role, sign, value = text.partition("=")
        if not sign or not role.strip():
            raise TableError(f"ROLE={word}", repr(text), option, "Write both with a = between.")
        found[check_role(role, option)] = value.strip()
    return found
