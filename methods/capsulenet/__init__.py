"""CapsuleNet: a capsule network on the apex frame."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bench import Array, Context, Facts, Training, Views
from bench.learning.network_method import NetworkMethod
from bench.views.frames import key_frames

if TYPE_CHECKING:
    from torch import nn

    from bench.learning.training import Recipe


@dataclass(frozen=True)
class CapsuleNet(NetworkMethod):
    """ResNet-18 up to its third stage, primary capsules, one capsule a class.

    Attributes:
        size: side of the frames, px.
    """

    name = "capsulenet"

    epochs: int = 30
    size: int = 224

    needs = frozenset({"key_frames"})
    described_by = ("size",)
    presets = {"quick": {"epochs": 15, "size": 96}}
    seconds_per_clip = 0.15
    measured_size = 224
    facts = Facts(
        title="CapsuleNet",
        paper="Quang, Chun, Tokuyama: CapsuleNet for micro-expression recognition, FG",
        year=2019,
        url="",
        fidelity="code",
        deviations=(
            "The trunk starts from scratch, not from ImageNet weights.",
            "Frames are grey and not augmented; the batch size is our reading.",
            "The quick preset is ours: 15 epochs on 96 x 96 frames.",
            "Not confirmed: the DOI; title, authors and venue were.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """Apex, uint8 (size, size)."""
        apex: Array = key_frames(clip, (self.size, self.size))[1]
        return apex

    def recipe(self, train: Training, context: Context) -> Recipe:
        """Margin loss, Adam."""
        from bench.learning.losses import margin_loss

        return replace(super().recipe(train, context), loss=margin_loss)

    def network(self, train: Training) -> nn.Module:
        """Capsules of the apex."""
        from .net import CapsuleNetwork

        return CapsuleNetwork(train.classes, self.size)
