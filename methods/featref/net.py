"""Feature refinement: what each class attends to, proposed and then fused."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from bench.learning.layers import InceptionStream, unit

FEATURES = 128
SIDE = 7


class Branch(nn.Module):
    """One class: a gate over channels, 128 features, and a proposal whether the class is there."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = nn.Linear(FEATURES, FEATURES)
        self.refine = nn.Linear(FEATURES * SIDE * SIDE, 128)
        self.propose = nn.Linear(128, 1)

    def forward(self, maps: Tensor) -> tuple[Tensor, Tensor]:
        """Maps (n, 128, 7, 7) to features (n, 128) and proposals (n, 1), before the sigmoid."""
        gate = torch.sigmoid(self.gate(maps.mean((2, 3))))
        features = torch.relu(self.refine((maps * gate[:, :, None, None]).flatten(1)))
        return features, self.propose(features)


class FeatureRefinementNet(nn.Module):
    """Planes (n, 3, 28, 28) u, v, strain in 0 .. 255 to logits; strain is unused."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.u, self.v = InceptionStream(), InceptionStream()
        self.branches = nn.ModuleList(Branch() for _ in range(num_classes))
        self.head = nn.Linear(128 * num_classes, num_classes)

    def forward(self, images: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """Logits; in training with the proposals (n, classes) as well."""
        x = unit(images)
        maps = torch.cat([self.u(x[:, :1]), self.v(x[:, 1:2])], 1)
        features, proposals = zip(*(branch(maps) for branch in self.branches), strict=True)
        logits: Tensor = self.head(torch.cat(features, 1))
        return (logits, torch.cat(proposals, 1)) if self.training else logits


def proposal_loss(outputs: tuple[Tensor, Tensor], labels: Tensor, weight: float) -> Tensor:
    """Cross-entropy of the logits plus the weighted binary cross-entropy of the proposals."""
    logits, proposals = outputs
    wanted = functional.one_hot(labels, logits.shape[1]).to(proposals.dtype)
    binary = functional.binary_cross_entropy_with_logits(proposals, wanted)
    return functional.cross_entropy(logits, labels) + weight * binary
