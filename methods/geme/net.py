"""GEME without gender labels: one ResNet-18 on the dynamic image."""

from __future__ import annotations

import timm
from torch import Tensor, nn

from bench.learning.layers import unit


class ExpressionStream(nn.Module):
    """Dynamic images (n, size, size) in 0 .. 255 to logits (n, classes)."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.net = timm.create_model("resnet18", num_classes=classes)

    def forward(self, images: Tensor) -> Tensor:
        """Logits."""
        x = 2 * unit(images[:, None]) - 1
        return self.net(x.expand(-1, 3, -1, -1))  # type: ignore[no-any-return]
