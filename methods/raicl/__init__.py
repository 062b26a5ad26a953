"""Ra-ICL: many instances of a clip's motion, in which two branches must see the same regions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from bench import Array, Context, Facts, Training, Views
from bench.learning.network_method import NetworkMethod
from bench.plugins.fidelity import OURS, Fidelity, reconstructed
from bench.views.flow.optical import flow_between
from bench.views.flow.strain import strain
from bench.views.frames import gray_frames

MIDDLE = 16
SUMMARY = (
    "a summary of the paper, its section on the training strategy: en.papernotes.org/CVPR2026/"
    "human_understanding/region-aware_instance_consistency_learning_for_micro-expression_recognition"
)

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
    """ResNet-18 with facial queries; needs neither an apex nor pre-training.

    Attributes:
        decay: of the learning rate, an epoch.
        weight_decay: of Adam.
        size: side of the planes, px.
        label_weight: of the cross-entropy.
        consistency_weight: of the distance between two instances' activation maps.
        discovery_weight: of what the queries should agree on in two instances.
    """

    name = "raicl"

    learning_rate: float = 1e-3
    batch_size: int = 128
    decay: float = 0.9
    weight_decay: float = 1e-4
    size: int = 112
    label_weight: float = 0.5
    consistency_weight: float = 0.5
    discovery_weight: float = 0.5

    version = 3
    needs = frozenset({"gray_frames"})
    described_by = ("size",)
    presets = {"quick": {"epochs": 20, "size": 64, "batch_size": 16}}
    seconds_per_clip = 0.05
    measured_size = 112
    sources = {
        **dict.fromkeys(("epochs", "learning_rate", "batch_size", "decay"), SUMMARY),
        **dict.fromkeys(("weight_decay", "label_weight", "consistency_weight"), SUMMARY),
        "discovery_weight": SUMMARY,
        "size": OURS,
    }
    facts = Facts(
        title="Ra-ICL",
        paper="Cai et al.: Region-aware instance consistency learning for micro-expression "
        "recognition, CVPR",
        year=2026,
        url="https://cvpr.thecvf.com/virtual/2026/poster/36479",
        fidelity=Fidelity(
            network=reconstructed(
                "our network after a summary of the paper on papernotes.org, which gives the "
                "modules and their losses; sizes of the decoder and projections are ours"
            ),
            preprocessing=reconstructed(
                "flow and strain of the 16 middle frames against the onset, as the summary says; "
                "size and scale of the planes are ours"
            ),
            recipe=reconstructed(
                "settings of the summary; one pair of instances a clip and epoch is ours"
            ),
        ),
        deviations=(
            "Neither the paper's text nor code was found: the name stands for our network after a "
            "public summary of the paper.",
            "Our reading: a decoder of one layer with 8 heads and no dropout, linear projections, "
            "shares of the queries by a softmax without temperature, one pair of different "
            "instances a clip and epoch, the ninth of 16 instances as the middle one.",
            "Regions' embeddings are pulled together; the summary's formula, taken literally, "
            "would push them apart.",
            "Planes are 112 x 112 and stretched per instance, u and v around 0; the summary does "
            "not say. The mirrored instance keeps the sign of u, as the summary flips it.",
            "Clips shorter than 17 frames repeat some.",
            "The quick preset is ours: 20 epochs, batches of 16, 64 x 64 planes.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """u, v, strain of the 16 middle frames against the onset: uint8 (16, 3, size, size)."""
        frames = gray_frames(clip, (self.size, self.size))
        last = len(frames) - 1
        wanted = np.arange(MIDDLE) + max(1, (last - MIDDLE + 1) // 2)
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
        """Three losses, Adam with weight decay, a rate that falls exponentially."""
        from torch.optim.lr_scheduler import ExponentialLR

        from bench.learning.training import Recipe, adam

        from .net import joint_loss

        return Recipe(
            self.epochs,
            self.batch_size,
            adam(self.learning_rate, self.weight_decay),
            scheduler=lambda optimiser: ExponentialLR(optimiser, self.decay),
            loss=partial(
                joint_loss,
                label=self.label_weight,
                consistency=self.consistency_weight,
                discovery=self.discovery_weight,
            ),
        )

    def network(self, train: Training) -> nn.Module:
        """Both branches."""
        from .net import SiameseNet

        return SiameseNet(train.classes)
