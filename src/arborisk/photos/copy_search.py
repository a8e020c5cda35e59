"""Which search for copies can run here, and what each cannot find, in words."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final, Literal

from arborisk.errors import Remedy, extra

CopySearch = Literal["thumbnails", "local_features"]
"""``local_features`` needs the extra ``copies``; ``thumbnails`` compares small grey squares over
shifts and mirroring."""

_NOT_LOOKED_FOR: Final[dict[CopySearch, str]] = {
    "thumbnails": (
        "Crops, turned, upside-down and stretched copies and copies in a frame were not looked "
        "for; only copies that are whole, shifted, mirrored, resized or recoloured were."
    ),
    "local_features": "",
}


def found_search() -> CopySearch:
    """The best search that is installed here."""
    return "local_features" if find_spec("cv2") is not None else "thumbnails"


def copies_not_looked_for(search: CopySearch) -> str:
    """A sentence on the copies that a search cannot find and how to find them; "" if none."""
    sentence = _NOT_LOOKED_FOR[search]
    if not sentence:
        return ""
    remedy = Remedy(
        "To look for them, install the extra with {} and import again.", extra("copies")
    )
    return f"{sentence} {remedy}"
