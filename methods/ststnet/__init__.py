"""STSTNet: a shallow triple stream three-dimensional CNN on optical flow and strain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import Facts, Training
from bench.learning.flow_network import FlowNetwork

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class STSTNet(FlowNetwork):
    """Three shallow convolutions side by side on (u, v, strain), 1,683 parameters."""

    name = "ststnet"

    epochs: int = 800
    learning_rate: float = 5e-5
    batch_size: int = 256

    presets = {"quick": {"epochs": 100, "learning_rate": 1e-3}}
    seconds_per_clip = 5e-5
    facts = Facts(
        title="STSTNet",
        paper="Liong, Gan, See, Khor, Huang: Shallow triple stream three-dimensional CNN "
        "(STSTNet) for micro-expression recognition, FG",
        year=2019,
        url="https://arxiv.org/abs/1902.03634",
        fidelity="code",
        deviations=(
            "800 epochs, as the public PyTorch code trains; the paper and its MATLAB code say 500.",
            "The quick preset is ours: 100 epochs at a rate of 1e-3.",
        ),
    )

    def network(self, train: Training) -> nn.Module:
        """Three streams; pixel values stay in 0 .. 255, as in the public code."""
        from .net import STSTNet

        return STSTNet(train.classes)
