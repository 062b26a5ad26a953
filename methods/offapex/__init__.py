"""OFF-ApexNet: features from the optical flow between onset and apex."""

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
class OffApexNet(Method):
    """A convolutional stream each for u and v, joined by two layers of 1024."""

    epochs: int = 3000
    rate: float = 1e-4
    batch: int = 256

    name: ClassVar[str] = "offapex"
    needs: ClassVar[frozenset[str]] = frozenset({"flow_image"})
    described_by: ClassVar[tuple[str, ...] | None] = ()
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "paper": {},
        "quick": {"epochs": 80, "rate": 5e-4},
    }
    facts: ClassVar[Facts] = Facts(
        title="OFF-ApexNet",
        paper="Gan, Liong, Yau, Huang, Tan: OFF-ApexNet on micro-expression recognition system, "
        "Signal Processing: Image Communication",
        year=2019,
        url="https://arxiv.org/abs/1805.08699",
        fidelity="code",
        deviations=(
            "Learning rate, batch size and epochs are our reading.",
            "u and v come as 28 x 28 planes scaled to 0 .. 255 per clip, and are divided by 255.",
            "The quick preset is ours: 80 epochs at a rate of 5e-4.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """Planes (u, v, strain), uint8 (3, 28, 28)."""
        return flow_image(clip)

    def fit(self, train: Training, context: Context) -> Model:
        """Cross-entropy, Adam, fixed epochs."""
        from bench.learning import training

        from . import net

        recipe = training.Recipe(self.epochs, self.batch, training.adam(self.rate))
        return training.train(
            lambda: net.OffApexNet(train.classes), train.clips, train.labels, context, recipe
        )

    def seconds(self, clips: int, frames: int) -> float:
        """About 300 microseconds a clip and epoch."""
        return 3e-4 * clips * self.epochs
