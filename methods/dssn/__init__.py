"""DSSN: a dual-stream shallow network on flow magnitude and strain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

import numpy as np

from bench.core.types import Array
from bench.plugins.context import Context
from bench.plugins.method import Facts, Method
from bench.plugins.model import Model, Training
from bench.views.clip import Views
from bench.views.flow.optical import optical_flow, optical_strain


@dataclass(frozen=True)
class DSSN(Method):
    """Two AlexNets cut after the second convolution, joined by a product.

    Attributes:
        weights: file of an AlexNet trained on ImageNet, Caffe's with grouped convolutions: its
            first two convolutions start both streams. Asked for as `dssn:weights=PATH`.
        weights_sha256: of the file.
    """

    epochs: int = 15
    rate: float = 1e-4
    batch: int = 32
    size: int = 227
    join: Literal["multiply", "add", "concatenate"] = "multiply"
    weights: str = ""
    weights_sha256: str = ""

    name: ClassVar[str] = "dssn"
    needs: ClassVar[frozenset[str]] = frozenset({"optical_flow", "optical_strain"})
    described_by: ClassVar[tuple[str, ...] | None] = ("size",)
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "paper": {},
        "quick": {"epochs": 12, "size": 115},
    }
    variants: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "add": {"join": "add"},
        "concatenate": {"join": "concatenate"},
    }
    facts: ClassVar[Facts] = Facts(
        title="DSSN",
        paper="Khor, See, Liong, Phan, Lin: Dual-stream shallow networks for facial "
        "micro-expression recognition, ICIP",
        year=2019,
        url="https://github.com/IcedDoggie/DSSN-MER",
        fidelity="code",
        deviations=(
            "The trunks start from scratch, not from ImageNet weights of AlexNet, unless a file is "
            "given: `dssn:weights=PATH`.",
            "Magnitude and strain are stretched to 0 .. 255 for each clip.",
            "The quick preset is ours: 12 epochs on 115 x 115 planes.",
        ),
    )

    @classmethod
    def from_variant(cls, word: str) -> Self:
        """`weights=PATH`: a file of weights for the convolutions."""
        from bench.learning import pretrained

        return pretrained.configured(cls, word)

    def describe(self, clip: Views) -> Array:
        """Flow magnitude and strain, each stretched to uint8: (2, size, size)."""
        size = (self.size, self.size)
        u, v = optical_flow(clip, size=size)
        planes = np.stack([np.hypot(u, v), optical_strain(clip, size=size)])
        low, high = planes.min((1, 2), keepdims=True), planes.max((1, 2), keepdims=True)
        unit = (planes - low) / np.maximum(high - low, 1e-9)
        stretched: Array = np.rint(255 * unit).astype(np.uint8)
        return stretched

    def fit(self, train: Training, context: Context) -> Model:
        """Cross-entropy, Adam, fixed epochs."""
        from bench.learning import training

        from . import net

        recipe = training.Recipe(self.epochs, self.batch, training.adam(self.rate))
        return training.train(
            lambda: net.build(train.classes, self.size, self.join, self.weights),
            train.clips,
            train.labels,
            context,
            recipe,
        )

    def seconds(self, clips: int, frames: int) -> float:
        """About 60 milliseconds a clip and epoch at 227 x 227."""
        return 0.06 * (self.size / 227) ** 2 * clips * self.epochs
