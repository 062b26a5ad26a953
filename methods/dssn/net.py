"""DSSN: two truncated AlexNets, one on flow magnitude, one on strain, multiplied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import torch
from torch import Tensor, nn

from bench.core.errors import BenchError
from bench.learning import pretrained
from bench.learning.layers import HalfDropout, unit

Join = Literal["multiply", "add", "concatenate"]


def half_alexnet() -> nn.Sequential:
    """AlexNet up to its second pooling, then a border of zeros: 227 x 227 to 256 x 15 x 15."""
    return nn.Sequential(
        nn.Conv2d(3, 96, 11, 4),
        nn.ReLU(),
        nn.MaxPool2d(3, 2),
        # AlexNet's k = 2, n = 5, α = 1e-4, β = .75: PyTorch divides α by n.
        nn.LocalResponseNorm(5, 5e-4, 0.75, 2.0),
        # Two groups, as in Caffe's AlexNet, whose weights may be read.
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


MEAN = (123.68 / 255, 116.779 / 255, 103.939 / 255)
"""Of ImageNet's red, green and blue, which the public code subtracts before it divides by 255."""


class DualStreamNet(nn.Module):
    """Magnitude and strain (n, 2, size, size) in 0 .. 255 to logits (n, classes).

    Args:
        num_classes: number of classes.
        size: of the planes, px.
        join: how the streams meet.
    """

    mean: Tensor

    def __init__(self, num_classes: int, size: int, join: Join) -> None:
        super().__init__()
        self.join: Join = join
        self.magnitude, self.strain = half_alexnet(), half_alexnet()
        self.dropout = HalfDropout()
        self.head = nn.Linear(features(size) * (2 if join == "concatenate" else 1), num_classes)
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1), persistent=False)

    def forward(self, planes: Tensor) -> Tensor:
        """Logits."""
        x = unit(planes)
        m = self.magnitude(x[:, :1].expand(-1, 3, -1, -1) - self.mean)
        s = self.strain(x[:, 1:].expand(-1, 3, -1, -1) - self.mean)
        if self.join == "multiply":
            joined = m * s
        elif self.join == "add":
            joined = m + s
        else:
            joined = torch.cat([m, s], 1)
        return self.head(self.dropout(joined))  # type: ignore[no-any-return]


def build(num_classes: int, size: int, join: Join, weights: str) -> DualStreamNet:
    """A fresh network, both trunks from a file of weights where one is given."""
    net = DualStreamNet(num_classes, size, join)
    if weights:
        state = from_alexnet(pretrained.read(weights), weights)
        for trunk in (net.magnitude, net.strain):
            pretrained.fill(trunk, weights, state)
    return net


def from_alexnet(state: Mapping[str, Tensor], path: str) -> dict[str, Tensor]:
    """The first two convolutions of an AlexNet's state dict, by their names in a trunk of ours.

    Whatever the layers are called, they come first and in this order; their shapes are checked
    where they are filled in.

    Raises:
        BenchError: fewer than two convolutions with a bias.
    """
    layers = [name.removesuffix(".weight") for name, value in state.items() if value.ndim == 4]
    if len(layers) < 2 or any(f"{name}.bias" not in state for name in layers[:2]):
        raise BenchError(f"{pretrained.WORD}{path}: no two convolutions with bias, as AlexNet has")
    return {
        f"{place}.{part}": state[f"{layer}.{part}"]
        for place, layer in zip((0, 4), layers[:2], strict=True)
        for part in ("weight", "bias")
    }
