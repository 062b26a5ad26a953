"""ME-PLAN: prototypical learning with local attention on short videos."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from bench import Array, Context, Facts, Method, Model, Training, Views
from bench.plugins.fidelity import OURS, Fidelity, reconstructed
from bench.views.frames import gray_frames


@dataclass(frozen=True)
class PLAN(Method):
    """A 3-D ResNet-18 trained by 5-shot episodes; classes are prototypes.

    Attributes:
        epochs: passes of `episodes` episodes each.
        episodes: of an epoch.
        shots: clips of each class in an episode's support.
        learning_rate: of Adam.
        num_frames: of a clip, evenly spaced.
        size: side of the frames, px.
        width: channels of the first stage.
    """

    name = "plan"

    epochs: int = 50
    episodes: int = 20
    shots: int = 5
    learning_rate: float = 1e-4
    num_frames: int = 8
    size: int = 112
    width: int = 64

    needs = frozenset({"gray_frames"})
    described_by = ("num_frames", "size")
    presets = {
        "quick": {"epochs": 20, "episodes": 2, "size": 56, "width": 16, "learning_rate": 1e-3},
    }
    sources = {
        "epochs": OURS,
        "episodes": OURS,
        "shots": "the paper's abstract: prototypical episodes; five shots are our reading",
        "learning_rate": OURS,
        "num_frames": OURS,
        "size": OURS,
        "width": OURS,
    }
    facts = Facts(
        title="ME-PLAN",
        paper="Zhao, Tang, Liu, Zhang, Wang, Xu, Chen, Guan: ME-PLAN: a deep prototypical "
        "learning with local attention network for dynamic micro-expression recognition, "
        "Neural Networks",
        year=2022,
        url="https://doi.org/10.1016/j.neunet.2022.06.024",
        fidelity=Fidelity(
            network=reconstructed("our network after the abstract and a summary"),
            preprocessing=reconstructed("differences to the onset"),
            recipe=reconstructed(
                "without the paper's pre-training; rate and episodes are our reading"
            ),
        ),
        deviations=(
            "No pre-training on macro-expressions: from scratch.",
            "Attention is a softmax over places; frames enter as differences to the onset; "
            "rate and number of episodes are our reading.",
            "Held-out clips are compared with prototypes of the whole training fold.",
            "The quick preset is ours: 40 episodes, 56 x 56 frames, a quarter of the channels.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """Frames evenly spaced from onset to offset, uint8 (num_frames, size, size)."""
        frames = gray_frames(clip, (self.size, self.size))
        chosen: Array = frames[
            np.rint(np.linspace(0, len(frames) - 1, self.num_frames)).astype(int)
        ]
        return chosen

    def fit(self, train: Training, context: Context) -> Model:
        """Prototypical episodes, Adam, fixed number."""
        from bench.learning import losses, training

        from . import net

        recipe = training.Recipe(
            self.epochs,
            # Not used for batches, which the sampler makes.
            2 * self.shots,
            training.adam(self.learning_rate),
            loss=losses.prototypical_loss,
            sampler=partial(net.episodes, count=self.episodes, shots=self.shots),
            settle=net.settle,
            # Each checkpoint describes the whole training fold for its prototypes.
            checkpoint_every=max(1, self.epochs // 5),
        )
        return training.train(
            lambda: net.PrototypeNet(train.classes, self.width),
            train.clips,
            train.labels,
            context,
            recipe,
        )
