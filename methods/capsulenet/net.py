"""CapsuleNet: capsules on the features of the apex frame, routed by agreement."""

from __future__ import annotations

import timm
import torch
from torch import Tensor, nn
from torchvision.transforms.v2.functional import center_crop

from bench.learning.layers import unit


def squash(x: Tensor) -> Tensor:
    """Shrink vectors in the last axis to lengths below 1 (Sabour et al., 2017, equation 1)."""
    square = (x * x).sum(-1, keepdim=True)
    # |x|² / (1 + |x|²) · x / |x| without dividing by a length of 0.
    return x * torch.sqrt(square + 1e-12) / (1 + square)


class CapsuleNetwork(nn.Module):
    """Frames, grey (n, size, size) in 0 .. 255, to lengths of the class capsules.

    Of clips (n, frames, h, w) it sees the middle of the middle frame.

    Args:
        num_classes: number of classes.
        size: of the frames; 224 makes 1152 primary capsules.
        routings: rounds of routing.
    """

    def __init__(self, num_classes: int, size: int, routings: int = 3) -> None:
        super().__init__()
        self.size, self.routings = size, routings
        trunk = timm.create_model("resnet18")
        # Without the pooling after the stem, as in the authors' code: 28 x 28 at 224 x 224.
        self.trunk = nn.Sequential(
            trunk.conv1, trunk.bn1, trunk.act1, trunk.layer1, trunk.layer2, trunk.layer3
        )
        side = -(-size // 8)
        # 9 and 9 at 224 x 224; smaller frames leave fewer cells than that.
        kernel = min(9, side)
        self.wide = nn.Conv2d(256, 256, kernel)
        side += 1 - kernel
        kernel = min(9, side)
        self.primary = nn.Conv2d(256, 256, kernel, stride=2)
        # At each place the 256 channels are 32 capsules of 8 values.
        capsules = 32 * ((side - kernel) // 2 + 1) ** 2
        self.votes = nn.Parameter(0.01 * torch.randn(num_classes, capsules, 16, 8))

    def forward(self, frames: Tensor) -> Tensor:
        """Lengths (n, classes) in 0 .. 1."""
        if frames.ndim == 4:
            frames = center_crop(frames[:, frames.shape[1] // 2], [self.size, self.size])
        x = unit(frames[:, None]).expand(-1, 3, -1, -1)
        maps = self.primary(torch.relu(self.wide(self.trunk(x))))
        # Capsules place by place, the 32 of a place together, as in the authors' code.
        primary = squash(maps.unflatten(1, (32, 8)).permute(0, 3, 4, 1, 2).flatten(1, 3))
        votes = torch.einsum("cpoi,npi->ncpo", self.votes, primary)
        lengths: Tensor = self.route(votes).norm(dim=-1)
        return lengths

    def route(self, votes: Tensor) -> Tensor:
        """Votes (n, classes, capsules, 16) to class capsules (n, classes, 16).

        Agreement is counted without a gradient in all rounds but the last.
        """
        fixed, logits = votes.detach(), votes.new_zeros(votes.shape[:3])
        for _ in range(self.routings - 1):
            capsules = squash((logits.softmax(1)[..., None] * fixed).sum(2))
            logits = logits + (fixed * capsules[:, :, None]).sum(-1)
        return squash((logits.softmax(1)[..., None] * votes).sum(2))
