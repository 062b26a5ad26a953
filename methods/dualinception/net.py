"""Dual-Inception: a stack of two inception blocks for each component of the flow."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from bench.learning.layers import InceptionStream, unit

CHANNELS = 3


class DualInceptionNet(nn.Module):
    """Planes (n, 3, 28, 28) u, v, strain in 0 .. 255 to logits (n, classes); strain is unused."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.u, self.v = InceptionStream(CHANNELS), InceptionStream(CHANNELS)
        # Two streams of 64 channels on 7 x 7.
        self.hidden = nn.Linear(6272, 1024)
        self.head = nn.Linear(1024, num_classes)

    def forward(self, images: Tensor) -> Tensor:
        """Logits."""
        # Each component as an image of three equal channels, as the public code reads it.
        u, v = (
            plane[:, None].expand(-1, CHANNELS, -1, -1) for plane in unit(images)[:, :2].unbind(1)
        )
        maps = torch.cat([self.u(u), self.v(v)], 1)
        return self.head(torch.relu(self.hidden(maps.flatten(1))))  # type: ignore[no-any-return]
