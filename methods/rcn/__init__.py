"""RCN-A: a recurrent convolutional network with parameter-free attention."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bench.core.types import Array
from bench.plugins.context import Context
from bench.plugins.method import Facts, Method
from bench.plugins.model import Model, Training
from bench.views.clip import Views
from bench.views.flow.optical import flow_image


@dataclass(frozen=True)
class RCN(Method):
    """Convolution, shared recurrent convolution, class-activation attention."""

    epochs: int = 100
    rate: float = 5e-4
    batch: int = 64
    width: int = 64
    pool: int = 7

    name: ClassVar[str] = "rcn"
    needs: ClassVar[frozenset[str]] = frozenset({"flow_image"})
    described_by: ClassVar[tuple[str, ...] | None] = ()
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "paper": {},
        "quick": {"epochs": 40, "rate": 5e-3, "width": 32, "pool": 5},
    }
    variants: ClassVar[Mapping[str, Mapping[str, Any]]] = {"small": {"width": 32, "pool": 5}}
    facts: ClassVar[Facts] = Facts(
        title="RCN-A",
        paper="Xia, Peng, Khor, Feng, Zhao: Revealing the invisible with model and data "
        "shrinking for composite-database micro-expression recognition, IEEE TIP",
        year=2020,
        url="https://github.com/xiazhaoqiang/ParameterFreeRCNs-MicroExpressionRec",
        fidelity="code",
        deviations=(
            "An epsilon keeps the normalisation of a constant activation map finite.",
            "28 x 28 planes are enlarged to 60 x 60 bilinearly, so that ready-made flow "
            "serves as well.",
            "The public code makes a step schedule of the learning rate and never steps it; "
            "neither do we.",
            "The quick preset is ours: 40 epochs at a rate of 5e-3, width 32, pool 5.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """Planes (u, v, strain), uint8 (3, 28, 28)."""
        return flow_image(clip)

    def fit(self, train: Training, context: Context) -> Model:
        """Cross-entropy, SGD with momentum, fixed epochs."""
        from bench.learning import training

        from . import net

        recipe = training.Recipe(self.epochs, self.batch, training.sgd(self.rate))
        return training.train(
            lambda: net.RCNA(train.classes, self.width, self.pool),
            train.clips,
            train.labels,
            context,
            recipe,
        )

    def seconds(self, clips: int, frames: int) -> float:
        """About 12 milliseconds a clip and epoch."""
        return 1.2e-2 * clips * self.epochs
