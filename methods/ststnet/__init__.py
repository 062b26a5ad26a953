"""STSTNet: a shallow triple stream three-dimensional CNN on optical flow and strain."""

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
class STSTNet(Method):
    """Three shallow convolutions side by side on (u, v, strain), 1,683 parameters."""

    epochs: int = 800
    rate: float = 5e-5
    batch: int = 256

    name: ClassVar[str] = "ststnet"
    needs: ClassVar[frozenset[str]] = frozenset({"flow_image"})
    described_by: ClassVar[tuple[str, ...] | None] = ()
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "paper": {},
        "quick": {"epochs": 100, "rate": 1e-3},
    }
    facts: ClassVar[Facts] = Facts(
        title="STSTNet",
        paper="Liong, Gan, See, Khor, Huang: Shallow triple stream three-dimensional CNN "
        "(STSTNet) for micro-expression recognition, FG",
        year=2019,
        url="https://arxiv.org/abs/1902.03634",
        fidelity="code",
        deviations=(
            "The last epoch is kept; the public code keeps the best on the held-out subject.",
            "The quick preset is ours: 100 epochs at a rate of 1e-3.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """Planes (u, v, strain), uint8 (3, 28, 28)."""
        return flow_image(clip)

    def fit(self, train: Training, context: Context) -> Model:
        """Cross-entropy, Adam, fixed epochs; pixel values stay in 0 .. 255."""
        from bench.learning import training

        from . import net

        recipe = training.Recipe(self.epochs, self.batch, training.adam(self.rate))
        return training.train(
            lambda: net.STSTNet(train.classes), train.clips, train.labels, context, recipe
        )

    def seconds(self, clips: int, frames: int) -> float:
        """About 50 microseconds a clip and epoch."""
        return 5e-5 * clips * self.epochs
