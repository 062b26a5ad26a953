"""The base of methods that train a network by `bench.learning.training`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from bench.plugins.context import Context
from bench.plugins.method import Method
from bench.plugins.model import Model, Training
from bench.plugins.state import State

if TYPE_CHECKING:
    from torch import nn

    from bench.core.types import Array
    from bench.learning.training import Recipe


@dataclass(frozen=True)
class NetworkMethod(Method):
    """A network trained for a fixed number of epochs: a plugin adds facts, `describe`, `network`.

    A square input's side is the field `size`, where a plugin has one.

    Attributes:
        epochs: passes over the training clips; the last epoch's weights are the result.
        learning_rate: of the optimiser.
        batch_size: clips a step.
    """

    epochs: int = 100
    learning_rate: float = 1e-4
    batch_size: int = 32

    seconds_per_clip: ClassVar[float | None] = None
    """Measured time of one clip and epoch on one thread."""
    measured_size: ClassVar[int | None] = None
    """Side of the input at which it was measured: the time grows with the number of pixels. None
    where it does not depend on the size."""

    def network(self, train: Training) -> nn.Module:
        """A fresh network; in evaluation mode it returns logits (n, classes)."""
        raise NotImplementedError

    def recipe(self, train: Training, context: Context) -> Recipe:
        """How the network is trained: cross-entropy and Adam, unless a plugin says otherwise."""
        # Imported here and in `fit`: listing methods must not import torch.
        from bench.learning.training import Recipe, adam

        return Recipe(self.epochs, self.batch_size, adam(self.learning_rate))

    def targets(self, train: Training) -> Array | dict[str, Array]:
        """What the loss compares with: the labels (n,), or arrays by name, "label" among them."""
        return train.labels

    def fit(self, train: Training, context: Context) -> Model:
        """Train by the recipe."""
        from bench.learning import training

        return training.train(
            lambda: self.network(train),
            train.clips,
            self.targets(train),
            context,
            self.recipe(train, context),
        )

    def restore(self, state: State, outline: Training) -> Model:
        """The network with its weights."""
        from bench.learning.training import restored

        # All weights are in the state: a file that training started from may be gone.
        method = replace(self, weights="") if hasattr(self, "weights") else self  # type: ignore[call-arg]
        return restored(lambda: method.network(outline), state)

    def seconds(self, clips: int, frames: int) -> float | None:
        """Single-thread time of a fold, from the time of one clip and epoch."""
        if self.seconds_per_clip is None:
            return None
        side = self.measured_size
        pixels = 1.0 if side is None else (getattr(self, "size", side) / side) ** 2
        return self.seconds_per_clip * pixels * clips * self.epochs
