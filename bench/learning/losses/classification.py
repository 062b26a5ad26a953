"""Losses of what a network says of each class."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def focal_loss(
    scores: Tensor, labels: Tensor, alpha: Tensor | None = None, gamma: float = 2.0
) -> Tensor:
    """Mean of -α_t (1 - p_t)^γ log p_t (Lin et al., ICCV 2017, equation 5).

    The mean is over clips, not over their α, so a batch of rare classes weighs more. γ = 0 is
    cross-entropy. With the weights of `effective_number` it is the class-balanced focal loss (Cui
    et al., CVPR 2019, equation 10, on a softmax).

    Args:
        scores: (n, classes) before the softmax.
        labels: (n,) int64.
        alpha: (classes,) weight of each class; None: 1.
        gamma: how much well-recognised clips are discounted, at least 0.
    """
    log_p = -functional.cross_entropy(scores, labels, reduction="none")
    # expm1 keeps 1 - p exact near certainty; at p = 1 a γ below 1 has no finite slope.
    missed = (-torch.expm1(log_p)).clamp_min(torch.finfo(log_p.dtype).tiny)
    loss = -(missed**gamma) * log_p
    return (loss if alpha is None else alpha[labels] * loss).mean()


def margin_loss(
    lengths: Tensor, labels: Tensor, present: float = 0.9, absent: float = 0.1
) -> Tensor:
    """Mean over clips of Σ_k T_k max(0, m⁺ - v_k)² + .5 (1 - T_k) max(0, v_k - m⁻)².

    The loss of class capsules (Sabour, Frosst, Hinton, NIPS 2017, equation 4); T_k is 1 for the
    clip's class, else 0.

    Args:
        lengths: (n, classes) lengths v of the class capsules, 0 .. 1.
        labels: (n,) int64.
        present: m⁺, length wanted at least of the clip's class.
        absent: m⁻, length wanted at most of every other class.
    """
    wanted = functional.one_hot(labels, lengths.shape[1])
    short = functional.relu(present - lengths) ** 2
    long = functional.relu(lengths - absent) ** 2
    return (wanted * short + 0.5 * (1 - wanted) * long).sum(1).mean()
