"""DSSN: two truncated AlexNets, one on flow magnitude, one on strain, multiplied."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from bench.learning.layers import HalfDropout, unit

Join = Literal["multiply", "add", "concatenate"]


def trunk() -> nn.Sequential:
    """AlexNet up to its second pooling, then a border of zeros: 227 x 227 to 256 x 15 x 15."""
    return nn.Sequential(
        nn.Conv2d(3, 96, 11, 4),
        nn.ReLU(),
        nn.MaxPool2d(3, 2),
        nn.LocalResponseNorm(5, 5e-4, 0.75, 2.0),
        nn.Conv2d(96, 256, 5, padding=2, groups=2),
        nn.ReLU(),
        nn.MaxPool2d(3, 2),
        nn.LocalResponseNorm(5, 5e-4, 0.75, 2.0),
        nn.ZeroPad2d(1),
        nn.Flatten(),
    )


def features(size: int) -> int:
    """Values a trunk makes of a size x size plane."""
    pooled = ((size - 11) // 4 + 1 - 3) // 2 + 1
    return 256 * ((pooled - 3) // 2 + 3) ** 2


class DualStreamNet(nn.Module):
    """Magnitude and strain (n, 2, size, size) in 0 .. 255 to logits (n, classes)."""

    def __init__(self, classes: int, size: int, join: Join) -> None:
        super().__init__()
        self.join: Join = join
        self.magnitude, self.strain = trunk(), trunk()
        self.dropout = HalfDropout()
        self.head = nn.Linear(features(size) * (2 if join == "concatenate" else 1), classes)

    def forward(self, planes: Tensor) -> Tensor:
        """Logits."""
        x = unit(planes) - 0.5
        m = self.magnitude(x[:, :1].expand(-1, 3, -1, -1))
        s = self.strain(x[:, 1:].expand(-1, 3, -1, -1))
        if self.join == "multiply":
            joined = m * s
        elif self.join == "add":
            joined = m + s
        else:
            joined = torch.cat([m, s], 1)
        return self.head(self.dropout(joined))  # type: ignore[no-any-return]
