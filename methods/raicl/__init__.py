"""Ra-ICL: flow of the middle frames, an averaged twin and mirrored activation maps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from bench.core.types import Array
from bench.plugins.context import Context
from bench.plugins.method import Facts, Method
from bench.plugins.model import Model, Training
from bench.views.clip import Views
from bench.views.flow.optical import flow_between
from bench.views.flow.strain import strain
from bench.views.frames import gray_frames

MIDDLE = 16


def stretched(plane: Array, signed: bool) -> Array:
    """A plane by its largest magnitude to uint8: 0 at 128 where signed, else at 0."""
    largest = max(float(np.abs(plane).max()), 1e-9)
    scaled = 127.5 * (1 + plane / largest) if signed else 255 * plane / largest
    rounded: Array = np.rint(scaled).astype(np.uint8)
    return rounded


@dataclass(frozen=True)
class RaICL(Method):
    """ResNet-18 with queries; needs neither an apex nor pre-training."""

    epochs: int = 100
    rate: float = 1e-3
    batch: int = 128
    size: int = 112
    consistency: float = 1.0

    name: ClassVar[str] = "raicl"
    version: ClassVar[int] = 2
    needs: ClassVar[frozenset[str]] = frozenset({"gray_frames"})
    described_by: ClassVar[tuple[str, ...] | None] = ("size",)
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "paper": {},
        "quick": {"epochs": 20, "size": 64, "batch": 16},
    }
    facts: ClassVar[Facts] = Facts(
        title="Ra-ICL",
        paper="Region-aware instance consistency learning for micro-expression recognition, CVPR",
        year=2026,
        url="https://cvpr.thecvf.com/virtual/2026/poster/36479",
        fidelity="reconstructed",
        deviations=(
            "Known to us by its abstract and a summary: how queries attend, how maps are compared, "
            "and the averaging over frames are our reading.",
            "The quick preset is ours: 20 epochs, batches of 16, 64 x 64 planes.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """u, v, strain of the 16 middle frames against the onset: uint8 (16, 3, size, size)."""
        frames = gray_frames(clip, (self.size, self.size))
        last = len(frames) - 1
        wanted = np.arange(MIDDLE) + (last - MIDDLE + 1) // 2
        if last < MIDDLE:
            wanted = np.rint(np.linspace(min(1, last), last, MIDDLE)).astype(int)
        flows = {i: flow_between(frames[0], frames[i]) for i in np.unique(wanted)}
        planes = {
            i: [stretched(f[0], True), stretched(f[1], True), stretched(strain(f), False)]
            for i, f in flows.items()
        }
        return np.stack([np.stack(planes[i]) for i in wanted])

    def fit(self, train: Training, context: Context) -> Model:
        """Cross-entropy and consistency, Adam, fixed epochs."""
        from functools import partial

        from bench.learning import training

        from . import net

        recipe = training.Recipe(
            self.epochs,
            self.batch,
            training.adam(self.rate),
            loss=partial(net.consistency_loss, weight=self.consistency),
        )
        return training.train(
            lambda: net.SiameseNet(train.classes), train.clips, train.labels, context, recipe
        )

    def seconds(self, clips: int, frames: int) -> float:
        """About 50 milliseconds a clip and epoch at 112 x 112."""
        return 0.05 * (self.size / 112) ** 2 * clips * self.epochs
