"""ME-PLAN: prototypical learning with local attention on short videos."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from bench import Array, Context, Facts, Method, Model, Training, Views
from bench.plugins.fidelity import OURS, Fidelity, reconstructed
from bench.plugins.state import State
from bench.views.frames import gray_frames


def key_frames(apex: int, frames: int, count: int) -> Array:
    """Positions of `count` frames, half of them before the apex and the rest from it on."""
    before = np.linspace(0, apex, count // 2, endpoint=False)
    after = np.linspace(apex, frames - 1, count - count // 2)
    positions: Array = np.rint(np.concatenate([before, after])).astype(int)
    return positions


@dataclass(frozen=True)
class PLAN(Method):
    """A 3-D ResNet-18 trained by 5-shot episodes; classes are prototypes.

    Attributes:
        epochs: passes of `episodes` episodes each.
        episodes: of an epoch.
        shots: clips of each class in an episode's support.
        learning_rate: of Adam.
        num_frames: of a clip, at least 2: half from the onset on, half from the apex to the offset.
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

    version = 2
    needs = frozenset({"gray_frames"})
    described_by = ("num_frames", "size")
    presets = {
        "quick": {"epochs": 20, "episodes": 2, "size": 56, "width": 16, "learning_rate": 1e-3},
    }
    sources = {
        "epochs": OURS,
        "episodes": OURS,
        "shots": "our choice; the abstract names prototypical episodes alone",
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
            network=reconstructed("our 3-D residual prototypical network after the abstract"),
            preprocessing=reconstructed("key frames about the apex, less the onset"),
            recipe=reconstructed(
                "without the paper's pre-training; rate and episodes are our reading"
            ),
        ),
        deviations=(
            "Key frames are as many before the apex as from it on, evenly spaced, which is our "
            "reading; the abstract says that they are taken by the apex.",
            "The paper spots the apex under a unimodal constraint; here it is given, in the middle "
            "or spotted as for other methods (`--apex`).",
            "No transfer from macro-expressions: from scratch.",
            "Attention is a softmax over places; frames enter as differences to the onset; "
            "rate and number of episodes are our reading.",
            "Held-out clips are compared with prototypes of the whole training fold.",
            "The quick preset is ours: 40 episodes, 56 x 56 frames, a quarter of the channels.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """Key frames from onset over apex to offset, uint8 (num_frames, size, size)."""
        frames = gray_frames(clip, (self.size, self.size))
        chosen: Array = frames[key_frames(clip.apex, len(frames), self.num_frames)]
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

    def restore(self, state: State, outline: Training) -> Model:
        """The network, whose buffers hold the prototypes."""
        from bench.learning.training import restored

        from . import net

        return restored(lambda: net.PrototypeNet(outline.classes, self.width), state)
