"""Where a fit is computed, and in which numbers. Needs torch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from arborisk.errors import SettingsError
from arborisk.training.settings import Device, Precision


def pick_device(wanted: Device) -> torch.device:
    """The device asked for; ``auto`` is a CUDA GPU when there is one.

    Raises:
        SettingsError: A GPU was asked for and there is none.
    """
    has_gpu = torch.cuda.is_available()
    if wanted == "cuda" and not has_gpu:
        raise SettingsError(
            expected="a CUDA GPU that torch can use",
            found="none",
            where="settings, training.device",
            remedy="Leave the device at 'auto', or install torch for CUDA.",
        )
    return torch.device("cuda" if has_gpu and wanted != "cpu" else "cpu")


def halves(device: torch.device, precision: Precision) -> bool:
    """Whether to compute in bfloat16: if asked to, or on a GPU that is made for it.

    Never by itself on a processor: without instructions for it a step takes several times as long.
    Seen in the seconds of history.csv, with and without ``--set training.precision=bfloat16``, of:
    ``arborisk train DATASET --model efficientnet_lite0 --regime all --folds 0 --epochs 1``.
    """
    if precision != "auto":
        return precision == "bfloat16"
    return device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)


@contextmanager
def computing(device: torch.device, precision: Precision) -> Iterator[None]:
    """Autocast to bfloat16 where it helps, else whole float32; the same numbers every time."""
    with (
        torch.backends.cudnn.flags(enabled=True, deterministic=True, allow_tf32=False),
        torch.autocast(device.type, torch.bfloat16, enabled=halves(device, precision)),
    ):
        yield
