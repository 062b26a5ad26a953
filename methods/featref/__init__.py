"""FeatRef: refinement of the features that matter to each class."""

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
class FeatRef(Method):
    """A dual-inception trunk and an attention branch for each class."""

    epochs: int = 500
    rate: float = 5e-4
    batch: int = 256
    proposal: float = 0.85

    name: ClassVar[str] = "featref"
    needs: ClassVar[frozenset[str]] = frozenset({"flow_image"})
    described_by: ClassVar[tuple[str, ...] | None] = ()
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "paper": {},
        "quick": {"epochs": 60},
    }
    facts: ClassVar[Facts] = Facts(
        title="FeatRef",
        paper="Zhou, Mao, Huang, Zhang, Zhang: Feature refinement: an expression-specific "
        "feature learning and fusion method for micro-expression recognition, Pattern "
        "Recognition",
        year=2022,
        url="https://arxiv.org/abs/2101.04838",
        fidelity="reconstructed",
        deviations=(
            "The gate weighs channels by their means; its form, the fusion and the batch size"
            " are our reading.",
            "The quick preset is ours: 60 epochs.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """Planes (u, v, strain), uint8 (3, 28, 28)."""
        return flow_image(clip)

    def fit(self, train: Training, context: Context) -> Model:
        """Cross-entropy plus the weighted proposal loss, Adam, fixed epochs."""
        from functools import partial

        from bench.learning import training

        from . import net

        recipe = training.Recipe(
            self.epochs,
            self.batch,
            training.adam(self.rate),
            loss=partial(net.proposal_loss, weight=self.proposal),
        )
        return training.train(
            lambda: net.FeatureRefinementNet(train.classes),
            train.clips,
            train.labels,
            context,
            recipe,
        )

    def seconds(self, clips: int, frames: int) -> float:
        """About 500 microseconds a clip and epoch."""
        return 5e-4 * clips * self.epochs
