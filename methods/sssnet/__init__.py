"""SSSNet: a shallow single-stream network on flow and strain."""

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
class SSSNet(Method):
    """Two convolutions with channel dropout and a layer of 256."""

    epochs: int = 200
    rate: float = 1e-4
    decay: float = 1e-3
    batch: int = 32

    name: ClassVar[str] = "sssnet"
    needs: ClassVar[frozenset[str]] = frozenset({"flow_image"})
    described_by: ClassVar[tuple[str, ...] | None] = ()
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "paper": {},
        "quick": {"epochs": 40, "rate": 5e-4},
    }
    facts: ClassVar[Facts] = Facts(
        title="SSSNet",
        paper="Varanka, Peng, Zhao: Micro-expression recognition with noisy labels, "
        "Electronic Imaging",
        year=2021,
        url="https://github.com/tvaranka/meb",
        fidelity="code",
        deviations=(
            "Batch size is our reading.",
            "28 x 28 planes are enlarged to 64 x 64 bilinearly, so that ready-made flow "
            "serves as well.",
            "The quick preset is ours: 40 epochs at a rate of 5e-4.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """Planes (u, v, strain), uint8 (3, 28, 28)."""
        return flow_image(clip)

    def fit(self, train: Training, context: Context) -> Model:
        """Cross-entropy, Adam with weight decay, fixed epochs."""
        from bench.learning import training

        from . import net

        recipe = training.Recipe(self.epochs, self.batch, training.adam(self.rate, self.decay))
        return training.train(
            lambda: net.SSSNetwork(train.classes), train.clips, train.labels, context, recipe
        )

    def seconds(self, clips: int, frames: int) -> float:
        """About 2 milliseconds a clip and epoch."""
        return 2e-3 * clips * self.epochs
