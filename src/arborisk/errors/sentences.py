"""Errors of the system and of other libraries as sentences that a person can act on.

`as_sentence` is the last resort: a reader that knows the row or the key says more. The kinds are
data, found by the names of classes, so that no library is imported to know its errors.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass

from arborisk.errors.kinds import ArboriskError, MissingDependencyError, Remedy, option

NOT_NAMED = "a file or stream that the error does not name"
LONGEST_DETAIL = 300
"""Characters of another library's message that are passed on; some quote the whole input."""


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """How one kind of error is told.

    Attributes:
        expected: What was expected.
        found: What was found; ``{detail}`` stands for what the error itself says.
        remedy: What to do.
    """

    expected: str
    found: str
    remedy: str


_ELSEWHERE = Remedy("Choose another place with {}, or change who may write there.", option("--out"))
_WHOLE = "Get the file again, or save it anew in the program that wrote it."
_ROOM = Remedy("Free some room, or choose a disk with more with {}.", option("--out"))
_SMALLER = "Close other programs, give fewer or smaller files at once, or use a larger machine."

SYSTEM = {
    errno.ENOENT: ErrorKind(
        "a file or folder that is there",
        "none of this name",
        "Check the path; it may have been moved or deleted while arborisk ran.",
    ),
    errno.EACCES: ErrorKind("leave to read or write it", "that it is refused", _ELSEWHERE),
    errno.EPERM: ErrorKind("leave to read or write it", "that it is refused", _ELSEWHERE),
    errno.EROFS: ErrorKind("a place that can be written", "one that is read only", _ELSEWHERE),
    errno.EISDIR: ErrorKind("a file", "a folder", "Give a file, or add a file's name to the path."),
    errno.ENOTDIR: ErrorKind("a folder", "a file", "Give a folder, or move that file away."),
    errno.EEXIST: ErrorKind(
        "a name that is free", "something of that name", "Choose another name, or move it away."
    ),
    errno.ENOTEMPTY: ErrorKind(
        "an empty folder", "something in it", "Choose another folder, or empty this one."
    ),
    errno.ENOSPC: ErrorKind("room on the disk", "that it is full", _ROOM),
    errno.EDQUOT: ErrorKind("room on the disk", "that your share of it is full", _ROOM),
    errno.EFBIG: ErrorKind("a file that the disk can hold", "one that is too large for it", _ROOM),
    errno.ENAMETOOLONG: ErrorKind(
        "a name that the system takes", "one that is too long", "Choose a shorter name or path."
    ),
    errno.ELOOP: ErrorKind(
        "a file or folder", "links that lead in a circle", "Remove one of them."
    ),
    errno.EMFILE: ErrorKind(
        "files that may be open at once",
        "more than the system allows",
        "Close other programs, or raise the limit (ulimit -n).",
    ),
    errno.ENFILE: ErrorKind(
        "files that may be open at once", "more than the system allows", "Close other programs."
    ),
    errno.EIO: ErrorKind(
        "a disk that can be read and written",
        "that it fails",
        "Copy what you need to another disk, and check this one.",
    ),
    errno.EBUSY: ErrorKind(
        "a file that is free", "that another program holds it", "Close that program and try again."
    ),
    errno.ENOMEM: ErrorKind("enough memory", "too little", _SMALLER),
    errno.EPIPE: ErrorKind(
        "an output that is read to its end",
        "that its reader has left",
        "Files that were finished before are whole; for all of the output, write it to a file.",
    ),
    errno.ESTALE: ErrorKind(
        "a network drive that answers", "that it has gone", "Connect it again, then run this again."
    ),
}
"""Errors of the system, by number."""

