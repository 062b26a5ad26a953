"""GEME: dynamic images, a class-balanced focal loss, and a stream that tells the gender."""

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
from bench.views.dynamic import dynamic_image


@dataclass(frozen=True)
class GEME(Method):
    """Two ResNet-18 on the dynamic image of a clip, one for the expression, one for the gender.

    Attributes:
        gender: train the gender stream where genders are annotated.
        gender_weight: of its cross-entropy.
    """

    epochs: int = 60
    rate: float = 1e-4
    batch: int = 32
    size: int = 224
    beta: float = 0.999
    gender: bool = True
    gender_weight: float = 0.5

    name: ClassVar[str] = "geme"
    needs: ClassVar[frozenset[str]] = frozenset({"dynamic_image"})
    takes: ClassVar[frozenset[str]] = frozenset({"gender"})
    described_by: ClassVar[tuple[str, ...] | None] = ("size",)
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "paper": {},
        "quick": {"epochs": 15, "size": 64, "batch": 16},
    }
    variants: ClassVar[Mapping[str, Mapping[str, Any]]] = {"nogender": {"gender": False}}
    facts: ClassVar[Facts] = Facts(
        title="GEME",
        paper="Nie, Takalkar, Duan, Zhang, Xu: GEME: dual-stream multi-task gender-based "
        "micro-expression recognition, Neurocomputing",
        year=2021,
        url="",
        fidelity="reconstructed",
        deviations=(
            "Without annotated genders, a column `gender` in a dataset's table, the expression "
            "stream stands alone, as in `nogender`: an ablation, and boards say so.",
            "The streams are joined by adding the gender's maps after stages 2 to 4.",
            "From scratch, not from ImageNet weights; epochs, rate and batch are our reading.",
            "Not confirmed: the paper's DOI.",
            "The quick preset is ours: 15 epochs, batches of 16, 64 x 64 images.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """Dynamic image, uint8 (size, size)."""
        return dynamic_image(clip, (self.size, self.size))

    def fit(self, train: Training, context: Context) -> Model:
        """Class-balanced focal loss and, where known, the gender's; Adam, fixed epochs."""
        from functools import partial

        import torch

        from bench.learning import losses, training

        from . import net

        weights = losses.effective_number(train.labels, train.classes, self.beta)
        alpha = torch.tensor(weights, dtype=torch.float32, device=context.device)
        targets: Array | dict[str, Array] = train.labels
        loss: Any = partial(losses.focal_loss, alpha=alpha)
        build: Any = net.ExpressionStream
        if self.gender and any(train.genders):
            numbers = {None: net.UNKNOWN, "female": 0, "male": 1}
            genders = np.array([numbers[one] for one in train.genders], dtype=np.int64)
            targets = {"label": train.labels, "gender": genders}
            loss = partial(net.joint_loss, alpha=alpha, gender_weight=self.gender_weight)
            build = net.DualStream
        recipe = training.Recipe(self.epochs, self.batch, training.adam(self.rate), loss=loss)
        return training.train(lambda: build(train.classes), train.clips, targets, context, recipe)

    def seconds(self, clips: int, frames: int) -> float:
        """About .25 seconds a clip and epoch at 224 x 224, half of it without genders."""
        return 0.25 * (self.size / 224) ** 2 * clips * self.epochs
