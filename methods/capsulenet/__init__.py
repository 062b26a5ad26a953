"""CapsuleNet: a capsule network on the apex frame."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from bench import Array, Context, Facts, Model, Training, Views
from bench.learning.network_method import NetworkMethod
from bench.plugins.fidelity import Fidelity, exact, reconstructed, stated
from bench.views.frames import apex_neighbours

if TYPE_CHECKING:
    from torch import nn

    from bench.learning.training import Recipe

NEIGHBOURS = 2
"""Frames on either side of the apex that stand in for more clips of a rare class."""
MARGIN = (234 / 224, 240 / 224)
"""Height and width of a resized frame in sides of the network's crop."""


@dataclass(frozen=True)
class CapsuleNet(NetworkMethod):
    """ResNet-18 up to its third stage, a wide convolution, primary capsules, one capsule a class.

    Attributes:
        size: side of the network's crop, px.
        decay: factor of the learning rate; the first epoch already has it.
    """

    name = "capsulenet"

    epochs: int = 30
    size: int = 224
    decay: float = 0.9

    version = 2
    needs = frozenset({"apex_neighbours"})
    described_by = ("size",)
    presets = {"quick": {"epochs": 15, "size": 96}}
    variants = {"official": {}}
    as_judged = frozenset({"official"})
    traced = frozenset({"official"})
    seconds_per_clip = 0.9
    measured_size = 224
    sources = {
        "epochs": "train_me_loso.py:28 at cd46da6",
        "learning_rate": "train_me_loso.py:25 at cd46da6",
        "batch_size": "train_me_loso.py:24 at cd46da6",
        "size": "train_me_loso.py:46 at cd46da6",
        "decay": "train_me_loso.py:26 at cd46da6",
    }
    facts = Facts(
        title="CapsuleNet",
        paper="Quang, Chun, Tokuyama: CapsuleNet for micro-expression recognition, FG",
        year=2019,
        url="https://github.com/davidnvq/me_recognition",
        fidelity=Fidelity(
            network=exact("differs by 1.2e-07 at most from davidnvq/me_recognition at cd46da6"),
            preprocessing=stated(
                "davidnvq/me_recognition at cd46da6, train_me_loso.py; grey "
                "frames, shrunk by area averaging"
            ),
            recipe=reconstructed(
                "settings of davidnvq/me_recognition at cd46da6, train_me_loso.py; loss compared; "
                "weights from scratch, there from ImageNet"
            ),
        ),
        deviations=(
            "The trunk starts from scratch, not from ImageNet weights.",
            "Frames are grey, so the saturation and hue of the authors' colour jitter do nothing; "
            "they are shrunk by area averaging.",
            "The public code also rotates held-out frames at random; here they are not rotated.",
            "The last epoch is kept; the public code keeps the best on the held-out subject, which "
            "`capsulenet:official` shows in the oracle column.",
            "The quick preset is ours: 15 epochs on 96 x 96 frames, with narrower kernels.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """Apex and two frames on either side of it, uint8 (5, height, width)."""
        height, width = (round(self.size * part) for part in MARGIN)
        frames: Array = apex_neighbours(clip, NEIGHBOURS, (height, width))
        return frames

    def recipe(self, train: Training, context: Context) -> Recipe:
        """Margin loss with wide margins, Adam with a falling rate, classes evened out by frames."""
        from torch.optim.lr_scheduler import ExponentialLR

        from bench.learning.losses import margin_loss
        from bench.learning.training import adam

        from .frames import augment, evened

        return replace(
            super().recipe(train, context),
            # The public code decays the rate before the first epoch, not after it.
            optimiser=adam(self.learning_rate * self.decay),
            scheduler=partial(ExponentialLR, gamma=self.decay),
            loss=partial(margin_loss, present=0.99, absent=0.01),
            augment=partial(augment, size=self.size),
            sampler=partial(evened, frames=2 * NEIGHBOURS + 1, batch_size=self.batch_size),
        )

    def fit(self, train: Training, context: Context) -> Model:
        """Train on the frames around every apex: the network sees single frames."""
        from bench.learning import training

        frames = [frame for clip in train.clips for frame in np.asarray(clip)]
        labels = np.repeat(train.labels, 2 * NEIGHBOURS + 1)
        return training.train(
            lambda: self.network(train), frames, labels, context, self.recipe(train, context)
        )

    def network(self, train: Training) -> nn.Module:
        """Capsules of the apex."""
        from .net import CapsuleNetwork

        return CapsuleNetwork(train.classes, self.size)
