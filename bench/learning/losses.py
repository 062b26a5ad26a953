"""Focal loss and the class weights that go with it."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from bench.clip import Array


def inverse_frequency(labels: Array, classes: int) -> Array:
    """Class weights inverse to how often each class occurs.

    Args:
        labels: (n,) integers, 0 .. classes - 1; a class may be missing.
        classes: number of classes of the task.

    Returns:
        (classes,) float64 with mean 1 over the classes present and 0 for an absent one.
    """
    counts = np.bincount(labels, minlength=classes)
    present = counts > 0
    weights = np.divide(1.0, counts, where=present, out=np.zeros(classes))
    total = weights.sum()
    return weights * (present.sum() / total) if total else weights


def effective_number(labels: Array, classes: int, beta: float = 0.999) -> Array:
    """Class weights inverse to the effective number of clips (Cui et al., CVPR 2019, equation 4).

    Args:
        labels: (n,) integers, 0 .. classes - 1; a class may be missing.
        classes: number of classes of the task.
        beta: 0 weighs all classes alike, towards 1 they weigh inversely to their counts.

    Returns:
        (classes,) float64 with mean 1 over the classes present and 0 for an absent one.
    """
    counts = np.bincount(labels, minlength=classes)
    present = counts > 0
    number = (1 - beta ** np.maximum(counts, 1)) / (1 - beta)
    weights = present / number
    balanced: Array = weights * (present.sum() / weights.sum())
    return balanced


def focal_loss(
    scores: Tensor, labels: Tensor, alpha: Tensor | None = None, gamma: float = 2.0
) -> Tensor:
    """Mean of -α_t (1 - p_t)^γ log p_t (Lin et al., ICCV 2017, equation 5).

    The mean is over clips, not over their α, so a batch of rare classes weighs more. γ = 0 is
    cross-entropy.

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
