"""RCN-A: a recurrent convolutional network with parameter-free attention."""

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
class RCN(FlowNetwork):
    """Convolution, shared recurrent convolution, class-activation attention.

    Attributes:
        width: channels.
        pool: side of the maps that attention is computed on.
    """

    name = "rcn"

    learning_rate: float = 5e-4
    batch_size: int = 64
    width: int = 64
    pool: int = 7

    version = 2
    presets = {
        "quick": {"epochs": 40, "learning_rate": 5e-3, "width": 32, "pool": 5},
        "minutes": {"epochs": 8, "learning_rate": 5e-3, "width": 32, "pool": 5},
    }
    variants = {"small": {"width": 32, "pool": 5}}
    seconds_per_clip = 1.2e-2
    sources = {
        "epochs": "ModelTrain_Final.py:16 at 0c516cb",
        "learning_rate": "ModelTrain_Final.py:18 at 0c516cb",
        "batch_size": "ModelTrain_Final.py:21 at 0c516cb",
        "width": "ModelTrain_Final.py:22 at 0c516cb",
        "pool": "ModelTrain_Final.py:23 at 0c516cb",
    }
    as_judged = frozenset({"small"})
    facts = Facts(
        title="RCN-A",
        paper="Xia, Peng, Khor, Feng, Zhao: Revealing the invisible with model and data "
        "shrinking for composite-database micro-expression recognition, IEEE TIP",
        year=2020,
        url="https://github.com/xiazhaoqiang/ParameterFreeRCNs-MicroExpressionRec",
        fidelity=Fidelity(
            network=exact("equal to tvaranka/meb at f731b0a, meb/models/RCNs.py, bit for bit"),
            preprocessing=reconstructed("flow by our TV-L1, stretched per clip, enlarged"),
            recipe=stated(
                "xiazhaoqiang/ParameterFreeRCNs-MicroExpressionRec at 0c516cb, ModelTrain_Final.py"
            ),
        ),
        deviations=(
            "A constant activation map counts as 0; the public code divides by 0.",
            "28 x 28 planes are enlarged to 60 x 60 bilinearly, so that ready-made flow "
            "serves as well.",
            "The public code makes a step schedule of the learning rate and never steps it; "
            "neither do we.",
            "The quick preset is ours: 40 epochs at a rate of 5e-3, width 32, pool 5; minutes has "
            "8 epochs.",
        ),
    )

    def recipe(self, train: Training, context: Context) -> Recipe:
        """Cross-entropy, SGD with momentum."""
        from bench.learning.training import Recipe, sgd

        return Recipe(self.epochs, self.batch_size, sgd(self.learning_rate))

    def network(self, train: Training) -> nn.Module:
        """Recurrent convolution and attention."""
        from .net import RCNA

        return RCNA(train.classes, self.width, self.pool)
