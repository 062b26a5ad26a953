"""Expression-state constrained CNN and LSTM (Kim, Baddar, Ro 2016)."""

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
class CNNLSTM(Method):
    """Onset, apex, offset and the frames between: what they show and how they follow."""

    epochs: int = 100
    rate: float = 1e-3
    batch: int = 32
    spread: float = 0.1
    leap: float = 0.1

    name: ClassVar[str] = "cnnlstm"
    needs: ClassVar[frozenset[str]] = frozenset({"gray_frames"})
    described_by: ClassVar[tuple[str, ...] | None] = ()
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "paper": {},
        "quick": {"epochs": 40, "batch": 16, "rate": 3e-4},
    }
    facts: ClassVar[Facts] = Facts(
        title="CNN+LSTM",
        paper="Kim, Baddar, Ro: Micro-expression recognition with expression-state constrained "
        "spatio-temporal feature representations, ACM Multimedia",
        year=2016,
        url="https://openreview.net/forum?id=BP0wuPuMts7",
        fidelity="reconstructed",
        deviations=(
            "CNN and LSTM are trained together, not one after the other.",
            "Layers, weights of the constraints, rate, batch and epochs are our reading.",
            "The quick preset is ours: 40 epochs at 3e-4 in batches of 16.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """Onset, half-way, apex, half-way, offset: uint8 (5, 64, 64)."""
        frames = gray_frames(clip, (64, 64))
        last = len(frames) - 1
        states = np.array([0, clip.apex / 2, clip.apex, (clip.apex + last) / 2, last])
        chosen: Array = frames[np.rint(states).astype(int)]
        return chosen

    def fit(self, train: Training, context: Context) -> Model:
        """Constrained loss, Adam, fixed epochs."""
        from functools import partial

        from bench.learning import training

        from . import net

        recipe = training.Recipe(
            self.epochs,
            self.batch,
            training.adam(self.rate),
            loss=partial(net.constrained_loss, spread=self.spread, leap=self.leap),
        )
        return training.train(
            lambda: net.StateNet(train.classes), train.clips, train.labels, context, recipe
        )

    def seconds(self, clips: int, frames: int) -> float:
        """About 8 milliseconds a clip and epoch."""
        return 0.008 * clips * self.epochs