CLASSES = {
    "builtins.MemoryError": ErrorKind("enough memory", "too little", _SMALLER),
    "builtins.RecursionError": ErrorKind(
        "content a few levels deep",
        "content nested too deeply to be read",
        "Check the file: brackets within brackets some hundred deep are no form and no map.",
    ),
    "builtins.UnicodeDecodeError": ErrorKind(
        "text in UTF-8", "other bytes ({detail})", "Save the file as UTF-8."
    ),
    "builtins.UnicodeEncodeError": ErrorKind(
        "text that can be written here",
        "a character that cannot ({detail})",
        "Rename the file, or take the character out.",
    ),
    "builtins.EOFError": ErrorKind("a whole file", "one that ends early", _WHOLE),
    "json.decoder.JSONDecodeError": ErrorKind(
        "JSON", "something else ({detail})", "Correct the file at the place named."
    ),
    "tomllib.TOMLDecodeError": ErrorKind(
        "TOML", "something else ({detail})", "Correct the file at the place named."
    ),
    "_csv.Error": ErrorKind(
        "a table in CSV", "something else ({detail})", "Save the table as CSV in UTF-8 again."
    ),
    "xml.etree.ElementTree.ParseError": ErrorKind("XML", "something else ({detail})", _WHOLE),
    "xml.parsers.expat.ExpatError": ErrorKind("XML", "something else ({detail})", _WHOLE),
    "lxml.etree.XMLSyntaxError": ErrorKind("XML", "something else ({detail})", _WHOLE),
    "zipfile.BadZipFile": ErrorKind("a whole ZIP or XLSX file", "damage ({detail})", _WHOLE),
    "zlib.error": ErrorKind("a whole compressed file", "damage ({detail})", _WHOLE),
    "gzip.BadGzipFile": ErrorKind("a whole compressed file", "damage ({detail})", _WHOLE),
    "_lzma.LZMAError": ErrorKind("a whole compressed file", "damage ({detail})", _WHOLE),
    "openpyxl.utils.exceptions.InvalidFileException": ErrorKind(
        "a workbook in XLSX", "something else ({detail})", "Save it as XLSX, or as CSV in UTF-8."
    ),
    "sqlite3.Error": ErrorKind(
        "a database that can be read and written",
        "that it cannot ({detail})",
        "Close other programs that use it; if it stays so, get the file again.",
    ),
    "sqlalchemy.exc.SQLAlchemyError": ErrorKind(
        "a database that can be read and written",
        "that it cannot ({detail})",
        "Close other programs that use it; if it stays so, start again in another folder.",
    ),
    "pyogrio.errors.*": ErrorKind(
        "a map file that GDAL can read and write", "that it cannot ({detail})", _WHOLE
    ),
    "pyproj.exceptions.ProjError": ErrorKind(
        "a coordinate system that PROJ knows",
        "another ({detail})",
        "State the system as an EPSG code, or export the layer as EPSG:4326.",
    ),
    "shapely.errors.ShapelyError": ErrorKind(
        "shapes that can be measured",
        "one that cannot ({detail})",
        "Repair the layer's shapes, and export it again.",
    ),
    "pyarrow.lib.ArrowException": ErrorKind("a whole Parquet file", "damage ({detail})", _WHOLE),
    "PIL.UnidentifiedImageError": ErrorKind(
        "a photo", "something else ({detail})", "Take the file out, or export it as JPEG again."
    ),
    "PIL.Image.DecompressionBombError": ErrorKind(
        "a photo of a size that can be opened",
        "one far larger ({detail})",
        "Scale the photo down, or leave it out.",
    ),
    "safetensors._safetensors_rust.SafetensorError": ErrorKind(
        "a whole file of numbers", "damage ({detail})", _WHOLE
    ),
    "onnxruntime.capi.onnxruntime_pybind11_state.*": ErrorKind(
        "a model that runs here",
        "that it does not ({detail})",
        "Get the bundle again, or train the model again.",
    ),
    "concurrent.futures.process.BrokenProcessPool": ErrorKind(
        "worker processes that finish",
        "that one died, as happens when memory runs out",
        "Close other programs, or give fewer files at once, and run this again.",
    ),
    "torch.OutOfMemoryError": ErrorKind(
        "enough memory on the device",
        "too little",
        Remedy(
            "Take fewer photos at once with {}, or train on the processor.",
            option("--set training.batch_size=8", "train", "tune", "experiment"),
        ),
    ),
}
"""Errors by the name of their class; ``module.*`` stands for all of a module."""

EXTRA_OF = {
    **dict.fromkeys(("openpyxl", "pyarrow"), "tables"),
    **dict.fromkeys(("shapely", "pyogrio", "pyproj"), "geo"),
    "reportlab": "pdf",
    "pi_heif": "heic",
    "cleanlab": "labels",
    **dict.fromkeys(("captum", "torchcam"), "explain"),
}
"""Extra that brings a package; whatever is not named comes with ``train``."""


def as_sentence(error: BaseException) -> ArboriskError | None:
    """An error that a person can act on as an `ArboriskError`; None for a fault of arborisk.

    Args:
        error: Whatever was raised.

    >>> print(as_sentence(PermissionError(13, "Permission denied", "trees.csv")).found)
    that it is refused
    >>> as_sentence(TypeError("an int is no str")) is None
    True
    """
    if isinstance(error, ArboriskError):
        return error
    if isinstance(error, ModuleNotFoundError):
        return _missing(error)
    kind = _kind_of(error)
    if kind is None:
        return None
    return ArboriskError(
        kind.expected, kind.found.format(detail=_detail(error)), _where(error), kind.remedy
    )


def _kind_of(error: BaseException) -> ErrorKind | None:
    """The entry of the nearest class that has one."""
    if isinstance(error, OSError) and error.errno in SYSTEM:
        return SYSTEM[error.errno]
    for one in type(error).__mro__:
        for name in (f"{one.__module__}.{one.__qualname__}", f"{one.__module__}.*"):
            if name in CLASSES:
                return CLASSES[name]
    if isinstance(error, OSError):
        return ErrorKind("a file that can be read and written", "that it cannot ({detail})", _WHOLE)
    return None


def _missing(error: ModuleNotFoundError) -> ArboriskError | None:
    package = (error.name or "arborisk").partition(".")[0]
    if package == "arborisk":
        return None
    return MissingDependencyError(package, EXTRA_OF.get(package, "train"), "this command")


def _detail(error: BaseException) -> str:
    """What the error says, on one line and not too long."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= LONGEST_DETAIL else f"{text[:LONGEST_DETAIL]} ..."


def _where(error: BaseException) -> str:
    """The files that the error names; those for which it was raised stand in its notes."""
    named = [getattr(error, "filename", None), getattr(error, "filename2", None)]
    files = [_text(name) for name in named if isinstance(name, str | bytes)]
    return " and ".join([*files, *getattr(error, "__notes__", ())]) or NOT_NAMED


def _text(name: str | bytes) -> str:
    return name if isinstance(name, str) else name.decode(errors="surrogateescape")
