"""The deck's forward and backward pass in NumPy, equation by equation.

Only NumPy is needed; torch is asked only where numbers are compared with it.
"""

from arborisk.backprop.activations import SIGMAS, SOFTMAX, Floats, Sigma, sigma_named, softmax
from arborisk.backprop.adam import AdamState, adam_start, adam_step
from arborisk.backprop.blocks import Activation, Back, Block, Dense, Dropout, Flatten, draw_mask
from arborisk.backprop.convolution import Convolution
from arborisk.backprop.costs import COSTS, Cost, cost_named, softmax_backward, softmax_jacobian
from arborisk.backprop.equations import EQUATIONS, Equation
from arborisk.backprop.gradient_check import (
    CheckRow,
    central_differences,
    check_network,
    relative_difference,
)
from arborisk.backprop.network import Layer, Network, draw_network
from arborisk.backprop.passes import (
    Forward,
    LayerGradients,
    backward,
    expanded_chain,
    forward,
    multiply_out,
    updated,
)
from arborisk.backprop.pooling import MaxPooling
from arborisk.backprop.scalar import ScalarGradients, scalar_gradients
from arborisk.backprop.stack import (
    StackPass,
    descend,
    gradients,
    parameters,
    run_stack,
    with_parameters,
)
from arborisk.backprop.torch_check import (
    blocks_from_torch,
    check_classifier_with_torch,
    check_network_with_torch,
)
from arborisk.backprop.tracing import Entry, Trace, trace
from arborisk.backprop.training import EpochCost, Fit, Samples, fit, predicted, two_moons

__all__ = [
    "COSTS",
    "EQUATIONS",
    "SIGMAS",
    "SOFTMAX",
    "Activation",
    "AdamState",
    "Back",
    "Block",
    "CheckRow",
    "Convolution",
    "Cost",
    "Dense",
    "Dropout",
    "Entry",
    "EpochCost",
    "Equation",
    "Fit",
    "Flatten",
    "Floats",
    "Forward",
    "Layer",
    "LayerGradients",
    "MaxPooling",
    "Network",
    "Samples",
    "ScalarGradients",
    "Sigma",
    "StackPass",
    "Trace",
    "adam_start",
    "adam_step",
    "backward",
    "blocks_from_torch",
    "central_differences",
    "check_classifier_with_torch",
    "check_network",
    "check_network_with_torch",
    "cost_named",
    "descend",
    "draw_mask",
    "draw_network",
    "expanded_chain",
    "fit",
    "forward",
    "gradients",
    "multiply_out",
    "parameters",
    "predicted",
    "relative_difference",
    "run_stack",
    "scalar_gradients",
    "sigma_named",
    "softmax",
    "softmax_backward",
    "softmax_jacobian",
    "trace",
    "two_moons",
    "updated",
    "with_parameters",
]
