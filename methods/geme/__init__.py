"""GEME: dynamic images, a class-balanced focal loss, and a stream that recognises the gender."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from bench import Array, Context, Facts, Model, Training, Views
from bench.learning.network_method import NetworkMethod
from bench.plugins.fidelity import OURS, Fidelity, reconstructed, stated
from bench.plugins.state import State
from bench.views.dynamic import dynamic_image

if TYPE_CHECKING:
    from torch import nn

    from bench.learning.training import Recipe


@dataclass(frozen=True)
class GEME(NetworkMethod):
    """Two ResNet-18 on the dynamic image of a clip, one for the expression, one for the gender.

    Attributes:
        size: side of the dynamic image, px.
        beta: of the class-balanced weights; see `effective_number`.
        gender: train the gender stream where genders are annotated.
        gender_weight: of its cross-entropy.
    """

    name = "geme"

    epochs: int = 60
    size: int = 224
    beta: float = 0.999
    gender: bool = True
    gender_weight: float = 0.5

    needs = frozenset({"dynamic_image"})
    takes = frozenset({"gender"})
    described_by = ("size",)
    presets = {"quick": {"epochs": 15, "size": 64, "batch_size": 16}}
    variants = {"nogender": {"gender": False}}
    seconds_per_clip = 0.25  # with genders; half of it without
    measured_size = 224
    sources = {
        "epochs": OURS,
        "learning_rate": OURS,
        "batch_size": OURS,
        "size": OURS,
        "beta": "Cui et al. 2019 (the class-balanced loss), section not known",
        "gender": "the paper's title",
        "gender_weight": OURS,
    }
    facts = Facts(
        title="GEME",
        paper="Nie, Takalkar, Duan, Zhang, Xu: GEME: dual-stream multi-task gender-based "
        "micro-expression recognition, Neurocomputing",
        year=2021,
        url="",
        fidelity=Fidelity(
            network=reconstructed("our network after the abstract"),
            preprocessing=stated("dynamic images, as the paper names them"),
            recipe=reconstructed("from scratch; settings are our reading"),
        ),
        deviations=(
            "Without annotated genders, a column `gender` in a dataset's table, the expression "
            "stream is trained alone, as in `nogender`: an ablation, which boards point out.",
            "The streams are joined by adding the gender's maps after stages 2 to 4.",
            "From scratch, not from ImageNet weights; epochs, rate and batch are our reading.",
            "Not confirmed: the paper's DOI.",
            "The quick preset is ours: 15 epochs, batches of 16, 64 x 64 images.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """Dynamic image, uint8 (size, size)."""
        return dynamic_image(clip, (self.size, self.size))

    def has_genders(self, train: Training) -> bool:
        """Whether the gender stream has something to learn from."""
        return self.gender and any(train.genders)

    def network(self, train: Training) -> nn.Module:
        """Both streams, or the expression's alone."""
        from .net import DualStream, ExpressionStream

        return (DualStream if self.has_genders(train) else ExpressionStream)(train.classes)

    def restore(self, state: State, outline: Training) -> Model:
        """Both streams, or the expression's alone, whose weights have no such prefix."""
        from bench.learning.training import restored

        from .net import DualStream, ExpressionStream

        dual = any(name.startswith("gender") for name in state)
        return restored(lambda: (DualStream if dual else ExpressionStream)(outline.classes), state)

    def targets(self, train: Training) -> Array | dict[str, Array]:
        """Labels, and genders where they are known."""
        from .net import UNKNOWN

        if not self.has_genders(train):
            return train.labels
        numbers = {None: UNKNOWN, "female": 0, "male": 1}
        genders = np.array([numbers[one] for one in train.genders], dtype=np.int64)
        return {"label": train.labels, "gender": genders}

    def recipe(self, train: Training, context: Context) -> Recipe:
        """Class-balanced focal loss and, where known, the gender's; Adam."""
        import torch

        from bench.learning.losses import effective_number, focal_loss

        from .net import joint_loss

        weights = effective_number(train.labels, train.classes, self.beta)
        alpha = torch.tensor(weights, dtype=torch.float32, device=context.device)
        loss: Any = partial(focal_loss, alpha=alpha)
        if self.has_genders(train):
            loss = partial(joint_loss, alpha=alpha, gender_weight=self.gender_weight)
        return replace(super().recipe(train, context), loss=loss)
