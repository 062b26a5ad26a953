"""OFF-ApexNet: two convolutional streams on the two components of the flow."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from bench.learning.layers import HalfDropout, unit


def stream() -> nn.Sequential:
    """One component (n, 1, 28, 28) to features (n, 784)."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
    )


class OffApexNet(nn.Module):
    """Planes (n, 3, 28, 28) u, v, strain in 0 .. 255 to logits (n, classes); strain is unused."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.u, self.v = stream(), stream()
        self.head = nn.Sequential(
            nn.Linear(2 * 784, 1024),
            nn.ReLU(),
            HalfDropout(),
            nn.Linear(1024, 1024),
            nn.ReLU(),
            HalfDropout(),
            nn.Linear(1024, num_classes),
        )

    def forward(self, images: Tensor) -> Tensor:
        """Logits."""
        x = unit(images)
        return self.head(torch.cat([self.u(x[:, :1]), self.v(x[:, 1:2])], 1))  # type: ignore[no-any-return]
