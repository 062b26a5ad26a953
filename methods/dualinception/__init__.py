"""Dual-Inception: inception streams on the two components of the flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import Facts, Training
from bench.learning.flow_network import FlowNetwork
from bench.plugins.fidelity import Fidelity, exact, reconstructed, stated

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class DualInception(FlowNetwork):
    """Two inception blocks each for u and v, joined by a layer of 1024."""

    name = "dualinception"

    epochs: int = 40
    batch_size: int = 3

    version = 2
    presets = {
        "quick": {"batch_size": 32, "learning_rate": 1e-3},
        "minutes": {"batch_size": 32, "learning_rate": 1e-3, "epochs": 9},
    }
    seconds_per_clip = 2e-3
    sources = {
        "epochs": "dual_inception.py:219 at 0637394",
        "learning_rate": "dual_inception.py:180 at 0637394",
        "batch_size": "dual_inception.py:219 at 0637394",
    }
    facts = Facts(
        title="Dual-Inception",
        paper="Zhou, Mao, Xue: Dual-inception network for cross-database micro-expression "
        "recognition, FG",
        year=2019,
        url="https://github.com/xly135846/MEGC2019",
        fidelity=Fidelity(
            network=exact(
                "differs by 1.8e-07 at most from xly135846/MEGC2019 at 0637394, run in Keras 3"
            ),
            preprocessing=reconstructed("flow by our TV-L1, stretched per clip"),
            recipe=stated(
                "xly135846/MEGC2019 at 0637394, dual_inception.py; fixed epochs "
                "in place of its selection on other subjects"
            ),
        ),
        deviations=(
            "The last epoch is kept. The public code trains on two databases, and keeps the epoch "
            "with the lowest loss on the other subjects of the held-out subject's own.",
            "Its class weights are not used: Keras 2.2.4 ignores the value `auto`.",
            "The quick preset is ours: batches of 32 at a rate of 1e-3; minutes has 9 epochs.",
        ),
    )

    def network(self, train: Training) -> nn.Module:
        """Streams for u and v."""
        from .net import DualInceptionNet

        return DualInceptionNet(train.classes)
