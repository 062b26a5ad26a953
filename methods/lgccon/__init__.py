"""LGCcon: local and global information on the magnified apex frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

import numpy as np

from bench.core.types import Array
from bench.plugins.context import Context
from bench.plugins.method import Facts, Method
from bench.plugins.model import Model, Training
from bench.views.clip import Views
from bench.views.frames import key_frames


@dataclass(frozen=True)
class LGCcon(Method):
    """A trunk read as a whole and by regions, the strongest region deciding.

    Attributes:
        weights: file of a trained trunk, as torchvision and timm name its layers. Asked for as
            `lgccon:weights=PATH`; the preset `quick` has a ResNet-18 trunk.
        weights_sha256: of the file.
    """

    epochs: int = 60
    rate: float = 1e-3
    batch: int = 32
    size: int = 224
    factor: float = 8.0
    trunk: Literal["vgg16", "resnet18"] = "vgg16"
    hidden: int = 4096
    apart: float = 0.7
    centre: float = 2e-4
    weights: str = ""
    weights_sha256: str = ""

    name: ClassVar[str] = "lgccon"
    needs: ClassVar[frozenset[str]] = frozenset({"key_frames"})
    described_by: ClassVar[tuple[str, ...] | None] = ("size", "factor")
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "paper": {},
        "quick": {"epochs": 20, "size": 64, "batch": 16, "trunk": "resnet18", "hidden": 256},
    }
    variants: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "lite": {"trunk": "resnet18", "hidden": 512}
    }
    facts: ClassVar[Facts] = Facts(
        title="LGCcon",
        paper="Li, Huang, Zhao: Joint local and global information learning with single apex "
        "frame detection for micro-expression recognition, IEEE TIP",
        year=2021,
        url="https://doi.org/10.1109/TIP.2020.3035042",
        fidelity="code",
        deviations=(
            "The trunk starts from scratch, not from face-recognition weights, unless a file is "
            "given: `lgccon:weights=PATH`.",
            "The apex is magnified linearly against the onset, not by Eulerian filters, and "
            "regions are template boxes, not boxes at detected landmarks.",
            "Epochs, rate and batch are our reading.",
            "`lite` and the quick preset (20 epochs, 64 x 64) have a ResNet-18 trunk.",
        ),
    )

    @classmethod
    def from_variant(cls, word: str) -> Self:
        """`weights=PATH`: a file of weights for the trunk."""
        from bench.learning import pretrained

        return pretrained.configured(cls, word)

    def describe(self, clip: Views) -> Array:
        """Magnified apex, uint8 (size, size)."""
        onset, apex = key_frames(clip, (self.size, self.size)).astype(np.float32)
        magnified: Array = np.clip(np.rint(onset + self.factor * (apex - onset)), 0, 255)
        return magnified.astype(np.uint8)

    def fit(self, train: Training, context: Context) -> Model:
        """Joint loss, SGD with momentum, fixed epochs."""
        from functools import partial

        from bench.learning import training

        from . import net

        recipe = training.Recipe(
            self.epochs,
            self.batch,
            training.sgd(self.rate),
            loss=partial(net.joint_loss, local=self.apart, centre=self.centre),
        )
        return training.train(
            lambda: net.LocalGlobalNet(train.classes, self.trunk, self.hidden, self.weights),
            train.clips,
            train.labels,
            context,
            recipe,
        )

    def seconds(self, clips: int, frames: int) -> float:
        """About 1.3 seconds a clip and epoch at 224 x 224 with VGG-16, a tenth with ResNet-18."""
        each = 1.3 if self.trunk == "vgg16" else 0.13
        return each * (self.size / 224) ** 2 * clips * self.epochs
