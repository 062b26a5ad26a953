"""Expression-state constrained CNN and LSTM (Kim, Baddar, Ro 2016)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from bench import Array, Context, Facts, Training, Views
from bench.learning.network_method import NetworkMethod
from bench.plugins.fidelity import OURS, Fidelity, reconstructed
from bench.views.frames import gray_frames

if TYPE_CHECKING:
    from torch import nn

    from bench.learning.training import Recipe


@dataclass(frozen=True)
class CNNLSTM(NetworkMethod):
    """Onset, apex, offset and the frames between: what they show and how they follow.

    Attributes:
        spread: weight of the features' distance to the mean of their class and state.
        leap: weight of the distance between features of successive states.
    """

    name = "cnnlstm"

    learning_rate: float = 1e-3
    spread: float = 0.1
    leap: float = 0.1

    needs = frozenset({"gray_frames"})
    described_by = ()
    presets = {"quick": {"epochs": 40, "batch_size": 16, "learning_rate": 3e-4}}
    seconds_per_clip = 0.008
    sources = {
        "epochs": OURS,
        "learning_rate": OURS,
        "batch_size": OURS,
        "spread": OURS,
        "leap": OURS,
    }
    facts = Facts(
        title="CNN+LSTM",
        paper="Kim, Baddar, Ro: Micro-expression recognition with expression-state constrained "
        "spatio-temporal feature representations, ACM Multimedia",
        year=2016,
        url="https://openreview.net/forum?id=BP0wuPuMts7",
        fidelity=Fidelity(
            network=reconstructed("our network after the abstract and summaries of the paper"),
            preprocessing=reconstructed("five states spread over the frames"),
            recipe=reconstructed("all settings are our reading"),
        ),
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
        # The half-way frames stand for the states between onset, apex and offset.
        states = np.array([0, clip.apex / 2, clip.apex, (clip.apex + last) / 2, last])
        chosen: Array = frames[np.rint(states).astype(int)]
        return chosen

    def recipe(self, train: Training, context: Context) -> Recipe:
        """Constrained loss, Adam."""
        from .net import constrained_loss

        loss = partial(constrained_loss, spread=self.spread, leap=self.leap)
        return replace(super().recipe(train, context), loss=loss)

    def network(self, train: Training) -> nn.Module:
        """CNN and LSTM."""
        from .net import StateNet

        return StateNet(train.classes)
