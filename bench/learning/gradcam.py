"""Grad-CAM of convolutional layers (Selvaraju et al., ICCV 2017, equations 1 and 2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from captum.attr import LayerGradCam
from torch import Tensor, nn

from bench.core.types import Array


def grad_cam(
    logits: Callable[..., Tensor],
    layers: Sequence[nn.Module],
    inputs: tuple[Tensor, ...],
    label: int | None = None,
) -> list[Array]:
    """Where the features of some layers support a class.

    A layer's map is ReLU(Σ_k α_k A_k), α_k the mean slope of the class's logit over channel k's
    cells.

    Args:
        logits: of one clip (1, classes), by a network in evaluation mode.
        layers: of the network; they give maps (1, channels, h, w).
        inputs: what `logits` is called with.
        label: the class explained; None: the predicted one.

    Returns:
        of each layer float64 (h, w), not below 0, in units of the logit.
    """
    if label is None:
        with torch.no_grad():
            label = int(logits(*inputs).argmax())
    maps = (
        LayerGradCam(logits, layer).attribute(inputs, label, relu_attributions=True)
        for layer in layers
    )
    return [one[0, 0].detach().double().cpu().numpy() for one in maps]
