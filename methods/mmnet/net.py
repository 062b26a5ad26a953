"""MMNet: motion weighted by attention carried down the network, plus a map of positions."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from bench.learning.layers import unit

MEAN, DEVIATION = 0.449, 0.226
"""Of grey ImageNet pixels in 0 .. 1."""


def convolved(inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Sequential:
    """Convolution without bias, batch normalisation."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
    )


class AttentionBlock(nn.Module):
    """A residual block whose output is weighed by a spatial map, times the map from above."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.wide = convolved(inputs, outputs, 3, stride)
        self.point = convolved(outputs, outputs, 1)
        same = stride == 1 and inputs == outputs
        self.shortcut = nn.Identity() if same else convolved(inputs, outputs, 1, stride)
        self.attend = convolved(2, 1, 1)

    def forward(self, x: Tensor, above: Tensor | None) -> tuple[Tensor, Tensor]:
        """Features (n, outputs, h, w) and their attention (n, 1, h, w)."""
        y = torch.relu(self.point(torch.relu(self.wide(x))) + self.shortcut(x))
        summary = torch.cat([y.mean(1, keepdim=True), y.amax(1, keepdim=True)], 1)
        attention = torch.sigmoid(self.attend(summary))
        if above is not None:
            # The map from above has twice the side.
            attention = attention * functional.max_pool2d(above, 3, 2, 1)
        return y * attention, attention


class Positions(nn.Module):
    """A two-layer transformer on the onset frame, one token a position."""

    def __init__(self, side: int, dim: int = 512) -> None:
        super().__init__()
        self.side = side
        self.embed = nn.Conv2d(3, dim, 1)
        self.position = nn.Parameter(0.02 * torch.randn(1, side * side, dim))
        layer = nn.TransformerEncoderLayer(
            dim, 4, 4 * dim, 0.0, "gelu", 1e-6, batch_first=True, norm_first=True
        )
        # PyTorch has no nested tensors for norm_first, and would warn.
        self.layers = nn.TransformerEncoder(
            layer, 2, nn.LayerNorm(dim, 1e-6), enable_nested_tensor=False
        )

    def forward(self, onset: Tensor) -> Tensor:
        """Onset (n, 3, side, side) to maps (n, dim, side, side)."""
        tokens = self.embed(onset).flatten(2).transpose(1, 2) + self.position
        return self.layers(tokens).transpose(1, 2).unflatten(2, (self.side, self.side))  # type: ignore[no-any-return]


class MMNetwork(nn.Module):
    """Onset and apex, grey (n, 2, size, size) in 0 .. 255, to logits (n, classes)."""

    def __init__(self, num_classes: int, size: int) -> None:
        super().__init__()
        side = size // 16
        self.motion = nn.Sequential(
            convolved(3, 180, 3, 2), nn.ReLU(), convolved(180, 128, 3), nn.ReLU()
        )
        widths, strides = (128, 128, 128, 256, 512), (1, 2, 2, 2)
        self.blocks = nn.ModuleList(
            AttentionBlock(*shape) for shape in zip(widths, widths[1:], strides, strict=False)
        )
        self.positions = Positions(side)
        self.head = nn.Linear(512 * side * side, num_classes)
        for layer in (*self.motion.modules(), *self.blocks.modules()):
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, frames: Tensor) -> Tensor:
        """Logits."""
        x = (unit(frames) - MEAN) / DEVIATION
        onset, apex = x[:, :1].expand(-1, 3, -1, -1), x[:, 1:].expand(-1, 3, -1, -1)
        y, attention = self.motion(apex - onset), None
        for block in self.blocks:
            y, attention = block(y, attention)
        side = self.positions.side
        small = functional.interpolate(onset, (side, side), mode="bilinear", antialias=True)
        return self.head((y + self.positions(small)).flatten(1))  # type: ignore[no-any-return]
