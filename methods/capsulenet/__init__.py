"""CapsuleNet: a capsule network on the apex frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bench.core.types import Array
from bench.plugins.context import Context
from bench.plugins.method import Facts, Method
from bench.plugins.model import Model, Training
from bench.views.clip import Views
from bench.views.frames import key_frames


@dataclass(frozen=True)
class CapsuleNet(Method):
    """ResNet-18 up to its third stage, primary capsules, one capsule a class."""

    epochs: int = 30
    rate: float = 1e-4
    batch: int = 32
    size: int = 224

    name: ClassVar[str] = "capsulenet"
    needs: ClassVar[frozenset[str]] = frozenset({"key_frames"})
    described_by: ClassVar[tuple[str, ...] | None] = ("size",)
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "paper": {},
        "quick": {"epochs": 15, "size": 96},
    }
    facts: ClassVar[Facts] = Facts(
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

    def fit(self, train: Training, context: Context) -> Model:
        """Margin loss, Adam, fixed epochs."""
        from bench.learning import losses, training

        from . import net

        recipe = training.Recipe(
            self.epochs, self.batch, training.adam(self.rate), loss=losses.margin_loss
        )
        return training.train(
            lambda: net.CapsuleNetwork(train.classes, self.size),
            train.clips,
            train.labels,
            context,
            recipe,
        )

    def seconds(self, clips: int, frames: int) -> float:
        """About .15 seconds a clip and epoch at 224 x 224."""
        return 0.15 * (self.size / 224) ** 2 * clips * self.epochs
