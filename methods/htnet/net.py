"""HTNet: transformer layers in blocks that merge, from four facial regions to the whole face."""

from __future__ import annotations

import torch
from torch import Tensor, nn

PATCH = 7


class ChannelNorm(nn.LayerNorm):
    """Layer normalisation over the channels of maps (n, c, h, w)."""

    def forward(self, x: Tensor) -> Tensor:
        """Normalised maps."""
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


class Layer(nn.Module):
    """Attention and a two-layer perceptron, both pre-normalised, over tokens (n, t, dim)."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        # 256 channels do not divide by 3 heads; the public code rounds down as well.
        self.heads, inner = heads, dim // heads * heads
        self.norm = nn.LayerNorm(dim)
        self.qkv = nn.Linear(dim, 3 * inner, bias=False)
        self.out = nn.Linear(inner, dim)
        self.perceptron = nn.Sequential(
            nn.LayerNorm(dim), nn.Linear(dim, 4 * dim), nn.GELU(), nn.Linear(4 * dim, dim)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Tokens of the same shape."""
        n, tokens, _ = x.shape
        q, k, v = self.qkv(self.norm(x)).view(n, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        mixed = nn.functional.scaled_dot_product_attention(q, k, v)
        x = x + self.out(mixed.transpose(1, 2).reshape(n, tokens, -1))
        return x + self.perceptron(x)  # type: ignore[no-any-return]


class Level(nn.Module):
    """Layers that see one token of each block, so that blocks mix by merging alone."""

    def __init__(self, dim: int, heads: int, depth: int) -> None:
        super().__init__()
        # The public code has a position for each token of a block, and a block is one token.
        self.position = nn.Parameter(torch.randn(1))
        self.layers = nn.Sequential(*(Layer(dim, heads) for _ in range(depth)))

    def forward(self, x: Tensor) -> Tensor:
        """Maps (n, dim, s, s) of s x s blocks, a token each."""
        n, dim, side, _ = x.shape
        tokens = (x + self.position).permute(0, 2, 3, 1).reshape(-1, 1, dim)
        return self.layers(tokens).view(n, side, side, dim).permute(0, 3, 1, 2)  # type: ignore[no-any-return]


def merge(dim: int) -> nn.Sequential:
    """Halve the side and double the channels."""
    return nn.Sequential(
        nn.Conv2d(dim, 2 * dim, 3, padding=1), ChannelNorm(2 * dim), nn.MaxPool2d(3, 2, 1)
    )


class HTNetwork(nn.Module):
    """Mosaics (n, 3, 28, 28) of four flow crops in 0 .. 255 to logits (n, classes)."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.embed = nn.Conv2d(3, 256, PATCH, PATCH)
        self.levels = nn.Sequential(
            Level(256, 3, 2), merge(256), Level(512, 6, 2), merge(512), Level(1024, 12, 10)
        )
        self.norm = ChannelNorm(1024)
        self.head = nn.Linear(1024, num_classes)

    def forward(self, mosaics: Tensor) -> Tensor:
        """Logits."""
        x = mosaics.to(self.head.weight.dtype)
        x = self.norm(self.levels(self.embed(x)))
        return self.head(x.mean((2, 3)))  # type: ignore[no-any-return]
