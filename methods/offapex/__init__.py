"""OFF-ApexNet: features from the optical flow between onset and apex."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import Facts, Training
from bench.learning.flow_network import FlowNetwork
from bench.plugins.fidelity import OURS, Fidelity, reconstructed

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class OffApexNet(FlowNetwork):
    """A convolutional stream each for u and v, joined by two layers of 1024."""

    name = "offapex"

    epochs: int = 3000
    batch_size: int = 256

    presets = {"quick": {"epochs": 80, "learning_rate": 5e-4}}
    seconds_per_clip = 3e-4
    sources = {
        "epochs": OURS,
        "learning_rate": OURS,
        "batch_size": OURS,
    }
    facts = Facts(
        title="OFF-ApexNet",
        paper="Gan, Liong, Yau, Huang, Tan: OFF-ApexNet on micro-expression recognition system, "
        "Signal Processing: Image Communication",
        year=2019,
        url="https://arxiv.org/abs/1805.08699",
        fidelity=Fidelity(
            network=reconstructed(
                "layers after notes on arXiv 1805.08699, whose text was not found again; the "
                "rebuild in ECNU-Cross-Innovation-Lab/PRICAI2021-Off-TANet at b6149ba, "
                "models/off_apexnet.py, has the same ones without the convolutions' ReLU; no code "
                "of its authors is known"
            ),
            preprocessing=reconstructed("flow by our TV-L1, stretched per clip"),
            recipe=reconstructed("rate, batch and epochs are our reading"),
        ),
        deviations=(
            "No code of its authors is known; learning rate, batch size and epochs are our "
            "reading.",
            "u and v come as 28 x 28 planes scaled to 0 .. 255 per clip, and are divided by 255.",
            "The quick preset is ours: 80 epochs at a rate of 5e-4.",
        ),
    )

    def network(self, train: Training) -> nn.Module:
        """Streams for u and v."""
        from .net import OffApexNet

        return OffApexNet(train.classes)
