"""Ra-ICL: flow of the middle frames, an averaged twin and mirrored activation maps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from bench import Array, Context, Facts, Training, Views
from bench.learning.network_method import NetworkMethod
from bench.plugins.fidelity import OURS, Fidelity, reconstructed, stated
from bench.views.flow.optical import flow_between
from bench.views.flow.strain import strain
from bench.views.frames import gray_frames

MIDDLE = 16

if TYPE_CHECKING:
    from torch import nn

    from bench.learning.training import Recipe


def stretched(plane: Array, signed: bool) -> Array:
    """A plane by its largest magnitude to uint8: 0 at 128 where signed, else at 0."""
    largest = max(float(np.abs(plane).max()), 1e-9)
    scaled = 127.5 * (1 + plane / largest) if signed else 255 * plane / largest
    rounded: Array = np.rint(scaled).astype(np.uint8)
    return rounded


@dataclass(frozen=True)
class RaICL(NetworkMethod):
    """ResNet-18 with queries; needs neither an apex nor pre-training.

    Attributes:
        size: side of the planes, px.
        consistency_weight: of the distance between the maps of a clip and its mirror image.
    """

    name = "raicl"

    learning_rate: float = 1e-3
    batch_size: int = 128
    size: int = 112
    consistency_weight: float = 1.0

    version = 2
    needs = frozenset({"gray_frames"})
    described_by = ("size",)
    presets = {"quick": {"epochs": 20, "size": 64, "batch_size": 16}}
    seconds_per_clip = 0.05
    measured_size = 112
    sources = {
        "epochs": "a summary of the paper",
        "learning_rate": "a summary of the paper",
        "batch_size": "a summary of the paper",
        "size": OURS,
        "consistency_weight": OURS,
    }
    facts = Facts(
        title="Ra-ICL",
        paper="Region-aware instance consistency learning for micro-expression recognition, CVPR",
        year=2026,
        url="https://cvpr.thecvf.com/virtual/2026/poster/36479",
        fidelity=Fidelity(
            network=reconstructed("our network after the abstract and a summary"),
            preprocessing=stated(
                "flow of the 16 middle frames against the onset, as the summary says"
            ),
            recipe=reconstructed(
                "settings of the summary; weight of the consistency is our reading"
            ),
        ),
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
        # Too short for 16 frames beside the onset: spread what there is.
        if last < MIDDLE:
            wanted = np.rint(np.linspace(min(1, last), last, MIDDLE)).astype(int)
        # Short clips repeat frames: each flow is computed once.
        flows = {i: flow_between(frames[0], frames[i]) for i in np.unique(wanted)}
        planes = {
            i: [stretched(f[0], True), stretched(f[1], True), stretched(strain(f), False)]
            for i, f in flows.items()
        }
        return np.stack([np.stack(planes[i]) for i in wanted])

    def recipe(self, train: Training, context: Context) -> Recipe:
        """Cross-entropy and consistency, Adam."""
        from .net import consistency_loss

        loss = partial(consistency_loss, weight=self.consistency_weight)
        return replace(super().recipe(train, context), loss=loss)

    def network(self, train: Training) -> nn.Module:
        """Both branches."""
        from .net import SiameseNet

        return SiameseNet(train.classes)
