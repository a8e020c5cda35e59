"""What an audit found, in lines for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from arborisk.wording.leaks import LookedAt, no_leak_lines


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One thing an audit looked for.

    Attributes:
        name: What was looked for.
        count: How many were found.
        text: What that means.
        needs_care: Whether it can spoil a result.
    """

    name: str
    count: int
    text: str
    needs_care: bool


def audit_lines(audit: Mapping[str, Any]) -> list[AuditLine]:
    """The findings that decide whether a result can be believed.

    Args:
        audit: Content of ``arborisk dataset audit DATASET --format json``.
    """
    lines = [
        _line(
            "Exact duplicates",
            len(audit["exact_duplicates"]),
            "groups of files with the same bytes; a split keeps each group on one side",
        ),
        _line(
            "Near-duplicates",
            len(audit["near_duplicates"]),
            "groups of photos that show nearly the same picture; kept on one side",
        ),
        _line(
            "Conflicting labels",
            len(audit["label_clashes"]),
            "photos, pictures or trees that carry more than one label",
        ),
        _line(
            "Raters disagree", len(audit["rater_conflicts"]), "photos that raters judge differently"
        ),
        _line("Unreadable", len(audit["unreadable"]), "files; left out, each with its reason"),
        _line("Unrated", audit["n_unrated"], "photos without a label; not used"),
        _line("No time", audit["n_without_time"], "photos that do not say when they were taken"),
        _line("No place", audit["n_without_place"], "photos that do not say where"),
    ]
    if audit.get("split") is not None:
        kinds = sorted({str(leak["kind"]).replace("_", " ") for leak in audit["leaks"]})
        what = f"between parts of the split: {', '.join(kinds)}"
        if not kinds:
            what = " ".join(no_leak_lines(LookedAt(**audit["split"]["looked_at"])))
        lines.append(_line("Leaks of the split", len(audit["leaks"]), what))
    return lines + [
        _line(f"No {thing}", facts["n_photos_without"], f"photos, while others state their {thing}")
        for thing, facts in (("tree", audit["trees"]), ("site", audit["sites"]))
        if facts["n_groups"] and facts["n_photos_without"]
    ]


def _line(name: str, count: int, text: str) -> AuditLine:
    """One line; anything found needs care."""
    return AuditLine(name, count, text, needs_care=count > 0)
