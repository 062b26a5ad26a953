"""Weights of the public code, a layer for each stream, as weights of our one layer."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from bench import Array, BenchError
from bench.learning.training import NetworkModel

from .net import STREAMS, STSTNet


def from_streams(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The authors' state dict as ours.

    Their images are OpenCV's, blue first: planes strain, v, u. Ours are u, v, strain, so the inputs
    of their convolutions are turned round.
    """

    def joined(layer: str, name: str) -> Tensor:
        return torch.cat([state[f"{layer}{stream}.{name}"] for stream in (1, 2, 3)])

    normalisation = ("weight", "bias", "running_mean", "running_var")
    return {
        "convolution.weight": joined("conv", "weight").flip(1),
        "convolution.bias": joined("conv", "bias"),
        **{f"normalisation.{name}": joined("bn", name) for name in normalisation},
        "normalisation.num_batches_tracked": state["bn1.num_batches_tracked"],
        **{f"head.{name}": state[f"fc.{name}"] for name in ("weight", "bias")},
    }


def model(weights: Mapping[str, Array], classes: int) -> NetworkModel:
    """The network with published weights.

    Raises:
        BenchError: a layer is missing or has another shape.
    """
    state = {name: torch.from_numpy(value) for name, value in weights.items()}
    for name, shape in _shapes(classes).items():
        if name not in state or tuple(state[name].shape) != shape:
            came = "not there" if name not in state else f"of shape {tuple(state[name].shape)}"
            raise BenchError(f"{name} is {came}, expected {shape}, as in the authors' main.py")
    net = STSTNet(classes)
    net.load_state_dict(from_streams(state))
    return NetworkModel(net, torch.device("cpu"))


def _shapes(classes: int) -> dict[str, tuple[int, ...]]:
    """Shapes by the authors' names."""
    shapes: dict[str, tuple[int, ...]] = {"fc.weight": (classes, 400), "fc.bias": (classes,)}
    for stream, channels in enumerate(STREAMS, 1):
        shapes[f"conv{stream}.weight"] = (channels, 3, 3, 3)
        shapes[f"conv{stream}.bias"] = (channels,)
        for name in ("weight", "bias", "running_mean", "running_var"):
            shapes[f"bn{stream}.{name}"] = (channels,)
        shapes[f"bn{stream}.num_batches_tracked"] = ()
    return shapes
