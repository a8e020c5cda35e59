"""Writing a torch module as an ONNX file, quietly and whole. Needs torch."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

OPSET = 17  # the newest that the tracing exporter writes without conversion


def write_onnx(
    module: nn.Module, example: Tensor, path: Path, *, input_name: str, output_names: list[str]
) -> None:
    """Writes a module of one input; the first axis of every input and output is free.

    Torch's older, tracing exporter is used: 1 s where the newer takes 8 s, silent, and exact to
    1e-5 on these networks. Neither is trusted: the caller compares numbers before use.

    Args:
        module: Put into evaluation mode.
        example: Input with a first axis of at least 2.
        path: File to write; it appears whole or not at all.
        input_name: Name of the input.
        output_names: Names of the outputs.

    Source: wrong models from the newer exporter: pytorch/pytorch issues 166797 and 169178.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    free = {name: {0: "batch"} for name in (input_name, *output_names)}
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "You are using the legacy", DeprecationWarning)
            warnings.filterwarnings("ignore", "Constant folding", UserWarning)
            torch.onnx.export(
                module.eval(),
                (example,),
                str(temporary),
                dynamo=False,
                input_names=[input_name],
                output_names=output_names,
                dynamic_axes=free,
                opset_version=OPSET,
            )
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
