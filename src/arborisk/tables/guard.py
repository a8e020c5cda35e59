"""Text that a spreadsheet would run, kept as text: an apostrophe before it, taken off on reading.

Source: OWASP, "CSV injection": cells that begin with = + - @, a tab or a carriage return.
"""

from __future__ import annotations

import re

_RUN = re.compile(r"\s*'*\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
"""Those four in full width too, which some spreadsheets take for the same."""
_NUMBER = re.compile(r"[+-]?[\d.,]*\d(?:[eE][+-]?\d+)?")


def guarded(text: str) -> str:
    """Text as a CSV cell that no spreadsheet runs; a number such as ``-5`` stays as it is."""
    if _RUN.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def unguarded(text: str) -> str:
    """The text of a cell that `guarded` wrote."""
    if text.startswith("'") and guarded(text[1:]) != text[1:]:
        return text[1:]
    return text
