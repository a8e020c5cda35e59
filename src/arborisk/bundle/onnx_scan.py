"""Looks through the bytes of an ONNX file for what a bundle must not hold.

An ONNX file is a protobuf message. It can point at other files (external data), name operators of
other domains, and hold loops. None of these is needed by a network that sorts photos, and each is a
way to harm: reading ``/etc/passwd`` as weights, native code, running without end.
"""

from __future__ import annotations

from arborisk.errors import BundleError

STANDARD_DOMAINS = (b"", b"ai.onnx")

# Message -> field number -> message of that field. Fields that are not named hold no messages that
# matter here. Subgraphs are refused, so the depth has an end. Source: onnx/onnx.proto.
_MESSAGES: dict[str, dict[int, str]] = {
    "model": {7: "graph", 8: "opset"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 10: "tensor", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {},
    "opset": {},
}
# Message -> field number -> why its presence is refused.
_REFUSED: dict[str, dict[int, str]] = {
    "model": {20: "training information", 25: "local functions"},
    "attribute": {6: "a subgraph (loop or branch)", 11: "subgraphs (loops or branches)"},
    "tensor": {13: "external data (weights in another file)"},
}
_DATA_LOCATION = 14  # of a tensor; 0 is "in this file"
_DOMAIN = {"node": 7, "opset": 1}


def refuse_unsafe_onnx(content: bytes, where: str) -> None:
    """Checks that a network uses standard operators and its own bytes only.

    Args:
        content: The ONNX file.
        where: Its name, for the message.

    Raises:
        BundleError: The file is no ONNX file, or holds external data, operators of another domain,
            subgraphs, local functions or training information.
    """
    try:
        found = _first_offence(memoryview(content), "model")
    except (IndexError, ValueError) as error:
        found = f"bytes that are no ONNX model ({error})"
    if found:
        raise BundleError(
            "a plain ONNX network: standard operators, all weights inside, no subgraphs",
            found,
            where,
            "Do not use this bundle; ask its maker for one written by arborisk.",
        )


def _first_offence(message: memoryview, kind: str) -> str | None:
    """First refused thing in a message and those inside it, or None."""
    position = 0
    while position < len(message):
        tag, position = _varint(message, position)
        number, wire_type = tag >> 3, tag & 7
        if number in _REFUSED.get(kind, {}):
            return _REFUSED[kind][number]
        start, position = _value(message, position, wire_type)
        value = message[start:position]
        if kind == "tensor" and number == _DATA_LOCATION and bytes(value) != b"\0":
            return "external data (weights in another file)"
        if _DOMAIN.get(kind) == number and bytes(value) not in STANDARD_DOMAINS:
            return f"operators of the domain {bytes(value)[:60]!r}"
        inner = _MESSAGES[kind].get(number)
        if inner and wire_type == 2 and (found := _first_offence(value, inner)):
            return found
    return None


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    """Number at a position, and the position after it."""
    number = 0
    for shift in range(0, 70, 7):
        byte = message[position]
        position += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, position
    raise ValueError("a number longer than 10 bytes")


def _value(message: memoryview, position: int, wire_type: int) -> tuple[int, int]:
    """Start and end of the value of a field."""
    if wire_type == 0:
        return position, _varint(message, position)[1]
    if wire_type == 2:
        length, position = _varint(message, position)
    elif wire_type in (1, 5):
        length = 8 if wire_type == 1 else 4
    else:
        raise ValueError(f"wire type {wire_type}")
    if position + length > len(message):
        raise ValueError("cut short")
    return position, position + length
