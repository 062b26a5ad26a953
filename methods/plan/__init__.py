"""ME-PLAN: prototypical learning with local attention on short videos."""

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
from bench.views.frames import gray_frames


@dataclass(frozen=True)
class PLAN(Method):
    """A 3-D ResNet-18 trained by 5-shot episodes; classes are prototypes."""

    epochs: int = 50
    episodes: int = 20
    shots: int = 5
    rate: float = 1e-4
    length: int = 8
    size: int = 112
    width: int = 64

    name: ClassVar[str] = "plan"
    needs: ClassVar[frozenset[str]] = frozenset({"gray_frames"})
    described_by: ClassVar[tuple[str, ...] | None] = ("length", "size")
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "paper": {},
        "quick": {"epochs": 20, "episodes": 2, "size": 56, "width": 16, "rate": 1e-3},
    }
    facts: ClassVar[Facts] = Facts(
        title="ME-PLAN",
        paper="Zhao, Tang, Liu, Zhang, Wang, Xu, Chen, Guan: ME-PLAN: a deep prototypical "
        "learning with local attention network for dynamic micro-expression recognition, "
        "Neural Networks",
        year=2022,
        url="https://doi.org/10.1016/j.neunet.2022.06.024",
        fidelity="reconstructed",
        deviations=(
            "No pre-training on macro-expressions: from scratch.",
            "Attention is a softmax over places; frames enter as differences to the onset; "
            "rate and number of episodes are our reading.",
            "Held-out clips are compared with prototypes of the whole training fold.",
            "The quick preset is ours: 40 episodes, 56 x 56 frames, a quarter of the channels.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """Frames evenly spaced from onset to offset, uint8 (length, size, size)."""
        frames = gray_frames(clip, (self.size, self.size))
        chosen: Array = frames[np.rint(np.linspace(0, len(frames) - 1, self.length)).astype(int)]
        return chosen

    def fit(self, train: Training, context: Context) -> Model:
        """Prototypical episodes, Adam, fixed number."""
        from functools import partial

        from bench.learning import losses, training

        from . import net

        recipe = training.Recipe(
            self.epochs,
            2 * self.shots,
            training.adam(self.rate),
            loss=losses.prototypical_loss,
            sampler=partial(net.episodes, count=self.episodes, shots=self.shots),
            settle=net.settle,
            checkpoint_every=max(1, self.epochs // 5),
        )
        return training.train(
            lambda: net.PrototypeNet(train.classes, self.width),
            train.clips,
            train.labels,
            context,
            recipe,
        )
