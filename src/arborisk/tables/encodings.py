"""How a text file is written: packed or not, and in which encoding, by evidence."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TextIO

from arborisk.errors import TableError
from arborisk.tables.table import check_bytes

_BLOCK = 1 << 20
_MOST_LINE_BYTES = 16 << 20
_N_BYTES_OF_EVIDENCE = 4 << 20
_N_STRAY = 3
_TEXT_CONTROLS = bytes([9, 10, 11, 12, 13, 26, 30])
_CONTROLS = bytes(code for code in range(32) if code not in _TEXT_CONTROLS)
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text file, examined and not yet read.

    Attributes:
        path: File; gzip where its name ends in ``.gz``.
        encoding: As Python names it.
        is_spoilt: Whether some bytes are none of this encoding and stand as U+FFFD.
        has_quotes: Whether a double quote stands anywhere.
    """

    path: Path
    encoding: str
    is_spoilt: bool
    has_quotes: bool

    def open(self) -> TextIO:
        """The text, with its line ends as they are."""
        errors = "replace" if self.is_spoilt else "strict"
        if self.path.suffix.lower() == ".gz":
            return gzip.open(self.path, "rt", encoding=self.encoding, errors=errors, newline="")
        return self.path.open(encoding=self.encoding, errors=errors, newline="")

    def notes(self) -> Iterator[str]:
        """What a person should know of the encoding."""
        if not self.encoding.startswith("utf-8"):
            yield f"Read as {WORDS.get(self.encoding, 'UTF-16')}: the file is not in UTF-8."
        if self.is_spoilt:
            yield "Some bytes are not UTF-8; their characters are lost and stand as \ufffd."


def examine(path: Path) -> TextFile:
    """Finds the encoding of a text file without keeping its content.

    Args:
        path: File.

    Raises:
        TableError: Not text, too large, or packed and damaged.
    """
    longest = since_break = n_bytes = 0
    is_utf8, has_quotes, first = True, False, b""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for block in _blocks(path):
        first = first or block
        n_bytes += len(block)
        check_bytes(path.name, n_bytes)
        has_quotes = has_quotes or b'"' in block
        lines = block.replace(b"\r", b"\n").split(b"\n")
        longest = max(longest, since_break + len(lines[0]), *map(len, lines))
        since_break = len(lines[-1]) + (since_break if len(lines) == 1 else 0)
        if longest > _MOST_LINE_BYTES:
            raise TableError(
                "lines of a table",
                f"a line of more than {_MOST_LINE_BYTES >> 20} MB",
                path.name,
                "Check what the file is.",
            )
        if is_utf8:
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                is_utf8 = False
    if is_utf8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf8 = False
    encoding, is_spoilt = _encoding(path, first, is_utf8)
    if not encoding.startswith("utf-16"):
        _check_text(path, first)
    return TextFile(path, encoding, is_spoilt, has_quotes)


def _encoding(path: Path, first: bytes, is_utf8: bool) -> tuple[str, bool]:
    """Encoding of a file that begins so, and whether it is spoilt."""
    for mark, encoding in _MARKS.items():
        if first.startswith(mark):
            return encoding, not is_utf8 and encoding == "utf-8-sig"
    even, odd = first[:8192:2].count(0), first[1:8192:2].count(0)
    half = len(first[:8192:2])
    if max(even, odd) > 0.3 * half > 10 * min(even, odd):
        return ("utf-16-le" if odd > even else "utf-16-be"), False
    if is_utf8:
        return "utf-8", False
    evidence = b"".join(_lines_beyond_ascii(path))
    repaired = evidence.decode("utf-8", errors="replace")
    n_lost = repaired.count("\ufffd")
    if sum(ord(character) > 127 for character in repaired) > 3 * n_lost:
        return "utf-8", True
    return code_page(evidence), False


def _lines_beyond_ascii(path: Path) -> Iterator[bytes]:
    n_bytes = 0
    with _opened(path) as stream:
        for line in stream:
            if not line.isascii():
                n_bytes += len(line)
                yield line
            if n_bytes > _N_BYTES_OF_EVIDENCE:
                return


def _check_text(path: Path, first: bytes) -> None:
    n_controls = len(first) - len(first.translate(None, _CONTROLS))
    if n_controls > max(_N_STRAY, len(first) / 100):
        raise TableError(
            "a text table",
            "bytes that are no text",
            path.name,
            "Save it as CSV in UTF-8, or give the file the ending of what it is.",
        )


def _blocks(path: Path) -> Iterator[bytes]:
    try:
        with _opened(path) as stream:
            while block := stream.read(_BLOCK):
                yield block
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise TableError(
            "a file packed with gzip", f"{error}", path.name, "Pack or download it again."
        ) from error


def _opened(path: Path) -> IO[bytes]:
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rb")  # type: ignore[return-value]
    return path.open("rb")


WORDS = {
    "cp1252": "Windows-1252 (Western Europe)",
    "cp1250": "Windows-1250 (Central Europe)",
    "mac_roman": "Mac Roman",
}
"""Code pages that spreadsheets write, and their names as a person knows them."""
_DASHES_AND_QUOTES = "\u2013\u2014\u2018\u2019\u201c\u201d\u201e"
_WITHIN_WORDS = "\u2013\u2019"
_WESTERN = "äöüßÄÖÜéèêëàâçîïôûùœæÉÈÊÀÇñáíóúÑÁÍÓÚãõìòåøÅØÆŒ¿¡°±€" + _DASHES_AND_QUOTES
_LETTERS = {
    "cp1252": _WESTERN + "ÿ²³½¼·º\xd7",
    "cp1250": "ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČĎÉĚÍŇŘŠŤÚŮÝŽőűŐŰăâîșțşţäöüßÄÖÜ°€"
    + _DASHES_AND_QUOTES,
    "mac_roman": _WESTERN,
}
"""Characters that tables of trees hold, in the languages that each code page serves."""
_RARE = "œæŒÆÿºª¡¿"


def code_page(text: bytes) -> str:
    """Code page in which a text has the likeliest letters.

    Args:
        text: Lines with bytes beyond ASCII.

    >>> code_page("Hauptstraße".encode("mac_roman"))
    'mac_roman'
    """
    return max(_LETTERS, key=lambda name: _fit(text, name))


def _fit(text: bytes, name: str) -> float:
    """How well bytes read so: usual letters for it; odd ones, odd cases, marks in words against."""
    try:
        read = text.decode(name)
    except UnicodeDecodeError:
        return float("-inf")
    score, usual = 0.0, set(_LETTERS[name])
    found = Counter(zip(" " + read, read, read[1:] + " ", strict=False))
    for (before, character, after), count in found.items():
        if ord(character) < 128:
            continue
        is_odd_case = character.isupper() and before.islower()
        is_mark_in_word = not character.isalpha() and before.isalpha() and after.isalpha()
        if is_mark_in_word and character in _WITHIN_WORDS:
            is_mark_in_word = False
        if character not in usual or is_odd_case or is_mark_in_word:
            score -= 2 * count
        else:
            score += count * (0.3 if character in _RARE else 1)
    return score
