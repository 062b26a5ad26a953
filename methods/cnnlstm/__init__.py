"""Expression-state constrained CNN and LSTM (Kim, Baddar, Ro 2016)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, cast

import numpy as np

from bench import Array, Context, Facts, Model, Training, Views
from bench.learning.network_method import NetworkMethod
from bench.plugins.fidelity import OURS, Fidelity, reconstructed
from bench.plugins.state import State
from bench.views.frames import gray_frames

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class CNNLSTM(NetworkMethod):
    """Onset, apex, offset and the frames between: what they show, and then how they follow.

    `epochs` are those of the CNN, and as many again of the LSTM on its features.

    Attributes:
        spread: weight of the features' distance to the mean of their class and state.
        leap: weight of the distance between features of successive states.
    """

    name = "cnnlstm"

    learning_rate: float = 1e-3
    spread: float = 0.1
    leap: float = 0.1

    version = 2
    needs = frozenset({"gray_frames"})
    described_by = ()
    presets = {"quick": {"epochs": 40, "batch_size": 16, "learning_rate": 3e-4}}
    seconds_per_clip = 0.012
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
            network=reconstructed(
                "our CNN and LSTM after the abstracts of the paper and its journal version"
            ),
            preprocessing=reconstructed("five states, as the abstract names them; ours of 64 x 64"),
            recipe=reconstructed("CNN first, then LSTM, as the abstract says; settings are ours"),
        ),
        deviations=(
            "The journal version (IEEE TAC 2019) has five objective terms, which its abstract does "
            "not spell out; ours are four: class, state, compactness of both, continuity.",
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

    def network(self, train: Training) -> nn.Module:
        """The CNN, which is trained first."""
        from .net import SpatialNet

        return SpatialNet(train.classes)

    def fit(self, train: Training, context: Context) -> Model:
        """The CNN by the constrained loss, then the LSTM on what it has learned; Adam."""
        from bench.learning import training

        from . import net

        recipe = self.recipe(train, context)
        loss = partial(net.constrained_loss, spread=self.spread, leap=self.leap)
        # A context of its own: checkpoints and curve are those of the whole network.
        first = Context(
            context.seed, context.subjects, context.device, context.threads, context.deadline
        )
        spatial = training.train(
            lambda: self.network(train),
            *(train.clips, train.labels, first, replace(recipe, loss=loss)),
        ).net
        return training.train(
            lambda: net.StateNet(cast(net.SpatialNet, spatial), train.classes),
            *(train.clips, train.labels, context, recipe),
        )

    def restore(self, state: State, outline: Training) -> Model:
        """Both networks."""
        from bench.learning.training import restored

        from . import net

        classes = outline.classes
        return restored(lambda: net.StateNet(net.SpatialNet(classes), classes), state)
