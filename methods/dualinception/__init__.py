"""Dual-Inception: inception streams on the two components of the flow."""

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
class DualInception(Method):
    """Two inception blocks each for u and v, joined by a layer of 1024."""

    epochs: int = 500
    rate: float = 1e-3
    batch: int = 256

    name: ClassVar[str] = "dualinception"
    needs: ClassVar[frozenset[str]] = frozenset({"flow_image"})
    described_by: ClassVar[tuple[str, ...] | None] = ()
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "paper": {},
        "quick": {"epochs": 60},
    }
    facts: ClassVar[Facts] = Facts(
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

    def describe(self, clip: Views) -> Array:
        """Planes (u, v, strain), uint8 (3, 28, 28)."""
        return flow_image(clip)

    def fit(self, train: Training, context: Context) -> Model:
        """Cross-entropy, Adam, fixed epochs."""
        from bench.learning import training

        from . import net

        recipe = training.Recipe(self.epochs, self.batch, training.adam(self.rate))
        return training.train(
            lambda: net.DualInceptionNet(train.classes), train.clips, train.labels, context, recipe
        )

    def seconds(self, clips: int, frames: int) -> float:
        """About 500 microseconds a clip and epoch."""
        return 5e-4 * clips * self.epochs
