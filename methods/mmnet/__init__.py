"""MMNet: motion between onset and apex, and where on the face it is."""

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
class MMNet(Method):
    """Attention blocks on apex minus onset, a small transformer on the onset.

    Attributes:
        augment: mirror and shift training clips.
    """

    epochs: int = 74
    rate: float = 8e-4
    decay: float = 0.6
    batch: int = 34
    size: int = 224
    augment: bool = True

    name: ClassVar[str] = "mmnet"
    needs: ClassVar[frozenset[str]] = frozenset({"key_frames"})
    described_by: ClassVar[tuple[str, ...] | None] = ("size",)
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "paper": {},
        "quick": {"epochs": 16, "size": 48, "batch": 16, "rate": 2e-4, "augment": False},
    }
    facts: ClassVar[Facts] = Facts(
        title="MMNet",
        paper="Li, Sui, Zhu, Zhao: MMNet: muscle motion-guided network for micro-expression "
        "recognition, IJCAI",
        year=2022,
        url="https://github.com/muse1998/MMNet",
        fidelity="code",
        deviations=(
            "Frames are grey; the three channels of the public code hold the same image.",
            "Training clips are mirrored and shifted, not rotated, and their key frames are the "
            "annotated ones; the public code draws frames near them at random.",
            "Layers that the public code defines and never uses are left out: 9.2 million "
            "parameters in place of 10.0.",
            "The last epoch is kept; the public code keeps the best on the held-out subject.",
            "The quick preset is ours: 16 epochs at 2e-4, batches of 16, 48 x 48 frames, which are "
            "not augmented.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """Onset and apex, uint8 (2, size, size)."""
        return key_frames(clip, (self.size, self.size))

    def fit(self, train: Training, context: Context) -> Model:
        """Cross-entropy, AdamW whose rate falls by .987 an epoch for 50 epochs."""
        from functools import partial

        from torch.optim.lr_scheduler import LambdaLR

        from bench.learning import training
        from bench.learning.augment import flip_and_shift

        from . import net

        recipe = training.Recipe(
            self.epochs,
            self.batch,
            training.adamw(self.rate, self.decay),
            scheduler=lambda optimiser: LambdaLR(optimiser, lambda epoch: 0.987 ** min(epoch, 50)),
            augment=partial(flip_and_shift, reach=self.size // 15) if self.augment else None,
        )
        return training.train(
            lambda: net.MMNetwork(train.classes, self.size),
            train.clips,
            train.labels,
            context,
            recipe,
        )

    def seconds(self, clips: int, frames: int) -> float:
        """About .45 seconds a clip and epoch at 224 x 224."""
        return 0.45 * (self.size / 224) ** 2 * clips * self.epochs
