"""Dual-Inception: inception streams on the two components of the flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import Facts, Training
from bench.learning.flow_network import FlowNetwork

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class DualInception(FlowNetwork):
    """Two inception blocks each for u and v, joined by a layer of 1024."""

    name = "dualinception"

    epochs: int = 500
    learning_rate: float = 1e-3
    batch_size: int = 256

    presets = {"quick": {"epochs": 60}}
    seconds_per_clip = 5e-4
    facts = Facts(
        title="Dual-Inception",
        paper="Zhou, Mao, Xue: Dual-inception network for cross-database micro-expression "
        "recognition, FG",
        year=2019,
        url="https://github.com/xly135846/MEGC2019",
        fidelity="code",
        deviations=(
            "Batch size and the ReLU of the hidden layer are our reading; a public re-"
            "implementation has none there.",
            "The quick preset is ours: 60 epochs.",
        ),
    )

    def network(self, train: Training) -> nn.Module:
        """Streams for u and v."""
        from .net import DualInceptionNet

        return DualInceptionNet(train.classes)
