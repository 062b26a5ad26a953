"""Visual attention at one scale: patches, class token, weights of the patches, mask."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from .config import Config


class Look(NamedTuple):
    """What a scale yields; n clips, N patches, width D.

    Attributes:
        token: (n, D) class token.
        patches: (n, N, D) patch features.
        weights: (n, N) attention of the class token to each patch, sum 1.
        mask: (n, N) bool, true for patches that are kept.
        pooled: (n, D) kept patches, weighted by their attention.
    """

    token: Tensor
    patches: Tensor
    weights: Tensor
    mask: Tensor
    pooled: Tensor


class Attention(nn.Module):
    """Multi-head self-attention that also returns where it looked.

    Not nn.MultiheadAttention, although it has the same weights and returns them as well: it sums in
    another order, and a last digit turns patch masks, after which training goes another way (on 168
    SYNTHETIC clips probabilities moved by up to .06). Recorded predictions rest on this order.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.queries_keys_values = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, z: Tensor, hidden: Tensor | None) -> tuple[Tensor, Tensor]:
        """Tokens (n, t, D) to the same, with the heads' mean attention (n, t, t).

        Args:
            z: tokens.
            hidden: (n, t) bool, tokens that none may attend to.
        """
        n, tokens, width = z.shape
        split = self.queries_keys_values(z).view(n, tokens, 3, self.heads, width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        likeness = query @ key.transpose(2, 3) / math.sqrt(width // self.heads)
        if hidden is not None:
            likeness = likeness.masked_fill(hidden[:, None, None], -torch.inf)
        attention = likeness.softmax(3)
        mixed = (attention @ value).transpose(1, 2).reshape(n, tokens, width)
        return self.out(mixed), attention.mean(1)


class Block(nn.Module):
    """Pre-norm self-attention and MLP: z' = z + MSA(LN z), z = z' + MLP(LN z')."""

    def __init__(self, width: int, heads: int, ratio: int) -> None:
        super().__init__()
        self.before_attention = nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.before_mlp = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            nn.Linear(width, ratio * width), nn.GELU(), nn.Linear(ratio * width, width)
        )

    def forward(self, z: Tensor, hidden: Tensor | None) -> tuple[Tensor, Tensor]:
        """As `Attention`, the class token first."""
        change, attention = self.attention(self.before_attention(z), hidden)
        z = z + change
        return z + self.mlp(self.before_mlp(z)), attention


def keep(weights: Tensor, threshold: float) -> Tensor:
    """The mask: patches of weight above threshold / N, and always the heaviest.

    Args:
        weights: (n, N), rows of sum 1.
        threshold: κ, in shares of a uniform attention.
    """
    # One patch at least is kept, as pooling divides by the weight of the kept ones.
    heaviest = weights == weights.amax(1, keepdim=True)
    return (weights > threshold / weights.shape[1]) | heaviest


def pool(patches: Tensor, weights: Tensor, mask: Tensor) -> Tensor:
    """Σ m a z / Σ m a over patches: (n, N, D) to (n, D); gradients reach the attention by a."""
    kept = weights * mask
    return torch.einsum("np,npd->nd", kept / kept.sum(1, keepdim=True), patches)


def rollout(attention: list[Tensor]) -> Tensor:
    """Attention through all blocks, residual paths as identity (Abnar & Zuidema, ACL 2020)."""
    eye = torch.eye(attention[0].shape[-1], device=attention[0].device)
    flow = (attention[0] + eye) / 2
    for layer in attention[1:]:
        flow = (layer + eye) / 2 @ flow
    return flow


class Scale(nn.Module):
    """One scale: z⁰ = [cls ; W patches + b] + E, L blocks, a last normalisation as in ViT."""

    def __init__(self, config: Config, channels: int, side: int, patch: int) -> None:
        super().__init__()
        self.side = side // patch
        count = self.side**2
        self.project = nn.Conv2d(channels, config.width, patch, stride=patch)
        self.token = nn.Parameter(0.02 * torch.randn(1, 1, config.width))
        self.position = nn.Parameter(0.02 * torch.randn(1, 1 + count, config.width))
        self.blocks = nn.ModuleList(
            Block(config.width, config.heads, config.ratio) for _ in range(config.blocks)
        )
        self.norm = nn.LayerNorm(config.width)
        self.patch_map = nn.Identity()  # where pictures may listen: (n, D, g, g)
        self.rollout = config.attention == "rollout"
        self.threshold = config.threshold

    def forward(self, maps: Tensor, only: Tensor | None = None) -> Look:
        """Look at images or feature maps (n, channels, side, side).

        Args:
            maps: of this scale.
            only: (n, N) bool, patches that exist; the others are taken out before the blocks,
                and of those that are left none is masked.
        """
        patches = self.project(maps).flatten(2).transpose(1, 2)
        z = torch.cat([self.token.expand(len(patches), -1, -1), patches], 1) + self.position
        # Patches alone can be hidden: the class token is always there.
        hidden = None if only is None else torch.cat([torch.zeros_like(only[:, :1]), ~only], 1)
        layers = []
        for block in self.blocks:
            z, attention = block(z, hidden)
            layers.append(attention)
        token, features = self.norm(z).tensor_split([1], 1)
        cells = features.transpose(1, 2).unflatten(2, (self.side, self.side))
        features = self.patch_map(cells).flatten(2).transpose(1, 2)
        attended = rollout(layers) if self.rollout else layers[-1]
        # Single precision under autocast too: the mask compares shares that differ little.
        weights = attended[:, 0, 1:].float()
        weights = weights / weights.sum(1, keepdim=True)
        mask = keep(weights, self.threshold) if only is None else only
        return Look(token[:, 0], features, weights, mask, pool(features, weights, mask))
