"""MMNet: motion weighted by attention carried down the network, plus a map of positions."""

from __future__ import annotations

from functools import partial

import torch
from timm.models.vision_transformer import Block
from torch import Tensor, nn
from torch.nn import functional

from bench.learning.augment import flip_and_shift, rotate
from bench.learning.layers import unit

MEAN, DEVIATION = 0.449, 0.226
"""Of grey ImageNet pixels in 0 .. 1."""
WIDTH = 512
"""Values at each position, of motion and of position alike."""


def augment(
    frames: Tensor, generator: torch.Generator, max_shift: int, max_degrees: float
) -> Tensor:
    """Frames (n, 2, h, w) mirrored, rotated and shifted, their edges padded with the mean grey.

    Args:
        frames: 0 .. 255.
        generator: on the CPU.
        max_shift: px.
        max_degrees: either way.
    """
    # The public code pads normalised pixels with 0, the mean of ImageNet's.
    grey = round(255 * MEAN)
    turned = rotate(frames, generator, max_degrees, grey)
    return flip_and_shift(turned, generator, max_shift, fill=grey)


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
    """A small transformer on the onset frame, one token a position.

    Args:
        side: positions in a row.
        depth: blocks.
        mlp_ratio: width of the perceptrons in widths of a token.
        drop_path: probability that the last block is skipped; less for those before.
    """

    def __init__(self, side: int, depth: int, mlp_ratio: float, drop_path: float) -> None:
        super().__init__()
        self.side = side
        self.embed = nn.Conv2d(3, WIDTH, 1)
        self.position = nn.Parameter(torch.empty(1, side * side, WIDTH))
        norm = partial(nn.LayerNorm, eps=1e-6)
        drops = [drop_path * at / max(depth - 1, 1) for at in range(depth)]
        # One by one and not as copies, so that no two start with the same weights.
        self.blocks = nn.Sequential(
            *(
                Block(WIDTH, 4, mlp_ratio, qkv_bias=True, drop_path=drop, norm_layer=norm)
                for drop in drops
            )
        )
        self.norm = norm(WIDTH)
        nn.init.trunc_normal_(self.position, std=0.02)
        for layer in self.blocks.modules():
            if isinstance(layer, nn.Linear):
                nn.init.trunc_normal_(layer.weight, std=0.02)
                nn.init.zeros_(layer.bias)

    def forward(self, onset: Tensor) -> Tensor:
        """Onset (n, 3, side, side) to maps (n, 512, side, side)."""
        tokens = self.embed(onset).flatten(2).transpose(1, 2) + self.position
        tokens = self.norm(self.blocks(tokens))
        return tokens.transpose(1, 2).unflatten(2, (self.side, self.side))  # type: ignore[no-any-return]


class MMNetwork(nn.Module):
    """Onset and apex, grey (n, 2, size, size) in 0 .. 255, to logits (n, classes).

    Args:
        num_classes: number of classes.
        size: of the frames.
        depth, mlp_ratio, drop_path: see `Positions`.
    """

    def __init__(
        self,
        num_classes: int,
        size: int,
        depth: int = 2,
        mlp_ratio: float = 4.0,
        drop_path: float = 0.0,
    ) -> None:
        super().__init__()
        side = size // 16
        self.motion = nn.Sequential(
            convolved(3, 180, 3, 2), nn.ReLU(), convolved(180, 128, 3), nn.ReLU()
        )
        widths, strides = (128, 128, 128, 256, WIDTH), (1, 2, 2, 2)
        self.blocks = nn.ModuleList(
            AttentionBlock(*shape) for shape in zip(widths, widths[1:], strides, strict=False)
        )
        self.positions = Positions(side, depth, mlp_ratio, drop_path)
        self.head = nn.Linear(WIDTH * side * side, num_classes)
        # All convolutions but the first, which the public code builds apart.
        for layer in (*self.motion[2].modules(), *self.blocks.modules()):
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
