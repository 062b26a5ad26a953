"""SHCFNet-style: hierarchical multi-scale convolutions on flow and strain."""

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
class SHCFNet(Method):
    """Three multi-scale blocks whose levels are fused for the decision."""

    epochs: int = 500
    rate: float = 1e-3
    batch: int = 128

    name: ClassVar[str] = "shcfnet"
    needs: ClassVar[frozenset[str]] = frozenset({"flow_image"})
    described_by: ClassVar[tuple[str, ...] | None] = ()
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "paper": {},
        "quick": {"epochs": 60},
    }
    facts: ClassVar[Facts] = Facts(
        title="SHCFNet-style",
        paper="Huang, Zhao, et al.: SHCFNet on micro-expression recognition system, CISP-BMEI",
        year=2020,
        url="",
        fidelity="reconstructed",
        deviations=(
            "In the style of SHCFNet only: widths, dilations, fusion and training are our "
            "reading of the idea.",
            "The quick preset is ours: 60 epochs.",
            "Not confirmed: authors, venue and DOI.",
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
            lambda: net.HierarchicalNet(train.classes), train.clips, train.labels, context, recipe
        )

    def seconds(self, clips: int, frames: int) -> float:
        """About 1 milliseconds a clip and epoch."""
        return 1e-3 * clips * self.epochs
