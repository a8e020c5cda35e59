"""Faults of arborisk itself: one sentence for the user, the whole story in a file."""

from __future__ import annotations

import platform
import sys
import tempfile
import traceback

import arborisk
from arborisk.errors import ArboriskError

_REPORT = "Report it with that file, which names the command, files and versions. Input files of "
_REPORT += "another kind may go through meanwhile."


def fault(error: BaseException) -> ArboriskError:
    """The sentence for an error that nobody but a developer can mend; writes the details.

    Args:
        error: What was raised. No `ArboriskError`, and nothing that `as_sentence` knows.
    """
    first = next(iter(str(error).split("\n")), "")
    return ArboriskError(
        "arborisk to finish this or to say what to mend",
        f"a fault of arborisk itself: {type(error).__name__} {first}".rstrip(),
        _written(error),
        _REPORT,
    )


def _written(error: BaseException) -> str:
    """Where the details are."""
    lines = [
        f"arborisk {arborisk.__version__}, Python {platform.python_version()}, {sys.platform}\n",
        f"command: {sys.argv!r}\n\n",
        *traceback.format_exception(error),
    ]
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="arborisk-fault-", suffix=".txt", delete=False, errors="backslashreplace"
        ) as file:
            file.writelines(lines)
    except OSError:
        sys.stderr.write("".join(lines))  # no place left: rather too much said than lost
        return "details above"
    return f"details in {file.name}"
