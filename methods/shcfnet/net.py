"""A network in the style of SHCFNet: stacked multi-scale convolutions whose levels are fused."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from bench.learning.layers import HalfDropout, unit


class MultiScale(nn.Module):
    """3x3 convolutions at three dilations side by side, normalised, fused by a 1x1 one."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.scales = nn.ModuleList(
            nn.Conv2d(inputs, width, 3, padding=rate, dilation=rate, bias=False)
            for rate in (1, 2, 3)
        )
        self.normalise = nn.BatchNorm2d(3 * width)
        self.fuse = nn.Conv2d(3 * width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(n, inputs, h, w) to (n, width, h, w)."""
        wide = torch.cat([scale(x) for scale in self.scales], 1)
        return torch.relu(self.fuse(torch.relu(self.normalise(wide))))


class HierarchicalNet(nn.Module):
    """Planes (n, 3, 28, 28) u, v, strain in 0 .. 255 to logits (n, classes)."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        widths = (3, 16, 32, 64)
        self.blocks = nn.ModuleList(MultiScale(*pair) for pair in pairwise(widths))
        self.dropout = HalfDropout()
        self.head = nn.Linear(sum(widths[1:]) * 9, num_classes)

    def forward(self, images: Tensor) -> Tensor:
        """Logits, from a 3 x 3 summary of every level."""
        x, levels = unit(images), []
        for block in self.blocks:
            x = functional.max_pool2d(block(x), 2)
            levels.append(functional.adaptive_avg_pool2d(x, 3).flatten(1))
        return self.head(self.dropout(torch.cat(levels, 1)))  # type: ignore[no-any-return]
