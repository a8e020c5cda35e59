"""Damage that a decoder lets pass: checksums of a PNG that it does not compare."""

from __future__ import annotations

import zlib
from pathlib import Path

from PIL import ImageFile

from arborisk.photos.problems import problem


def check_after_decoding(path: Path, picture: ImageFile.ImageFile) -> None:
    """Refuses a decoded picture whose file contradicts itself.

    Raises:
        PhotoError: ``damaged``.
    """
    if picture.format == "PNG" and not png_sums_hold(path.read_bytes()):
        raise problem(path, "damaged", "a PNG whose data differ from their checksum")


def png_sums_hold(data: bytes) -> bool:
    """Whether each chunk up to the end of a PNG has its checksum.

    Source: PNG specification, third edition (W3C 2025), 5.3: length, type, data, CRC-32 of both.
    """
    view, place = memoryview(data), 8
    while place + 12 <= len(data):
        length = int.from_bytes(view[place : place + 4])
        end = place + 8 + length
        if zlib.crc32(view[place + 4 : end]) != int.from_bytes(view[end : end + 4]):
            return False
        if data[place + 4 : place + 8] == b"IEND":
            return True
        place = end + 4
    return False
