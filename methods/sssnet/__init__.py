"""SSSNet: a shallow single-stream network on flow and strain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import Context, Facts, Training
from bench.learning.flow_network import FlowNetwork
from bench.plugins.fidelity import Fidelity, exact, reconstructed, stated

if TYPE_CHECKING:
    from torch import nn

    from bench.learning.training import Recipe


@dataclass(frozen=True)
class SSSNet(FlowNetwork):
    """Two convolutions with channel dropout and a layer of 256.

    Attributes:
        weight_decay: of Adam.
    """

    name = "sssnet"

    epochs: int = 200
    batch_size: int = 64
    weight_decay: float = 1e-3

    version = 2
    presets = {
        "quick": {"epochs": 40, "learning_rate": 5e-4},
        "minutes": {"epochs": 25, "learning_rate": 5e-4},
    }
    seconds_per_clip = 2e-3
    sources = {
        "epochs": "experiments/evaluate.py:70 at f731b0a",
        "learning_rate": "experiments/evaluate.py:59 at f731b0a",
        "batch_size": "experiments/evaluate.py:68 at f731b0a",
        "weight_decay": "experiments/evaluate.py:61 at f731b0a",
    }
    facts = Facts(
        title="SSSNet",
        paper="Varanka, Peng, Zhao: Micro-expression recognition with noisy labels, "
        "Electronic Imaging",
        year=2021,
        url="https://github.com/tvaranka/meb",
        fidelity=Fidelity(
            network=exact(
                "equal to tvaranka/meb at f731b0a, meb/models/me_networks.py, bit for bit"
            ),
            preprocessing=reconstructed(
                "flow by our TV-L1, stretched per clip, enlarged; there in pixels"
            ),
            recipe=stated("tvaranka/meb at f731b0a, experiments/evaluate.py, its defaults"),
        ),
        deviations=(
            "28 x 28 planes are enlarged to 64 x 64 bilinearly, so that ready-made flow "
            "serves as well. They are scaled to 0 .. 1 per clip; the public code takes the flow "
            "in pixels.",
            "The quick preset is ours: 40 epochs at a rate of 5e-4; minutes has 25 epochs.",
        ),
    )

    def recipe(self, train: Training, context: Context) -> Recipe:
        """Cross-entropy, Adam with weight decay."""
        from bench.learning.training import Recipe, adam

        return Recipe(self.epochs, self.batch_size, adam(self.learning_rate, self.weight_decay))

    def network(self, train: Training) -> nn.Module:
        """Convolutions and the hidden layer."""
        from .net import SSSNetwork

        return SSSNetwork(train.classes)
