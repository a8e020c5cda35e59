r"""Text from files as it may be shown: nothing in it steers the terminal or turns the line round.

A file name, a header or a cell may hold an escape sequence that clears the screen or sets its
title, a carriage return that writes over a warning, or a mark that turns the order of letters.
"""

from __future__ import annotations

import re

_STEERS = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # control characters, ESC and CSI among them
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks of direction
    "\u2028\u2029"  # line and paragraph separators
    "\ufeff\ufff9-\ufffb"  # byte order mark, annotations
    "\ud800-\udfff"  # halves of pairs: bytes of a file name that are no text
    "\U000e0000-\U000e007f"  # tags, which nobody sees
    "]"
)
"""Source: Unicode 15, general categories Cc, Cs, Zl, Zp; UAX 9 (bidirectional controls); TR 36.
Joiners (U+200C, U+200D) stay: names in several scripts need them."""
_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def escaped(text: str, *, keep: str = "") -> str:
    r"""Text whose characters that steer are written out, as JSON writes them.

    Args:
        text: Any text.
        keep: Characters that stay as they are, for example ``"\n\t"`` in a text of several lines.

    >>> escaped("oak\x1b[2J\n\u202egnp.jpg")
    'oak\\u001b[2J\\n\\u202egnp.jpg'
    """
    return _STEERS.sub(
        lambda found: found.group() if found.group() in keep else _written(found.group()), text
    )


def _written(character: str) -> str:
    """One character as JSON writes it; beyond the first 65,536 as a pair."""
    if character in _SHORT:
        return _SHORT[character]
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
