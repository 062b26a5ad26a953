"""Grad-CAM of convolutional layers (Selvaraju et al., ICCV 2017, equations 1 and 2)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from bench.clip import Array


def grad_cam(
    net: nn.Module, layers: Sequence[nn.Module], inputs: Tensor, label: int | None = None
) -> Array:
    """Where the features of some layers speak for a class.

    A layer's map is ReLU(Σ_k α_k A_k), α_k the mean slope of the class's logit over channel k's
    cells. Maps of parallel layers add up: they are slopes of one logit.

    Args:
        net: in evaluation mode; returns logits (1, classes).
        layers: give maps (1, channels, h, w), h and w alike.
        inputs: one clip as a batch.
        label: the class explained; None: the predicted one.

    Returns:
        float64 (h, w), not below 0, in units of the logit.
    """
    seen: list[Tensor] = []
    hooks = [layer.register_forward_hook(lambda _, __, out: seen.append(out)) for layer in layers]
    try:
        with torch.enable_grad():
            logits = net(inputs)[0]
            score = logits.max() if label is None else logits[label]
            slopes = torch.autograd.grad(score, seen)
    finally:
        for hook in hooks:
            hook.remove()
    maps = [
        (features * slope.mean((2, 3), keepdim=True)).sum(1).relu()[0]
        for features, slope in zip(seen, slopes, strict=True)
    ]
    return torch.stack(maps).sum(0).detach().double().cpu().numpy()
