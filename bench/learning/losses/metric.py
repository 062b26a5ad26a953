"""Losses on the position of features: near the centre or the prototype of their class."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def centre_loss(features: Tensor, labels: Tensor, centres: Tensor) -> Tensor:
    """Mean over clips of ½ ‖x_i - c_{y_i}‖² (Wen et al., ECCV 2016, equation 2, by its mean).

    Centres that require a gradient move to their class with the other parameters; the paper moves
    them by a rate of their own (equation 4).

    Args:
        features: (n, d).
        labels: (n,) int64.
        centres: (classes, d).
    """
    return (features - centres[labels]).square().sum(1).mean() / 2


def prototype_scores(features: Tensor, prototypes: Tensor) -> Tensor:
    """-‖x_i - c_k‖² / d, whose softmax gives the classes (Snell et al., NIPS 2017, equation 2).

    The paper has no division by d, which keeps the softmax equally soft for any number of features.

    Args:
        features: (n, d).
        prototypes: (k, d).

    Returns:
        (n, k), at most 0.
    """
    return -(features[:, None] - prototypes).square().mean(2)


def prototypical_loss(features: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy of queries against the mean features of their supports, for one episode.

    Snell, Swersky, Zemel, NIPS 2017: prototypes by equation 1, probabilities by equation 2.

    Args:
        features: (2n, d): n supports, then n queries.
        labels: (2n,) int64, the supports' order repeated by the queries; any set of classes.
    """
    half = len(features) // 2
    # Numbered anew, since an episode's classes need not be 0 .. k - 1.
    _, support = torch.unique(labels[:half], return_inverse=True)
    members = functional.one_hot(support).to(features.dtype)
    prototypes = members.T @ features[:half] / members.sum(0)[:, None]
    return functional.cross_entropy(prototype_scores(features[half:], prototypes), support)
