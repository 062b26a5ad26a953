"""SHCFNet-style: hierarchical multi-scale convolutions on flow and strain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import Facts, Training
from bench.learning.flow_network import FlowNetwork
from bench.plugins.fidelity import OURS, Fidelity, reconstructed

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class SHCFNet(FlowNetwork):
    """Three multi-scale blocks whose levels are fused for the decision."""

    name = "shcfnet"

    epochs: int = 500
    learning_rate: float = 1e-3
    batch_size: int = 128

    presets = {
        "quick": {"epochs": 60},
        "minutes": {"epochs": 40},
    }
    seconds_per_clip = 1e-3
    sources = {
        "epochs": OURS,
        "learning_rate": OURS,
        "batch_size": OURS,
    }
    facts = Facts(
        title="SHCFNet-style",
        paper="Huang, Zhao, et al.: SHCFNet on micro-expression recognition system, International "
        "Congress on Image and Signal Processing, BioMedical Engineering and Informatics",
        year=2020,
        url="",
        fidelity=Fidelity(
            network=reconstructed("our network in the style of the paper's abstract"),
            preprocessing=reconstructed("flow by our TV-L1, stretched per clip"),
            recipe=reconstructed("all settings are our reading"),
        ),
        deviations=(
            "In the style of SHCFNet only: widths, dilations, fusion and training are our "
            "reading of the idea.",
            "The quick preset is ours: 60 epochs; minutes has 40 epochs.",
            "Not confirmed: authors, venue and DOI.",
        ),
    )

    def network(self, train: Training) -> nn.Module:
        """Blocks and the fusion of their levels."""
        from .net import HierarchicalNet

        return HierarchicalNet(train.classes)
