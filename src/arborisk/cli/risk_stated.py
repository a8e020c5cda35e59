"""What was stated of one tree, from a form, a row of a table or words on the command line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arborisk.cli.console import note

if TYPE_CHECKING:
    from arborisk.risk.rating.assessment import Assessment

FORMS = (".toml", ".json", "")
"""Suffixes of forms of one tree; any other file is a table of many, of which one is named."""


def read_stated(
    form: Path | None,
    words: Mapping[str, Any],
    about: Mapping[str, Any],
    *,
    few_words: bool = False,
) -> Assessment:
    """The form, the tree of a table, or the words as a form of one finding and one target.

    What is Imminent is said on standard error before anything is refused.

    Args:
        form: TOML or JSON, by `FORMS`, else a table of any format; None for the words alone.
        words: Words of the finding and the target, by key of a form; None for those not given.
        about: What describes the tree and the visit, by key of a form.
        few_words: See `arborisk.risk.rating.forms.assessment_of`.

    Raises:
        ArboriskError: A form together with words, or what the form holds.
    """
    from arborisk.risk.rating.forms import assessment_of, read_form_file

    given = {key: value for key, value in (*words.items(), *about.items()) if value is not None}
    if form is not None and form.suffix.lower() not in FORMS:
        _refuse_both(form, [key for key in given if key in words])
        return _of_table(form, about)
    if form is not None:
        _refuse_both(form, list(given))
        content, where = dict(read_form_file(form)), str(form)
    else:
        content, where = _content(words, about), "the command line"
    _warn(content)
    return assessment_of(content, where=where, few_words=few_words)


def _of_table(path: Path, about: Mapping[str, Any]) -> Assessment:
    from arborisk.risk.rating.form_rows import assessment_of_rows
    from arborisk.risk.rating.sentences import urgent_in_rows
    from arborisk.tables.role_table import read_role_table
    from arborisk.wording.sentences import imminent_line

    table = read_role_table(path, needed=("tree",), command="inventory")
    if line := imminent_line(urgent_in_rows(table.text("tree"), table.text("failure"))):
        note(line)
    return assessment_of_rows(table, _described(path, about))


def _described(path: Path, about: Mapping[str, Any]) -> dict[str, Any]:
    """What the table says of the tree beside its ratings, below what the options say."""
    from arborisk.risk.rating.details import details_of_rows
    from arborisk.tables.role_table import read_role_table

    table = read_role_table(path, needed=("tree",), command="inventory")
    names = table.text("tree")
    tree = about.get("tree") or names[0]
    rows = [row for row, name in enumerate(names) if name == tree]
    stated = {key: value for key, value in about.items() if value is not None}
    return {**details_of_rows(table, rows), **stated}


def _content(words: Mapping[str, Any], about: Mapping[str, Any]) -> dict[str, Any]:
    """Words of the command line as a form."""
    content = {key: value for key, value in about.items() if value is not None}
    stated = {key: value for key, value in words.items() if value is not None}
    failure, target = stated.pop("failure", None), stated.pop("target", None)
    content["findings"] = [{"part": "tree"} | ({"failure": failure} if failure else {})]
    if target is not None or stated:
        content["targets"] = [{"name": target or "target"} | stated]
    return content | _sizes(content)


def _sizes(content: Mapping[str, Any]) -> dict[str, str]:
    """Sizes with their unit, which is that of the option where none was typed; echoed."""
    from arborisk.risk.rating.assessment import SIZES
    from arborisk.tables.quantities import NoUnitError, read_option, read_quantity

    found = {}
    for key, unit in SIZES.items():
        if key not in content:
            continue
        text, name = str(content[key]), _option(key)
        taken = read_option(text, "length", unit=unit, name=name)
        try:
            read_quantity(text, "length")
        except NoUnitError:
            text = f"{text} {unit}"
        note(f"{name}: {taken.note or taken.words}")
        found[key] = text
    return found


def _warn(content: Mapping[str, Any]) -> None:
    from arborisk.risk.rating.sentences import urgent_in_form
    from arborisk.wording.sentences import imminent_line

    if line := imminent_line(urgent_in_form(content)):
        note(line)


def _refuse_both(form: Path, given: list[str]) -> None:
    """A form and words would contradict each other."""
    from arborisk.errors import SettingsError

    if given:
        raise SettingsError(
            "a form, or words on the command line",
            f"the form and {', '.join(_option(key) for key in given)}",
            str(form),
            "Write the words into the form.",
        )


def _option(key: str) -> str:
    return f"--{key.replace('_', '-')}"
