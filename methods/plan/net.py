"""A 3-D residual network with local attention, read by distances to class prototypes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from bench.learning.layers import unit
from bench.learning.losses import prototype_scores


class Residual(nn.Module):
    """Two 3x3x3 convolutions and a shortcut."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv3d(inputs, outputs, 3, stride, 1, bias=False),
            nn.BatchNorm3d(outputs),
            nn.ReLU(),
            nn.Conv3d(outputs, outputs, 3, 1, 1, bias=False),
            nn.BatchNorm3d(outputs),
        )
        self.shortcut = (
            nn.Identity()
            if stride == 1
            else nn.Sequential(
                nn.Conv3d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm3d(outputs)
            )
        )

    def forward(self, x: Tensor) -> Tensor:
        """(n, inputs, t, h, w) to (n, outputs, t / stride, h / stride, w / stride)."""
        return torch.relu(self.body(x) + self.shortcut(x))


class PrototypeNet(nn.Module):
    """Frames (n, t, size, size), grey in 0 .. 255, to logits: minus squared distances.

    In training it returns features (n, 8 width). Prototypes are those of the whole training
    fold, made by `settle`; a class without a clip is farther than any.
    """

    prototypes: Tensor
    present: Tensor

    def __init__(self, num_classes: int, width: int) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv3d(1, width, (3, 7, 7), (1, 2, 2), (1, 3, 3), bias=False),
            nn.BatchNorm3d(width),
            nn.ReLU(),
        )
        widths, strides = (width, width, 2 * width, 4 * width, 8 * width), (1, 2, 2, 2)
        layers: list[nn.Module] = []
        for i, stride in enumerate(strides):
            layers += [Residual(widths[i], widths[i + 1], stride)]
            layers += [Residual(widths[i + 1], widths[i + 1], 1)]
        self.layers = nn.Sequential(*layers)
        self.attend = nn.Conv3d(8 * width, 1, 1)
        self.register_buffer("prototypes", torch.zeros(num_classes, 8 * width))
        self.register_buffer("present", torch.ones(num_classes, dtype=torch.bool))

    def features(self, frames: Tensor) -> Tensor:
        """Features (n, 8 width), places weighed by attention."""
        x = unit(frames)
        # Enlarged: micro-expressions change few grey levels.
        maps = self.layers(self.stem((4 * (x - x[:, :1]))[:, None]))
        weights = self.attend(maps).flatten(2).softmax(2)
        return (maps.flatten(2) * weights).sum(2)  # type: ignore[no-any-return]

    def forward(self, frames: Tensor) -> Tensor:
        """Features in training, logits (n, classes) in evaluation."""
        x = self.features(frames)
        if self.training:
            return x
        # Far below the scores of present classes, and finite in half precision (at most 65,504).
        return prototype_scores(x, self.prototypes).masked_fill(~self.present, -1e4)


def settle(net: nn.Module, frames: Tensor, labels: Tensor) -> None:
    """Make the prototypes of a training fold: mean features of each class."""
    net = cast(PrototypeNet, net)
    # In parts, so that the activations of a whole fold need not fit into memory.
    x = torch.cat([net.features(part) for part in torch.split(frames, 16)])
    members = functional.one_hot(labels, len(net.prototypes)).to(x.dtype)
    count = members.sum(0)
    net.prototypes.copy_(members.T @ x / count.clamp(min=1)[:, None])
    net.present.copy_(count > 0)


def episodes(
    labels: Tensor, generator: torch.Generator, count: int, shots: int
) -> Iterator[Tensor]:
    """Index batches: `shots` support clips of every class, then as many queries.

    Clips are drawn afresh for each episode, with repetition where a class has too few.
    """
    members = [torch.nonzero(labels == label)[:, 0] for label in torch.unique(labels)]
    for _ in range(count):
        drawn = []
        for clips in members:
            # As many shuffles of a small class as fill support and queries.
            times = -(-2 * shots // len(clips))
            order = [torch.randperm(len(clips), generator=generator) for _ in range(times)]
            drawn.append(clips[torch.cat(order)[: 2 * shots]])
        both = torch.stack(drawn)
        yield torch.cat([both[:, :shots].flatten(), both[:, shots:].flatten()])
