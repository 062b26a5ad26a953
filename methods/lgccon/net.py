"""LGCcon: the whole face and the one facial region that matters, decided apart and together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import timm
import torch
from torch import Tensor, nn
from torch.nn import functional

from bench.learning import pretrained
from bench.learning.augment import flip_and_shift
from bench.learning.layers import unit
from bench.learning.losses import centre_loss

Trunk = Literal["vgg16", "resnet18"]
STAGE = {"vgg16": (4, 512), "resnet18": (3, 256)}
"""Index and channels of the stage of stride 16."""
REGIONS = (
    (0.0, 0.0, 1.0, 0.5),
    (0.0, 0.25, 1.0, 0.75),
    (0.0, 0.5, 1.0, 1.0),
    (0.0, 0.0, 0.5, 1.0),
    (0.5, 0.0, 1.0, 1.0),
    (0.0, 0.0, 0.6, 0.6),
    (0.4, 0.0, 1.0, 0.6),
    (0.0, 0.4, 0.6, 1.0),
    (0.4, 0.4, 1.0, 1.0),
    (0.2, 0.2, 0.8, 0.8),
)
"""Left, top, right, bottom in the unit square. As many as the public code draws, and like those
they overlap the whole face by .2 to .75; which they are is our choice."""
FROZEN = 10
"""Layers of VGG-16's features before its third block."""


@dataclass
class Decision:
    """Logits (n, classes) and centres of the classes, which the loss wants.

    Attributes:
        summed: of the whole face plus the strongest region: the decision.
        whole, region: of classifiers that take part in training alone.
        centres: (classes, classes), of summed logits.
    """

    summed: Tensor
    whole: Tensor
    region: Tensor
    centres: Tensor


class LocalGlobalNet(nn.Module):
    """Magnified apex frames (n, size, size) in 0 .. 255 to logits (n, classes).

    Args:
        num_classes: number of classes.
        trunk: named as timm names it.
        hidden: width of the fully connected layers.
        dropout: after each of them.
        weights: file that the trunk starts from, whose first two blocks then stay as they are; ""
            from scratch.
    """

    def __init__(
        self, num_classes: int, trunk: Trunk, hidden: int, dropout: float, weights: str = ""
    ) -> None:
        super().__init__()
        stage, channels = STAGE[trunk]
        self.trunk = timm.create_model(trunk, features_only=True, out_indices=(stage,))
        if weights:
            pretrained.fill(self.trunk, weights, pretrained.read(weights))
            for layer in list(self.trunk.children())[:FROZEN]:
                layer.requires_grad_(False)
        # Of the whole and of the regions alike: the public code shares these weights by name.
        self.describe = nn.Sequential(
            nn.Flatten(),
            nn.Linear(49 * channels, hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
        )
        names = ("sum", "region_sum", "whole", "region")
        classifiers = {name: nn.Linear(hidden, num_classes) for name in names}
        for layer in classifiers.values():
            nn.init.normal_(layer.weight, std=0.01)
            nn.init.zeros_(layer.bias)
        self.classify = nn.ModuleDict(classifiers)
        self.centres = nn.Parameter(torch.empty(num_classes, num_classes))
        nn.init.xavier_uniform_(self.centres)

    def forward(self, images: Tensor) -> Tensor | Decision:
        """The summed logits; in training all that the loss wants."""
        x = 2 * unit(images[:, None]).expand(-1, 3, -1, -1) - 1
        maps = self.trunk(x)[0]
        face = self.describe(functional.adaptive_max_pool2d(maps, 7))
        pooled = torch.stack([pool(maps, region) for region in REGIONS], 1)
        regions = self.describe(pooled.flatten(0, 1)).unflatten(0, pooled.shape[:2])

        def strongest(name: str) -> Tensor:
            return self.classify[name](regions).amax(1)  # type: ignore[no-any-return]

        summed = self.classify["sum"](face) + strongest("region_sum")
        if not self.training:
            return summed  # type: ignore[no-any-return]
        whole, region = self.classify["whole"](face), strongest("region")
        return Decision(summed, whole, region, self.centres)


def mirror(images: Tensor, generator: torch.Generator) -> Tensor:
    """Frames (n, h, w), half of them mirrored."""
    return flip_and_shift(images[:, None], generator, 0)[:, 0]


def parameter_groups(net: nn.Module, rate: float, weight_decay: float) -> list[dict[str, Any]]:
    """Groups for an optimiser with the multipliers of the public prototxt.

    Rates are ten times the trunk's after it, and twice as high for biases, which do not decay.
    """
    groups: list[dict[str, Any]] = []
    for name, parameter in net.named_parameters():
        if not parameter.requires_grad:
            continue
        bias = name.endswith("bias")
        times = (1 if name.startswith("trunk") else 10) * (2 if bias else 1)
        decay = 0.0 if bias else weight_decay
        groups.append({"params": [parameter], "lr": times * rate, "weight_decay": decay})
    return groups


def pool(maps: Tensor, region: tuple[float, float, float, float]) -> Tensor:
    """A region of maps (n, c, h, w), max-pooled to (n, c, 7, 7)."""
    h, w = maps.shape[2:]
    left, top, right, bottom = region
    # One cell at least: on small frames a region may be narrower than a cell.
    columns = slice(int(left * w), max(int(left * w) + 1, round(right * w)))
    rows = slice(int(top * h), max(int(top * h) + 1, round(bottom * h)))
    return functional.adaptive_max_pool2d(maps[:, :, rows, columns], 7)


def joint_loss(made: Decision, labels: Tensor, local: float, centre: float) -> Tensor:
    """Cross-entropy of summed, whole and regional logits, and the distance to class centres."""
    apart = functional.cross_entropy(made.whole, labels)
    apart = apart + functional.cross_entropy(made.region, labels)
    together = functional.cross_entropy(made.summed, labels)
    return local * apart + together + centre * centre_loss(made.summed, labels, made.centres)
