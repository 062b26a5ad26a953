"""RCN-A: a shallow recurrent convolution with attention that adds no weights."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from bench.learning.layers import HalfDropout, unit

SIDE = 60


class Recurrent(nn.Module):
    """A 1x1 convolution, then one 3x3 convolution applied twice, each time with the input added."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(width, width, 1), nn.BatchNorm2d(width), nn.ReLU())
        self.shared = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU()
        )
        self.shrink = nn.Sequential(nn.MaxPool2d(2), HalfDropout())

    def forward(self, x: Tensor) -> Tensor:
        """(n, width, h, w) to (n, width, h / 2, w / 2)."""
        y = self.shared(x + self.first(x))
        return self.shrink(self.shared(x + y))  # type: ignore[no-any-return]


def activation_map(maps: Tensor, weight: Tensor) -> Tensor:
    """Mean of the classes' activation maps, each stretched to 0 .. 1.

    Args:
        maps: (n, width, p, p) features.
        weight: (classes, width * p * p) of the classifier that reads them.

    Returns:
        (n, 1, p, p). A constant map gives 0.
    """
    by_class = weight.view(1, len(weight), *maps.shape[1:])
    cam = (by_class * maps[:, None]).mean(2)
    # Stretched map by map, so that no class outweighs the others.
    cam = cam - cam.amin((2, 3), keepdim=True)
    top = cam.amax((2, 3), keepdim=True)
    # Of a constant map nothing is left, and nothing to divide by.
    return (cam / torch.where(top > 0, top, 1)).mean(1, keepdim=True)


class RCNA(nn.Module):
    """Planes (n, 3, 28, 28) u, v, strain in 0 .. 255, enlarged to 60 x 60, to logits."""

    def __init__(self, num_classes: int, width: int, pool: int) -> None:
        super().__init__()
        self.pool = pool
        self.stem = nn.Sequential(
            nn.Conv2d(3, width, 5),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.MaxPool2d(2),
            HalfDropout(),
        )
        self.recurrent = Recurrent(width)
        self.head = nn.Linear(pool * pool * width, num_classes)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
        nn.init.normal_(self.head.weight, 0, 0.01)
        nn.init.zeros_(self.head.bias)

    def forward(self, images: Tensor) -> Tensor:
        """Logits."""
        x = self.stem(unit(images, SIDE))
        attention = activation_map(functional.adaptive_avg_pool2d(x, self.pool), self.head.weight)
        x = functional.adaptive_avg_pool2d(self.recurrent(x), self.pool)
        return self.head((x * attention).flatten(1))  # type: ignore[no-any-return]
