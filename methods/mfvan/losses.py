"""What labels teach: FL(y) + λ1 Σ FL(head_s(cls_s)) + λ2 L_mask, to which λ_RI L_RI is added."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from bench.learning.losses import focal_loss

if TYPE_CHECKING:
    from .attention import Look
    from .config import Config
    from .model import Network, Reading

SOFTNESS = 0.25
"""Width of the sigmoid in "keep-ratio", in shares of a uniform attention."""


def left_over(look: Look) -> Tensor:
    """Attention on masked patches, Σ (1 - m) a, mean over clips."""
    return (look.weights * ~look.mask).sum(1).mean()


def keep_ratio(look: Look, threshold: float, ratio: float) -> Tensor:
    """(mean of a softened mask - ρ)², the mask a sigmoid of N a - κ, mean over clips."""
    excess = look.weights * look.weights.shape[1] - threshold
    # Softened, because a mask of 0 and 1 has no gradient.
    return ((excess / SOFTNESS).sigmoid().mean(1) - ratio).square().mean()


def mask_loss(
    config: Config, network: Network, reading: Reading, focal: Callable[[Tensor], Tensor]
) -> Tensor:
    """L_mask as configured, mean over scales; 0 without scales or with "none"."""
    terms = []
    for i, look in enumerate(reading.looks):
        if config.mask_loss == "left-over":
            terms.append(left_over(look))
        elif config.mask_loss == "keep-ratio":
            terms.append(keep_ratio(look, config.threshold, config.keep_ratio))
        elif config.mask_loss == "masked-classification":
            terms.append(focal(network.kept_heads[i](look.pooled)))
    return torch.stack(terms).mean() if terms else reading.scores.new_zeros(())


def recognition_losses(
    config: Config, network: Network, reading: Reading, labels: Tensor, alpha: Tensor | None
) -> dict[str, Tensor]:
    """The weighted terms that need labels: "fused", "scales" and "mask"."""
    focal = partial(focal_loss, labels=labels, alpha=alpha, gamma=config.gamma)
    scales = sum((focal(scores) for scores in reading.scale_scores), labels.new_zeros(()))
    return {
        "fused": focal(reading.scores),
        "scales": config.scale_weight * scales,
        "mask": config.mask_weight * mask_loss(config, network, reading, focal),
    }
