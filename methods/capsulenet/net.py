"""CapsuleNet: capsules on the features of the apex frame, routed by agreement."""

from __future__ import annotations

import timm
import torch
from torch import Tensor, nn

from bench.learning.layers import unit


def squash(x: Tensor) -> Tensor:
    """Shrink vectors in the last axis to lengths below 1 (Sabour et al., 2017, equation 1)."""
    square = (x * x).sum(-1, keepdim=True)
    # |x|² / (1 + |x|²) · x / |x| without dividing by a length of 0.
    return x * torch.sqrt(square + 1e-12) / (1 + square)


class CapsuleNetwork(nn.Module):
    """Apex frames, grey (n, size, size) in 0 .. 255, to lengths of the class capsules.

    Args:
        num_classes: number of classes.
        size: of the frames; 224 makes 1152 primary capsules.
        routings: rounds of routing.
    """

    def __init__(self, num_classes: int, size: int, routings: int = 3) -> None:
        super().__init__()
        self.routings = routings
        # timm counts the stem as 0, so 3 is the third stage.
        self.trunk = timm.create_model("resnet18", features_only=True, out_indices=(3,))
        side = -(-size // 16)
        # 9 at 224 x 224; smaller frames leave fewer cells than that.
        kernel = min(9, side)
        self.primary = nn.Conv2d(256, 256, kernel)
        # At each place the 256 channels are 32 capsules of 8 values.
        capsules = 32 * (side - kernel + 1) ** 2
        self.votes = nn.Parameter(0.01 * torch.randn(num_classes, capsules, 16, 8))

    def forward(self, frames: Tensor) -> Tensor:
        """Lengths (n, classes) in 0 .. 1."""
        x = unit(frames[:, None]).expand(-1, 3, -1, -1)
        # About the mean and deviation of ImageNet's pixels.
        maps = self.primary(self.trunk((x - 0.45) / 0.225)[0])
        primary = squash(maps.unflatten(1, (32, 8)).movedim(2, -1).flatten(1, 3))
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
