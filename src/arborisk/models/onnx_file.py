"""A torch module as an ONNX file, quietly. Needs torch."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

OPSET = 17  # the newest that the tracing exporter writes without conversion


def onnx_bytes(
    module: nn.Module,
    example: Tensor,
    output_names: Sequence[str],
    *,
    free_axes: Mapping[str, Mapping[int, str]] | None = None,
) -> bytes:
    """The file of a module with one input, ``photos``; every first axis is free.

    Torch's older, tracing exporter is used: 1 s where the newer takes 8 s, silent, and as exact on
    these networks. Neither is trusted: the caller compares numbers before use.

    Args:
        module: Put into evaluation mode.
        example: Input with a first axis of at least 2.
        output_names: Names of the outputs.
        free_axes: By name of input or output, axes that are free besides, with a name each.

    Source: wrong models from the newer exporter: pytorch/pytorch issues 166797 and 169178.
    """
    names, free = ("photos", *output_names), free_axes or {}
    with warnings.catch_warnings(), torch.no_grad(), tempfile.TemporaryDirectory() as scratch:
        # It warns of its age and of folding constants; the comparison judges the result.
        warnings.simplefilter("ignore")
        file = Path(scratch) / "model.onnx"
        torch.onnx.export(
            module.eval(),
            (example,),
            file,
            dynamo=False,
            opset_version=OPSET,
            input_names=names[:1],
            output_names=names[1:],
            dynamic_axes={name: {0: "batch", **free.get(name, {})} for name in names},
        )
        return file.read_bytes()
