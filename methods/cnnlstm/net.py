"""A CNN constrained by expression states, and an LSTM over what it has learned."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from bench.learning.layers import HalfDropout, unit

STATES, FEATURES = 5, 512


@dataclass
class States:
    """What the loss wants of n clips' frames: logits of class and of state, and features."""

    frame: Tensor
    state: Tensor
    features: Tensor


class SpatialNet(nn.Module):
    """Five states (n, 5, 64, 64), grey in 0 .. 255, each by itself; the mean of their logits."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.spatial = nn.Sequential(
            nn.Conv2d(1, 16, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            # 64 channels of 8 x 8: three poolings halve 64 px.
            nn.Linear(4096, FEATURES),
            nn.ReLU(),
        )
        self.dropout = HalfDropout()
        self.classify, self.tell = nn.Linear(FEATURES, num_classes), nn.Linear(FEATURES, STATES)

    def features(self, frames: Tensor) -> Tensor:
        """Features of each state (n, 5, 512)."""
        x = unit(frames)
        # Each frame's mean brightness is removed: flicker would reveal the state.
        x = x - x.mean((2, 3), keepdim=True)
        made: Tensor = self.spatial(x.flatten(0, 1)[:, None]).unflatten(0, x.shape[:2])
        return made

    def forward(self, frames: Tensor) -> Tensor | States:
        """Logits; in training all that the constraints are about."""
        features = self.dropout(self.features(frames))
        if not self.training:
            return self.classify(features).mean(1)  # type: ignore[no-any-return]
        return States(self.classify(features), self.tell(features), features)


class StateNet(nn.Module):
    """Five states (n, 5, 64, 64), grey in 0 .. 255, to logits (n, classes).

    Args:
        spatial: trained before; it is left as it is.
        num_classes: number of classes.
    """

    def __init__(self, spatial: SpatialNet, num_classes: int) -> None:
        super().__init__()
        self.spatial = spatial
        self.dropout = HalfDropout()
        self.temporal = nn.LSTM(FEATURES, 512, batch_first=True)
        self.head = nn.Linear(512, num_classes)

    def forward(self, frames: Tensor) -> Tensor:
        """Logits."""
        # Without gradients, no step of an optimiser reaches the spatial features.
        with torch.no_grad():
            features = self.spatial.features(frames)
        last = self.temporal(self.dropout(features))[0][:, -1]
        return self.head(last)  # type: ignore[no-any-return]


def constrained_loss(made: States, labels: Tensor, spread: float, leap: float) -> Tensor:
    """Class and state of every frame, compact classes, continuous states.

    Args:
        made: what the network returned.
        labels: (n,).
        spread: weight of the distance of features to the mean of their class and state.
        leap: weight of the distance between the features of states that follow each other.
    """
    n = len(labels)
    # A clip's frames lie together, so labels are repeated one by one and states as a whole.
    frame = functional.cross_entropy(made.frame.flatten(0, 1), labels.repeat_interleave(STATES))
    order = torch.arange(STATES, device=labels.device).repeat(n)
    state = functional.cross_entropy(made.state.flatten(0, 1), order)
    same = (labels[:, None] == labels).to(made.features.dtype)
    means = torch.einsum("ij,jsf->isf", same / same.sum(1, keepdim=True), made.features)
    compact = (made.features - means).square().mean()
    continuous = made.features.diff(dim=1).square().mean()
    return frame + state + spread * compact + leap * continuous
