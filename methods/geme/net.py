"""GEME: ResNet-18 on the dynamic image, and a second one that recognises the gender."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import timm
from torch import Tensor, nn
from torch.nn import functional

from bench.learning.layers import unit
from bench.learning.losses import focal_loss

UNKNOWN = -1
"""Stands for the gender of a clip that has none annotated."""


def planes(images: Tensor) -> Tensor:
    """Dynamic images (n, size, size) in 0 .. 255 as (n, 3, size, size) in -1 .. 1."""
    return (2 * unit(images[:, None]) - 1).expand(-1, 3, -1, -1)


class ExpressionStream(nn.Module):
    """Dynamic images (n, size, size) in 0 .. 255 to logits (n, classes): GEME without gender."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.net = timm.create_model("resnet18", num_classes=num_classes)

    def forward(self, images: Tensor) -> Tensor:
        """Logits."""
        return self.net(planes(images))  # type: ignore[no-any-return]


@dataclass
class Told:
    """What the loss wants: logits of the expression (n, classes) and of the gender (n, 2)."""

    expression: Tensor
    gender: Tensor


class DualStream(nn.Module):
    """Dynamic images (n, size, size) in 0 .. 255 to logits (n, classes).

    After stages 2, 3 and 4 of both ResNets the gender stream's maps are added to the expression
    stream's.
    """

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.expression = timm.create_model("resnet18", num_classes=num_classes)
        self.gender = timm.create_model("resnet18", num_classes=2)

    def forward(self, images: Tensor) -> Tensor | Told:
        """Logits of the expression; in training those of the gender as well."""
        x = planes(images)
        streams = self.expression, self.gender
        e, g = (net.maxpool(net.act1(net.bn1(net.conv1(x)))) for net in streams)
        for stage in ("layer1", "layer2", "layer3", "layer4"):
            e, g = (getattr(net, stage)(y) for net, y in zip(streams, (e, g), strict=True))
            if stage != "layer1":
                e = e + g
        expression: Tensor = self.expression.forward_head(e)
        if not self.training:
            return expression
        return Told(expression, self.gender.forward_head(g))


def joint_loss(
    made: Told, targets: Mapping[str, Tensor], alpha: Tensor, gender_weight: float
) -> Tensor:
    """Class-balanced focal loss of the expression and weighted cross-entropy of the gender.

    Args:
        made: what the network returned for n clips.
        targets: "label" (n,) and "gender" (n,), 0, 1 or UNKNOWN, which costs nothing.
        alpha: (classes,) weights of the classes.
        gender_weight: of the gender's term.
    """
    # Summed and divided by hand: a batch without genders then costs 0 and not NaN.
    total = functional.cross_entropy(
        made.gender, targets["gender"], ignore_index=UNKNOWN, reduction="sum"
    )
    told = total / (targets["gender"] != UNKNOWN).sum().clamp(min=1)
    return focal_loss(made.expression, targets["label"], alpha) + gender_weight * told
