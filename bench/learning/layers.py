"""Layers that several networks share."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class HalfDropout(nn.Module):
    """Dropout of probability one half that spends one random bit a value, not a random number."""

    def forward(self, x: Tensor) -> Tensor:
        """Values zeroed or doubled in training, unchanged otherwise."""
        if not self.training:
            return x
        # A random byte serves eight values, a bit each; rounded up, the bits left over are cut off.
        draws = torch.randint(256, (-(-x.numel() // 8), 1), dtype=torch.uint8, device=x.device)
        places = torch.tensor([1, 2, 4, 8, 16, 32, 64, 128], dtype=torch.uint8, device=x.device)
        bits = (draws & places).flatten()[: x.numel()].view(x.shape)
        return x * (bits != 0).to(x.dtype) * 2


class Inception(nn.Module):
    """Four paths side by side: 1x1; 1x1 then 3x3; 1x1 then 5x5; 3x3 pooling then 1x1."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.point = nn.Sequential(nn.Conv2d(inputs, width, 1), nn.ReLU())
        self.three = self._wide(inputs, width, 3)
        self.five = self._wide(inputs, width, 5)
        self.pooled = nn.Sequential(nn.MaxPool2d(3, 1, 1), nn.Conv2d(inputs, width, 1), nn.ReLU())

    @staticmethod
    def _wide(inputs: int, width: int, kernel: int) -> nn.Sequential:
        return nn.Sequential(
            nn.Conv2d(inputs, width, 1),
            nn.ReLU(),
            nn.Conv2d(width, width, kernel, padding=kernel // 2),
            nn.ReLU(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(n, inputs, h, w) to (n, 4 width, h, w)."""
        return torch.cat([self.point(x), self.three(x), self.five(x), self.pooled(x)], 1)


class InceptionStream(nn.Sequential):
    """Planes (n, inputs, 28, 28) to features (n, 64, 7, 7), as in Dual-Inception (2019)."""

    def __init__(self, inputs: int = 1) -> None:
        super().__init__(Inception(inputs, 6), nn.MaxPool2d(2), Inception(24, 16), nn.MaxPool2d(2))


def unit(images: Tensor, size: int | None = None) -> Tensor:
    """Images (n, c, h, w) of 0 .. 255 as floats in 0 .. 1, enlarged bilinearly if wanted."""
    x = images.to(torch.get_default_dtype()) / 255
    if size is None or x.shape[-1] == size:
        return x
    # Only shrinking can alias.
    return functional.interpolate(x, (size, size), mode="bilinear", antialias=size < x.shape[-1])
