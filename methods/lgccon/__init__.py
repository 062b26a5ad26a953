"""LGCcon: local and global information on the magnified apex frame."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal, Self

import numpy as np

from bench import Array, Context, Facts, Training, Views
from bench.learning.network_method import NetworkMethod
from bench.plugins.fidelity import OURS, Fidelity, reconstructed, stated
from bench.views.frames import key_frames

MODEL = "models/VGG16_RstarCNN_stanford40"
"""Folder of the public code."""

if TYPE_CHECKING:
    from torch import nn

    from bench.learning.training import Recipe


@dataclass(frozen=True)
class LGCcon(NetworkMethod):
    """A trunk read as a whole and by regions, the strongest region deciding.

    Attributes:
        size: side of the frames, px.
        factor: of the linear magnification of the apex.
        trunk: of the features.
        hidden: width of the layers before the decision.
        dropout: after each of them.
        local_weight: of the regions' own cross-entropy.
        centre_weight: of the distance to the class centres.
        weight_decay: of SGD.
        weights: file of a trained trunk, as torchvision and timm name its layers. Asked for as
            `lgccon:weights=PATH`, which also sets the authors' rate of 1e-5.
        weights_sha256: of the file.
    """

    name = "lgccon"

    epochs: int = 44
    learning_rate: float = 1e-3
    batch_size: int = 2
    size: int = 600
    factor: float = 8.0
    trunk: Literal["vgg16", "resnet18"] = "vgg16"
    hidden: int = 4096
    dropout: float = 0.8
    local_weight: float = 0.7
    centre_weight: float = 2e-4
    weight_decay: float = 1e-3
    weights: str = ""
    weights_sha256: str = ""

    version = 2
    needs = frozenset({"key_frames"})
    described_by = ("size", "factor")
    presets = {
        "quick": {
            "epochs": 40,
            "size": 64,
            "batch_size": 16,
            "learning_rate": 1e-4,
            "trunk": "resnet18",
            "hidden": 256,
            "dropout": 0.5,
        },
    }
    variants = {"lite": {"trunk": "resnet18", "hidden": 512}}
    sources = {
        "epochs": f"{MODEL}/solver.prototxt:35 at a34d137: 3,000 steps of 2 on SAMM",
        "learning_rate": "our choice from scratch",
        "batch_size": "lib/fast_rcnn/config.py:49 at a34d137",
        "size": "lib/fast_rcnn/config.py:43 at a34d137",
        "factor": OURS,
        "trunk": f"{MODEL}/train.prototxt:36 at a34d137",
        "hidden": f"{MODEL}/train.prototxt:432 at a34d137",
        "dropout": f"{MODEL}/train.prototxt:447 at a34d137",
        "local_weight": f"{MODEL}/train.prototxt:731 at a34d137",
        "centre_weight": f"{MODEL}/train.prototxt:765 at a34d137",
        "weight_decay": f"{MODEL}/solver.prototxt:15 at a34d137",
        "weights": OURS,
        "weights_sha256": OURS,
    }
    facts = Facts(
        title="LGCcon",
        paper="Li, Huang, Zhao: Joint local and global information learning with single apex "
        "frame detection for micro-expression recognition, IEEE TIP",
        year=2021,
        url="https://github.com/liyantett/Joint-Local-and-Global-Information-Learning-with-Single-"
        "Apex-Frame-Detection-for-Micro-expression-Re",
        fidelity=Fidelity(
            network=stated(
                "liyantett/Joint-Local-and-Global-Information-Learning-with-Single-Apex-Frame-"
                "Detection-for-Micro-expression-Re at a34d137, train.prototxt; Caffe was not run"
            ),
            preprocessing=reconstructed("linear magnification; ten fixed regions"),
            recipe=reconstructed(
                "its solver.prototxt at a34d137, where weights are given; rate and epochs from "
                "scratch are our reading"
            ),
        ),
        deviations=(
            "The trunk starts from scratch, not from face-recognition weights, unless a file is "
            "given: `lgccon:weights=PATH`. Only then are its first two blocks frozen and the rate "
            "the authors' 1e-5; from scratch it is 1e-3, our reading.",
            "The apex is magnified linearly against the onset, not by Eulerian filters, and the "
            "ten regions are fixed boxes, not boxes drawn at random among those at landmarks.",
            "Epochs: 3,000 steps of two images, as the public solver names its snapshots for SAMM; "
            "the script's own default is 4,501 steps.",
            "The weights of the class centres decay like all others; in the public prototxt 20 "
            "times as fast.",
            "`lite` and the quick preset (40 epochs, 64 x 64) have a ResNet-18 trunk.",
        ),
    )

    @classmethod
    def from_variant(cls, word: str) -> Self:
        """`weights=PATH`: a file of weights for the trunk, refined at the authors' rate."""
        from bench.learning import pretrained

        return replace(pretrained.configured(cls, word), learning_rate=1e-5)

    def describe(self, clip: Views) -> Array:
        """Magnified apex, uint8 (size, size)."""
        onset, apex = key_frames(clip, (self.size, self.size)).astype(np.float32)
        magnified: Array = np.clip(np.rint(onset + self.factor * (apex - onset)), 0, 255)
        return magnified.astype(np.uint8)

    def recipe(self, train: Training, context: Context) -> Recipe:
        """Joint loss, SGD with momentum, half of the clips mirrored."""
        from bench.learning.training import Recipe, sgd

        from .net import joint_loss, mirror, parameter_groups

        return Recipe(
            self.epochs,
            self.batch_size,
            sgd(self.learning_rate),
            groups=partial(
                parameter_groups, rate=self.learning_rate, weight_decay=self.weight_decay
            ),
            loss=partial(joint_loss, local=self.local_weight, centre=self.centre_weight),
            augment=mirror,
        )

    def network(self, train: Training) -> nn.Module:
        """Trunk, regions and their decision, from a file of weights where one is given."""
        from .net import LocalGlobalNet

        return LocalGlobalNet(train.classes, self.trunk, self.hidden, self.dropout, self.weights)

    def seconds(self, clips: int, frames: int) -> float:
        """About 1.3 seconds a clip and epoch at 224 x 224 with VGG-16, a tenth with ResNet-18."""
        each = 1.3 if self.trunk == "vgg16" else 0.13
        return each * (self.size / 224) ** 2 * clips * self.epochs
